"""Does a network notice that it does not know a coin? Scores for unknown classes, and how to judge them.

Every score is higher for stranger coins. The terms and measures are those of OpenOOD (Yang et al.
2022, "OpenOOD: Benchmarking Generalized Out-of-Distribution Detection"). With two classes the
entropy and the margin of the softmax order coins as its maximum does, and are not listed again.
"""

from typing import NamedTuple

import cv2
import keras
import numpy as np
from scipy.integrate import trapezoid
from scipy.special import logsumexp, softmax
from sklearn.covariance import LedoitWolf
from sklearn.datasets import load_sample_images
from sklearn.neighbors import NearestNeighbors

from mintmark.geometry import fills, grid
from mintmark.networks import models
from mintmark.stats import intervals

ACCEPTED = 0.95  # share of the known coins that a threshold accepts
RESAMPLES = 2_000
LABELS = {
    "max_softmax": "1 − largest probability", "max_logit": "− largest logit", "energy": "energy",
    "distance": "distance to known coins", "mahalanobis": "Mahalanobis distance",
}  # fmt: skip


class Output(NamedTuple):
    """What a network makes of coins."""

    logits: np.ndarray  # (N, classes)
    features: np.ndarray  # (N, D)


def output(model: keras.Model, images: np.ndarray) -> Output:
    """Run a network on images (N,H,W,3)."""
    return Output(models.logits(model, images), models.pooled(model, images))


def scores(
    coins: Output, known: Output, mints: np.ndarray, neighbours: int
) -> dict[str, np.ndarray]:
    """How strange coins are to a network, by five scores (N,).

    known: the network's training coins; mints: their class numbers. Largest probability (Hendrycks &
    Gimpel 2017), largest logit (Hendrycks et al. 2022), energy (Liu et al. 2020), cosine distance to
    the k-th nearest known coin (Sun et al. 2022), Mahalanobis distance to the nearest mint (Lee et
    al. 2018; covariance shrunk, Ledoit & Wolf 2004).
    """
    return {
        "max_softmax": 1 - softmax(coins.logits, axis=1).max(axis=1),
        "max_logit": -coins.logits.max(axis=1),
        "energy": -logsumexp(coins.logits, axis=1),
        "distance": distance(coins.features, known.features, neighbours),
        "mahalanobis": mahalanobis(coins.features, known.features, mints),
    }


def distance(features: np.ndarray, known: np.ndarray, neighbours: int) -> np.ndarray:
    """Cosine distance of each coin to its k-th nearest known one.

    features: (N, D); known: (M, D); at most all M neighbours are used.
    """
    count = min(neighbours, len(known))
    nearest = NearestNeighbors(n_neighbors=count, metric="cosine").fit(known)
    return nearest.kneighbors(features)[0][:, -1]


def mahalanobis(features: np.ndarray, known: np.ndarray, mints: np.ndarray) -> np.ndarray:
    """Mahalanobis distance of each coin to the nearest mean of a mint, one covariance for all."""
    means = np.stack([known[mints == mint].mean(axis=0) for mint in np.unique(mints)])
    centred = known - means[np.searchsorted(np.unique(mints), mints)]
    covariance = LedoitWolf(assume_centered=True).fit(centred)
    return np.min([covariance.mahalanobis(features - mean) for mean in means], axis=0) ** 0.5


def detection(known: np.ndarray, unknown: np.ndarray, seed: int) -> dict[str, float]:
    """How well a score tells unknown coins from known ones, each figure with a bootstrap interval.

    auroc: 0.5 is guessing. fpr95: share of the unknown that pass where 95 % of the known do. aupr:
    area under precision-recall of the unknown, whose share `prevalence` is what guessing gets.
    known: (N,); unknown: (M,). Both groups are resampled.
    """
    rng = np.random.default_rng(seed)
    whole = _detection(known, unknown, *(np.ones((1, len(of))) for of in (known, unknown)))[0]
    draws = _detection(
        known, unknown,
        *(rng.multinomial(len(of), np.full(len(of), 1 / len(of)), RESAMPLES) for of in (known, unknown)),
    )  # fmt: skip
    ends = np.quantile(draws, [0.025, 0.975], axis=0)
    figures: dict[str, float] = {}
    for name, value, low, high in zip(("auroc", "fpr95", "aupr"), whole, *ends, strict=True):
        figures |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return {**figures, "prevalence": len(unknown) / (len(known) + len(unknown))}


def refusal(
    validation: np.ndarray, known: np.ndarray, unknown: np.ndarray
) -> dict[str, dict[str, float]]:
    """What a threshold does that accepts 95 % of the validation coins: who is refused.

    Shares of the known test coins (wrongly refused) and of the unknown ones (rightly).
    """
    threshold = np.quantile(validation, ACCEPTED)
    return {
        name: intervals.share("refused", int((values > threshold).sum()), len(values))
        for name, values in {"known": known, "unknown": unknown}.items()
    }


def far(images: np.ndarray, places: grid.CoinGrid, seed: int) -> dict[str, np.ndarray]:
    """What no one would take for a coin of these mints, in the place of coins: a control.

    A score that does not notice these says little of a mint it fails to notice. "blank": the coins'
    mean colour; "noise"; "object": pieces of photographs of a temple and a flower that scikit-learn
    brings along. images: uint8 (N,H,W,3).
    """
    return {
        "blank": fills.occlude(images, places.coin, places, "mean", seed),
        "noise": fills.occlude(images, places.coin, places, "noise", seed),
        "object": np.where(places.coin[..., None], _pieces(images.shape, seed), images),
    }


def _pieces(shape: tuple[int, ...], seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, 40])
    pictures = load_sample_images().images
    pieces = []
    for number in range(shape[0]):
        picture = pictures[number % len(pictures)]
        height = int(rng.integers(min(shape[1], picture.shape[0] // 2), picture.shape[0]))
        width = min(height * shape[2] // shape[1], picture.shape[1])
        top, left = (int(rng.integers(whole - part + 1)) for whole, part in
                     zip(picture.shape, (height, width), strict=False))  # fmt: skip
        piece = picture[top : top + height, left : left + width]
        pieces.append(cv2.resize(piece, shape[2:0:-1], interpolation=cv2.INTER_AREA))
    return np.stack(pieces)


def _detection(
    known: np.ndarray, unknown: np.ndarray, known_weights: np.ndarray, unknown_weights: np.ndarray
) -> np.ndarray:
    """AUROC, FPR95 and area under precision-recall for rows of weights (R,N) and (R,M): (R,3)."""
    strange = np.concatenate([known, unknown])
    order = np.argsort(-strange, kind="stable")
    last = np.append(np.diff(strange[order]) != 0, True)  # of coins with the same score
    none = np.zeros((len(known_weights), 1))
    false, true = (
        np.hstack([none, np.hstack(weights)[:, order].cumsum(axis=1)[:, last]])
        for weights in (
            (known_weights, np.zeros_like(unknown_weights)),
            (np.zeros_like(known_weights), unknown_weights),
        )
    )
    fpr, tpr = false / false[:, -1:], true / true[:, -1:]
    auroc = trapezoid(tpr, fpr, axis=1)
    refused = np.where(fpr <= 1 - ACCEPTED, tpr, 0).max(axis=1)
    precision = np.divide(true, true + false, out=np.ones_like(true), where=true + false > 0)
    aupr = (np.diff(tpr, axis=1) * precision[:, 1:]).sum(axis=1)
    return np.column_stack([auroc, 1 - refused, aupr])
