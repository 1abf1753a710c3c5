"""Images far from any coin: controls for out-of-distribution scores."""

import cv2
import numpy as np
from sklearn.datasets import load_sample_images

from mintmark.data.coins import CoinSet
from mintmark.geometry import fills


def controls(coins: CoinSet, seed: int) -> dict[str, np.ndarray]:
    """What no one would take for a coin of these mints, in the place of coins: a control.

    A score that does not notice these says little of a mint that it fails to notice. "blank": the coins'
    mean colour; "noise"; "object": pieces of photographs of a temple and a flower that scikit-learn
    brings along. Returns images, uint8 (N,H,W,3), by name.
    """
    coin = coins.grid.coin
    return {
        "blank": fills.occlude(coins.images, coin, coins.grid, fill="mean", seed=seed),
        "noise": fills.occlude(coins.images, coin, coins.grid, fill="noise", seed=seed),
        "object": np.where(coin[..., None], _pieces(coins.images.shape, seed), coins.images),
    }


def _pieces(shape: tuple[int, ...], seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, 40])
    pictures = load_sample_images().images
    pieces = []
    for number in range(shape[0]):
        picture = pictures[number % len(pictures)]
        height = int(rng.integers(min(shape[1], picture.shape[0] // 2), picture.shape[0]))
        width = min(height * shape[2] // shape[1], picture.shape[1])
        top = int(rng.integers(picture.shape[0] - height + 1))
        left = int(rng.integers(picture.shape[1] - width + 1))
        piece = picture[top : top + height, left : left + width]
        pieces.append(cv2.resize(piece, shape[2:0:-1], interpolation=cv2.INTER_AREA))
    return np.stack(pieces)
