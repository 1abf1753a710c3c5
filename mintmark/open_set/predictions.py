"""A mint that the network never saw: what it is taken for, which mint it is like, and how firmly."""

from typing import NamedTuple

import keras
import numpy as np
import pandas as pd
from scipy.special import softmax
from scipy.stats import permutation_test
from sklearn.metrics.pairwise import cosine_distances
from sklearn.preprocessing import normalize

from mintmark.data import manifests
from mintmark.geometry import fills, grid
from mintmark.networks import augmentation, models
from mintmark.occlusion import effects
from mintmark.open_set import scores
from mintmark.stats import intervals

FEW = 3  # mints with fewer coins than this are not judged
SHUFFLES = 9_999
TURNS = (-10, -5, 5, 10)  # degrees
LIGHTS = {"darker": (1, -20), "brighter": (1, 20), "flatter": (0.8, 0), "harder": (1.2, 0)}


class Coins(NamedTuple):
    """Some coins: their manifest and their images, row by row."""

    table: pd.DataFrame
    images: np.ndarray  # uint8 (N,H,W,3)

    @property
    def circles(self) -> np.ndarray:
        """Where the sides lie: (N,2,3)."""
        return manifests.circles(self.table)

    @property
    def places(self) -> grid.CoinGrid:
        """Where every pixel lies on its coin."""
        return grid.locate(self.circles, self.images.shape[1:3])

    def of(self, rows: np.ndarray) -> "Coins":
        """Some of the coins. rows: bool (N,)."""
        return Coins(self.table[rows], self.images[rows])


def answers(model: keras.Model, coins: Coins, names: list[str], seed: int) -> dict:
    """What coins of an unknown mint are taken for.

    Returns `predicted` (shares by mint), `confidence` (mean of the largest probability, with its
    interval) and n.
    """
    logits = models.logits(model, coins.images)
    confidence = softmax(logits, axis=1).max(axis=1)
    return {
        "n": len(logits),
        "predicted": _shares(logits.argmax(axis=1), names),
        **intervals.mean("confidence", confidence, seed),
    }


def masked(
    model: keras.Model, coins: Coins, names: list[str], radius: float, fill: str, seed: int
) -> tuple[dict, dict]:
    """What becomes of the answers when parts are hidden: shares by mint, agreement with the whole.

    Two sets of figures: by part (field, margin, rings, sectors, sides) under `fill`, and by fill for
    the field and the margin.
    """
    places = coins.places
    whole = models.logits(model, coins.images).argmax(axis=1)

    def answer(hidden: np.ndarray, fill: str) -> dict:
        shown = fills.occlude(coins.images, hidden, places, fill, seed)
        named = models.logits(model, shown).argmax(axis=1)
        return {"predicted": _shares(named, names), **_agreement(whole, named)}

    zones = {name: zone(places, radius) for name, zone in effects.VARIANTS.items()}
    controls = dict(effects.controls(places, radius, 0, seed))
    parts = {name: answer(hidden, fill) for name, hidden in {**zones, **controls}.items()}
    fills = {
        fill: {name: answer(hidden, fill) for name, hidden in zones.items()} for fill in fills.FILLS
    }
    return parts, fills


def consistency(model: keras.Model, coins: Coins) -> dict[str, dict]:
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
    features: np.ndarray, groups: np.ndarray, known: np.ndarray, mints: np.ndarray, seed: int
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
    figures = {
        "nearer": second if by_group.mean() > 0 else first,
        **intervals.mean("difference", by_group, seed),
        "groups": len(by_group),
    }
    if len(by_group) > 1:
        figures["p_value"] = permutation_test(
            (by_group,), np.mean, permutation_type="samples", n_resamples=SHUFFLES,
            rng=np.random.default_rng(seed),
        ).pvalue  # fmt: skip
    return figures


def nearest(features: np.ndarray, known: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` known coins nearest to each coin: row numbers and cosine distances (N,count)."""
    distances = cosine_distances(features, known)
    rows = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return rows, np.take_along_axis(distances, rows, axis=1)


def strangeness(
    model: keras.Model, parts: dict[str, Coins], unknown: dict[str, np.ndarray], neighbours: int
) -> dict[str, dict[str, np.ndarray]]:
    """Every novelty score of the known coins by part and of unknown images: values[score][group].

    parts: the coins that the network knows: "train", "validation" and "test"; unknown: images
    (N,H,W,3) by name.
    """
    train = parts["train"]
    known = scores.output(model, train.images)
    mints = manifests.numbers(train.table["mint"], manifests.mints(train.table))
    groups = {name: parts[name].images for name in ("validation", "test")} | unknown
    values: dict[str, dict[str, np.ndarray]] = {}
    for name, images in groups.items():
        scores = scores.scores(scores.output(model, images), known, mints, neighbours)
        for score, strange in scores.items():
            values.setdefault(score, {})[name] = strange
    return values


def minor(
    model: keras.Model, coins: Coins, known: np.ndarray, mints: np.ndarray, names: list[str],
    seed: int,
) -> dict[str, dict]:  # fmt: skip
    """`answers`, `likeness` and `consistency` of each mint that has enough coins.

    coins: of any mints the network never saw; known, mints: see `likeness`.
    """
    figures = {}
    for mint, rows in coins.table.groupby("mint").groups.items():
        if len(rows) >= FEW:
            of = coins.of(coins.table.index.isin(rows))
            features = models.pooled(model, of.images)
            near = likeness(features, of.table["group"].to_numpy(), known, mints, seed)
            figures[mint] = {
                **answers(model, of, names, seed),
                "likeness": near,
                "consistency": consistency(model, of),
            }
    return figures


def _shares(answer: np.ndarray, names: list[str]) -> dict[str, float]:
    return {mint: float((answer == k).mean()) for k, mint in enumerate(names)}


def _agreement(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    return intervals.share("agreement", int((first == second).sum()), len(first))
