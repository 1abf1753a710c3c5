"""An unknown mint: what its coins are taken for, how firmly, and which known mint they resemble."""

import keras
import numpy as np
import pandas as pd
from scipy.special import softmax
from scipy.stats import permutation_test
from sklearn.metrics.pairwise import cosine_distances
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize

from mintmark.data.coins import CoinSet
from mintmark.geometry.fills import FILLS
from mintmark.networks import augmentation, models
from mintmark.occlusion import controls, trials
from mintmark.occlusion.trials import Trial
from mintmark.stats import intervals

FEW = 3  # mints with fewer coins than this are not described
SHUFFLES = 9_999
TURNS = (-10, -5, 5, 10)  # degrees
# Contrast (a factor) and brightness (grey values) of the same coin lit differently.
LIGHTS = {"darker": (1, -20), "brighter": (1, 20), "flatter": (0.8, 0), "harder": (1.2, 0)}


def answers(model: keras.Model, coins: CoinSet, seed: int) -> dict:
    """What coins of a mint that is none of `coins.names` are taken for.

    Returns `predicted` (shares by mint), `confidence` (mean of the largest probability, with its
    interval) and n.
    """
    logits = models.logits(model, coins.images)
    confidence = softmax(logits, axis=1).max(axis=1)
    return {
        "n": len(logits),
        "predicted": _shares(logits.argmax(axis=1), coins.names),
        **intervals.mean("confidence", confidence, seed),
    }


def masked(
    model: keras.Model, coins: CoinSet, *, radius: float, fill: str, seed: int
) -> tuple[dict, dict]:
    """What becomes of the answers under masks: shares by mint, agreement with the whole coin.

    Two sets of metrics: by region (field, margin, rings, sectors, sides) under `fill`, and by fill
    for the field and the margin.
    """
    zones = controls.zones(radius)
    parts = {name: Trial(region, fill) for name, region in {**zones, **controls.parts()}.items()}
    by_fill = {
        fill: {name: Trial(region, fill) for name, region in zones.items()} for fill in FILLS
    }
    fill_trials = [trial for each in by_fill.values() for trial in each.values()]
    asked = {"network": [trials.whole(fill), *parts.values(), *fill_trials]}
    logits = trials.answers({"network": model}, coins, asked, seed)["network"]
    whole = logits[trials.whole(fill)].argmax(axis=1)

    def answer(trial: Trial) -> dict:
        predicted = logits[trial].argmax(axis=1)
        return {"predicted": _shares(predicted, coins.names), **_agreement(whole, predicted)}

    return (
        {name: answer(trial) for name, trial in parts.items()},
        {fill: {name: answer(t) for name, t in each.items()} for fill, each in by_fill.items()},
    )


def consistency(model: keras.Model, coins: CoinSet) -> dict[str, dict]:
    """Share of coins that keep their answer when turned and when lit differently, with intervals."""
    whole = models.logits(model, coins.images).argmax(axis=1)
    changed = {
        f"turned_{degrees:+d}": [
            augmentation.turned(image, circles, degrees)
            for image, circles in zip(coins.images, coins.circles, strict=True)
        ]
        for degrees in TURNS
    }
    changed |= {
        name: [augmentation.lit(image, *how) for image in coins.images]
        for name, how in LIGHTS.items()
    }
    return {
        name: _agreement(whole, models.logits(model, np.stack(images)).argmax(axis=1))
        for name, images in changed.items()
    }


def likeness(
    features: np.ndarray, groups: np.ndarray, known: np.ndarray, *, mints: np.ndarray, seed: int
) -> dict:
    """To which of two known mints unknown coins lie nearer in feature space, and whether surely.

    features: (N,D); groups: which coins share a die or are copies (N,); known: (M,D); mints: their
    names (M,). The difference of cosine distances to the mints' mean directions is averaged over
    each group; its sign is shuffled over the groups (paired permutation test, Fisher 1935).
    """
    first, second = sorted(set(mints))
    means = [normalize(known[mints == mint]).mean(axis=0) for mint in (first, second)]
    to_first, to_second = cosine_distances(features, means).T
    by_group = pd.Series(to_first - to_second).groupby(groups).mean().to_numpy()
    found = {
        "nearer": second if by_group.mean() > 0 else first,
        **intervals.mean("difference", by_group, seed),
        "groups": len(by_group),
    }
    if len(by_group) > 1:
        rng = np.random.default_rng(seed)
        tested = permutation_test(
            (by_group,), np.mean, permutation_type="samples", n_resamples=SHUFFLES, rng=rng
        )
        found["p_value"] = tested.pvalue
    return found


def nearest(features: np.ndarray, known: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` known coins nearest to each coin: row numbers and cosine distances (N,count)."""
    neighbours = NearestNeighbors(n_neighbors=count, metric="cosine").fit(known)
    distances, rows = neighbours.kneighbors(features)
    return rows, distances


def minor(
    model: keras.Model, coins: CoinSet, known: np.ndarray, *, mints: np.ndarray, seed: int
) -> dict[str, dict]:
    """`answers`, `likeness` and `consistency` of each mint that has enough coins.

    coins: of any mints the network never saw; known, mints: see `likeness`.
    """
    found = {}
    for mint, some in by_mint(coins, FEW).items():
        features, groups = models.pooled(model, some.images), some.table["group"].to_numpy()
        found[mint] = {
            **answers(model, some, seed),
            "likeness": likeness(features, groups, known, mints=mints, seed=seed),
            "consistency": consistency(model, some),
        }
    return found


def by_mint(coins: CoinSet, least: int) -> dict[str, CoinSet]:
    """The coins of each mint that has at least so many, in the order of the mints' names."""
    mints = coins.table["mint"]
    return {
        str(mint): coins.subset((mints == mint).to_numpy())
        for mint, count in mints.value_counts().sort_index().items()
        if count >= least
    }


def _shares(predicted: np.ndarray, names: list[str]) -> dict[str, float]:
    return {mint: float((predicted == k).mean()) for k, mint in enumerate(names)}


def _agreement(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    return intervals.share("agreement", int((first == second).sum()), len(first))
