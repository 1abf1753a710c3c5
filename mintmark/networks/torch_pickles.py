"""Reads weights that PyTorch pickled before version 1.6, without PyTorch and without running code."""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

DTYPES: dict[str, np.dtype] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
HEADER = 3  # pickles before the tensors: magic number, version, byte order of the machine
COUNT = np.dtype("<i8")  # how many numbers a storage holds, ahead of them


class _Unpickler(pickle.Unpickler):
    """Builds ordered dictionaries and what describes tensors; nothing else is ever looked up."""

    def find_class(self, module: str, name: str) -> Any:
        """What a pickle may name: an ordered dictionary, a tensor, or the type of its numbers."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _described
        if module == "torch" and name in DTYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a file of weights")

    def persistent_load(self, pid: tuple) -> tuple[str, np.dtype]:
        """A storage: its key and dtype."""
        _, dtype, key, *_ = pid
        return key, DTYPES[dtype]


def _described(
    storage: tuple[str, np.dtype], offset: int, shape: tuple, strides: tuple, *_: object
) -> tuple:
    return storage, offset, shape, strides


def read(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a file of weights, by name and in its order.

    Raises pickle.UnpicklingError when the file asks for anything but tensors that lie within it.
    """
    with path.open("rb") as file:
        for _ in range(HEADER):
            _Unpickler(file).load()
        described = _Unpickler(file).load()
        dtypes = dict(storage for storage, *_ in described.values())
        storages = {key: _numbers(file, dtypes[key]) for key in _Unpickler(file).load()}
    return {
        name: _tensor(storages[key], offset, shape, strides)
        for name, ((key, _), offset, shape, strides) in described.items()
    }


def _tensor(numbers: np.ndarray, offset: int, shape: tuple, strides: tuple) -> np.ndarray:
    last = offset + sum((size - 1) * step for size, step in zip(shape, strides, strict=True))
    if offset < 0 or min((0, *strides)) < 0 or last >= len(numbers):
        raise pickle.UnpicklingError("a tensor reaches beyond its numbers")
    steps = [step * numbers.itemsize for step in strides]
    return np.lib.stride_tricks.as_strided(numbers[offset:], shape, steps).copy()


def _numbers(file: BinaryIO, dtype: np.dtype) -> np.ndarray:
    count = int(np.frombuffer(file.read(COUNT.itemsize), COUNT)[0])
    return np.frombuffer(file.read(count * dtype.itemsize), dtype)
