"""What is kept of a set of photographs: their table, their features, and how these were made."""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from mintmark.params import Block
from mintmark.stage import InputError

MADE = "made.json"  # how the photographs were brought to features


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


class FeatureSet(NamedTuple):
    """What is kept of a set of photographs: tables, and features row by row with them."""

    labelled: pd.DataFrame  # Id, Class, path, part, group and what was measured
    unlabelled: pd.DataFrame  # Id, path, readable
    vectors: np.ndarray  # float32 (N+V,D), of `labelled`, and then of views of those that train
    origin: np.ndarray  # int (N+V,), the row in `labelled` of each
    submitted: np.ndarray  # float32 (M,D), of the readable of `unlabelled`
    making: Making


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
