"""Work on many things: ahead of whoever uses them, by threads, by processes, or on a cluster."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TypeVar

import cv2
from joblib import Parallel, cpu_count, delayed
from tqdm import tqdm

from mintmark.pipeline import cluster, params

AHEAD = 2  # made at most and not yet taken, things or shares of them: memory does not grow with all
FEW = 4  # things that are not worth sending: they are made here, by threads
SHARE = 16  # things for each worker that are made at a time

Asked = TypeVar("Asked")
Made = TypeVar("Made")


def ahead(make: Callable[[Asked], Made], arguments: Iterable[Asked]) -> Iterator[Made]:
    """What `make` gives for each argument, in order; AHEAD are made while the caller is busy with one.

    They are made in a thread: `make` should spend its time in libraries that let others run.
    """
    waiting: deque[Future[Made]] = deque()
    maker = ThreadPoolExecutor(1)
    try:
        for argument in arguments:
            waiting.append(maker.submit(make, argument))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        maker.shutdown(cancel_futures=True)


def threaded(make: Callable[..., Made], *columns: Sequence) -> list[Made]:
    """What `make` gives for each row of `columns`, in order: made by threads, always of this machine.

    For work on arrays that they share.
    """
    rows = list(zip(*columns, strict=True))
    threads = Parallel(n_jobs=-1 if len(rows) > 1 else 1, prefer="threads")
    return threads(delayed(make)(*row) for row in rows)


def mapped(
    make: Callable[..., Made],
    *columns: Sequence,
    desc: str | None = None,
    threads: bool = False,
) -> Iterator[Made]:
    """What `make` gives for each row of `columns`, in order, made where `compute.scheduler` says.

    Here, by a process for each core, or on a cluster; what is made is the same. Nothing begins before the
    first is asked for, and few wait to be taken: memory does not grow with their number. `make` is a
    function of a module, or a `partial` of one. desc: what it does, for the progress bar on a terminal;
    threads: here it is done by threads, as processes take a second to start. Raises InputError when
    there is no such cluster.
    """
    rows = list(zip(*columns, strict=True))
    with _workers(make, len(rows), threads) as (makes, number):
        size = SHARE * number
        some = (rows[start : start + size] for start in range(0, len(rows), size))
        made = chain.from_iterable(ahead(makes, some))
        yield from tqdm(made, desc, len(rows), disable=None if desc else True)


@contextmanager
def _workers(
    make: Callable[..., Made], things: int, threads: bool
) -> Iterator[tuple[Callable[[list[tuple]], list[Made]], int]]:
    """What makes rows of things side by side, and how many at once."""
    if things > FEW and (address := params.scheduler()) != params.LOCAL:
        with cluster.workers(address, make) as there:
            yield there
    elif threads or things <= FEW:
        yield lambda rows: threaded(partial(_alone, make), rows), cpu_count()
    else:
        with Parallel(n_jobs=-1) as pool:
            yield lambda rows: pool(delayed(_alone)(make, row) for row in rows), cpu_count()


def _alone(make: Callable[..., Made], row: tuple) -> Made:
    """Make a thing with one core, beside others; joblib tells all libraries but OpenCV so."""
    cv2.setNumThreads(1)
    return make(*row)
