"""Work that is done ahead, while what is already there is being used."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

AHEAD = 2  # things at most that are made and not yet taken: memory does not grow with their number

Asked = TypeVar("Asked")
Made = TypeVar("Made")


def ahead(make: Callable[[Asked], Made], arguments: Iterable[Asked]) -> Iterator[Made]:
    """What `make` gives for each argument, in order; AHEAD are made while the caller is busy with one.

    They are made in a thread: `make` should spend its time in libraries that let others run.
    """
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(1) as maker:
        for argument in arguments:
            waiting.append(maker.submit(make, argument))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
