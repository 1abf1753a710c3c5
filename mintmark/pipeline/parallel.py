"""Work that is done ahead, while what is already there is being used."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from joblib import Parallel, delayed

Asked = TypeVar("Asked")
Made = TypeVar("Made")


def ahead(make: Callable[[Asked], Made], arguments: Iterable[Asked]) -> Iterator[Made]:
    """What `make` gives for each argument, in order; a few are made while the caller is busy with one.

    They are made in threads: `make` should spend its time in libraries that let others run.
    """
    threads = Parallel(n_jobs=-1, prefer="threads", return_as="generator")
    return threads(delayed(make)(argument) for argument in arguments)
