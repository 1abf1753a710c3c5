"""Decoding photographs of every kind, to the last byte: one decoder for all stages.

Only the formats of photographs are opened, and their size is known before their pixels are read. What
is written about the pixels (EXIF, profiles, comments) never decides whether they can be read.
"""

from pathlib import Path

import cv2
import numpy as np
import tifffile
from PIL import Image, PngImagePlugin

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP")  # as Pillow calls them; JPEG opens MPO too
BROKEN, TOO_LARGE = "broken", "too_large"
MOST = 200_000_000  # pixels of a photograph
LARGE = 6_000  # pixels of the longer side; larger photographs are reduced by a whole factor
DEEP = (12, 14, 16)  # bits of grey values that are stored in sixteen
TEXT = 64 * 2**20  # bytes of comments and profiles in a PNG that do no harm
ORIENTATION, BITS, PLANES = 0x0112, 258, 284  # tags of EXIF and TIFF
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(path: Path) -> np.ndarray | None:
    """Decode a photograph to the end: uint8 RGB (H,W,3), upright; None when that can't be done.

    See `read`.
    """
    return read(path)[0]


def read(path: Path) -> tuple[np.ndarray | None, str]:
    """Decode a photograph to the end: uint8 RGB (H,W,3), upright, or None and the reason, one word.

    Colour, grey, palette, CMYK and transparent images of 1 to 32 bits are accepted; what is transparent
    becomes white. A file that ends too early is broken, even where a decoder would be content with it.
    """
    try:
        with _opened(path) as image:
            if image.width * image.height > MOST:
                return None, TOO_LARGE
            return _pixels(path, image), ""
    except (
        Exception
    ):  # of whatever kind a damaged file makes a decoder raise: no other file is lost
        return None, BROKEN


def to_png(source: Path, target: Path) -> str:
    """Write a photograph as PNG, upright; give the reason where it can't be decoded, or ""."""
    image, reason = read(source)
    if image is not None:
        Image.fromarray(image).save(target)
    return reason


def _opened(path: Path) -> Image.Image:
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = TEXT
    Image.MAX_IMAGE_PIXELS = None  # `read` judges the size
    return Image.open(path, formats=FORMATS)


def _pixels(path: Path, image: Image.Image) -> np.ndarray:
    turn = UPRIGHT.get(_orientation(image))
    if image.format == "TIFF" and not _plain(image) and (values := _of_tiff(path)) is not None:
        upright = values if turn is None else np.asarray(Image.fromarray(values).transpose(turn))
        return np.ascontiguousarray(upright)
    image.load()
    factor = max(image.size) // LARGE
    if factor > 1 and image.mode not in ("1", "P"):
        image = image.reduce(factor)
    elif factor > 1:
        image = image.resize((image.width // factor, image.height // factor))
    return _rgb(image if turn is None else image.transpose(turn))


def _orientation(image: Image.Image) -> int:
    """How an image lies by its EXIF, which forgets it: Pillow turns a TIFF by it as it loads it."""
    try:
        return int(image.getexif().pop(ORIENTATION, 1))
    except Exception:  # EXIF may hold anything
        return 1


def _rgb(image: Image.Image) -> np.ndarray:
    """An image of any of Pillow's modes: uint8 RGB (H,W,3)."""
    if image.mode.startswith(("I", "F")):
        return _grey(np.asarray(image))
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema() == (0, 0):  # wholly transparent: of no meaning
            return np.asarray(image)[..., :3].copy()
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.asarray(image.convert("RGB"))


def _plain(image: Image.Image) -> bool:
    """Whether a TIFF has eight bits or one in each value, value beside value: Pillow reads it well."""
    tags = image.tag_v2  # type: ignore[attr-defined]
    bits = tags.get(BITS, (1,))
    return set(bits if isinstance(bits, tuple) else (bits,)) <= {1, 8} and tags.get(PLANES, 1) == 1


def _of_tiff(path: Path) -> np.ndarray | None:
    """The first page of a TIFF of any depth: uint8 RGB (H,W,3); None for a compression only Pillow knows."""
    with tifffile.TiffFile(path) as file:
        page = file.pages.first
        try:
            values, photometric = page.asarray(), page.photometric
        except ValueError:
            return None
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and values.ndim == 3:
            values = np.moveaxis(values, 0, -1)
    factor = max(1, max(values.shape[:2]) // LARGE)
    shown = _eight_bits(values[::factor, ::factor])
    if photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        shown = 255 - shown
    if shown.ndim == 2 or shown.shape[2] < 3:
        shown = shown if shown.ndim == 2 else shown[..., 0]
        return cv2.cvtColor(np.ascontiguousarray(shown), cv2.COLOR_GRAY2RGB)
    return np.ascontiguousarray(shown[..., :3])


def _grey(values: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(_eight_bits(values), cv2.COLOR_GRAY2RGB)


def _eight_bits(values: np.ndarray) -> np.ndarray:
    """Values of any type and depth as uint8.

    Sixteen bits may hold twelve or fourteen; of other types the least value is black (or 0, if that is
    lower) and the greatest white.
    """
    if values.dtype == np.uint8:
        return values
    if values.dtype == bool:
        return values.astype(np.uint8) * 255
    finite = np.nan_to_num(values.astype(np.float32))
    low, high = min(0.0, float(finite.min())), float(finite.max())
    if np.issubdtype(values.dtype, np.integer):
        deeper = [2**bits - 1 for bits in DEEP if high <= 2**bits - 1]
        high = float(deeper[0]) if deeper and values.dtype.itemsize <= 4 and low == 0 else high
    scaled = (finite - low) * (255 / max(high - low, 1e-6))
    return np.clip(scaled, 0, 255).astype(np.uint8)
