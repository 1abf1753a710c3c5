"""Where a network looks on a set of coins: everything that pictures and metrics are made of."""

from dataclasses import dataclass
from typing import Annotated

import keras
import numpy as np
import pandas as pd

from mintmark.data.coins import CoinSet
from mintmark.explain import attribution, polar, zones
from mintmark.geometry import clock
from mintmark.geometry.regions import SIDES, Radius
from mintmark.networks import evaluation, models
from mintmark.pipeline.choices import one_of
from mintmark.pipeline.params import Block
from mintmark.stats import classification


class Explaining(Block):
    """The parameters of a stage that explains a network."""

    radius: Radius
    method: Annotated[str, one_of(attribution.METHODS)]


@dataclass(frozen=True)
class Explained:
    """Coins with a network's answers and the heat for the mint that it names, row by row."""

    coins: CoinSet
    logits: np.ndarray  # (N,classes)
    raw: np.ndarray  # (N,h,w), the attribution maps as they are
    heat: np.ndarray  # (N,H,W), 0 to 1, at the images' size
    method: str  # a key of attribution.METHODS

    @property
    def named(self) -> np.ndarray:
        """The class numbers that the network names: (N,)."""
        return self.logits.argmax(axis=1)

    @property
    def answers(self) -> pd.DataFrame:
        """Columns id, actual, predicted and confidence; see `evaluation.predictions`."""
        return evaluation.named(self.logits, self.coins)


@dataclass(frozen=True)
class Contrast:
    """Some coins with the heat for their own mint and for the strongest other."""

    rows: list[int]  # the coins, by their places in the set
    own: np.ndarray  # (M,H,W), on the scale of logits
    other: np.ndarray  # (M,H,W)
    rivals: list[str]  # the strongest other mint of each


@dataclass(frozen=True)
class Unrolled:
    """The mean of one side over coins turned alike, unrolled; see `polar`."""

    side: str
    aligned: int  # coins whose turn is certain
    coins: int
    relief: np.ndarray  # (RADII,ANGLES), grey values
    heat: np.ndarray  # (RADII,ANGLES)


@dataclass(frozen=True)
class Survey:
    """Where a network looks on a set of coins: the heat, and what is made of it."""

    found: Explained
    contrast: Contrast
    unrolled: list[Unrolled]
    shares: pd.DataFrame  # of heat by zone, see `zones.zone_shares`
    clock: pd.DataFrame  # of heat on the clock, see `zones.clock_shares`
    metrics: dict  # see `zones.zone_summary`; and how many coins could be aligned

    @property
    def table(self) -> pd.DataFrame:
        """Each coin's answer and shares of heat."""
        return pd.concat([self.found.answers, self.shares.round(6)], axis=1)


def survey(model: keras.Model, coins: CoinSet, settings: Explaining, seed: int) -> Survey:
    """Explain a network's answers on coins, and sum up where the heat lies."""
    found = explain(model, coins, settings.method)
    shares = zones.zone_shares(found.heat, coins.grid, settings.radius)
    summary = zones.zone_summary(
        shares, found.answers, coins.grid, radius=settings.radius, seed=seed
    )
    views = unrolled(found)
    aligned = {view.side: view.aligned for view in views}
    hours = zones.clock_shares(found.heat, coins.grid, settings.radius)
    peak = clock.peak(hours, "ratio")
    metrics = {"method": settings.method, **summary, "aligned": aligned, "clock": peak}
    return Survey(found, contrast(model, found), views, shares, hours, metrics)


def explain(model: keras.Model, coins: CoinSet, method: str) -> Explained:
    """The heat on coins for the mint that a network names. method: a key of attribution.METHODS."""
    logits = models.logits(model, coins.images)
    raw = attribution.raw(model, coins.images, logits.argmax(axis=1), method)
    heat = attribution.upsampled(raw, coins.images.shape[1:3])
    return Explained(coins, logits, raw, heat, method)


def chosen(answers: pd.DataFrame, each: int) -> list[int]:
    """Rows of coins to show: `each` per mint correctly classified, then as many that are not."""
    answers = answers.reset_index(drop=True)
    right = pd.Series(evaluation.correct(answers), name="right")
    shown = answers.assign(right=right).groupby(["actual", right], sort=True).head(each)
    return list(shown.sort_values(["actual", "right"], ascending=[True, False]).index)


def contrast(model: keras.Model, found: Explained, each: int = 2) -> Contrast:
    """Heat for the true mint and for the strongest other, on `each` coins as `chosen` takes them."""
    actual = found.coins.targets
    rival = classification.rivals(found.logits, actual).argmax(axis=1)
    rows = chosen(found.answers, each)
    shown = found.coins.images[rows]
    own, other = (
        attribution.resized(
            attribution.raw(model, shown, classes[rows], found.method), shown.shape[1:3]
        )
        for classes in (actual, rival)
    )
    return Contrast(rows, own, other, [found.coins.names[k] for k in rival[rows]])


def unrolled(found: Explained) -> list[Unrolled]:
    """The mean coin and the mean heat of each side, coins turned alike where that is certain."""
    grey = found.coins.images.mean(axis=3)
    views = []
    for number, side in enumerate(SIDES):
        circles = found.coins.circles[:, number]
        relief, hot = (polar.unrolled(maps, circles) for maps in (grey, found.heat))
        shift, certain = polar.turns(relief)
        means = (polar.turned(maps, shift).mean(axis=0) for maps in (relief, hot))
        views.append(Unrolled(side, int(certain.sum()), len(relief), *means))
    return views


def headline(metrics: dict) -> dict:
    """The metrics of a survey that are compared between runs; with the truth, also `pointing`."""
    mass = {zone: metrics["mass"][zone] for zone in zones.ZONES}
    scores = metrics.get("localisation", {}).get(metrics["method"], {}).get("correct")
    return {"mass": mass, **({"pointing": scores["pointing"]} if scores else {})}


def sentence(metrics: dict) -> str:
    """What a person wants to read after a survey."""
    shares = metrics["mass"]["margin"], metrics["area"]["margin"]
    return "{:.1%} of the heat falls in the margin, {:.1%} of the area.".format(*shares)
