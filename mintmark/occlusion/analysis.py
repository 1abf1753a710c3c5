"""Masks and controls on the test coins of a stage: which trials are made, and what they show.

Zeiler & Fergus (2014), "Visualizing and Understanding Convolutional Networks", for the principle.
"""

from dataclasses import dataclass
from typing import Annotated

import keras
import numpy as np
import pandas as pd
from pydantic import Field

from mintmark.data.coins import CoinSet
from mintmark.explain import attribution
from mintmark.geometry import clock
from mintmark.geometry.clock import Place
from mintmark.geometry.regions import Radius, Region
from mintmark.networks import models
from mintmark.occlusion import controls, curve, effects, places, trials
from mintmark.pipeline.choices import one_of

SHOWN = 4  # coins of which the masked variants are shown
TRAINED, ADAPTED = "trained", "adapted"  # the networks that are asked


class Masking(trials.Masks):
    """The parameters of a stage that masks the field and the margin."""

    method: Annotated[str, one_of(attribution.METHODS)]


class Controls(trials.Masks):
    """The parameters of a stage that compares field and margin with other regions and fills."""

    radii: Annotated[list[Radius], Field(min_length=1)]
    discs: Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Masked:
    """What networks lose, and some coins in each variant with the heat for the mint named there."""

    metrics: dict
    titles: list[str]  # of the coins shown
    images: dict[str, np.ndarray]  # uint8 (SHOWN,H,W,3) by variant
    heat: dict[str, np.ndarray]  # (SHOWN,H,W) by variant


@dataclass(frozen=True)
class Controlled:
    """What the controls show."""

    table: pd.DataFrame  # see `controls.table`
    curve: pd.DataFrame  # see `curve.curve`
    clock: pd.DataFrame  # see `places.on_clock`
    metrics: dict


def mask(networks: dict[str, keras.Model], coins: CoinSet, settings: Masking, seed: int) -> Masked:
    """What networks lose when the field or the margin is masked; see `effects.compare`.

    networks: the one as trained, under TRAINED, and perhaps one adapted to masks, under ADAPTED,
    whose metrics stand under that key.
    """
    asked = effects.default_trials(settings.radius, settings.fill)
    found = trials.answers(networks, coins, dict.fromkeys(networks, list(asked.values())), seed)
    compared = {
        name: effects.compare(answers, asked, targets=coins.targets, names=coins.names, seed=seed)
        for name, answers in found.items()
    }
    metrics = {**header(coins, settings), **compared.pop(TRAINED), **compared}
    shown = coins.subset(np.linspace(0, len(coins) - 1, min(SHOWN, len(coins))).astype(int))
    images = {
        name: trials.masked(shown.images, shown.grid, trial, seed) for name, trial in asked.items()
    }
    heat = {}
    for name, variant in images.items():
        named = models.logits(networks[TRAINED], variant).argmax(axis=1)
        heat[name] = attribution.heat(networks[TRAINED], variant, named, settings.method)
    titles = (shown.table["id"] + " " + shown.table["mint"]).tolist()
    return Masked(metrics, titles, images, heat)


def control(
    networks: dict[str, keras.Model],
    coins: CoinSet,
    settings: Controls,
    *,
    own: dict[str, Place],
    seed: int,
) -> Controlled:
    """Whether it is the region or the masking that counts: equal areas, every fill, every border.

    networks: see `mask`; an adapted one is asked about the fills alone; own: a user's own regions.
    """
    fill, targets = settings.fill, coins.targets
    discs = controls.discs(settings.radius, settings.discs, seed)
    masked = {**controls.zones(settings.radius), **controls.parts(), **discs}
    asked = _asked(networks, masked, settings, own)
    found = trials.answers(networks, coins, asked, seed)
    answers = found[TRAINED]
    table = controls.table(answers, masked, coins, fill=fill, seed=seed)
    hours = places.on_clock(answers, coins, radius=settings.radius, fill=fill, seed=seed)
    metrics = {
        **header(coins, settings),
        "whole": {
            name: effects.hits(logits[trials.whole(fill)], targets).mean()
            for name, logits in found.items()
        },
        "zones": table.set_index("masked").loc[list(trials.VARIANTS)].to_dict(orient="index"),
        "half": _half(answers, coins, settings, seed),
        "controls": controls.summary(table),
        "clock": clock.peak(hours, places.COST),
        "regions": places.named(answers, own, coins, fill=fill, seed=seed),
        "discs": controls.over_discs(answers, discs, targets, fill=fill, seed=seed),
        "fills": {name: _fills(logits, targets, settings, seed) for name, logits in found.items()},
    }
    return Controlled(table, curve.curve(answers, coins, settings.radii, fill), hours, metrics)


def _asked(
    networks: dict[str, keras.Model],
    masked: dict[str, Region],
    settings: Controls,
    own: dict[str, Place],
) -> dict[str, list[trials.Trial]]:
    """The trials for each network: of all regions, borders and places, or of the fills alone."""
    fill = settings.fill
    by_fill = [trials.whole(fill), *controls.fill_trials(settings.radius)]
    regions = [trials.Trial(region, fill) for region in masked.values()]
    borders = curve.trials(settings.radii, fill)
    everywhere = [*by_fill, *regions, *borders, *places.trials(settings.radius, own, fill)]
    return {name: everywhere if name == TRAINED else by_fill for name in networks}


def _fills(answers: trials.Answers, targets: np.ndarray, settings: Controls, seed: int) -> dict:
    """What a network loses under each fill; see `controls.by_fill`."""
    before = answers[trials.whole(settings.fill)]
    return controls.by_fill(answers, targets, radius=settings.radius, before=before, seed=seed)


def _half(answers: trials.Answers, coins: CoinSet, settings: Controls, seed: int) -> dict:
    """The border at which half of the advantage over chance is lost; see `curve.half_radii`."""
    fill = settings.fill
    return curve.half_radii(
        curve.correct(answers, coins.targets, settings.radii, fill),
        effects.hits(answers[trials.whole(fill)], coins.targets),
        chance=majority(coins.targets),
        borders=settings.radii,
        seed=seed,
    )


def header(coins: CoinSet, settings: Masking | Controls) -> dict:
    """What every table of masks begins with."""
    return {
        "radius": settings.radius,
        "fill": settings.fill,
        "n": len(coins),
        "majority_accuracy": majority(coins.targets),
    }


def majority(targets: np.ndarray) -> float:
    """The accuracy of always naming the commonest class. targets: (N,)."""
    return float(np.bincount(targets).max() / len(targets))


def headline(metrics: dict) -> dict:
    """The metrics of `mask` that are compared between runs."""
    lost = ("accuracy", "drop", "drop_low", "drop_high", "p_value")
    masked = {name: {key: metrics[name][key] for key in lost} for name in trials.VARIANTS}
    return {"original": {"accuracy": metrics["original"]["accuracy"]}, **masked}


def sentence(metrics: dict) -> str:
    """What a person wants to read after `mask`."""
    return (
        f"Accuracy {metrics['original']['accuracy']:.3f}; with the field masked "
        f"{metrics['centre']['accuracy']:.3f}, with the margin masked "
        f"{metrics['margin']['accuracy']:.3f} (r = {metrics['radius']:g}, {metrics['fill']})."
    )
