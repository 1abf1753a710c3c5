"""Grouping what belongs together: items tied by pairs, directly or through others."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def same(labels: ArrayLike) -> list[tuple[int, int]]:
    """Pair every item with the first one of the same label: its row and the item's, for each."""
    _, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    return list(zip(first[codes].tolist(), range(len(codes)), strict=True))


def groups(pairs: list[tuple[int, int]], n: int) -> np.ndarray:
    """Number the groups into which pairs of rows join n items: int (N,).

    An item that no pair joins to another is a group of its own.
    """
    first, second = np.array(pairs, int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(pairs)), (first, second)), shape=(n, n))
    return connected_components(graph, directed=False)[1]
