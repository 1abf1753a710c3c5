"""Trials: regions of coins masked under a fill, each made once and answered by all who are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Annotated

import keras
import numpy as np

from mintmark.data.coins import CoinSet
from mintmark.geometry import fills, regions
from mintmark.geometry.grid import CoinGrid
from mintmark.geometry.regions import Radius, Region
from mintmark.images.cropping import FILL as NO_COIN
from mintmark.networks import models
from mintmark.pipeline.choices import one_of
from mintmark.pipeline.parallel import ahead
from mintmark.pipeline.params import Block

# What each masked variant masks; the metrics call the field `centre`.
VARIANTS = {"centre": regions.field, "margin": regions.margin}


class Masks(Block):
    """How the field and the margin are masked."""

    radius: Radius
    fill: Annotated[str, one_of(fills.FILLS)]


@dataclass(frozen=True)
class Trial:
    """A region that is masked, and what it is filled with."""

    region: Region
    fill: str  # a key of fills.FILLS
    blind: bool = False  # nothing but the fill is shown, and no coin


Answers = dict[Trial, np.ndarray]  # logits (N,classes) by trial


def whole(fill: str) -> Trial:
    """The trial that masks nothing."""
    return Trial(regions.NOTHING, fill)


def masked(images: np.ndarray, grid: CoinGrid, trial: Trial, seed: int) -> np.ndarray:
    """The images of a trial: uint8 (N,H,W,3). Random fills follow from `seed`."""
    mask = trial.region.mask(grid)
    occluded = fills.occlude(images, mask, grid, fill=trial.fill, seed=seed)
    if trial.blind:
        return np.where(mask[..., None], occluded, np.uint8(NO_COIN))
    return occluded


def answers(
    networks: dict[str, keras.Model],
    coins: CoinSet,
    asked: Mapping[str, Sequence[Trial]],
    seed: int,
) -> dict[str, Answers]:
    """Put trials to networks: logits by network and trial. Images are masked while networks answer.

    asked: the trials for each network, by its name in `networks`.
    """
    wanted = {name: set(trials) for name, trials in asked.items()}
    found: dict[str, Answers] = {name: {} for name in wanted}
    readings = {name: models.Reading(networks[name], coins.images) for name in wanted}
    every = dict.fromkeys(chain.from_iterable(asked.values()))
    shown = ahead(lambda trial: masked(coins.images, coins.grid, trial, seed), every)
    for trial, images in zip(every, shown, strict=True):
        for name, trials in wanted.items():
            if trial in trials:
                found[name][trial] = readings[name].logits(images)
    return found
