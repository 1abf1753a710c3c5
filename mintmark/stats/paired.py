"""Paired comparisons on the same coins, and many of them at once."""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import confusion_matrix
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from mintmark.stats import intervals


def drop(before: np.ndarray, after: np.ndarray, seed: int) -> dict[str, float]:
    """How much accuracy falls on the same coins: {drop, drop_low, drop_high, p_value}.

    before, after: bool (N,), whether each coin is correctly classified. The interval is a
    bootstrap over coins, the p-value McNemar's exact test (1947).
    """
    table = confusion_matrix(before, after, labels=[True, False])
    p_value = float(mcnemar(table, exact=True).pvalue)
    fall = before.astype(float) - after.astype(float)
    return {**intervals.mean("drop", fall, seed), "p_value": p_value}


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Correct p-values for the number of tests in the family (Holm 1979): (N,), in their order."""
    return multipletests(p_values, method="holm")[1]
