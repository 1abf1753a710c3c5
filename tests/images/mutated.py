"""Damaged photographs by the thousand: python tests/images/mutated.py FIRST COUNT FOLDER.

Makes the files of these numbers, each from its number alone, and inspects them as the stage `clean`
does. Says as JSON how many had each outcome, and the most time and memory that were needed. Ends with a
traceback where one file does more than be rejected.
"""

import faulthandler
import io
import json
import random
import re
import struct
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import tifffile
from PIL import Image

from mintmark.images import cleaning

SECONDS = 30  # of one file, at most
EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def coin() -> np.ndarray:
    """A disc with marks on a plain ground: uint8 (150,140,3)."""
    image = np.full((150, 140, 3), (235, 230, 220), np.uint8)
    cv2.circle(image, (70, 75), 58, (120, 105, 60), -1, cv2.LINE_AA)
    cv2.putText(image, "MISR", (30, 80), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (50, 45, 20), 2)
    noise = np.random.default_rng(0).integers(0, 12, image.shape, np.uint8)
    return image - noise


def whole_files() -> dict[str, bytes]:
    """Photographs of every kind that is accepted, by name."""
    colour = Image.fromarray(coin())
    exif = Image.Exif()
    exif.update({0x0112: 6, 0x010F: "Maker", 0x0132: "2026:01:01 00:00:00", 0x011A: 72.0})
    saved = {
        "baseline.jpg": (colour, {"exif": exif, "quality": 90}),
        "progressive.jpg": (colour, {"progressive": True}),
        "cmyk.jpg": (colour.convert("CMYK"), {}),
        "grey.jpg": (colour.convert("L"), {}),
        "pair.mpo": (colour, {"save_all": True, "append_images": [colour]}),
        "colour.png": (colour, {"exif": exif}),
        "alpha.png": (colour.convert("RGBA"), {}),
        "palette.png": (colour.quantize(16), {}),
        "plain.tif": (colour, {"exif": exif}),
        "lzw.tif": (colour, {"compression": "tiff_lzw"}),
        "jpeg.tif": (colour, {"compression": "jpeg"}),
        "fax.tif": (colour.convert("1"), {"compression": "group4"}),
        "lossy.webp": (colour, {"exif": exif}),
        "lossless.webp": (colour, {"lossless": True}),
        "colour.bmp": (colour, {}),
        "palette.bmp": (colour.quantize(16), {}),
    }
    wide = coin().astype(np.uint16) * 257
    deep = {
        "deep.tif": (wide, {"photometric": "rgb"}),
        "planar.tif": (
            np.moveaxis(wide, -1, 0).copy(),
            {"photometric": "rgb", "planarconfig": "separate"},
        ),
        "packed.tif": (wide[..., 0].copy(), {"compression": "zlib", "predictor": True}),
        "float.tif": (wide[..., 0] / np.float32(65535), {"tile": (32, 32)}),
        "large.tif": (wide[..., 0].astype(np.uint32), {"bigtiff": True}),
    }
    found = {}
    for name, (image, options) in saved.items():
        kind = {"jpg": "JPEG", "tif": "TIFF"}.get(name[-3:], name.rpartition(".")[2].upper())
        content = io.BytesIO()
        image.save(content, kind, **options)
        found[name.replace(".mpo", ".jpg")] = content.getvalue()
    for name, (values, options) in deep.items():
        content = io.BytesIO()
        tifffile.imwrite(content, values, **options)
        found[name] = content.getvalue()
    grey = Image.fromarray(wide[..., 0].copy())
    content = io.BytesIO()
    grey.save(content, "PNG")
    return found | {"deep.png": content.getvalue()}


def flipped(content: bytearray, rng: random.Random) -> None:
    """Flip bits, anywhere or in the head."""
    for _ in range(rng.choice([1, 4, 40])):
        place = rng.randrange(min(len(content), rng.choice([32, 256, len(content)])))
        content[place] ^= 1 << rng.randrange(8)


def cut(content: bytearray, rng: random.Random) -> None:
    """Cut the end off, or a part out."""
    start = rng.randrange(len(content))
    del content[start : rng.choice([len(content), start + rng.randrange(1, 64)])]


def extreme(content: bytearray, rng: random.Random) -> None:
    """Write the least and greatest numbers over others: sizes, counts, offsets, types."""
    for _ in range(rng.choice([1, 2, 6])):
        size = rng.choice("BHI")
        number = rng.choice([n for n in EXTREMES if n < 1 << 8 * struct.calcsize(size)])
        limit = min(len(content), rng.choice([64, 512, len(content)])) - 4
        struct.pack_into(rng.choice("<>") + size, content, rng.randrange(max(1, limit)), number)


def repeated(content: bytearray, rng: random.Random) -> None:
    """Put a part of the file in once more, somewhere."""
    start = rng.randrange(len(content))
    part = content[start : start + rng.randrange(1, 400)]
    place = rng.randrange(len(content))
    content[place:place] = part


def rechunked(content: bytearray, rng: random.Random) -> None:
    """Of a PNG change, drop or repeat chunks, with right checksums; of others flip bits."""
    if content[:4] != b"\x89PNG":
        return flipped(content, rng)
    chunks, place = [], 8
    while place + 8 <= len(content):
        (size,) = struct.unpack_from(">I", content, place)
        chunks.append(bytearray(content[place + 4 : place + 8 + size]))
        place += 12 + size
    for _ in range(rng.choice([1, 3])):
        chosen = rng.randrange(len(chunks))
        change = rng.choice([flipped, extreme, cut, None])
        if change is None:
            chunks.insert(rng.randrange(len(chunks)), chunks[chosen])
        elif len(chunks[chosen]) > 9:
            body = chunks[chosen][4:]
            change(body, rng)
            chunks[chosen][4:] = body
    content[8:] = b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
    )
    return None


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    flipped, cut, extreme, repeated, rechunked,
)  # fmt: skip


def mutated(number: int, files: dict[str, bytes]) -> tuple[str, bytes]:
    """The damaged file of a number: its name and content."""
    rng = random.Random(number)
    name = sorted(files)[number % len(files)]
    content = bytearray(files[name])
    for mutation in rng.sample(MUTATIONS, rng.choice([1, 1, 2])):
        if len(content) > 9:
            mutation(content, rng)
    return name, bytes(content)


def main(first: int, count: int, folder: Path) -> None:
    """Make and inspect; see above."""
    files, outcomes, slowest = whole_files(), Counter[str](), 0.0
    for number in range(first, first + count):
        name, content = mutated(number, files)
        (folder / name).write_bytes(content)
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        begun = time.perf_counter()
        try:
            found = cleaning.inspect(
                folder / name, folder / "crop.png", size=64, scale=0.48, flatten=0.8
            )
        except Exception:
            print(f"number {number}, {name}", file=sys.stderr)
            raise
        slowest = max(slowest, time.perf_counter() - begun)
        outcomes[found.reason or "kept"] += 1
    faulthandler.cancel_dump_traceback_later()
    # Of this process alone: what `resource` tells begins with what its starter held.
    held = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    memory = int(held[1]) * 1024
    print(json.dumps({"outcomes": outcomes, "seconds": slowest, "bytes": memory}))


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
