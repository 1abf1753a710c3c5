"""From a collection of photographs to tidy crops: decode, find the coin, judge, find duplicates."""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from PIL import Image
from tqdm import tqdm

from mintmark import plotting
from mintmark.data import grouping
from mintmark.images import cropping, decoding, detection, duplicates, quality

SUPPORT = 0.5  # share of the circle's edge that must be seen for something to be a coin
SMALL = 40  # pixels: a coin of a smaller radius shows no legend
MEASURES = ("x", "y", "r", "bytes", "red", "green", "blue")
QUALITY = 95  # of the crops, which are JPEG


class Look(NamedTuple):
    """What one photograph shows: the reason to reject it, or its crop's figures."""

    reason: str  # "" for a photograph that shows a coin
    sharpness: float
    digest: str
    thumbnail: np.ndarray
    hashes: np.ndarray
    circle: detection.Circle  # in the photograph, pixels
    size: int  # of the file, bytes
    colour: tuple[float, float, float]  # mean red, green and blue of the photograph, 0 to 255


def tidy(
    manifest: pd.DataFrame, source: Path, target: Path, size: int, scale: float, flatten: float
) -> list[Look]:
    """Crop every photograph of a manifest into `target`; say of each what it shows, row by row."""
    for folder in {Path(path).parent for path in manifest["path"]}:
        (target / folder).mkdir(parents=True, exist_ok=True)
    paths = tqdm(manifest["path"], desc="finding coins", disable=None)
    return Parallel(n_jobs=-1)(
        delayed(_tidy_one)(source / path, target / crop_path(path), size, scale, flatten)
        for path in paths
    )


def crop_path(path: str) -> str:
    """Where the crop of a photograph goes."""
    return Path(path).with_suffix(".jpg").as_posix()


def reasons(looks: list[Look], blurred: float) -> np.ndarray:
    """Why each photograph is rejected, "" for those kept; `blurred` against the median sharpness."""
    reason = np.array([look.reason for look in looks], dtype=object)
    sharp = np.array([look.sharpness for look in looks])
    kept = reason == ""
    if kept.any():
        reason[kept & (sharp < blurred * np.median(sharp[kept]))] = "blurred"
    return reason


def copies(looks: list[Look], bits: int, correlation: float) -> tuple[np.ndarray, int, int]:
    """Group the photographs that are copies: group numbers (N,), how many are exact, how many near.

    The first photograph of a group counts as the original, not as a copy.
    """
    exact = grouping.groups(grouping.same([look.digest for look in looks]), len(looks))
    pairs = duplicates.near(
        np.stack([look.thumbnail for look in looks]),
        np.stack([look.hashes for look in looks]), bits, correlation,
    )  # fmt: skip
    group = grouping.groups(pairs + grouping.same(exact), len(looks))
    number = len(set(exact)), len(set(group))
    return group, len(looks) - number[0], number[0] - number[1]


def measures(looks: list[Look]) -> pd.DataFrame:
    """What was measured on photographs: the coin's circle x, y, r, bytes, and mean red, green, blue."""
    rows = [(*look.circle, look.size, *look.colour) for look in looks]
    return pd.DataFrame(rows, columns=list(MEASURES)).round(3)


def crops_sheet(manifest: pd.DataFrame, folder: Path) -> plotting.Figure:
    """Show tidy crops with their coin's id and mint."""
    titles = (manifest["id"] + " " + manifest["side"] + "\n" + manifest["mint"]).tolist()
    images = [decoding.decode(folder / path) for path in manifest["path"]]
    return plotting.grid(images, titles, columns=8, title="Crops, light evened out")


def rejected_sheet(rejected: pd.DataFrame, total: int, folder: Path) -> plotting.Figure:
    """Show rejected photographs with the reason; one that can't be decoded is left grey."""
    titles = (rejected["id"] + " " + rejected["side"] + "\n" + rejected["reason"]).tolist()
    images = [_framed(decoding.decode(folder / path)) for path in rejected["path"]]
    return plotting.grid(images, titles, columns=8, title=f"Rejected photographs ({total})")


def _tidy_one(source: Path, target: Path, size: int, scale: float, flatten: float) -> Look:
    image = decoding.decode(source)
    if image is None:
        return _rejected("broken")
    if quality.is_blank(image):
        return _rejected("blank")
    found = detection.find(image)
    if found is None or found[1] < SUPPORT:
        return _rejected("no_coin")
    if found[0].r < SMALL:
        return _rejected("too_small")
    crop = cropping.flatten(cropping.crop(image, found[0], size, scale), scale, flatten)
    Image.fromarray(crop).save(target, quality=QUALITY)
    thumbnail = duplicates.thumbnail(crop)
    digest = duplicates.digest(source)
    return Look(
        "", quality.sharpness(crop), digest, thumbnail, duplicates.hashes(thumbnail), found[0],
        source.stat().st_size, tuple(image.mean(axis=(0, 1))),
    )  # fmt: skip


def _rejected(reason: str) -> Look:
    side = duplicates.THUMB
    nothing = np.zeros((side, side)), np.zeros(duplicates.TURNS)
    return Look(reason, 0.0, "", *nothing, detection.Circle(0, 0, 0), 0, (0, 0, 0))


def _framed(image: np.ndarray | None, side: int = 160) -> np.ndarray:
    frame = np.full((side, side, 3), 200, np.uint8)
    if image is not None:
        factor = side / max(image.shape[:2])
        small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)[
            :side, :side
        ]
        top, left = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
        frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    return frame
