"""Figures with their uncertainty: accuracy, paired comparisons, and scores for unknown classes."""

import json
from pathlib import Path

import numpy as np
from scipy.special import logsumexp
from scipy.stats import bootstrap
from sklearn import metrics
from sklearn.neighbors import NearestNeighbors
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

RESAMPLES = 2_000


def write(figures: dict, path: Path) -> None:
    """Write figures as JSON, rounded to 6 significant digits.

    Raises ValueError for a figure that is no finite number.
    """
    path.write_text(json.dumps(_rounded(figures), indent=2, allow_nan=False) + "\n")


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, np.generic):
        value = value.item()
    return float(f"{value:.6g}") if isinstance(value, float) else value


def share(name: str, hits: int, n: int) -> dict[str, float]:
    """A share of n with Wilson's 95 % interval (1927): {name, name_low, name_high}."""
    low, high = proportion_confint(hits, n, method="wilson")
    return {name: hits / n, f"{name}_low": low, f"{name}_high": high}


def accuracy(actual: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Accuracy with Wilson's interval, and n. actual, predicted: class numbers (N,)."""
    hits = int((actual == predicted).sum())
    return {**share("accuracy", hits, len(actual)), "n": len(actual)}


def classification(actual: np.ndarray, predicted: np.ndarray, names: list[str]) -> dict:
    """Judge predicted against actual class numbers (N,), beside the commonest class.

    Balanced accuracy, macro F1 and recall are over the classes that occur in `actual`.
    """
    present = np.unique(actual)
    recall = metrics.recall_score(actual, predicted, labels=present, average=None, zero_division=0)
    macro_f1 = metrics.f1_score(actual, predicted, labels=present, average="macro", zero_division=0)
    return {
        **accuracy(actual, predicted),
        "balanced_accuracy": recall.mean(),
        "macro_f1": macro_f1,
        "majority_accuracy": np.bincount(actual).max() / len(actual),
        "recall": {names[k]: value for k, value in zip(present, recall, strict=True)},
    }


def mean(name: str, values: np.ndarray, seed: int) -> dict[str, float]:
    """A mean over coins with its 95 % percentile bootstrap interval. values: (N,)."""
    if np.ptp(values) == 0:
        return {name: values[0], f"{name}_low": values[0], f"{name}_high": values[0]}
    interval = bootstrap(
        (values,), np.mean, n_resamples=RESAMPLES, method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval  # fmt: skip
    return {name: values.mean(), f"{name}_low": interval.low, f"{name}_high": interval.high}


def drop(before: np.ndarray, after: np.ndarray, seed: int) -> dict[str, float]:
    """How much accuracy falls on the same coins: bool arrays (N,), right before and after.

    The interval is a bootstrap over coins, the p-value McNemar's exact test (1947).
    """
    table = [[np.sum(b & a) for a in (after, ~after)] for b in (before, ~before)]
    p_value = float(mcnemar(table, exact=True).pvalue)
    fall = before.astype(float) - after.astype(float)
    return {**mean("drop", fall, seed), "p_value": p_value}


def energy(logits: np.ndarray) -> np.ndarray:
    """Energy of each coin, higher for stranger ones (Liu et al. 2020). logits: (N, classes)."""
    return -logsumexp(logits, axis=1)


def distance(features: np.ndarray, known: np.ndarray, neighbours: int) -> np.ndarray:
    """Cosine distance of each coin to its k-th nearest known one (Sun et al. 2022).

    features: (N, D); known: (M, D); at most all M neighbours are used.
    """
    count = min(neighbours, len(known))
    nearest = NearestNeighbors(n_neighbors=count, metric="cosine").fit(known)
    return nearest.kneighbors(features)[0][:, -1]


def auroc(known: np.ndarray, unknown: np.ndarray, seed: int) -> dict[str, float]:
    """How well a score tells unknown coins (higher) from known ones, with a bootstrap interval.

    0.5 is guessing; both groups are resampled. known: (N,); unknown: (M,).
    """
    rng = np.random.default_rng(seed)
    draws = [
        _auroc(rng.choice(known, len(known)), rng.choice(unknown, len(unknown)))
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(draws, [0.025, 0.975])
    return {"auroc": _auroc(known, unknown), "auroc_low": low, "auroc_high": high}


def _auroc(known: np.ndarray, unknown: np.ndarray) -> float:
    # The share of pairs in the right order (Mann & Whitney 1947), ties counted half.
    order = np.sort(known)
    below = np.searchsorted(order, unknown, side="left")
    ties = np.searchsorted(order, unknown, side="right") - below
    return float((below + ties / 2).mean() / len(known))
