"""From a collection of photographs to tidy crops: decode, find the coin, reject, find copies."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import pandas as pd
from PIL import Image
from pydantic import Field

from mintmark.data import grouping
from mintmark.images import cropping, decoding, detection, duplicates, halves, outline, quality
from mintmark.pipeline import scratch
from mintmark.pipeline.parallel import mapped
from mintmark.pipeline.params import Block

SMALL = 40  # pixels: a coin of a smaller radius shows no legend
GROUND = ("ground_red", "ground_green", "ground_blue")
OUTLINE = tuple(f"outline_{hour}" for hour in range(outline.HOURS))
MEASURES = ("x", "y", "r", "bytes", "red", "green", "blue", *GROUND, *OUTLINE)
QUALITY = 95  # of the crops, which are JPEG


class Tidy(Block):
    """How tidy crops are made."""

    size: Annotated[int, Field(ge=64, le=2_048)]
    scale: Annotated[float, Field(gt=0.2, le=0.5)]
    flatten: Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Inspection:
    """What one photograph shows: the reason to reject it, or what was measured on it."""

    reason: str  # "" for a photograph that shows a coin
    sharpness: float  # of the crop, above 0; see `quality.sharpness`
    digest: str  # of the file
    thumbnail: np.ndarray  # of the crop, uint8 (THUMB,THUMB)
    hashes: np.ndarray  # of the thumbnail, uint64 (TURNS,)
    circle: detection.Circle  # in the photograph, pixels
    size: int  # of the file, bytes
    colour: tuple[float, float, float]  # mean red, green and blue of the photograph, 0 to 255
    outline: outline.Outline  # of the coin


@dataclass(frozen=True)
class Copies:
    """Which photographs are copies of each other; the first of each group is the original."""

    group: np.ndarray  # number of each photograph's group, int (N,)
    exact: int  # photographs that are copies byte for byte
    near: int  # and those that are copies re-encoded, resized or turned


def tidy(
    manifest: pd.DataFrame,
    source: Path,
    target: Path,
    *,
    size: int,
    scale: float,
    flatten: float,
) -> list[Inspection]:
    """Crop every photograph of a manifest into `target`; say of each what it shows, row by row.

    manifest: see `crop_paths`, the photographs below `source`; size: of the crops, pixels; scale: the
    coin's radius as a fraction of a crop's width; flatten: how far uneven light is evened out, 0 to 1.
    """
    for folder in {Path(path).parent for path in manifest["path"]}:
        (target / folder).mkdir(parents=True, exist_ok=True)
    found = mapped(
        partial(inspect, size=size, scale=scale, flatten=flatten),
        [source / path for path in manifest["path"]],
        [target / path for path in crop_paths(manifest)],
        _halves(manifest),
        desc="finding coins",
    )
    return list(_stored(found, len(manifest)))


def _stored(found: Iterator[Inspection], number: int) -> Iterator[Inspection]:
    """The same inspections, their thumbnails where memory does not grow with the collection."""
    thumbnails = scratch.empty((number, duplicates.THUMB, duplicates.THUMB), np.uint8)
    for place, inspection in zip(thumbnails, found, strict=True):
        place[:] = inspection.thumbnail
        yield replace(inspection, thumbnail=place)


def crop_paths(manifest: pd.DataFrame) -> pd.Series:
    """Where the crop of each photograph goes.

    manifest: columns side and path; a photograph that shows both sides is listed for each of them.
    """
    suffixes = [".jpg" if half is None else f".{half + 1}.jpg" for half in _halves(manifest)]
    paths = zip(manifest["path"], suffixes, strict=True)
    return pd.Series(
        [Path(path).with_suffix(suffix).as_posix() for path, suffix in paths], manifest.index
    )


def _halves(manifest: pd.DataFrame) -> list[int | None]:
    """Which half of its photograph shows each side: 0 or 1, None for the whole of it."""
    both = manifest["path"].duplicated(keep=False)
    reverse = manifest["side"] == "reverse"
    return [int(last) if cut else None for cut, last in zip(both, reverse, strict=True)]


def reasons(inspections: list[Inspection], blurred: float) -> np.ndarray:
    """Why each photograph is rejected, "" for those kept: text (N,).

    blurred: the least sharpness, as a fraction of the collection's median.
    """
    reason = np.array([inspection.reason for inspection in inspections], dtype=object)
    sharp = np.array([inspection.sharpness for inspection in inspections])
    kept = reason == ""
    if kept.any():
        reason[kept & (sharp < blurred * np.median(sharp[kept]))] = "blurred"
    return reason


def copies(inspections: list[Inspection], bits: int, correlation: float) -> Copies:
    """Find the photographs that are copies of each other. bits, correlation: `duplicates.near`."""
    number = len(inspections)
    digests = [inspection.digest for inspection in inspections]
    thumbnails = [inspection.thumbnail for inspection in inspections]
    hashes = np.stack([inspection.hashes for inspection in inspections])
    exact = grouping.groups(grouping.same(digests), number)
    near = duplicates.near(thumbnails, hashes, bits, correlation)
    group = grouping.groups(near + grouping.same(exact), number)
    different, originals = len(set(exact)), len(set(group))
    return Copies(group, exact=number - different, near=different - originals)


def measures(inspections: list[Inspection]) -> pd.DataFrame:
    """What was measured on photographs, a row each: see MEASURES.

    The coin's circle (x, y, r), the file's bytes, the photograph's mean red, green and blue, those of
    the ground beside the coin, and how far the coin reaches in its circle, hour by hour.
    """
    rows = [
        (*found.circle, found.size, *found.colour, *found.outline.ground, *found.outline.by_hour())
        for found in inspections
    ]
    return pd.DataFrame(rows, columns=list(MEASURES)).round(3)


def inspect(
    source: Path,
    target: Path,
    half: int | None = None,
    *,
    size: int,
    scale: float,
    flatten: float,
) -> Inspection:
    """Crop the coin in one photograph into the file `target`, unless it is rejected; see `tidy`.

    half: 0 or 1, of a photograph that shows both sides; see `halves.cut`.
    """
    image, reason = _side(source, half)
    if image is None:
        return _rejected(reason)
    found = detection.find(image)
    if found is None or found[1] < detection.SUPPORT:
        return _rejected("no_coin")
    if found[0].r < SMALL:
        return _rejected("too_small")
    if detection.second(image, found[0]):
        return _rejected("two_coins")
    end = outline.find(image, found[0])
    shown = end.mask(size, scale)
    crop = cropping.flatten(cropping.crop(image, found[0], size, scale, shown), shown, flatten)
    Image.fromarray(crop).save(target, quality=QUALITY)
    thumbnail = duplicates.thumbnail(crop)
    red, green, blue = (total / image[..., 0].size for total in cv2.sumElems(image)[:3])
    return Inspection(
        reason="",
        sharpness=quality.sharpness(crop),
        digest=duplicates.digest(source) + ("" if half is None else f".{half}"),
        thumbnail=thumbnail,
        hashes=duplicates.hashes(thumbnail),
        circle=found[0],
        size=source.stat().st_size,
        colour=(red, green, blue),
        outline=end,
    )


def cropped(source: Path, half: int | None = None, *, tidy: Tidy) -> tuple[bytes, str]:
    """The crop of the coin in a photograph that somebody brings, as a file holds it; or none, and why.

    See `inspect`.
    """
    if not source.is_file():
        return b"", decoding.MISSING
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "crop.jpg"
        reason = inspect(source, target, half, **tidy.model_dump()).reason
        return b"" if reason else target.read_bytes(), reason


def _side(source: Path, half: int | None) -> tuple[np.ndarray | None, str]:
    """The photograph of one side, perhaps a half of the file's; or none, and why."""
    image, reason = decoding.read(source)
    if image is None:
        return None, reason
    if min(image.shape[:2]) < SMALL:
        return None, "too_small"
    if quality.is_blank(image):
        return None, "blank"
    if half is None:
        return image, ""
    apart = halves.cut(image)
    return (None, "no_gap") if apart is None else (apart[half], "")


def _rejected(reason: str) -> Inspection:
    return Inspection(
        reason=reason,
        sharpness=0.0,
        digest="",
        thumbnail=np.zeros((duplicates.THUMB, duplicates.THUMB), np.uint8),
        hashes=np.zeros(duplicates.TURNS, np.uint64),
        circle=detection.Circle(0, 0, 0),
        size=0,
        colour=(0, 0, 0),
        outline=outline.CIRCLE,
    )
