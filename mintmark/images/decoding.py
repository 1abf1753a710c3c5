"""Decoding photographs of every kind, to the last byte."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps


def decode(path: Path) -> np.ndarray | None:
    """Decode a photograph to the end: uint8 RGB (H,W,3), upright; None when it is broken.

    Colour, grey, palette, 16-bit and transparent images are accepted; what is transparent becomes
    white. A file that ends too early is broken, even where a decoder would be content with it.
    """
    try:
        with Image.open(path) as image:
            image.load()
            upright = ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    if upright.mode.startswith(("I", "F")):
        values = np.asarray(upright, np.float32)
        top = 65535 if upright.mode.startswith("I") else max(float(values.max()), 1e-6)
        grey = (np.clip(values / top, 0, 1) * 255).astype(np.uint8)
        return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    if "A" in upright.getbands() or "transparency" in upright.info:
        paper = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(paper, upright.convert("RGBA"))
    return np.asarray(upright.convert("RGB"))
