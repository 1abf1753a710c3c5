"""One coin that a visitor brings: from its photographs to all that the page says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mintmark.app.hiding import Choice
from mintmark.app.samples import Sample
from mintmark.app.trained import Trained
from mintmark.data.coins import CoinSet
from mintmark.explain import likeness
from mintmark.geometry import fills
from mintmark.geometry.regions import SIDES
from mintmark.identification import answers, brought, photographs
from mintmark.identification.calibration import BOTH
from mintmark.networks import models
from mintmark.pipeline.stage import InputError


@dataclass(frozen=True)
class Seen:
    """A coin as the network saw it."""

    coin: CoinSet  # of one coin
    view: str  # the sides that are shown, see `calibration.VIEWS`
    heat: np.ndarray  # (H,W) for the answer, 0 to 1
    probabilities: np.ndarray  # (C,), calibrated

    @property
    def sides(self) -> list[str]:
        """The sides that are shown."""
        return list(SIDES) if self.view == BOTH else [self.view]

    def halves(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """The parts of an image of the coin (H,W,3) that show a side, by its name."""
        parts = np.split(image, 2, axis=self.coin.side_axis - 1)
        return {side: part for side, part in zip(SIDES, parts, strict=True) if side in self.sides}


@dataclass(frozen=True)
class Examination:
    """What is found on the photographs of one coin."""

    brought: pd.DataFrame  # one row: id, obverse and reverse, files or ""
    said: dict[str, object]  # by `answers.COLUMNS`
    reasons: dict[str, str]  # why the photograph of a side can't be used, "" where it can
    seen: Seen | None  # None where no photograph can be used
    sample: Sample | None  # where it is one of them

    @property
    def usable(self) -> set[Path]:
        """The photographs that can be used."""
        return {Path(self.brought[side].iloc[0]) for side, why in self.reasons.items() if not why}


def read(files: Sequence[Path]) -> pd.DataFrame:
    """One or two photographs of a coin as a row of what is brought, see `brought.read`.

    Raises InputError when there are none or too many, or when a file is no photograph by its name.
    """
    if not 1 <= len(files) <= len(SIDES):
        raise InputError(
            f"{len(files)} files are given; a coin has two sides: give one photograph or two."
        )
    for file in files:
        if file.suffix.lower() not in brought.SUFFIXES:
            raise InputError(f"{file.name} is no photograph; give JPEG, PNG, TIFF, WebP or BMP.")
    return brought.read(files, {}, types=False).photographs


def swapped(coin: pd.DataFrame) -> pd.DataFrame:
    """The same photographs, the obverse taken for the reverse and the reverse for the obverse."""
    return coin.assign(obverse=coin["reverse"], reverse=coin["obverse"])


def examine(coin: pd.DataFrame, trained: Trained, sample: Sample | None = None) -> Examination:
    """Name a coin as `mintmark identify` does. coin: one row, see `read`."""
    known = trained.index
    prepared = photographs.prepare(coin, known.names, known.tidy, known.laid)
    said = answers.of_prepared(
        coin["id"].tolist(), prepared, trained.model, known, trained.settings, heat=True
    )
    reasons = prepared.reasons.iloc[0].to_dict()
    if prepared.coins is None:
        return Examination(coin, said.rows[0], reasons, None, sample)
    chances = said.probabilities.iloc[0].to_numpy()
    seen = Seen(prepared.coins, prepared.views.iloc[0], said.heat[0], chances)
    return Examination(coin, said.rows[0], reasons, seen, sample)


def hide(
    seen: Seen, choice: Choice, share: float, trained: Trained
) -> tuple[np.ndarray, np.ndarray]:
    """A coin of which a share (0 to 1) of something is hidden: its image (H,W,3), and probabilities (C,).

    A side that is not shown stays as it is.
    """
    grid = seen.coin.grid
    shown = np.isin(grid.side, [SIDES.index(side) for side in seen.sides])
    mask = choice.region(share).mask(grid) & shown
    masked = fills.occlude(seen.coin.images, mask, grid, fill=trained.fill, seed=trained.seed)
    calibrated = trained.index.views[seen.view].calibrated
    return masked[0], calibrated.probabilities(models.logits(trained.model, masked))[0]


def likeness_of(images: np.ndarray, seen: Seen, trained: Trained) -> np.ndarray:
    """What makes other coins like the one that is seen: heat (N,H,W), 0 to 1, on the sides it shows.

    images: of the others, uint8 (N,H,W,3).
    """
    features = models.pooled(trained.model, seen.coin.images).repeat(len(images), axis=0)
    mean = trained.index.views[seen.view].features.mean(axis=0)
    heat = likeness.heat(trained.model, images, features, mean)
    for side, part in zip(SIDES, np.split(heat, 2, axis=seen.coin.side_axis), strict=True):
        part *= side in seen.sides  # a view of the heat
    return heat
