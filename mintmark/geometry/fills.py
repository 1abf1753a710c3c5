"""Fills: what masked pixels of a coin are replaced by.

A fill takes one image (uint8 (H,W,3)), which of its pixels are masked and which show the coin (bool
(H,W)), and a random generator; it returns what to take the masked pixels from, an image (uint8
(H,W,3)) or one colour (3,). To add one, write its function and enter it in FILLS.
"""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

from mintmark.geometry.grid import CoinGrid
from mintmark.pipeline.parallel import threaded

BLUR = 0.2  # deviation of the blurring fill, as a fraction of the coin's radius
REACH = 3  # pixels round a masked one that inpainting looks at
COARSER = 2  # linear imputation is solved on a grid so much coarser: what it gives is smooth
GRAIN = 2.5  # deviation of the noise on linear imputation, grey values
# A masked pixel is the mean of its neighbours, weighted so (Rong et al. 2022).
NEIGHBOURS = np.array([[1, 2, 1], [2, 0, 2], [1, 2, 1]]) / 12

Fill = Callable[[np.ndarray, np.ndarray, np.ndarray, np.random.Generator], np.ndarray]


def occlude(
    images: np.ndarray, mask: np.ndarray, grid: CoinGrid, *, fill: str, seed: int
) -> np.ndarray:
    """Mask pixels of coins: a copy of the images, uint8 (N,H,W,3).

    mask: bool (N,H,W), what is masked; fill: a key of FILLS. Random fills follow from `seed` and the
    image's place.
    """
    occluded = images.copy()
    rows = [row for row in range(len(images)) if mask[row].any()]

    def filled_in(row: int) -> np.ndarray:
        rng = np.random.default_rng([seed, 20, row])
        return FILLS[fill](images[row], mask[row], grid.coin[row], rng)

    for row, filling in zip(rows, threaded(filled_in, rows), strict=True):
        if filling.dtype != np.uint8:
            raise TypeError(f"the fill {fill} gives {filling.dtype}; it must give uint8")
        filled = np.ascontiguousarray(np.broadcast_to(filling, images[row].shape))
        cv2.copyTo(filled, mask[row].astype(np.uint8), occluded[row])
    return occluded


def mean(
    image: np.ndarray, _mask: np.ndarray, coin: np.ndarray, _rng: np.random.Generator
) -> np.ndarray:
    """The coin's mean colour."""
    return np.rint(cv2.mean(image, coin.astype(np.uint8))[:3]).astype(np.uint8)


def blur(
    image: np.ndarray, _mask: np.ndarray, coin: np.ndarray, _rng: np.random.Generator
) -> np.ndarray:
    """The coin without its detail."""
    radius = np.sqrt(coin.sum() / (2 * np.pi))
    return cv2.GaussianBlur(image, (0, 0), BLUR * radius)


def noise(
    image: np.ndarray, _mask: np.ndarray, coin: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Noise of the coin's mean and deviation."""
    shown = image[coin].astype(np.float32)
    values = rng.normal(shown.mean(axis=0), shown.std(axis=0), image.shape)
    return np.clip(values, 0, 255).astype(np.uint8)


def inpaint(
    image: np.ndarray, mask: np.ndarray, _coin: np.ndarray, _rng: np.random.Generator
) -> np.ndarray:
    """What stands at the mask's border, continued (Telea 2004)."""
    return cv2.inpaint(image, mask.astype(np.uint8), REACH, cv2.INPAINT_TELEA)


def linear(
    image: np.ndarray, mask: np.ndarray, _coin: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Noisy linear imputation (Rong et al. 2022, "A Consistent and Efficient Evaluation Strategy")."""
    smooth = _imputed(image, mask)
    return np.clip(smooth + rng.normal(0, GRAIN, smooth.shape), 0, 255).astype(np.uint8)


def black(
    _image: np.ndarray, _mask: np.ndarray, _coin: np.ndarray, _rng: np.random.Generator
) -> np.ndarray:
    """Black, as masks are often painted."""
    return np.zeros(3, np.uint8)


def _imputed(image: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """The image with masked pixels that are each the weighted mean of their neighbours: (H,W,3).

    At least one pixel beside the masked ones must be visible.
    """
    size = image.shape[1] // COARSER, image.shape[0] // COARSER
    coarse = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float64)
    hidden = cv2.resize(gone.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    coarse[hidden] = _solved(coarse, hidden)
    return cv2.resize(coarse, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _solved(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Solve for the masked pixels of an image (float64): (pixels,3)."""
    visible = np.where(mask[..., None], 0.0, image)
    known = cv2.filter2D(visible, -1, NEIGHBOURS, borderType=cv2.BORDER_CONSTANT)[mask]
    return _equations(mask.tobytes(), mask.shape).solve(known)


@lru_cache(maxsize=4)
def _equations(mask: bytes, shape: tuple[int, int]) -> SuperLU:
    """The equations that make each masked pixel the mean of its neighbours, factorised.

    mask: the bytes of a bool array (H,W). Coins of one size share the mask of a region, and this.
    """
    masked = np.pad(np.frombuffer(mask, bool).reshape(shape), 1)
    number = np.cumsum(masked).reshape(masked.shape) - 1
    total = cv2.filter2D(np.ones(shape), -1, NEIGHBOURS, borderType=cv2.BORDER_CONSTANT)
    links = []
    for down, right in np.argwhere(NEIGHBOURS > 0) - 1:
        beside = np.roll(masked, (-down, -right), axis=(0, 1)) & masked
        there = np.roll(beside, (down, right), axis=(0, 1))
        weights = np.full(beside.sum(), -NEIGHBOURS[down + 1, right + 1])
        links.append((number[beside], number[there], weights))
    rows, columns, weights = (np.concatenate(part) for part in zip(*links, strict=True))
    count = int(masked.sum())
    system = sparse.csc_matrix((weights, (rows, columns)), (count, count))
    system += sparse.diags(total[masked[1:-1, 1:-1]], format="csc")
    symmetric = {"SymmetricMode": True}
    return splu(system, "MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=symmetric)


FILLS: dict[str, Fill] = {
    "mean": mean, "blur": blur, "noise": noise, "inpaint": inpaint, "linear": linear, "black": black,
}  # fmt: skip
