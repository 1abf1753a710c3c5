"""Coins that travel together: their table, images, classes and geometry, row by row."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from mintmark.data import manifests
from mintmark.geometry import grid
from mintmark.pipeline import paths, scratch


@dataclass(frozen=True)
class CoinSet:
    """Some coins, each one row of `table` and one of `images`."""

    table: pd.DataFrame  # id, mint, group, the sides' circles, and perhaps part
    images: np.ndarray  # uint8 RGB (N,H,W,3), both sides in one image
    names: list[str]  # the mints that are told apart, in the order of a network's outputs

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def targets(self) -> np.ndarray:
        """Class numbers, int64 (N,); -1 for a mint that is none of `names`."""
        return manifests.numbers(self.table["mint"], self.names)

    @cached_property
    def circles(self) -> np.ndarray:
        """Where obverse and reverse lie in each image: (N,2,3), x, y and radius in pixels."""
        return manifests.circles(self.table)

    @cached_property
    def grid(self) -> grid.CoinGrid:
        """Where every pixel lies on its coin."""
        return grid.locate(self.circles, self.images.shape[1:3])

    @property
    def side_axis(self) -> int:
        """The axis of `images` along which obverse and reverse lie: 1 (vertical) or 2 (horizontal)."""
        obverse, reverse = self.circles[0, :, 0]
        return 2 if obverse < reverse else 1

    def subset(self, rows: np.ndarray | slice) -> "CoinSet":
        """Some of the coins. rows: bool (N,), row numbers, or a slice."""
        places = np.arange(len(self))[rows]
        images = (
            self.images[rows] if isinstance(rows, slice) else scratch.taken(self.images, places)
        )
        return replace(self, table=self.table.iloc[places], images=images)

    def part(self, name: str) -> "CoinSet":
        """The coins of one part of the split: "train", "validation" or "test"."""
        return self.subset((self.table["part"] == name).to_numpy())

    def of_mints(self, mints: list[str]) -> "CoinSet":
        """The coins of some mints, told apart from each other."""
        rows = self.table["mint"].isin(mints).to_numpy()
        return replace(self.subset(rows), names=sorted(mints))

    def unknown_to(self, mints: list[str]) -> "CoinSet":
        """The coins of all other mints, for a network that tells `mints` apart."""
        rows = ~self.table["mint"].isin(mints).to_numpy()
        return replace(self.subset(rows), names=sorted(mints))


def load(table: pd.DataFrame, root: Path, names: list[str] | None = None) -> CoinSet:
    """Read the images of a manifest under `root`.

    names: the mints that are told apart; without them those of the table, by name. Raises InputError
    when an image can't be read.
    """
    mints = manifests.mints(table) if names is None else names
    return CoinSet(table, manifests.images(table, root), mints)


def of_split(name: str, part: str | None = None) -> CoinSet:
    """Read the coins of the split of "two" or "three" mints, or of one part of it.

    Raises InputError when the manifest or an image is missing.
    """
    table = manifests.read(paths.SPLIT / f"{name}.csv")
    names = manifests.mints(table)
    return load(table if part is None else table[table["part"] == part], paths.MERGED, names)
