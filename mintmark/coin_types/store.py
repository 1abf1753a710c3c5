"""What is kept of a set of photographs: their table, their features, and how these were made."""

from pathlib import Path
from typing import Annotated, NamedTuple, Self

import numpy as np
import pandas as pd
from pydantic import Field

from mintmark.pipeline.params import Block
from mintmark.pipeline.stage import InputError

MADE = "made.json"  # how the photographs were brought to features
SEEN = {  # the parts that are learnt from to answer for others; nobody is asked what he has seen
    "validation": ("train",),  # which chooses
    "test": ("train", "validation"),
    "unlabelled": ("train", "validation", "test"),
}


class Change(Block):
    """How far an augmented view of a photograph may differ from it."""

    flip: bool
    turn: Annotated[float, Field(ge=0, le=180)]
    zoom: Annotated[float, Field(ge=0, lt=1)]
    contrast: Annotated[float, Field(ge=0, lt=1)]
    brightness: Annotated[float, Field(ge=0, lt=1)]


class Views(Change):
    """How many views are made of a photograph, and how they differ from it."""

    number: Annotated[int, Field(ge=0)]


class Making(Block):
    """How photographs are brought to features."""

    size: Annotated[int, Field(ge=32, le=600)]
    crop: bool
    dimensions: Annotated[int, Field(ge=1)]
    views: Views


class Parting(Block):
    """Which fractions of the photographs test and choose."""

    test: Annotated[float, Field(gt=0, lt=0.5)]
    validation: Annotated[float, Field(gt=0, lt=0.5)]


class FeatureSet(NamedTuple):
    """What is kept of a set of photographs: tables, and features row by row with them."""

    labelled: pd.DataFrame  # Id, Class, path, part, group and what was measured
    unlabelled: pd.DataFrame  # Id, path, readable
    vectors: np.ndarray  # float32 (N+V,D), of `labelled`, and then of views of those that train
    origin: np.ndarray  # int (N+V,), the row in `labelled` of each
    submitted: np.ndarray  # float32 (M,D), of the readable of `unlabelled`
    making: Making


class Examples(NamedTuple):
    """Rows of a table of features, which may lie on disk, and their classes."""

    vectors: np.ndarray  # float32 (M,D)
    rows: np.ndarray  # int (N,), those that are meant
    targets: np.ndarray  # int (N,), their class numbers

    @classmethod
    def every(cls, vectors: np.ndarray, targets: np.ndarray) -> Self:
        """All rows: targets (M,)."""
        return cls(vectors, np.arange(len(vectors)), targets)

    def take(self, chosen: np.ndarray | slice) -> Self:
        """Those at the places `chosen`, between them, or where `chosen` is true."""
        return self._replace(rows=self.rows[chosen], targets=self.targets[chosen])

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """Features, float32 (N,D), in memory, and class numbers (N,)."""
        return np.asarray(self.vectors[self.rows]), self.targets


class Part(NamedTuple):
    """What a head is made from."""

    photographs: Examples  # of each class one, where a head is made
    shown: Examples  # those, and the views that there are of them
    weights: np.ndarray  # float (N,) of those shown, 1 on average; all photographs weigh the same


class Asked(NamedTuple):
    """Photographs to answer for."""

    files: pd.Series  # paths (N,)
    vectors: np.ndarray  # float32 (M,D), a table of features
    rows: np.ndarray  # int (N,), theirs in it


def load(folder: Path) -> FeatureSet:
    """Open what `features.store` has written; features stay on disk until they are asked for.

    Raises InputError when it is missing.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is missing; run `dvc repro features315` to make it.")
    tables = [
        pd.read_csv(folder / name, dtype={"Id": str, "Class": str}, keep_default_na=False)
        for name in ("photos.csv", "unlabelled.csv")
    ]
    names = ("vectors", "origin", "unlabelled")
    arrays = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in names]
    return FeatureSet(*tables, *arrays, Making.model_validate_json((folder / MADE).read_text()))


def part(stored: FeatureSet, targets: np.ndarray, *names: str) -> Part:
    """One part of a set of features, or several together. targets: of the labelled photographs (N,).

    Not all parts have views: without weights a photograph that has some would count several times.
    """
    everything = Examples.every(stored.vectors, targets[stored.origin])
    shown = everything.take(np.isin(stored.labelled["part"].to_numpy()[stored.origin], names))
    origin = stored.origin[shown.rows]
    weights = 1 / np.bincount(origin)[origin]
    return Part(shown.take(shown.rows < len(targets)), shown, weights / weights.mean())


def asked(stored: FeatureSet) -> dict[str, Asked]:
    """What is to be answered, by the names of `SEEN` in their order, if there is anything."""
    table = stored.labelled
    parts = {name: np.flatnonzero(table["part"] == name) for name in ("validation", "test")}
    found = {name: Asked(table["path"].iloc[r], stored.vectors, r) for name, r in parts.items()}
    readable = stored.unlabelled.loc[stored.unlabelled["readable"], "path"]
    found["unlabelled"] = Asked(readable, stored.submitted, np.arange(len(readable)))
    return {name: of for name, of in found.items() if len(of.rows)}
