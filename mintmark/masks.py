"""Parts of a coin, and hiding them.

Parts are said in fractions of the coin's radius: the field is r < radius, the margin
radius ≤ r ≤ 1, on both sides of a merged image and never in the gutter between them.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from scipy.sparse.linalg import splu

FILLS = ("mean", "blur", "noise", "inpaint", "linear", "black")
BLUR = 0.2  # deviation of the blurring fill, as a fraction of the coin's radius
REACH = 3  # pixels round a hidden one that inpainting looks at
COARSER = 2  # linear imputation is solved on a grid so much coarser: what it gives is smooth
GRAIN = 2.5  # deviation of the noise on linear imputation, grey values
# A hidden pixel is the weighted mean of its neighbours: their offsets and weights (Rong et al. 2022).
NEIGHBOURS = ((0, 1, 1 / 6), (0, -1, 1 / 6), (1, 0, 1 / 6), (-1, 0, 1 / 6),
              (1, 1, 1 / 12), (1, -1, 1 / 12), (-1, 1, 1 / 12), (-1, -1, 1 / 12))  # fmt: skip


@dataclass(frozen=True)
class Places:
    """Where every pixel lies on the nearer side of its coin; arrays of one shape (N,H,W)."""

    x: np.ndarray  # to the right of the side's centre, in its radii
    y: np.ndarray  # below it
    side: np.ndarray  # 0 on the obverse, 1 on the reverse

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

    def of(self, rows: np.ndarray | slice) -> "Places":
        """The places of some of the images."""
        return Places(self.x[rows], self.y[rows], self.side[rows])


def places(circles: np.ndarray, shape: tuple[int, int]) -> Places:
    """Locate every pixel of images on their coins.

    circles: (N,2,3), x, y and radius of both sides in pixels; shape: (H,W).
    """
    row, column = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    x, y, r = (circles[..., k, None, None].astype(np.float32) for k in range(3))
    across, down = (column - x) / r, (row - y) / r
    side = np.hypot(across, down).argmin(axis=1)
    x, y = (np.take_along_axis(offset, side[:, None], axis=1)[:, 0] for offset in (across, down))
    return Places(x, y, side)


def field(places: Places, radius: float) -> np.ndarray:
    """The middle of the coin: bool (N,H,W)."""
    return places.radii < radius


def margin(places: Places, radius: float) -> np.ndarray:
    """The ring round the field up to the coin's edge: bool (N,H,W)."""
    return (places.radii >= radius) & places.coin


def ring(places: Places, number: int, of: int) -> np.ndarray:
    """The number-th (from 0, at the centre) of `of` rings of equal area: bool (N,H,W)."""
    inner, outer = np.sqrt([number / of, (number + 1) / of])
    return (places.radii >= inner) & (places.radii < outer)


def sector(places: Places, number: int, of: int) -> np.ndarray:
    """The number-th (from 0, after twelve o'clock) of `of` equal sectors: bool (N,H,W)."""
    return (places.angles * of // (2 * np.pi) == number) & places.coin


def disc(places: Places, centre: tuple[float, float], radius: float) -> np.ndarray:
    """A disc at the same place of both sides, x and y of its centre in radii: bool (N,H,W)."""
    away = np.hypot(places.x - centre[0], places.y - centre[1])
    return (away < radius) & places.coin


def hide(
    images: np.ndarray, hidden: np.ndarray, places: Places, fill: str, seed: int
) -> np.ndarray:
    """Hide pixels of coins: a copy of the images, uint8 (N,H,W,3).

    hidden: bool (N,H,W); fill, one of FILLS: "mean" (the coin's mean colour), "blur" (the coin
    without its detail), "noise" (of the coin's mean and deviation), "inpaint" (continued from the
    hidden part's border, Telea 2004), "linear" (noisy linear imputation, Rong et al. 2022) or
    "black".
    """
    masked = images.copy()
    parts = enumerate(zip(images, hidden, places.coin, strict=True))
    fillings = Parallel(n_jobs=-1 if len(images) > 1 else 1, prefer="threads")(
        delayed(_filling)(*part, fill, np.random.default_rng([seed, 20, number]))
        for number, part in parts
    )
    for image, gone, filling in zip(masked, hidden, fillings, strict=True):
        image[gone] = filling
    return masked


def _filling(
    image: np.ndarray, gone: np.ndarray, coin: np.ndarray, fill: str, rng: np.random.Generator
) -> np.ndarray:
    """What the hidden pixels of one image are replaced by: uint8 (pixels,3) or one colour (3,)."""
    if not gone.any():
        return np.zeros(3, np.uint8)
    shown = image[coin].astype(np.float32)
    if fill == "blur":
        radius = np.sqrt(len(shown) / (2 * np.pi))
        return cv2.GaussianBlur(image, (0, 0), BLUR * radius)[gone]
    if fill == "noise":
        noise = rng.normal(shown.mean(axis=0), shown.std(axis=0), (gone.sum(), 3))
        return np.clip(noise, 0, 255).astype(np.uint8)
    if fill == "inpaint":
        return cv2.inpaint(image, gone.astype(np.uint8), REACH, cv2.INPAINT_TELEA)[gone]
    if fill == "linear":
        smooth = _imputed(image, gone)[gone]
        return np.clip(smooth + rng.normal(0, GRAIN, smooth.shape), 0, 255).astype(np.uint8)
    colour = shown.mean(axis=0) if fill == "mean" else np.zeros(3)
    return colour.round().astype(np.uint8)


def _imputed(image: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """The image with hidden pixels that are each the weighted mean of their neighbours: (H,W,3).

    At least one pixel beside the hidden ones must be visible.
    """
    size = image.shape[1] // COARSER, image.shape[0] // COARSER
    coarse = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float64)
    hidden = cv2.resize(gone.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    coarse[hidden] = _solved(coarse, hidden)
    return cv2.resize(coarse, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _solved(image: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """Solve for the hidden pixels of an image (float64): (pixels,3)."""
    number = np.pad(np.where(gone, np.cumsum(gone).reshape(gone.shape) - 1, -1), 1)
    inside = np.pad(np.ones_like(gone), 1)
    values = np.pad(image, ((1, 1), (1, 1), (0, 0)))
    row, column = np.nonzero(np.pad(gone, 1))
    count = len(row)
    total, known, links = np.zeros(count), np.zeros((count, 3)), []
    hidden = np.pad(gone, 1)
    for down, right, weight in NEIGHBOURS:
        beside = row + down, column + right
        total += weight * inside[beside]
        seen = inside[beside] & ~hidden[beside]
        known[seen] += weight * values[beside][seen]
        linked = np.flatnonzero(hidden[beside])
        links.append((linked, number[beside][linked], np.full(len(linked), -weight)))
    rows, columns, weights = (np.concatenate(part) for part in zip(*links, strict=True))
    system = sparse.csc_matrix((weights, (rows, columns)), (count, count))
    system += sparse.diags(total, format="csc")
    symmetric = {"SymmetricMode": True}
    return splu(system, "MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=symmetric).solve(known)
