"""Does a network notice that it does not know a coin? Out-of-distribution scores, and their worth.

Every score is higher for coins that are less like what was learnt. The terms and measures are those of
OpenOOD (Yang et al. 2022, "OpenOOD: Benchmarking Generalized Out-of-Distribution Detection"). With
two classes the entropy and the margin of the softmax order coins as its maximum does, and are not
listed again. To add a score, write its function and enter it in SCORES.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from scipy.special import logsumexp, softmax
from sklearn.covariance import ledoit_wolf_shrinkage
from sklearn.neighbors import NearestNeighbors

from mintmark.data.coins import CoinSet
from mintmark.networks import models


@dataclass(frozen=True)
class Output:
    """What a network makes of coins."""

    logits: np.ndarray  # (N,classes)
    features: np.ndarray  # (N,D)

    def subset(self, rows: np.ndarray) -> "Output":
        """What it makes of some of them. rows: bool (N,) or places."""
        return Output(self.logits[rows], self.features[rows])


@dataclass(frozen=True)
class Known:
    """The coins that a network was trained on."""

    features: np.ndarray  # (M,D)
    targets: np.ndarray  # (M,), class numbers
    neighbours: int  # the distance to them is that to the k-th nearest


@dataclass(frozen=True)
class Score:
    """A score: its label, and its values (N,) for coins."""

    label: str
    values: Callable[[Output, Known], np.ndarray]


def output(model: keras.Model, images: np.ndarray) -> Output:
    """Run a network on images (N,H,W,3)."""
    return Output(*models.logits_and_features(model, images))


def known(model: keras.Model, coins: CoinSet, neighbours: int) -> Known:
    """The training coins of a network as its features see them."""
    return Known(models.pooled(model, coins.images), coins.targets, neighbours)


def _nearest_neighbour(coins: Output, known: Known) -> np.ndarray:
    """Cosine distance to the k-th nearest known coin (Sun et al. 2022); at most to the farthest."""
    count = min(known.neighbours, len(known.features))
    nearest = NearestNeighbors(n_neighbors=count, metric="cosine").fit(known.features)
    return nearest.kneighbors(coins.features)[0][:, -1]


def _mahalanobis(coins: Output, known: Known) -> np.ndarray:
    """Mahalanobis distance to the nearest mean of a mint, with one covariance for all.

    Lee et al. (2018); the covariance is shrunk (Ledoit & Wolf 2004). Features are far more than
    coins: outside the span of the known coins the shrunk covariance is the same in all directions,
    so that only that span needs decomposing.
    """
    classes, codes = np.unique(known.targets, return_inverse=True)
    means = np.stack([known.features[known.targets == mint].mean(axis=0) for mint in classes])
    centred = known.features - means[codes]
    shrinkage = ledoit_wolf_shrinkage(centred, assume_centered=True)
    floor = shrinkage * np.mean(centred**2) + np.finfo(float).eps  # coins may be all alike
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    variance = (1 - shrinkage) * spread**2 / len(centred) + floor
    away = coins.features[:, None] - means
    along = away @ axes.T
    outside = np.maximum((away**2).sum(axis=2) - (along**2).sum(axis=2), 0)
    squared = (along**2 / variance).sum(axis=2) + outside / floor
    return squared.min(axis=1) ** 0.5


SCORES = {
    # Hendrycks & Gimpel (2017)
    "max_softmax": Score(
        "1 − largest probability", lambda coins, _: 1 - softmax(coins.logits, axis=1).max(axis=1)
    ),
    # Hendrycks et al. (2022)
    "max_logit": Score("− largest logit", lambda coins, _: -coins.logits.max(axis=1)),
    # Liu et al. (2020)
    "energy": Score("energy", lambda coins, _: -logsumexp(coins.logits, axis=1)),
    "distance": Score("distance to known coins", _nearest_neighbour),
    "mahalanobis": Score("Mahalanobis distance", _mahalanobis),
}
