"""The house style of every picture: colours, saving, and grids of images."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

# Okabe & Ito (2008), "Color Universal Design": told apart in every common colour blindness.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000")
HEAT = "inferno"  # perceptually uniform and readable in grey
DPI = 110


def save(figure: Figure, path: Path) -> None:
    """Write a figure as a PNG whose bytes depend on its content alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DPI, bbox_inches="tight", metadata={"Software": None})


def grid(
    images: Sequence[np.ndarray], titles: Sequence[str], columns: int, title: str, width: float = 1.7
) -> Figure:
    """Lay out images (H×W×3, uint8 RGB, or H×W grey) in rows of `columns`, each under its title.

    `width` is the width of one image in inches.
    """
    columns = max(1, min(columns, len(images)))
    rows = max(1, -(-len(images) // columns))
    height, breadth = images[0].shape[:2] if len(images) else (1, 1)
    tall = width * height / breadth + 0.35
    figure = Figure(figsize=(columns * width, rows * tall + 0.5), layout="constrained")
    figure.suptitle(title)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes:
        axis.axis("off")
    for axis, image, caption in zip(axes, images, titles, strict=False):
        axis.imshow(image, cmap="gray")
        axis.set_title(caption, fontsize=7)
    return figure
