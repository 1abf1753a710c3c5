"""Pictures as they stand in the page itself."""

import base64
import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from mintmark.report.inputs import existing

DRAWING = 100_000  # bytes of a PNG up to which it is a drawing, which WebP would hardly shrink
QUALITY = 80  # of the other pictures, as WebP: a tenth of the size of PNG
FASTEST = 0  # of WebP's methods; the slower ones save a fifth of the size in thrice the time


def embedded(files: Iterable[Path]) -> dict[Path, str]:
    """Encode pictures as data URIs, side by side.

    files: PNGs. Raises InputError for the first that is missing.
    """
    files = list(files)
    with ThreadPoolExecutor() as threads:
        return dict(zip(files, threads.map(_encoded, files), strict=True))


def _encoded(file: Path) -> str:
    content, kind = existing(file).read_bytes(), "png"
    if len(content) > DRAWING:
        content, kind = _webp(content), "webp"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _webp(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        image.convert("RGB").save(buffer, "WEBP", quality=QUALITY, method=FASTEST)
    return buffer.getvalue()
