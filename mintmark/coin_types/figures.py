"""Pictures of the stages of the coin types, from the data that they wrote; nothing is trained here."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import confusion_matrix

from mintmark import plotting
from mintmark.images import cropping, decoding
from mintmark.pipeline import csv_files, metrics_files

PLOTS = Path("plots")
NAMED = 40  # with more types than this the matrix leaves their names out
SHOWN = 30  # pairs of photographs in a picture, at most
SCORES = ("accuracy", "balanced_accuracy")


def of_types(root: Path, plots: Path = PLOTS) -> dict[str, Figure]:
    """Draw all pictures of features315, labels315 and transfer315, by their paths.

    root: the set of coin types, for its photographs; plots: the folder that holds what these stages
    wrote, each in a folder of its name.
    """
    return {
        **_of_features(plots / "features315"),
        **_of_labels(plots / "labels315", root),
        **_of_transfer(plots / "transfer315", root),
    }


def _of_features(folder: Path) -> dict[str, Figure]:
    return {"features315/views.png": views(np.load(folder / "views.npy"))}


def _of_labels(folder: Path, root: Path) -> dict[str, Figure]:
    return {"labels315/suspected.png": suspected(csv_files.read(folder / "suspected.csv"), root)}


def _of_transfer(folder: Path, root: Path) -> dict[str, Figure]:
    names = csv_files.read(folder / "report.csv")["Class"].tolist()
    judged, judged_heads = (
        csv_files.read(folder / "predictions.csv"),
        csv_files.read(folder / "heads.csv"),
    )
    details = json.loads((folder / metrics_files.DETAILS).read_text())
    found = details["calibration"]
    errors = [found["error_before"], found["error"]]
    figures = {
        "frequency": frequency(csv_files.read(folder / "frequency.csv"), len(names)),
        "calibration": calibration(csv_files.read(folder / "reliability.csv"), errors),
        "confusion": confusion(judged, names),
        "confused_pairs": confused_pairs(
            csv_files.read(folder / "confused_pairs.csv"), judged, root
        ),
    }
    if len(judged_heads) > 1:
        figures["heads"] = heads(judged_heads)
    return {f"transfer315/{name}.png": figure for name, figure in figures.items()}


def views(images: np.ndarray) -> Figure:
    """Show photographs and their views as the backbones get them: uint8 RGB (M,1+V,S,K·S,3)."""
    photographs, columns, down, across = images.shape[:4]
    titles = ["photograph", *(f"view {k}" for k in range(1, columns))] * photographs
    return plotting.grid(
        [image for row in images for image in row],
        titles,
        columns=max(2, columns),
        title="What goes through the backbones",
        width=1.7 * across / down,
    )


def suspected(table: pd.DataFrame, root: Path) -> Figure:
    """Show the worst label issues, each photograph beside one of the type suggested.

    table: see `label_issues.suspected`; root: of its paths.
    """
    worst = table.head(SHOWN)
    pairs = zip(worst["path"], worst["example"], strict=True)
    titles = [
        f"{row.Id}: {_short(row.Class)}\nor {_short(row.suggested)}?\n{row.quality:.1g}"
        for row in worst.itertuples()
    ]
    title = (
        f"{len(table)} labels to check (left: the photograph, its label and the label's "
        "probability; right: the type suggested)"
    )
    return _pairs(pairs, titles, title, root)


def confused_pairs(table: pd.DataFrame, judged: pd.DataFrame, root: Path) -> Figure:
    """Show the pairs of types most often taken for each other, with a photograph of each.

    table: see `evaluation.confused_pairs`; judged: columns actual and predicted; root: of the paths.
    """
    worst = table.head(SHOWN)
    pairs = zip(worst["first_example"], worst["second_example"], strict=True)
    titles = [
        f"{row.count_}×\n{_short(row.first)}\n{_short(row.second)}"
        for row in worst.rename(columns={"count": "count_"}).itertuples()
    ]
    wrong = int((judged["actual"] != judged["predicted"]).sum())
    title = f"Types most often taken for each other ({wrong} of {len(judged)} mistaken)"
    return _pairs(pairs, titles, title, root)


def confusion(judged: pd.DataFrame, names: list[str]) -> Figure:
    """Draw the confusion matrix of many types, row by row as shares of the actual type.

    judged: columns actual and predicted; names: of all types, in the order of rows and columns.
    """
    actual, predicted = judged["actual"], judged["predicted"]
    share = confusion_matrix(actual, predicted, labels=names).astype(float)
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(8.5, 7.5), layout="constrained")
    axis = figure.subplots()
    # A dot in a matrix of hundreds of rows would vanish: widen each cell for the eye.
    reach = 1 + len(names) // 150
    image = axis.imshow(cv2.dilate(share, np.ones((reach, reach))), cmap="magma_r", vmin=0, vmax=1)
    figure.colorbar(image, ax=axis, shrink=0.7, label="share of the actual type")
    if len(names) <= NAMED:
        axis.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
        axis.set_yticks(range(len(names)), names, fontsize=7)
    correct = (actual == predicted).mean()
    axis.set(
        xlabel="predicted type (numbers: rows of report.csv)",
        ylabel="actual type",
        title=f"{len(names)} types, {len(judged)} test photographs, {correct:.1%} on the diagonal",
    )
    return figure


def heads(judged: pd.DataFrame) -> Figure:
    """Draw how well each head does on the validation part, the best one on top.

    judged: columns label, accuracy and balanced_accuracy, see `head_training.choose`.
    """
    ordered = judged.sort_values("balanced_accuracy", kind="stable")
    figure = Figure(figsize=(7, 1.5 + 0.45 * len(ordered)), layout="constrained")
    axis = figure.subplots()
    for colour, marker, score in zip(plotting.COLOURS, "os", SCORES, strict=False):
        label = f"{score.replace('_', ' ')} (best {ordered[score].max():.3f})"
        axis.scatter(ordered[score], ordered["label"], 50, color=colour, marker=marker, label=label)
    axis.set(xlim=(0, 1), xlabel="on the validation part", title="Heads on the same features")
    axis.margins(y=0.5 / len(ordered))
    axis.legend(loc="center left", fontsize=8)
    return figure


def calibration(reliability: pd.DataFrame, errors: Iterable[float]) -> Figure:
    """Draw accuracy over confidence, before and after temperature scaling.

    reliability: columns scaling, confidence, accuracy and count; errors: the expected calibration
    error of each scaling, in their order.
    """
    figure = Figure(figsize=(7.5, 3.6), layout="constrained")
    scalings = reliability.groupby("scaling", sort=False)
    drawn = zip(figure.subplots(1, 2, sharey=True), scalings, errors, strict=True)
    for axis, (name, rows), error in drawn:
        confidence, accuracy, count = (rows[c] for c in ("confidence", "accuracy", "count"))
        axis.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="calibrated")
        axis.plot(confidence, accuracy, color=plotting.COLOURS[0])
        sizes = 12 + 120 * count / count.max()
        axis.scatter(
            confidence, accuracy, sizes, plotting.COLOURS[0], label="test (size: how many)"
        )
        axis.set(xlabel="confidence", title=f"{name}: error {error:.3f}", xlim=(0, 1), ylim=(0, 1))
    figure.axes[0].set_ylabel("accuracy")
    figure.axes[0].legend(loc="upper left", fontsize=8)
    return figure


def frequency(table: pd.DataFrame, classes: int) -> Figure:
    """Draw the accuracy of rare, medium and frequent types, with intervals.

    table: see `evaluation.frequency_table`; classes: how many types there are.
    """
    figure = Figure(figsize=(6.5, 3.6), layout="constrained")
    axis = figure.subplots()
    for row in table.itertuples():
        ends = [[row.accuracy - row.accuracy_low], [row.accuracy_high - row.accuracy]]
        axis.errorbar(row.Index, row.accuracy, ends, fmt="o", color=plotting.COLOURS[0], capsize=4)
    labels = [
        f"{row.frequency}: {_bounds(row)} to learn from\n{row.types} types, {row.n} test photographs"
        for row in table.itertuples()
    ]
    axis.set_xticks(range(len(table)), labels, fontsize=8)
    axis.set(
        xlim=(-0.5, len(table) - 0.5),
        ylim=(0, 1),
        ylabel="accuracy (95 % interval)",
        title=f"{classes} types by photographs to learn from",
    )
    return figure


def _bounds(row: Any) -> str:
    """How many photographs a kind of type has, as in `10 to 19` or `20 or more`."""
    most = getattr(row, "most", np.nan)
    return f"{row.least} or more" if pd.isna(most) else f"{row.least} to {most:.0f}"


def _pairs(pairs: Iterable[tuple[str, str]], titles: list[str], title: str, root: Path) -> Figure:
    images = [
        np.hstack([_thumbnail(root / path if path else None) for path in pair]) for pair in pairs
    ]
    return plotting.grid(images, titles, columns=6, title=title, width=2.2)


def _short(name: str, most: int = 34) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _thumbnail(path: Path | None, size: int = 128) -> np.ndarray:
    image = decoding.decode(path) if path else None
    if image is None:
        return np.full((size, size, 3), 200, np.uint8)
    return cropping.square(image, size, cropped=False)
