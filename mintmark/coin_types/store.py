"""A set of photographs as stored: its tables, its features, and how these were extracted."""

from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Self

import numpy as np
import pandas as pd
from pydantic import Field

from mintmark.pipeline import csv_files
from mintmark.pipeline.choices import ONE_OR_MORE
from mintmark.pipeline.params import Block
from mintmark.pipeline.stage import InputError, reading

SETTINGS = "settings.json"  # how the features were extracted
VALIDATION = "validation.npz"  # beside what is predicted: logits of the validation part
LEARNT_FROM = {  # parts whose labels a model may learn from, by what it predicts
    "validation": ("train",),  # which chooses
    "test": ("train", "validation"),
    "unlabelled": ("train", "validation", "test"),
}


class Stream(IntEnum):
    """Independent streams of random numbers, each from a seed and the stream's number."""

    CROPS = 63  # how photographs that pretrain are cut and lit
    FINE_TUNING = 81  # the order of photographs that fine-tune
    HEADS = 82  # the order of examples that heads are trained on


class Augmentation(Block):
    """How far an augmented view of a photograph may differ from it."""

    flip: bool
    turn: Annotated[float, Field(ge=0, le=180)]  # degrees either way
    zoom: Annotated[float, Field(ge=0, lt=1)]  # fraction either way
    contrast: Annotated[float, Field(ge=0, lt=1)]  # fraction either way
    brightness: Annotated[float, Field(ge=0, lt=1)]  # fraction of the range either way


class Views(Augmentation):
    """How many views are made of a photograph, and how they differ from it."""

    number: Annotated[int, Field(ge=0)]
    below: Annotated[int, Field(ge=0)]  # training photographs: where there are more, none is made


class ExtractionSettings(Block):
    """How features are extracted from photographs."""

    size: Annotated[int, Field(ge=32, le=600)]  # pixels
    crop: Annotated[list[bool], ONE_OR_MORE]  # whether a backbone is shown the coin alone, of each
    dimensions: Annotated[int, Field(ge=1)]
    views: Views


class SplitFractions(Block):
    """The fractions of the photographs in the test and the validation part."""

    test: Annotated[float, Field(gt=0, lt=0.5)]
    validation: Annotated[float, Field(gt=0, lt=0.5)]


@dataclass(frozen=True, eq=False)
class FeatureSet:
    """A set of photographs: tables, and features row by row with them."""

    labelled: pd.DataFrame  # Id, Class, path, part, group and what was measured
    unlabelled: pd.DataFrame  # Id, path, readable
    vectors: np.ndarray  # float32 (N+V,D), of `labelled`, and then of views of those that train
    origin: np.ndarray  # int (N+V,), the row in `labelled` of each
    unlabelled_vectors: np.ndarray  # float32 (M,D), of the readable of `unlabelled`
    settings: ExtractionSettings


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows of a table of features, which may lie on disk, and their classes."""

    vectors: np.ndarray  # float32 (M,D)
    rows: np.ndarray  # int (N,), the chosen ones
    targets: np.ndarray  # int (N,), their class numbers

    @classmethod
    def every(cls, vectors: np.ndarray, targets: np.ndarray) -> Self:
        """All rows: targets (M,)."""
        return cls(vectors, np.arange(len(vectors)), targets)

    def take(self, chosen: np.ndarray | slice) -> Self:
        """Some of the rows: indices, a slice, or bool (N,)."""
        return replace(self, rows=self.rows[chosen], targets=self.targets[chosen])

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """Features, float32 (N,D), in memory, and class numbers (N,)."""
        return np.asarray(self.vectors[self.rows]), self.targets


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a head is fitted to."""

    photographs: Examples  # each class has one, where a head is fitted
    with_views: Examples  # those, and the views that there are of them
    weights: np.ndarray  # float (N,) of `with_views`, 1 on average; photographs weigh the same

    @property
    def dimensions(self) -> int:
        """How many features there are."""
        return self.photographs.vectors.shape[1]


@dataclass(frozen=True, eq=False)
class Query:
    """Photographs whose types are to be predicted."""

    files: pd.Series  # paths (N,)
    vectors: np.ndarray  # float32 (M,D), a table of features
    rows: np.ndarray  # int (N,), theirs in it


def load(folder: Path) -> FeatureSet:
    """Open what `extraction.extract` has written; features stay on disk until they are read.

    Raises InputError when it is missing.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is missing; run `dvc repro features315` to make it.")
    with reading(folder, "run `dvc checkout`, or `dvc repro features315` to make it again"):
        labelled, unlabelled = (
            csv_files.read(folder / name) for name in ("photos.csv", "unlabelled.csv")
        )
        vectors, origin, unlabelled_vectors = (
            np.load(folder / f"{name}.npy", mmap_mode="r")
            for name in ("vectors", "origin", "unlabelled")
        )
        settings = ExtractionSettings.model_validate_json((folder / SETTINGS).read_text())
    return FeatureSet(labelled, unlabelled, vectors, origin, unlabelled_vectors, settings)


def training_data(stored: FeatureSet, targets: np.ndarray, *parts: str) -> TrainingData:
    """The photographs of one part or of several. targets: of the labelled photographs (N,).

    Not all parts have views: without weights a photograph that has some would count several times.
    """
    everything = Examples.every(stored.vectors, targets[stored.origin])
    chosen = everything.take(np.isin(stored.labelled["part"].to_numpy()[stored.origin], parts))
    origin = stored.origin[chosen.rows]
    weights = 1 / np.bincount(origin)[origin]
    photographs = chosen.take(chosen.rows < len(targets))
    return TrainingData(photographs, chosen, weights / weights.mean())


def queries(stored: FeatureSet) -> dict[str, Query]:
    """What is to be predicted, by the names of LEARNT_FROM in their order; none is empty."""
    table = stored.labelled
    rows = {name: np.flatnonzero(table["part"] == name) for name in ("validation", "test")}
    found = {
        name: Query(table["path"].iloc[of_part], stored.vectors, of_part)
        for name, of_part in rows.items()
    }
    readable = stored.unlabelled.loc[stored.unlabelled["readable"], "path"]
    found["unlabelled"] = Query(readable, stored.unlabelled_vectors, np.arange(len(readable)))
    return {name: query for name, query in found.items() if len(query.rows)}
