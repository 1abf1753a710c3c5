"""The pictures of the page: the coin found in its photograph, its heat, and images as data URIs."""

import base64
import io
from pathlib import Path

import cv2
import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image

from mintmark import plotting
from mintmark.explain.figures import overlay
from mintmark.images import decoding, detection, outline
from mintmark.images.cropping import FILL

LONGEST = 560  # pixels of the longer side of a photograph as the page shows it
LARGER = 3  # times that what the network sees is enlarged
QUALITY = 88  # of WebP
CIRCLE, OUTLINE = plotting.COLOURS[5], plotting.COLOURS[6]  # light, on black, whatever the metal
FINE = 4  # bits of a pixel's fraction to which lines are drawn
DASH = 3  # directions of the outline to a dash, and to a gap


def found(file: Path) -> np.ndarray | None:
    """A smaller copy of a photograph with the coin's circle, and its outline as a dashed line.

    None where the photograph can't be decoded; nothing is drawn where no coin is found.
    """
    photograph = decoding.decode(file)
    if photograph is None:
        return None
    scale = min(1.0, LONGEST / max(photograph.shape[:2]))
    small = cv2.resize(photograph, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    coin = detection.find(photograph)
    if coin and coin[1] >= detection.SUPPORT:
        points = outline.find(photograph, coin[0]).points(coin[0])
        closed = np.concatenate([points, points[:1]])
        dashes = [closed[start : start + DASH + 1] for start in range(0, len(points), 2 * DASH)]
        _draw(small, [outline.CIRCLE.points(coin[0])], scale, CIRCLE, closed=True)
        _draw(small, dashes, scale, OUTLINE, closed=False)
    return small


def _draw(
    image: np.ndarray, lines: list[np.ndarray], scale: float, colour: str, *, closed: bool
) -> None:
    """Draw lines, each (N,2) in pixels of the photograph, on a black edge that parts them from it."""
    width = max(2, round(max(image.shape[:2]) / 250))
    drawn = [np.rint(((line + 0.5) * scale - 0.5) * 2**FINE).astype(np.int32) for line in lines]
    rgb = tuple(round(255 * value) for value in to_rgb(colour))
    for thickness, ink in ((width + 2, (0, 0, 0)), (width, rgb)):
        cv2.polylines(image, drawn, closed, ink, thickness, cv2.LINE_AA, FINE)


def larger(image: np.ndarray) -> np.ndarray:
    """What the network sees, (H,W,3) or (H,W), enlarged so that a screen shows it smoothly."""
    return cv2.resize(image, None, fx=LARGER, fy=LARGER, interpolation=cv2.INTER_LINEAR)


def hot(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """A coin under its heat, enlarged. image: uint8 (H,W,3); heat: (H,W), 0 to 1."""
    return overlay(larger(image), larger(heat))


def scale() -> np.ndarray:
    """The colours of heat on grey, from 0 at the left to 1: uint8 (H,W,3)."""
    heat = np.tile(np.linspace(0, 1, 200), (12, 1))
    return overlay(np.full((*heat.shape, 3), FILL, np.uint8), heat)


def embedded(image: np.ndarray) -> str:
    """An image (uint8 RGB) as a data URI: it is nowhere on disk."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "WEBP", quality=QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"
