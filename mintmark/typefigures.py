"""Pictures of how coin types are told apart: the confusion matrix and the most-confused pairs."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mintmark import figures, photos

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


def confused_pairs(judged: pd.DataFrame, root: Path, most: int = 12) -> Figure:
    """Show the pairs of types most often taken for each other, with a photograph of each.

    judged: columns path (relative to root), actual, predicted; any part.
    """
    wrong = judged[judged["actual"] != judged["predicted"]]
    pair = wrong[["actual", "predicted"]].apply(lambda row: tuple(sorted(row)), axis=1)
    example = judged.groupby("actual")["path"].first()
    images, titles = [], []
    for (first, second), count in pair.value_counts(sort=True).sort_index().nlargest(most).items():
        shown = [_thumbnail(root / example[name]) if name in example else _thumbnail(None)
                 for name in (first, second)]  # fmt: skip
        images.append(np.hstack(shown))
        titles.append(f"{count}×\n{_short(first)}\n{_short(second)}")
    title = f"Types most often taken for each other ({len(wrong)} of {len(judged)} mistaken)"
    return figures.grid(images, titles, columns=4, title=title, width=2.6)


def _short(name: str, most: int = 38) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _thumbnail(path: Path | None, size: int = 128) -> np.ndarray:
    if path is None:
        return np.full((size, size, 3), 200, np.uint8)
    return cv2.resize(photos.decode(path), (size, size), interpolation=cv2.INTER_AREA)
