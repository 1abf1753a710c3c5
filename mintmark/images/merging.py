"""From crops of sides to one image a coin, with a manifest that says where each circle lies."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from tqdm import tqdm

from mintmark.data import grouping
from mintmark.images.cropping import FILL
from mintmark.images.detection import Circle

SIDES = ("obverse", "reverse")


def merge(crops: pd.DataFrame, source: Path, target: Path, size: int, layout: str) -> pd.DataFrame:
    """Lay the two sides of every coin together and write them as PNG under `target`.

    crops: id, mint, side, path, scale (the coin's radius as a fraction of a crop's width). Returns
    one row a coin: id, mint, path, and x, y and r of obverse and reverse in pixels.
    """
    rows = []
    coins = crops.groupby("id", sort=True)
    for coin_id, sides in tqdm(coins, desc="merging sides", disable=None):
        paths = dict(zip(sides["side"], sides["path"], strict=True))
        images = tuple(_read(source, paths.get(side)) for side in SIDES)
        merged, circles = side_by_side(images, size, sides["scale"].iloc[0], layout)
        folder = Path(sides["path"].iloc[0]).parent
        path = folder / f"{coin_id}_{folder}.png"
        (target / folder).mkdir(exist_ok=True)
        cv2.imwrite(str(target / path), cv2.cvtColor(merged, cv2.COLOR_RGB2BGR))
        places = {
            f"{side}_{name}": value
            for side, circle in zip(SIDES, circles, strict=True)
            for name, value in circle._asdict().items()
        }
        rows.append(
            {"id": coin_id, "mint": sides["mint"].iloc[0], "path": path.as_posix(), **places}
        )
    return pd.DataFrame(rows)


def groups(crops: pd.DataFrame, by_variety: bool) -> pd.Series:
    """Number the groups of coins that must stay together: int, indexed by id.

    Coins are tied by photographs that are copies of each other and, `by_variety`, by a die variety.
    """
    ties = ["id", "duplicates", "variety"] if by_variety else ["id", "duplicates"]
    pairs = [pair for tie in ties for pair in grouping.same(crops[tie])]
    group = pd.Series(grouping.groups(pairs, len(crops)), index=crops["id"].to_numpy())
    return group[~group.index.duplicated()]


def _read(source: Path, path: str | None) -> np.ndarray | None:
    if path is None:
        return None
    return cv2.cvtColor(cv2.imread(str(source / path)), cv2.COLOR_BGR2RGB)


def side_by_side(
    sides: tuple[np.ndarray | None, np.ndarray | None], size: int, scale: float, layout: str
) -> tuple[np.ndarray, tuple[Circle, Circle]]:
    """Lay obverse and reverse together, at one scale: the image and where each side's circle lies.

    sides: tidy crops (uint8 RGB), None where one is missing (its place stays grey); layout:
    "horizontal" (obverse left) or "vertical" (obverse on top).
    """
    squares = [
        np.full((size, size, 3), FILL, np.uint8) if side is None
        else cv2.resize(side, (size, size), interpolation=cv2.INTER_AREA)
        for side in sides
    ]  # fmt: skip
    middle = (size - 1) / 2
    first = Circle(middle, middle, scale * size)
    if layout == "horizontal":
        return np.hstack(squares), (first, first._replace(x=middle + size))
    return np.vstack(squares), (first, first._replace(y=middle + size))
