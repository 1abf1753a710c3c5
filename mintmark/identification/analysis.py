"""Identification on the test part: answers with doubt, and how well similar coins are found."""

from dataclasses import dataclass
from typing import Annotated

import keras
import numpy as np
import pandas as pd
from pydantic import Field
from sklearn.metrics.pairwise import cosine_distances

from mintmark.data.coins import CoinSet
from mintmark.explain import likeness
from mintmark.identification import assessment, calibration, similarity
from mintmark.identification.calibration import BOTH
from mintmark.identification.index import Index
from mintmark.open_set.scores import Output

SHOWN = 6  # coins, of a mint each, beside which similar ones are shown


class Identify(calibration.Doubt):
    """The parameters of identification."""

    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    similar: Annotated[int, Field(ge=1, le=50)]


@dataclass(frozen=True)
class Examined:
    """What identification says of the test part and of coins of mints that the network never saw."""

    judged: pd.DataFrame  # of coins with both sides, see `assessment.judged`
    queries: np.ndarray  # places in the collection of the coins that were looked up, (Q,)
    nearest: np.ndarray  # places of the coins most like each of them, (Q,similar)
    shown: np.ndarray  # which of the queries pictures show, the first of each mint, (S,)
    heat: np.ndarray  # what makes these and the coin nearest to each alike, on either: (S,2,H,W)
    metrics: dict


def examine(
    model: keras.Model,
    seen: dict[str, Output],
    index: Index,
    coins: CoinSet,
    settings: Identify,
) -> Examined:
    """Judge the test part and the coins of other mints.

    seen: what the network makes of the collection, see `index.see`; coins: the collection, as in the
    index.
    """
    asked = np.flatnonzero(coins.table["part"].isin(["test", ""]))
    some, level = coins.subset(asked), [settings.confidence]
    judged = {}
    for view, output in seen.items():
        known, calibrated = index.known(view, settings.neighbours), index.views[view].calibrated
        judged[view] = assessment.judged(output.subset(asked), some, known, calibrated, level)
    features = index.views[BOTH].features
    queries = asked[: similarity.QUERIES]
    distances = cosine_distances(features[queries], features)
    group = coins.table["group"].to_numpy()
    allowed = group[queries][:, None] != group
    ranked = np.where(allowed, distances, np.inf).argsort(axis=1, kind="stable")
    metrics = {
        "confidence": settings.confidence,
        "views": {
            view: {**_accuracy(table), **assessment.assess(table, level)}
            for view, table in judged.items()
        },
        "similar": _similar(coins, queries, distances, allowed),
    }
    mints = coins.table["mint"].iloc[queries].reset_index(drop=True)
    shown = mints.drop_duplicates().index[:SHOWN].to_numpy()
    pairs = np.stack([queries[shown], ranked[shown, 0]], axis=1)
    heat = _alike(model, coins, features, pairs)
    return Examined(judged[BOTH], queries, ranked[:, : settings.similar], shown, heat, metrics)


def _alike(
    model: keras.Model, coins: CoinSet, features: np.ndarray, pairs: np.ndarray
) -> np.ndarray:
    """What makes the coins of pairs (S,2) alike, on the first and the second of each: (S,2,H,W)."""
    others, mean = features[pairs[:, ::-1].ravel()], features.mean(axis=0)
    found = likeness.heat(model, coins.images[pairs.ravel()], others, mean)
    return found.reshape(*pairs.shape, *found.shape[1:])


def _accuracy(table: pd.DataFrame) -> dict[str, float]:
    """Accuracy on the coins of known mints, and on those of them that are not called unknown."""
    taught = table[table["taught"]]
    right = taught["actual"] == taught["predicted"]
    return {"accuracy": right.mean(), "accuracy_answered": right[~taught["unknown"]].mean()}


def _similar(
    coins: CoinSet, queries: np.ndarray, distances: np.ndarray, allowed: np.ndarray
) -> dict[str, dict]:
    """How well similar coins are found, by features and by perceptual hash.

    Apart for coins of the mints that the network tells apart, and of those it was never taught.
    """
    mints, taught = coins.table["mint"].to_numpy(), coins.targets[queries] >= 0
    alike = mints[queries][:, None] == mints
    hashed = similarity.by_hash(coins.images[queries], coins.images, coins.side_axis)
    return {
        method: {
            name: similarity.retrieval(apart[rows], alike[rows], allowed[rows])
            for name, rows in {"taught": taught, "never_taught": ~taught}.items()
        }
        for method, apart in {"features": distances, "hash": hashed}.items()
    }


def sentence(metrics: dict) -> str:
    """What a person wants to read after the stage."""
    both = metrics["views"][BOTH]
    (sets,) = both["sets"].values()
    return (
        f"{both['n']} test coins: accuracy {both['accuracy']:.3f}; sets promised to hold the truth with "
        f"{metrics['confidence']:.0%} do for {sets['coverage']:.1%} ({sets['coverage_low']:.1%} to "
        f"{sets['coverage_high']:.1%}) and have {sets['size']:.2f} answers on average."
    )
