"""Decoding photographs of every kind, to the last byte: one decoder for all stages.

Only the formats of photographs are opened, and their size is known before their pixels are read. What
is written about the pixels (EXIF, profiles, comments) never decides whether they can be read.
"""

import logging
import math
import struct
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import tifffile
from PIL import Image, PngImagePlugin

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP")  # as Pillow calls them; JPEG opens MPO too
BROKEN, TOO_LARGE = "broken", "too_large"
MISSING = "missing"  # of a photograph that somebody brings: there is no such file
MOST = 200_000_000  # pixels of a photograph
ROOM = 600_000_000  # bytes of its pixels as they are decoded
ENOUGH = 24_000_000  # pixels; photographs with more are reduced by a whole factor
DEEP = (12, 14, 16)  # bits of grey values that are stored in sixteen
TEXT = 64 * 2**20  # bytes of comments and profiles in a PNG that do no harm
ORIENTATION, BITS, PLANES = 0x0112, 258, 284  # tags of EXIF and TIFF
# Those that say how pixels are stored (TIFF 6.0; 347 and from 512 on of JPEG).
STORAGE = {
    *range(254, 260), 262, 266, 273, 274, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325,
    332, 338, 339, 347, *range(512, 522), 529, 530, 532,
}  # fmt: skip
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What ails a damaged file is said by `read`, in one word.
logging.getLogger("tifffile").setLevel(logging.CRITICAL)


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
        return _decoded(path), ""
    except _TooLargeError:
        return None, TOO_LARGE
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


class _TooLargeError(Exception):
    """A photograph has more pixels, or deeper ones, than there is room for."""


def _decoded(path: Path) -> np.ndarray:
    try:
        image = _opened(path)
    except Exception:  # tags of a TIFF that say nothing of its pixels may be odd
        if (values := _of_tiff(path)) is not None:
            return values
        image = _opened(_bare(path))
    with image:
        return _pixels(path, image)


def _opened(source: Path | BytesIO) -> Image.Image:
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = TEXT
    Image.MAX_IMAGE_PIXELS = None  # `read` judges the size
    return Image.open(source, formats=FORMATS)


def _pixels(path: Path, image: Image.Image) -> np.ndarray:
    if image.width * image.height > MOST:
        raise _TooLargeError
    turn = UPRIGHT.get(_orientation(image))
    factor = _factor(image.width, image.height)
    tiff = image.format == "TIFF" and (factor > 1 or not _plain(image))
    if tiff and (values := _of_tiff(path)) is not None:
        return values
    image.draft(image.mode, (image.width // factor, image.height // factor))  # a JPEG, reduced
    if image.width * image.height * _bytes(image.mode) > ROOM:
        raise _TooLargeError
    image.load()
    shown = _reduced(image)
    if shown is not image:
        image.close()
    return _rgb(shown if turn is None else shown.transpose(turn))


def _factor(width: int, height: int) -> int:
    """By how much a photograph is reduced each way."""
    return max(1, math.ceil(math.sqrt(width * height / ENOUGH)))


def _reduced(image: Image.Image) -> Image.Image:
    factor = _factor(*image.size)
    if factor == 1:
        return image
    if image.mode in ("1", "P"):
        return image.resize((max(1, image.width // factor), max(1, image.height // factor)))
    return image.reduce(factor)


def _bytes(mode: str) -> int:
    """How many bytes a pixel takes in Pillow's memory."""
    return 1 if mode in ("1", "L", "P") else 2 if mode.startswith("I;16") else 4


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
    """The first page of a TIFF of any depth, upright: uint8 RGB (H,W,3).

    None for a compression that tifffile does not know, such as LZW.
    """
    with tifffile.TiffFile(path) as file:
        page = file.pages.first
        if page.nbytes > ROOM or page.imagewidth * page.imagelength > MOST:
            raise _TooLargeError
        turn = UPRIGHT.get(page.tags.valueof(ORIENTATION))
        try:
            values, photometric = page.asarray(), page.photometric
        except ValueError:
            return None
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and values.ndim == 3:
            values = np.moveaxis(values, 0, -1)
    factor = _factor(*values.shape[:2])
    values = values[::factor, ::factor].copy() if factor > 1 else values
    shown = _eight_bits(values)
    if photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        shown = 255 - shown
    if shown.ndim == 2 or shown.shape[2] < 3:
        shown = shown if shown.ndim == 2 else shown[..., 0]
        shown = cv2.cvtColor(np.ascontiguousarray(shown), cv2.COLOR_GRAY2RGB)
    found = np.ascontiguousarray(shown[..., :3])
    return found if turn is None else np.array(Image.fromarray(found).transpose(turn))


def _bare(path: Path) -> BytesIO:
    """A TIFF of whose first page nothing is said but how its pixels are stored."""
    if path.stat().st_size > ROOM:
        raise _TooLargeError
    content = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        start, layout = file.pages.first.offset, file.tiff
    (number,) = struct.unpack_from(layout.tagnoformat, content, start)
    start += layout.tagnosize
    for entry in range(start, start + number * layout.tagsize, layout.tagsize):
        (tag,) = struct.unpack_from(f"{layout.byteorder}H", content, entry)
        if tag not in STORAGE:
            struct.pack_into(layout.tagformat1, content, entry, tag, 1)  # of bytes
            struct.pack_into(layout.tagformat2, content, entry + 4, 1, b"\0")  # one, 0
    return BytesIO(content)


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
    finite = np.nan_to_num(values.astype(np.float32), copy=False)
    low, high = min(0.0, float(finite.min())), float(finite.max())
    if np.issubdtype(values.dtype, np.integer):
        deeper = [2**bits - 1 for bits in DEEP if high <= 2**bits - 1]
        high = float(deeper[0]) if deeper and values.dtype.itemsize <= 4 and low == 0 else high
    finite -= low  # in place, as scans are large
    finite *= 255 / max(high - low, 1e-6)
    return np.clip(finite, 0, 255, out=finite).astype(np.uint8)
