"""Whether a photograph shows anything, and how sharp it is."""

import cv2
import numpy as np

BLANK = 4.0  # grey values: a photograph that varies less shows nothing


def is_blank(image: np.ndarray) -> bool:
    """Whether a photograph (uint8 RGB) is the same all over, but for noise and uneven light."""
    small = cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    return float((small - cv2.GaussianBlur(small, (0, 0), 8)).std()) < BLANK


def sharpness(crop: np.ndarray) -> float:
    """How much finer the detail of a coin is than its coarse shapes, from a tidy crop (uint8 RGB).

    The energy of the gradient at scale 1 pixel over that at scale 4. A worn coin has little of
    both and keeps its ratio; a blurred photograph loses the fine detail alone. It compares the
    photographs of one collection, cropped alike.
    """
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    rim = len(grey) // 6  # the edge between coin and fill says nothing
    fine, coarse = (_gradient_energy(grey[rim:-rim, rim:-rim], scale) for scale in (1, 4))
    return fine / max(coarse, 1e-6)


def _gradient_energy(grey: np.ndarray, scale: float) -> float:
    smooth = cv2.GaussianBlur(grey, (0, 0), scale)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return float((across**2 + down**2).mean())
