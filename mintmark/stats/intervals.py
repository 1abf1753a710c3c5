"""Numbers with their uncertainty: shares, means, and metrics over groups."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import bootstrap
from statsmodels.stats.proportion import proportion_confint

RESAMPLES = 2_000
ENDS = ("", "_low", "_high")  # of a figure's name: the figure, and the ends of its interval






def share(name: str, hits: int, n: int) -> dict[str, float]:
    """A share of n with Wilson's 95 % interval (1927): {name, name_low, name_high}."""
    low, high = proportion_confint(hits, n, method="wilson")
    return {name: hits / n, f"{name}_low": low, f"{name}_high": high}






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
