"""Zones of a coin, and hiding them.

Zones are said in fractions of the coin's radius: the field is r < radius, the margin
radius ≤ r ≤ 1, on both sides of a merged image and never in the gutter between them.
"""

import cv2
import numpy as np

FILLS = ("mean", "blur", "noise", "black")
BLUR = 0.2  # deviation of the blurring fill, as a fraction of the coin's radius


def radii(circles: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Distance of every pixel from the centre of the nearest side, in that side's radii.

    circles: (N,2,3), x, y and radius of both sides in pixels; shape: (H,W). Returns (N,H,W).
    """
    row, column = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    x, y, r = (circles[..., k, None, None].astype(np.float32) for k in range(3))
    return (np.hypot(column - x, row - y) / r).min(axis=1)


def field(radii: np.ndarray, radius: float) -> np.ndarray:
    """The middle of the coin: bool, of the shape of `radii`."""
    return radii < radius


def margin(radii: np.ndarray, radius: float) -> np.ndarray:
    """The ring round the field up to the coin's edge: bool, of the shape of `radii`."""
    return (radii >= radius) & (radii <= 1)


def hide(
    images: np.ndarray, hidden: np.ndarray, radii: np.ndarray, fill: str, seed: int
) -> np.ndarray:
    """Hide pixels of coins: a copy of the images, uint8 (N,H,W,3).

    hidden: bool (N,H,W); radii: (N,H,W), see `radii`; fill: "mean" (the coin's mean colour), "blur"
    (the coin without its detail), "noise" (of the coin's mean and deviation) or "black".
    """
    masked = images.copy()
    rng = np.random.default_rng([seed, 20])
    for image, gone, distance in zip(masked, hidden, radii, strict=True):
        image[gone] = _filling(image, distance, fill, rng)[gone]
    return masked


def _filling(
    image: np.ndarray, radii: np.ndarray, fill: str, rng: np.random.Generator
) -> np.ndarray:
    coin = image[radii <= 1].astype(np.float32)
    if fill == "blur":
        radius = np.sqrt(len(coin) / (2 * np.pi))
        return cv2.GaussianBlur(image, (0, 0), BLUR * radius)
    if fill == "noise":
        noise = rng.normal(coin.mean(axis=0), coin.std(axis=0), image.shape)
        return np.clip(noise, 0, 255).astype(np.uint8)
    colour = coin.mean(axis=0) if fill == "mean" else np.zeros(3)
    return np.broadcast_to(colour.round().astype(np.uint8), image.shape)
