"""Figures with their uncertainty: accuracy, paired comparisons, and scores for unknown classes."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import bootstrap
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

RESAMPLES = 2_000
ENDS = ("", "_low", "_high")  # of a figure's name: the figure, and the ends of its interval


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

    Balanced accuracy, macro F1 and recall are over the classes that occur in `actual`. The
    intervals of recall and accuracy are Wilson's; that of balanced accuracy is made of the recalls'.
    """
    present, counts = np.unique(actual, return_counts=True)
    hits = np.array([(predicted[actual == k] == k).sum() for k in present])
    recall = {
        names[k]: share("r", int(h), int(n)) for k, h, n in zip(present, hits, counts, strict=True)
    }
    macro_f1 = metrics.f1_score(actual, predicted, labels=present, average="macro", zero_division=0)
    return {
        **_balanced(recall),
        **{f"recall{end}": {name: of[f"r{end}"] for name, of in recall.items()} for end in ENDS},
        **accuracy(actual, predicted),
        "macro_f1": macro_f1,
        "majority_accuracy": counts.max() / len(actual),
    }


def _balanced(recall: dict[str, dict[str, float]]) -> dict[str, float]:
    """The mean of independent recalls, its interval from theirs (MOVER, Zou & Donner 2008)."""
    value, low, high = (np.array([of[f"r{end}"] for of in recall.values()]) for end in ENDS)
    below, above = (np.sqrt(((value - side) ** 2).sum()) / len(value) for side in (low, high))
    ends = value.mean() - below, value.mean() + above
    return dict(
        zip([f"balanced_accuracy{end}" for end in ENDS], (value.mean(), *ends), strict=True)
    )


def mean_recall(actual: np.ndarray, right: np.ndarray, weights: np.ndarray) -> float:
    """Balanced accuracy of weighted items: the mean recall of the classes that occur.

    actual: class numbers (N,); right: bool (N,); weights: (N,).
    """
    named, counted = np.bincount(actual, weights * right), np.bincount(actual, weights)
    there = counted > 0
    return float((named[there] / counted[there]).mean())


def mean(name: str, values: np.ndarray, seed: int) -> dict[str, float]:
    """A mean over coins with its 95 % percentile bootstrap interval. values: (N,)."""
    if np.ptp(values) == 0:
        return {name: values[0], f"{name}_low": values[0], f"{name}_high": values[0]}
    interval = bootstrap(
        (values,), np.mean, n_resamples=RESAMPLES, method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval  # fmt: skip
    return {name: values.mean(), f"{name}_low": interval.low, f"{name}_high": interval.high}


def over_groups(
    figures: Callable[[np.ndarray], dict[str, float]], group: np.ndarray, seed: int
) -> dict[str, float]:
    """Figures of weighted items, with 95 % percentile bootstrap intervals over groups of them.

    figures: from weights (N,) of the items; group: 0 to G-1 (N,), items that are no independent
    evidence. Each resample draws G groups (Davison & Hinkley 1997, section 3.8).
    """
    rng = np.random.default_rng(seed)
    groups = int(group.max()) + 1
    even = np.full(groups, 1 / groups)
    draws = pd.DataFrame(
        [figures(rng.multinomial(groups, even)[group].astype(float)) for _ in range(RESAMPLES)]
    )
    found = figures(np.ones(len(group)))
    ends = draws.quantile([0.025, 0.975])
    return {
        f"{name}{end}": value
        for name in found
        for end, value in zip(ENDS, (found[name], *ends[name]), strict=True)
    }


def drop(before: np.ndarray, after: np.ndarray, seed: int) -> dict[str, float]:
    """How much accuracy falls on the same coins: bool arrays (N,), right before and after.

    The interval is a bootstrap over coins, the p-value McNemar's exact test (1947).
    """
    table = [[np.sum(b & a) for a in (after, ~after)] for b in (before, ~before)]
    p_value = float(mcnemar(table, exact=True).pvalue)
    fall = before.astype(float) - after.astype(float)
    return {**mean("drop", fall, seed), "p_value": p_value}


def holm(p_values: Sequence[float]) -> np.ndarray:
    """p-values corrected for the number of tests in the family (Holm 1979)."""
    return multipletests(p_values, method="holm")[1]
