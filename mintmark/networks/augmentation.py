"""The same coin photographed a little differently: each side turned, scaled and moved, lit anew."""

from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from mintmark.pipeline.params import Block


class Augmentation(Block):
    """How far a side may be turned, scaled, moved and lit differently; it is never mirrored."""

    turn: Annotated[float, Field(ge=0, le=180)]  # degrees either way
    zoom: Annotated[float, Field(ge=0, lt=1)]  # fraction either way
    shift: Annotated[float, Field(ge=0, lt=1)]  # fraction of the coin's radius either way
    contrast: Annotated[float, Field(ge=0, lt=1)]  # fraction either way
    brightness: Annotated[float, Field(ge=0, le=128)]  # grey values either way


def augment(
    image: np.ndarray, circles: np.ndarray, how: Augmentation, rng: np.random.Generator
) -> np.ndarray:
    """Turn, scale, move and light a coin a little differently: float32 (H,W,3), about 0 to 255.

    Each side moves within its own half of the image and by itself, as it does when photographed.
    """
    result = image.astype(np.float32)
    for box, circle in zip(side_boxes(image.shape, circles), circles, strict=True):
        zoom = 1 + rng.uniform(-how.zoom, how.zoom)
        turn = rng.uniform(-how.turn, how.turn)
        shift = rng.uniform(-how.shift, how.shift, 2) * circle[2]
        middle = circle[:2] - (box[1].start, box[0].start)
        result[box] = _moved(result[box], middle, turn=turn, zoom=zoom, shift=shift)
    contrast = 1 + rng.uniform(-how.contrast, how.contrast)
    return lit(result, contrast, rng.uniform(-how.brightness, how.brightness))


def turned(image: np.ndarray, circles: np.ndarray, degrees: float) -> np.ndarray:
    """Turn both sides of a coin about their centres, counter-clockwise: float32 (H,W,3)."""
    result = image.astype(np.float32)
    for box, circle in zip(side_boxes(image.shape, circles), circles, strict=True):
        middle = circle[:2] - (box[1].start, box[0].start)
        result[box] = _moved(result[box], middle, turn=degrees)
    return result


def lit(image: np.ndarray, contrast: float, brightness: float) -> np.ndarray:
    """Change contrast (a factor) and brightness (grey values): float32, about 0 to 255."""
    return (image.astype(np.float32) - 128) * contrast + 128 + brightness


def side_boxes(shape: tuple[int, ...], circles: np.ndarray) -> list[tuple[slice, slice]]:
    """The halves of a merged image that hold obverse and reverse."""
    height, width = shape[:2]
    if circles[0, 0] < width / 2 <= circles[1, 0]:
        middle = width // 2
        return [np.s_[0:height, 0:middle], np.s_[0:height, middle:width]]
    middle = height // 2
    return [np.s_[0:middle, 0:width], np.s_[middle:height, 0:width]]


def _moved(
    side: np.ndarray,
    middle: np.ndarray,
    *,
    turn: float,
    zoom: float = 1.0,
    shift: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Turn (degrees), scale and move a side about its middle, x and y."""
    move = cv2.getRotationMatrix2D(middle.tolist(), turn, zoom)
    move[:, 2] += np.asarray(shift)
    return cv2.warpAffine(side, move, side.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
