"""The coin in its photograph: finding it, cropping it tidily, and laying two sides together.

A coin is a circle (x, y, r) in pixels. A tidy crop is a square with the coin's circle at its centre.
"""

import cv2
import numpy as np

from mintmark.images import detection, outline
from mintmark.images.detection import Circle

FILL = 128  # grey that stands for "no coin here"
FULL = 0.48  # the coin's radius in a crop that shows nothing else, as a fraction of its width


def crop(
    image: np.ndarray, circle: Circle, size: int, scale: float, shown: np.ndarray
) -> np.ndarray:
    """Cut the coin out: size×size×3, its circle in the middle with radius scale × size.

    shown: bool (size, size), what is not left grey. The aspect ratio is kept.
    """
    factor = scale * size / circle.r
    if factor < 1:
        image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        circle, factor = Circle(*(value * factor for value in circle)), 1.0
    middle = (size - 1) / 2
    place = np.array(
        [[factor, 0, middle - factor * circle.x], [0, factor, middle - factor * circle.y]]
    )
    cut = cv2.warpAffine(
        image, place, (size, size), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    cut[~shown] = FILL
    return cut


def square(image: np.ndarray, size: int, cropped: bool) -> np.ndarray:
    """Bring a photograph (uint8 RGB) to size×size undistorted, grey beside it if it is no square.

    cropped: cut the coin out first, if one is found.
    """
    found = detection.find(image) if cropped else None
    if found:
        shown = outline.find(image, found[0]).mask(size, FULL)
        return crop(image, found[0], size, FULL, shown)
    longer = max(image.shape[:2])
    down, across = longer - image.shape[0], longer - image.shape[1]
    padded = cv2.copyMakeBorder(
        image, down // 2, down - down // 2, across // 2, across - across // 2,
        cv2.BORDER_CONSTANT, value=(FILL,) * 3,
    )  # fmt: skip
    method = cv2.INTER_AREA if longer > size else cv2.INTER_CUBIC
    return cv2.resize(padded, (size, size), interpolation=method)


def flatten(crop: np.ndarray, shown: np.ndarray, strength: float) -> np.ndarray:
    """Even out the light on a tidy crop (uint8 RGB) and stretch it to a standard brightness.

    shown: where it shows the coin, bool. There the slow variation of luminance is divided out
    (`strength` 0 to 1); then its 2nd and 98th percentile are moved to fixed values, so that relief
    shows alike on every crop.
    """
    size = len(crop)
    inside = shown.astype(np.float32)
    lab = cv2.cvtColor(crop.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    light = lab[..., 0] + 1
    weight = cv2.GaussianBlur(inside, (0, 0), size / 8) + 1e-6
    slow = cv2.GaussianBlur(light * inside, (0, 0), size / 8) / weight
    even = light / np.maximum(slow, 1) ** strength
    low, high = np.percentile(even[shown], [2, 98])
    lab[..., 0] = np.clip(20 + 65 * (even - low) / max(high - low, 1e-6), 0, 100)
    result = (np.clip(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB), 0, 1) * 255).astype(np.uint8)
    result[~shown] = FILL
    return result
