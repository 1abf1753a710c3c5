"""Pictures of how coin types are told apart: confusion, pairs, heads, calibration, suspects, views."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mintmark import plotting
from mintmark.coin_types import evaluation
from mintmark.images import cropping, decoding

SCORES = ("accuracy", "balanced_accuracy")
NAMED = 40  # with more types than this the matrix leaves their names out


def confusion(actual: np.ndarray, predicted: np.ndarray, names: list[str]) -> Figure:
    """Draw the confusion matrix of many types, row by row as shares of the actual type.

    actual, predicted: class numbers (N,). Types stand in the order of their names.
    """
    counts = np.zeros((len(names), len(names)))
    np.add.at(counts, (actual, predicted), 1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(8.5, 7.5), layout="constrained")
    axis = figure.subplots()
    # A dot in a matrix of hundreds of rows would vanish: widen each cell for the eye.
    reach = 1 + len(names) // 150
    image = axis.imshow(cv2.dilate(share, np.ones((reach, reach))), cmap="magma_r", vmin=0, vmax=1)
    figure.colorbar(image, ax=axis, shrink=0.7, label="share of the actual type")
    if len(names) <= NAMED:
        axis.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
        axis.set_yticks(range(len(names)), names, fontsize=7)
    right = (actual == predicted).mean()
    axis.set(
        xlabel="predicted type (numbers: rows of report.csv)", ylabel="actual type",
        title=f"{len(names)} types, {len(actual)} test photographs, {right:.1%} on the diagonal",
    )  # fmt: skip
    return figure


def confused_pairs(judged: pd.DataFrame, table: pd.DataFrame, root: Path, most: int = 30) -> Figure:
    """Show the pairs of types most often taken for each other, with a photograph of each.

    judged: columns actual, predicted; table: columns Class and path (relative to root), any part.
    """
    wrong = judged[judged["actual"] != judged["predicted"]]
    pair = wrong[["actual", "predicted"]].apply(lambda row: tuple(sorted(row)), axis=1)
    example = table.groupby("Class")["path"].first()
    images, titles = [], []
    for (first, second), count in pair.value_counts(sort=True).sort_index().nlargest(most).items():
        images.append(_beside(root / example[first], root / example[second]))
        titles.append(f"{count}×\n{_short(first)}\n{_short(second)}")
    title = f"Types most often taken for each other ({len(wrong)} of {len(judged)} mistaken)"
    return plotting.grid(images, titles, columns=6, title=title, width=2.2)


def suspects(suspected: pd.DataFrame, table: pd.DataFrame, root: Path, most: int = 30) -> Figure:
    """Show the photographs whose label is likeliest wrong, each beside one of the type suggested.

    suspected: columns Id, Class, suggested, quality, path; table: columns Class and path.
    """
    example = table[~table["Id"].isin(suspected["Id"])].groupby("Class")["path"].first()
    images, titles = [], []
    for row in suspected.head(most).itertuples():
        other = root / example[row.suggested] if row.suggested in example else None
        images.append(_beside(root / row.path, other))
        titles.append(
            f"{row.Id}: {_short(row.Class)}\nor {_short(row.suggested)}?\n{row.quality:.1g}"
        )
    title = (
        f"{len(suspected)} labels to check (left: the photograph, its label and the label's "
        "probability; right: the type suggested)"
    )
    return plotting.grid(images, titles, columns=6, title=title, width=2.2)


def heads(judged: dict[str, dict[str, float]]) -> Figure:
    """Draw how well each head does on the validation part, the best one on top.

    judged: accuracy and balanced accuracy by kind of head.
    """
    kinds = sorted(judged, key=lambda kind: judged[kind]["balanced_accuracy"])
    figure = Figure(figsize=(7, 1.5 + 0.45 * len(kinds)), layout="constrained")
    axis = figure.subplots()
    for colour, marker, score in zip(plotting.COLOURS, "os", SCORES, strict=False):
        values = [judged[kind][score] for kind in kinds]
        label = f"{score.replace('_', ' ')} (best {max(values):.3f})"
        axis.scatter(values, kinds, 50, color=colour, marker=marker, label=label)
    axis.set(xlim=(0, 1), xlabel="on the validation part", title="Heads on the same features")
    axis.margins(y=0.5 / len(kinds))
    axis.legend(loc="center left", fontsize=8)
    return figure


def calibrated(before: np.ndarray, after: np.ndarray, errors: tuple[float, float]) -> Figure:
    """Draw accuracy over confidence, before and after temperature scaling.

    before, after: rows of `calibration.reliability`; errors: expected calibration errors.
    """
    figure = Figure(figsize=(7.5, 3.6), layout="constrained")
    names = ("as trained", "temperature scaled")
    drawn = zip(figure.subplots(1, 2, sharey=True), (before, after), errors, names, strict=True)
    for axis, rows, error, name in drawn:
        confidence, accuracy, count = rows.T
        axis.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="calibrated")
        axis.plot(confidence, accuracy, color=plotting.COLOURS[0])
        sizes = 12 + 120 * count / count.max()
        axis.scatter(confidence, accuracy, sizes, plotting.COLOURS[0], label="test (size: how many)")
        axis.set(xlabel="confidence", title=f"{name}: error {error:.3f}", xlim=(0, 1), ylim=(0, 1))
    figure.axes[0].set_ylabel("accuracy")
    figure.axes[0].legend(loc="upper left", fontsize=8)
    return figure


def frequency(by: dict[str, dict[str, float]], classes: int) -> Figure:
    """Draw the accuracy of rare, medium and frequent types, with intervals.

    by: see `typeassessment.by_frequency`.
    """
    figure = Figure(figsize=(6.5, 3.6), layout="constrained")
    axis = figure.subplots()
    for place, of in enumerate(by.values()):
        ends = [[of["accuracy"] - of["accuracy_low"]], [of["accuracy_high"] - of["accuracy"]]]
        axis.errorbar(place, of["accuracy"], ends, fmt="o", color=plotting.COLOURS[0], capsize=4)
    labels = [
        f"{kind}: {evaluation.between(of)} to learn from\n{of['types']} types, {of['n']} test photographs"
        for kind, of in by.items()
    ]
    axis.set_xticks(range(len(by)), labels, fontsize=8)
    axis.set(
        xlim=(-0.5, len(by) - 0.5), ylim=(0, 1), ylabel="accuracy (95 % interval)",
        title=f"{classes} types by photographs to learn from",
    )  # fmt: skip
    return figure


def views(images: list[np.ndarray], each: int) -> Figure:
    """Show photographs (uint8 RGB) and the `each` views of every one, as the network gets them."""
    titles = ["photograph", *(f"view {k + 1}" for k in range(each))] * (len(images) // (1 + each))
    return plotting.grid(images, titles, columns=1 + each, title="What goes through the backbone")


def _beside(first: Path, second: Path | None) -> np.ndarray:
    return np.hstack([_thumbnail(first), _thumbnail(second)])


def _short(name: str, most: int = 34) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _thumbnail(path: Path | None, size: int = 128) -> np.ndarray:
    if path is None:
        return np.full((size, size, 3), 200, np.uint8)
    return cropping.square(decoding.decode(path), size, cropped=False)
