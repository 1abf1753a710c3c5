"""From crops of sides to one image a coin, with a manifest that says where each circle lies."""

from pathlib import Path
from typing import Annotated, Literal

import cv2
import numpy as np
import pandas as pd
from pydantic import Field
from tqdm import tqdm

from mintmark.data import grouping
from mintmark.images.cropping import FILL
from mintmark.images.detection import Circle
from mintmark.pipeline.params import Block
from mintmark.pipeline.stage import InputError

SIDES = ("obverse", "reverse")


class Layout(Block):
    """How sides are laid together."""

    layout: Literal["horizontal", "vertical"]
    size: Annotated[int, Field(ge=32, le=1_024)]


def merge(
    crops: pd.DataFrame, source: Path, target: Path, *, size: int, layout: str
) -> pd.DataFrame:
    """Lay the two sides of every coin together and write them as PNG under `target`.

    crops: id, mint, side, path, scale (the coin's radius as a fraction of a crop's width); size:
    of one side, pixels; layout: see `side_by_side`. Returns one row a coin: id, mint, path, and x,
    y and r of obverse and reverse in pixels. Raises InputError when a crop can't be read.
    """
    rows = []
    coins = crops.groupby("id", sort=True)
    for coin_id, sides in tqdm(coins, desc="merging sides", disable=None):
        paths = dict(zip(sides["side"], sides["path"], strict=True))
        obverse, reverse = (_read(source, paths.get(side)) for side in SIDES)
        merged, circles = side_by_side((obverse, reverse), size, sides["scale"].iloc[0], layout)
        side = Path(sides["path"].iloc[0])  # <id>_<mint>.1.jpg
        path = side.with_name(f"{side.name.rsplit('.', 2)[0]}.png")
        (target / path).parent.mkdir(exist_ok=True)
        _, png = cv2.imencode(".png", cv2.cvtColor(merged, cv2.COLOR_RGB2BGR))
        (target / path).write_bytes(
            png.tobytes()
        )  # which says so where the disk is full; imwrite does not
        coin = {"id": coin_id, "mint": sides["mint"].iloc[0], "path": path.as_posix()}
        rows.append(coin | _columns(circles))
    return pd.DataFrame(rows)


def one_sided(crops: pd.DataFrame) -> list[str]:
    """The ids of coins with a crop of one side alone (columns id, side), sorted."""
    sides = crops.groupby("id", sort=True)["side"].nunique()
    return sides.index[sides < len(SIDES)].tolist()


def skipped(ids: list[str]) -> pd.DataFrame:
    """Which coins were not merged, and why: (id, reason)."""
    return pd.DataFrame({"id": ids, "reason": ["side_missing"] * len(ids)}, dtype=str)


def groups(crops: pd.DataFrame, by_variety: bool) -> pd.Series:
    """Number the groups of coins that must stay together: int, indexed by id.

    crops: columns id, duplicates (group of copies) and variety. Coins are tied by photographs that
    are copies of each other and, `by_variety`, by a die variety.
    """
    ties = ["id", "duplicates", "variety"] if by_variety else ["id", "duplicates"]
    pairs = [pair for tie in ties for pair in grouping.same(crops[tie])]
    group = pd.Series(grouping.groups(pairs, len(crops)), index=crops["id"].to_numpy())
    return group[~group.index.duplicated()]


def _columns(circles: tuple[Circle, Circle]) -> dict[str, float]:
    """The columns of a manifest that say where the sides lie: obverse_x, and so on."""
    return {
        f"{side}_{name}": value
        for side, circle in zip(SIDES, circles, strict=True)
        for name, value in circle._asdict().items()
    }


def _read(source: Path, path: str | None) -> np.ndarray | None:
    if path is None:
        return None
    image = cv2.imread(str(source / path))
    if image is None:
        raise InputError(f"{source / path} can't be read; run `dvc repro clean` to make it again.")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def side_by_side(
    sides: tuple[np.ndarray | None, np.ndarray | None], size: int, scale: float, layout: str
) -> tuple[np.ndarray, tuple[Circle, Circle]]:
    """Lay obverse and reverse together, at one scale: the image and where each side's circle lies.

    sides: tidy crops (uint8 RGB), None where one is missing (its place stays grey); size: of one
    side, pixels; scale: the coin's radius as a fraction of a crop's width; layout: "horizontal"
    (obverse left) or "vertical" (obverse on top).
    """
    squares = [_square(side, size) for side in sides]
    middle = (size - 1) / 2
    first = Circle(middle, middle, scale * size)
    if layout == "horizontal":
        return np.hstack(squares), (first, first._replace(x=middle + size))
    return np.vstack(squares), (first, first._replace(y=middle + size))


def _square(side: np.ndarray | None, size: int) -> np.ndarray:
    if side is None:
        return np.full((size, size, 3), FILL, np.uint8)
    return cv2.resize(side, (size, size), interpolation=cv2.INTER_AREA)
