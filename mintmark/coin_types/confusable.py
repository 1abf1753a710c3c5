"""Confusable types: models take them for each other; and the ceiling for who can't tell them apart.

Where two types are taken for each other at least as often as they are correctly classified, the
models can't tell them apart: as the sides that the euro's countries share. Such types are joined.
"""

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from mintmark.data import grouping
from mintmark.stats import intervals


def groups(actual: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Number the groups of types that out-of-sample predictions do not tell apart: int (C,).

    actual, predicted: class numbers (N,). Two types are joined when as many of their photographs are
    taken for the other of the two as are correctly classified.
    """
    counts = confusion_matrix(actual, predicted, labels=range(classes))
    correct = np.diag(counts)
    swapped = counts + counts.T
    both = (counts > 0) & (counts.T > 0)
    joined = both & (swapped >= correct + correct[:, None]) & ~np.eye(classes, dtype=bool)
    return grouping.groups(
        [(int(first), int(second)) for first, second in np.argwhere(joined)], classes
    )


def ceiling(group: np.ndarray, actual: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """How well groups of confusable types are classified.

    group: of each type (C,); actual, predicted: class numbers (N,). `groups` counts those of several
    types, `types` the types in them. `ceiling` is the share of the photographs whose type is the
    commonest of its group: what somebody reaches who knows the group alone.
    """
    sizes = np.bincount(group)
    counts = pd.DataFrame({"group": group[actual], "type": actual}).value_counts()
    hits = int((group[actual] == group[predicted]).sum())
    return {
        "groups": int((sizes > 1).sum()),
        "types": int(sizes[sizes > 1].sum()),
        **intervals.share("group_accuracy", hits, len(actual)),
        "ceiling": float(counts.groupby("group").max().sum() / len(actual)),
    }
