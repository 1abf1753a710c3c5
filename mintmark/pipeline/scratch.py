"""Arrays that may be larger than memory: they lie in temporary files, which go with them.

Where temporary files are kept in memory, the environment variable TMPDIR should name a disk.
"""

import math
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import DTypeLike

LARGE = 64 * 2**20  # bytes: smaller arrays stay in memory
CHUNK = 8 * 2**20  # bytes that are copied at a time


def empty(shape: tuple[int, ...], dtype: DTypeLike) -> np.ndarray:
    """An array to be filled.

    A large one is mapped from a temporary file, which has no name and is gone with the last view of it.
    Raises OSError when there is no room, where the system can tell.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size < LARGE:
        return np.empty(shape, dtype)
    with tempfile.TemporaryFile() as file:
        _reserve(file.fileno(), size)
        return np.asarray(np.memmap(file, dtype, "w+", shape=shape))


def stacked(number: int, arrays: Iterable[np.ndarray]) -> np.ndarray:
    """So many arrays of one shape and type, at least one, as one array."""
    waiting = iter(arrays)
    first = next(waiting)
    found = empty((number, *first.shape), first.dtype)
    for place, array in zip(found, chain([first], waiting), strict=True):
        place[...] = array
    return found


def taken(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Some rows of an array, in their order. places: row numbers (M,)."""
    found = empty((len(places), *values.shape[1:]), values.dtype)
    for rows in _chunks(found):
        found[rows] = values[places[rows]]
    return found


def _reserve(file: int, size: int) -> None:
    """Take the room that a file will need: a process that finds none later would be killed."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file, 0, size)
        except OSError as error:
            raise OSError(error.errno, error.strerror, tempfile.gettempdir()) from None


def _chunks(values: np.ndarray) -> Iterator[slice]:
    size = max(1, CHUNK // max(1, math.prod(values.shape[1:]) * values.itemsize))
    return (np.s_[start : start + size] for start in range(0, len(values), size))
