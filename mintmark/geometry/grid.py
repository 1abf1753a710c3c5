"""The coin's own grid: where every pixel of a merged image lies on its coin, in radii and angles."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class CoinGrid:
    """Where every pixel lies on the nearer side of its coin; arrays of one shape (N,H,W)."""

    x: np.ndarray  # to the right of the side's centre, in its radii
    y: np.ndarray  # below it
    side: np.ndarray  # 0 on the obverse, 1 on the reverse
    layout: np.ndarray  # int (N,), the same number for coins that lie alike in their images

    @cached_property
    def radii(self) -> np.ndarray:
        """Distance from the centre, in radii."""
        return np.hypot(self.x, self.y)

    @cached_property
    def angles(self) -> np.ndarray:
        """Clockwise from twelve o'clock, 0 to 2π."""
        return np.arctan2(self.x, -self.y) % (2 * np.pi)

    @cached_property
    def coin(self) -> np.ndarray:
        """Where the image shows the coin: bool."""
        return self.radii <= 1

    @cached_property
    def layouts(self) -> tuple["CoinGrid", np.ndarray]:
        """The grid of one coin of each layout, and which of them each coin has: int (N,)."""
        _, first, which = np.unique(self.layout, return_index=True, return_inverse=True)
        return self.subset(first), which

    def subset(self, rows: Sequence[int] | np.ndarray | slice) -> "CoinGrid":
        """The grid of some of the images."""
        return CoinGrid(self.x[rows], self.y[rows], self.side[rows], self.layout[rows])


def locate(circles: np.ndarray, shape: tuple[int, int]) -> CoinGrid:
    """Locate every pixel of images on their coins.

    circles: (N,2,3), x, y and radius of both sides in pixels; shape: (H,W).
    """
    flat = circles.reshape(len(circles), -1)
    different, layout = np.unique(flat, axis=0, return_inverse=True)
    row, column = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    places = different.reshape(-1, 2, 3).astype(np.float32)
    x, y, r = (places[..., k, None, None] for k in range(3))
    across, down = (column - x) / r, (row - y) / r
    side = np.hypot(across, down).argmin(axis=1)
    x, y = (np.take_along_axis(offset, side[:, None], axis=1)[:, 0] for offset in (across, down))
    return CoinGrid(x[layout], y[layout], side[layout], layout)
