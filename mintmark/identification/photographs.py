"""From photographs that somebody brings to coins as a network sees them, as the stages do it."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed

from mintmark.data import coins
from mintmark.data.coins import CoinSet
from mintmark.identification.brought import SIDES
from mintmark.identification.calibration import BOTH
from mintmark.images import cleaning, merging
from mintmark.images.cleaning import Tidy
from mintmark.images.merging import Layout

MISSING = "missing"  # there is no such file
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
        (row, side, Path(brought[side].iloc[row]), f"{FOLDER}/{row:09d}.{side}.jpg")
        for row in range(len(brought))
        for side in SIDES
        if brought[side].iloc[row]
    ]
    found = Parallel(n_jobs=-1, prefer="threads")(
        delayed(_reason)(source, root / target, SIDES.index(side) if both.iloc[row] else None, tidy)
        for row, side, source, target in asked
    )
    reasons = pd.DataFrame("", index=range(len(brought)), columns=SIDES)
    rows = []
    for (row, side, _, target), reason in zip(asked, found, strict=True):
        reasons.loc[row, side] = reason
        if not reason:
            rows.append((f"{row:09d}", "", side, target, tidy.scale))
    return pd.DataFrame(rows, columns=["id", "mint", "side", "path", "scale"]), reasons


def _reason(source: Path, target: Path, half: int | None, tidy: Tidy) -> str:
    if not source.is_file():
        return MISSING
    return cleaning.inspect(source, target, half=half, **tidy.model_dump()).reason
