"""From photographs that somebody brings to coins as a network sees them, as the stages do it."""

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from mintmark.data import coins
from mintmark.data.coins import CoinSet
from mintmark.identification.brought import SIDES
from mintmark.identification.calibration import BOTH
from mintmark.images import cleaning, merging
from mintmark.images.cleaning import Tidy
from mintmark.images.merging import Layout
from mintmark.pipeline.parallel import mapped

FOLDER = "coins"


@dataclass(frozen=True)
class Prepared:
    """Coins that somebody brought, as far as they can be seen."""

    coins: CoinSet | None  # those with a usable side, in the order of `views`; None without any
    views: pd.Series  # by row of what was brought: which sides those show, see `calibration.VIEWS`
    reasons: pd.DataFrame  # by row and side: why a photograph can't be used, "" where it can


def prepare(brought: pd.DataFrame, names: list[str], tidy: Tidy, laid: Layout) -> Prepared:
    """Find and crop the coins in photographs and lay their sides together.

    brought: columns obverse and reverse, files or "", the same where it shows both sides; names: the
    mints that are told apart.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / FOLDER).mkdir()
        crops, reasons = _crops(brought, root, tidy)
        sides = crops.groupby("id", sort=True)["side"].agg(list)
        views = sides.map(lambda there: BOTH if len(there) == len(SIDES) else there[0])
        if crops.empty:
            return Prepared(None, views, reasons)
        merged = root / "merged"
        merged.mkdir()
        table = merging.merge(crops, root, merged, size=laid.size, layout=laid.layout)
        found = coins.load(table, merged, names)
    return Prepared(found, views.set_axis(views.index.astype(int)), reasons)


def _crops(brought: pd.DataFrame, root: Path, tidy: Tidy) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Crops under `root` as a manifest (id: the row, zero-padded), and why others can't be used."""
    both = brought["obverse"] == brought["reverse"]
    asked = [
        (row, side) for row in range(len(brought)) for side in SIDES if brought[side].iloc[row]
    ]
    found = mapped(
        partial(cleaning.cropped, tidy=tidy),
        [Path(brought[side].iloc[row]) for row, side in asked],
        [SIDES.index(side) if both.iloc[row] else None for row, side in asked],
        threads=True,
    )
    reasons = pd.DataFrame("", index=range(len(brought)), columns=SIDES)
    rows = []
    for (row, side), (crop, reason) in zip(asked, found, strict=True):
        reasons.loc[row, side] = reason
        if not reason:
            path = f"{FOLDER}/{row:09d}.{side}.jpg"
            (root / path).write_bytes(crop)
            rows.append((f"{row:09d}", "", side, path, tidy.scale))
    return pd.DataFrame(rows, columns=["id", "mint", "side", "path", "scale"]), reasons
