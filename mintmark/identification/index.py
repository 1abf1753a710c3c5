"""What identification knows: the collection as a network sees it, and how sure the network is.

A folder holds coins.csv, the coins of the collection, how their images were made, and for each view
(see `calibration.VIEWS`) an archive with their features and what validation coins say of the network's
answers.
"""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from mintmark.data import manifests
from mintmark.data.coins import CoinSet
from mintmark.identification import calibration
from mintmark.identification.calibration import DOUBTS, VIEWS, Calibration, Doubt
from mintmark.images.cleaning import Tidy
from mintmark.images.merging import Layout
from mintmark.open_set import scores
from mintmark.open_set.scores import Known, Output
from mintmark.pipeline import csv_files
from mintmark.pipeline.stage import InputError, reading

COINS, TIDY, LAID = "coins.csv", "clean.json", "merge.json"


@dataclass(frozen=True)
class View:
    """The collection with some sides shown."""

    features: np.ndarray  # float32 (M,D)
    calibrated: Calibration


@dataclass(frozen=True)
class Collection:
    """The coins of a collection, and what a network knows of them."""

    table: pd.DataFrame  # id, mint and part, which is "" for mints that are not told apart
    views: dict[str, View]

    @property
    def names(self) -> list[str]:
        """The mints that the network tells apart, in the order of its outputs."""
        return manifests.mints(self.table[self.table["part"] != ""])

    def ids(self, places: np.ndarray) -> list[list[str]]:
        """The ids of coins by their places in the table (N,count)."""
        return [self.table["id"].iloc[row].tolist() for row in places]

    def known(self, view: str, neighbours: int) -> Known:
        """The coins that taught the network."""
        rows = (self.table["part"] == "train").to_numpy()
        targets = manifests.numbers(self.table["mint"], self.names)
        return Known(self.views[view].features[rows].astype(float), targets[rows], neighbours)


@dataclass(frozen=True)
class Index(Collection):
    """A collection of coins with both sides, and how its images were made."""

    tidy: Tidy
    laid: Layout


def see(model: keras.Model, coins: CoinSet) -> dict[str, Output]:
    """What a network makes of each view of coins."""
    return {view: scores.output(model, calibration.shown(coins, view).images) for view in VIEWS}


def build(
    seen: dict[str, Output], coins: CoinSet, settings: Doubt, *, tidy: Tidy, laid: Layout
) -> Index:
    """Index a collection.

    seen: what a network that tells `coins.names` apart makes of it, see `see`; coins: of all mints, with
    the column `part`, "" for mints that it does not know; tidy, laid: how their images were made.
    """
    views = {}
    for view, output in seen.items():
        _, calibrated = calibration.of_parts(output, coins, settings)
        views[view] = View(output.features.astype(np.float32), calibrated)
    return Index(coins.table[["id", "mint", "path", "group", "part"]], views, tidy, laid)


def save(index: Index, folder: Path) -> None:
    """Write an index into a folder."""
    csv_files.write(index.table, folder / COINS)
    for name, block in {TIDY: index.tidy, LAID: index.laid}.items():
        (folder / name).write_text(block.model_dump_json(indent=2) + "\n")
    for name, view in index.views.items():
        with (folder / f"{name}.npz").open("wb") as file:
            np.savez(
                file,
                features=view.features,
                temperature=view.calibrated.temperature,
                nonconformity=view.calibrated.nonconformity,
                limits=[view.calibrated.limits[name] for name in DOUBTS],
            )


def load(folder: Path) -> Index:
    """Read what `save` wrote. Raises InputError when it is missing."""
    if not (folder / COINS).is_file():
        raise InputError(
            f"{folder} is missing: nothing is trained yet; run `dvc repro identify`, or `dvc pull` "
            "where somebody has."
        )
    with reading(folder, "run `dvc checkout`, or `dvc repro identify` to make it again"):
        table = csv_files.read(folder / COINS)
        views = {view: _loaded(folder / f"{view}.npz") for view in VIEWS}
        tidy = Tidy.model_validate_json((folder / TIDY).read_text())
        laid = Layout.model_validate_json((folder / LAID).read_text())
        return Index(table, views, tidy, laid)


def _loaded(path: Path) -> View:
    with np.load(path) as archive:
        limits = dict(zip(DOUBTS, archive["limits"].tolist(), strict=True))
        calibrated = Calibration(float(archive["temperature"]), archive["nonconformity"], limits)
        return View(archive["features"], calibrated)
