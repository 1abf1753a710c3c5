"""Coins of unknown mints put to networks that know two: the whole inquiry."""

from dataclasses import dataclass
from typing import Annotated

import keras
import numpy as np
import pandas as pd
from pydantic import Field

from mintmark.data.coins import CoinSet
from mintmark.explain import attribution
from mintmark.explain.analysis import Explained, explain
from mintmark.networks import evaluation, models
from mintmark.occlusion import trials
from mintmark.open_set import detection, far, predictions, scores
from mintmark.pipeline.choices import one_of

SHOWN = 6  # coins in the galleries
NEAREST = 3  # known coins beside each
SCORED = 10  # a mint with fewer coins says little of a score
UNKNOWN = "third"  # the name of the unknown mint's coins among groups of coins

Values = dict[str, dict[str, np.ndarray]]  # of scores (N,), by score and group of coins


class Eval3rd(trials.Masks):
    """The parameters of the stage."""

    method: Annotated[str, one_of(attribution.METHODS)]
    neighbours: Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Likeness:
    """Which known coins the unknown ones resemble."""

    shown: CoinSet  # unknown coins
    known: CoinSet  # the network's training coins
    rows: np.ndarray  # (SHOWN,NEAREST), the known coins nearest to each
    distances: np.ndarray  # (SHOWN,NEAREST), cosine
    metrics: dict


@dataclass(frozen=True)
class Noticed:
    """Whether networks notice coins of the mint that they never saw."""

    values: Values
    metrics: dict


@dataclass(frozen=True)
class Looked:
    """The unknown coins beside known ones, as pictures show them."""

    unknown: Explained
    features: np.ndarray  # (N,D), of known test coins and then of the unknown
    answers: pd.DataFrame  # row by row with features; the unknown count as correct


def resemblance(
    model: keras.Model, third: CoinSet, others: CoinSet, *, train: CoinSet, seed: int
) -> Likeness:
    """To which known mint each unknown one is more alike.

    third: coins of the third mint; others: of all further ones; train: the network's training coins.
    """
    features, known = (models.pooled(model, coins.images) for coins in (third, train))
    mints = train.table["mint"].to_numpy()
    rows, distances = predictions.nearest(features[:SHOWN], known, NEAREST)
    groups = third.table["group"].to_numpy()
    metrics = {
        "likeness": predictions.likeness(features, groups, known, mints=mints, seed=seed),
        "minor": predictions.minor(model, others, known, mints=mints, seed=seed),
    }
    return Likeness(third.subset(np.s_[:SHOWN]), train, rows, distances, metrics)


def notice(
    networks: dict[str, keras.Model],
    coins: CoinSet,
    others: CoinSet,
    third: str,
    *,
    neighbours: int,
    seed: int,
) -> Noticed:
    """Whether networks notice coins of the mint they never saw.

    networks: the network that never saw a mint, by that mint; coins: of all three mints, by part;
    third: the study's choice, for which thresholds, the far controls and those of the `others`,
    coins of further mints, that have SCORED coins are reported too.
    """
    left_out, values = {}, {}
    controls = far.controls(_known_and_unknown(coins, third)[0].part("test"), seed)
    minor = {mint: some.images for mint, some in predictions.by_mint(others, SCORED).items()}
    for mint, model in networks.items():
        known, unknown = _known_and_unknown(coins, mint)
        images = {UNKNOWN: unknown.images}
        if mint == third:
            images |= {**controls, **minor}
        values[mint] = _values(model, known, images, neighbours)
        tested = evaluation.predictions(model, known.part("test"))
        left_out[mint] = {
            "known": evaluation.evaluate(tested, known.names),
            **predictions.answers(model, unknown, seed),
            "scores": _detected(values[mint], UNKNOWN, seed),
        }
    found = values[third]
    metrics = {
        "scores": _with_threshold(left_out[third]["scores"], found, UNKNOWN),
        "minor_scores": {
            name: _with_threshold(_detected(found, name, seed), found, name) for name in minor
        },
        "far": {name: _detected(found, name, seed) for name in controls},
        "leave_one_out": left_out,
    }
    return Noticed(found, metrics)


def _values(
    model: keras.Model, known: CoinSet, unknown: dict[str, np.ndarray], neighbours: int
) -> Values:
    """Every out-of-distribution score of the known coins by part and of unknown images by name."""
    learnt = scores.known(model, known.part("train"), neighbours)
    groups = {name: known.part(name).images for name in ("validation", "test")} | unknown
    outputs = {name: scores.output(model, images) for name, images in groups.items()}
    return {
        name: {group: score.values(output, learnt) for group, output in outputs.items()}
        for name, score in scores.SCORES.items()
    }


def _detected(values: Values, unknown: str, seed: int) -> dict[str, dict]:
    """How well each score tells a group of unknown images from known test coins."""
    return {
        score: {
            "label": scores.SCORES[score].label,
            **detection.detection(groups["test"], groups[unknown], seed),
        }
        for score, groups in values.items()
    }


def _with_threshold(detected: dict[str, dict], values: Values, unknown: str) -> dict[str, dict]:
    """`_detected` of unknown images, and whom a threshold refuses (see `detection.refusal`)."""
    return {
        score: {
            **detected[score],
            "threshold": detection.refusal(groups["validation"], groups["test"], groups[unknown]),
        }
        for score, groups in values.items()
    }


def _known_and_unknown(coins: CoinSet, mint: str) -> tuple[CoinSet, CoinSet]:
    """The coins of all mints but one, and that one's as those who know the others see them."""
    known = [name for name in coins.names if name != mint]
    return coins.of_mints(known), coins.unknown_to(known)


def look(model: keras.Model, third: CoinSet, test: CoinSet, method: str) -> Looked:
    """Where a network looks on unknown coins, and where their features lie among known ones."""
    features = [models.pooled(model, coins.images) for coins in (test, third)]
    found = explain(model, third, method)
    unmarked = found.answers.assign(predicted=found.answers["actual"])
    answers = pd.concat([evaluation.predictions(model, test), unmarked], ignore_index=True)
    return Looked(found, np.concatenate(features), answers)


def headline(metrics: dict) -> dict:
    """The metrics that are compared between runs: answers, and the best score's AUROC."""
    auroc = max(score["auroc"] for score in metrics["scores"].values())
    return {"n": metrics["n"], "predicted": metrics["predicted"], "auroc": auroc}
