"""The house style of every figure: colours, saving, and grids of images."""

import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib import font_manager, rcdefaults, rcParams
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from sklearn.metrics import confusion_matrix

# Okabe & Ito (2008), "Color Universal Design": told apart in every common colour blindness.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000")
DIFFERENCE = "PuOr"  # purple to orange, told apart in every common colour blindness
HEAT = "inferno"  # perceptually uniform and readable in grey
DPI = 110
# Fonts with the signs that Matplotlib's own lacks, where a machine has them.
WIDER = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Droid Sans Fallback", "Microsoft YaHei", "PingFang SC", "Hiragino Sans",
    "Arial Unicode MS",
)  # fmt: skip
MISSING = re.compile(r"Glyph (\d+) .*missing from font")
rcdefaults()  # whatever a user's matplotlibrc says
rcParams["font.family"] = [
    "sans-serif",
    *filter(set(font_manager.get_font_names()).__contains__, WIDER),
]
rcParams["text.parse_math"] = False  # a $ in a name is a currency


def save(figure: Figure, path: Path) -> None:
    """Write a figure as a PNG whose bytes depend on its content alone.

    Says which signs no font has, if there are any: they are boxes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure.savefig(path, dpi=DPI, bbox_inches="tight", metadata={"Software": None})
    found = {warning: MISSING.match(str(warning.message)) for warning in caught}
    signs = sorted({chr(int(match[1])) for match in found.values() if match})
    if signs:
        print(
            f"Warning: {path.name} shows boxes, as no font here has {' '.join(signs)}; install one "
            "such as Noto Sans CJK."
        )
    for warning in (warning for warning, match in found.items() if not match):
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def save_all(figures: Mapping[str, Figure], folder: Path) -> None:
    """Write figures into a folder, each as <name>.png."""
    for name, figure in figures.items():
        save(figure, folder / f"{name}.png")


def error_lengths(value: ArrayLike, low: ArrayLike, high: ArrayLike) -> np.ndarray:
    """Lengths of error bars below and above values (N,): (2,N), as Matplotlib takes them.

    Bounds that lie on the wrong side of the value by rounding give bars without length.
    """
    values = np.asarray(value, float)
    return np.clip([values - np.asarray(low, float), np.asarray(high, float) - values], 0, None)


def grid(
    images: Sequence[np.ndarray],
    titles: Sequence[str],
    *,
    columns: int,
    title: str,
    width: float = 1.7,
) -> Figure:
    """Lay out images (H×W×3, uint8 RGB, or H×W grey) in rows of `columns`, each under its title.

    width: of one image, inches.
    """
    columns = max(1, min(columns, len(images)))
    rows = max(1, -(-len(images) // columns))
    down, across = images[0].shape[:2] if len(images) else (1, 1)
    height = width * down / across + 0.35
    figure = Figure(figsize=(columns * width, rows * height + 0.5), layout="constrained")
    figure.suptitle(title)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes:
        axis.axis("off")
    for axis, image, caption in zip(axes, images, titles, strict=False):
        axis.imshow(image, cmap="gray")
        axis.set_title(caption, fontsize=7)
    return figure


def confusion(actual: np.ndarray, predicted: np.ndarray, names: Sequence[str]) -> Figure:
    """Draw a confusion matrix: coins in each cell, shaded by the share of the actual mint.

    actual, predicted: class numbers (N,), places in `names`.
    """
    counts = confusion_matrix(actual, predicted, labels=range(len(names)))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(1.5 + len(names), 1.1 + len(names)), layout="constrained")
    axis = figure.subplots()
    axis.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(counts.shape):
        text = f"{counts[row, column]}\n{share[row, column]:.0%}"
        colour = "white" if share[row, column] > 0.5 else "black"
        axis.text(column, row, text, ha="center", va="center", color=colour)
    axis.set_xticks(range(len(names)), names, rotation=20, ha="right")
    axis.set_yticks(range(len(names)), names)
    axis.set(xlabel="predicted", ylabel="actual", title="Test coins")
    return figure


def curves(folder: Path) -> Figure:
    """Draw loss and accuracy over the epochs of a training.

    folder: of dvclive, with its tables plots/metrics/train/loss.tsv and so on.
    """
    figure = Figure(figsize=(8, 3), layout="constrained")
    parts = {"train": "train", "validation": "eval"}  # by dvclive's names
    for axis, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for (part, subfolder), colour in zip(parts.items(), COLOURS, strict=False):
            file = folder / "plots" / "metrics" / subfolder / f"{name}.tsv"
            epochs, values = np.loadtxt(file, delimiter="\t", skiprows=1, ndmin=2).T
            axis.plot(epochs + 1, values, color=colour, label=part)
        axis.set(xlabel="epoch", ylabel=name)
        axis.legend()
    return figure


def counts(values: Mapping[str, int], title: str) -> Figure:
    """Draw counts as labelled bars, the largest on top; at least one is needed."""
    ordered = sorted(values.items(), key=lambda item: (item[1], item[0]))
    names, numbers = zip(*ordered, strict=True)
    figure = Figure(figsize=(7, 0.8 + 0.3 * len(names)), layout="constrained")
    axis = figure.subplots()
    axis.bar_label(axis.barh(names, numbers, color=COLOURS[0]), padding=3)
    axis.set(xlabel=title, xlim=(0, 1.12 * max(numbers)))
    axis.spines[["top", "right"]].set_visible(False)
    return figure
