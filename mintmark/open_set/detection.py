"""How well an out-of-distribution score tells unknown coins from known ones."""

import numpy as np
from scipy.integrate import trapezoid

from mintmark.stats import intervals

ACCEPTED = 0.95  # share of the known coins that a threshold accepts
RESAMPLES = 2_000
METRICS = ("auroc", "fpr95", "aupr")


def detection(known: np.ndarray, unknown: np.ndarray, seed: int) -> dict[str, float]:
    """How well a score tells unknown coins from known ones, each metric with a bootstrap interval.

    auroc: 0.5 is guessing. fpr95: share of the unknown that pass where 95 % of the known do. aupr:
    area under precision-recall of the unknown, whose share `prevalence` is what guessing gets.
    known: (N,); unknown: (M,). Both groups are resampled.
    """
    rng = np.random.default_rng(seed)
    sizes = len(known), len(unknown)
    whole = _detection(known, unknown, *(np.ones((1, size)) for size in sizes))[0]
    resampled = (rng.multinomial(size, np.full(size, 1 / size), RESAMPLES) for size in sizes)
    ends = np.quantile(_detection(known, unknown, *resampled), [0.025, 0.975], axis=0)
    found: dict[str, float] = {}
    for name, value, low, high in zip(METRICS, whole, *ends, strict=True):
        found |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return {**found, "prevalence": len(unknown) / sum(sizes)}


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


def _detection(
    known: np.ndarray, unknown: np.ndarray, known_weights: np.ndarray, unknown_weights: np.ndarray
) -> np.ndarray:
    """AUROC, FPR95 and area under precision-recall for rows of weights (R,N) and (R,M): (R,3)."""
    values = np.concatenate([known, unknown])
    order = np.argsort(-values, kind="stable")
    last = np.append(np.diff(values[order]) != 0, True)  # of coins with the same score
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
