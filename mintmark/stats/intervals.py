"""Numbers with their uncertainty: shares, means, and metrics over groups."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import bootstrap
from statsmodels.stats.proportion import proportion_confint

RESAMPLES = 2_000
ENDS = ("", "_low", "_high")  # of a metric's name: the metric, and the ends of its interval


def share(name: str, hits: int, n: int) -> dict[str, float]:
    """A share of n with Wilson's 95 % interval (1927): {name, name_low, name_high}."""
    low, high = proportion_confint(hits, n, method="wilson")
    return {name: hits / n, f"{name}_low": low, f"{name}_high": high}


def mean(name: str, values: np.ndarray, seed: int) -> dict[str, float]:
    """A mean over coins with its 95 % interval: {name, name_low, name_high}. values: (N,).

    The interval is a percentile bootstrap over the coins (Efron & Tibshirani 1993, chapter 13).
    """
    if np.ptp(values) == 0:
        return dict.fromkeys([f"{name}{end}" for end in ENDS], float(values[0]))
    rng = np.random.default_rng(seed)
    found = bootstrap((values,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=rng)
    low, high = found.confidence_interval
    return {name: float(values.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}


def over_groups(
    metrics: Callable[[np.ndarray], dict[str, float]], group: np.ndarray, seed: int
) -> dict[str, float]:
    """Metrics of weighted items, with 95 % percentile bootstrap intervals over groups of them.

    metrics: computes them from weights (N,) of the items; group: 0 to G-1 (N,), items that are no
    independent evidence. Each resample draws G groups (Davison & Hinkley 1997, section 3.8).
    """
    rng = np.random.default_rng(seed)
    groups = int(group.max()) + 1
    even = np.full(groups, 1 / groups)
    draws = pd.DataFrame(
        [metrics(rng.multinomial(groups, even)[group].astype(float)) for _ in range(RESAMPLES)]
    )
    found = metrics(np.ones(len(group)))
    ends = draws.quantile([0.025, 0.975])
    return {
        f"{name}{end}": value
        for name in found
        for end, value in zip(ENDS, (found[name], *ends[name]), strict=True)
    }
