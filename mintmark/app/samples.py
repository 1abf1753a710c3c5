"""Sample coins: coins of the collection that taught the network nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mintmark.data import manifests
from mintmark.geometry.regions import SIDES
from mintmark.identification.index import Index
from mintmark.pipeline import paths


@dataclass(frozen=True)
class Sample:
    """A coin that the page offers."""

    brought: pd.DataFrame  # one row: id, obverse and reverse, files or ""
    mint: str  # by the catalogue
    learnt: bool  # whether the network learnt from coins of this mint
    image: np.ndarray  # uint8 RGB (H,W,3), both sides


def samples(index: Index, each: int) -> list[Sample]:
    """Test coins of every mint that the network tells apart, `each` of it, and as many of other mints.

    Raises InputError when the collection is missing.
    """
    table = index.table[index.table["part"].isin(["test", ""])]
    group = table["mint"].where(table["part"] != "", "")
    chosen = table.groupby(group).head(each)
    return list(_read(chosen.sort_values("part", ascending=False, kind="stable")))


def _read(chosen: pd.DataFrame) -> Iterator[Sample]:
    manifest = manifests.read(paths.ORGANIZED / paths.MANIFEST)
    manifest["path"] = manifest["path"].map(lambda path: str(paths.ORGANIZED / path))
    files = manifest.pivot(index="id", columns="side", values="path").fillna("")
    images = manifests.images(chosen, paths.MERGED)
    for image, coin in zip(images, chosen.itertuples(), strict=True):
        row = files.loc[[coin.id], list(SIDES)].reset_index(names="id")
        yield Sample(row, coin.mint, coin.part != "", image)
