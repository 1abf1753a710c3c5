"""Work on a cluster by Dask, whose workers must see the same files and run the same code.

Dask's own client sends it: joblib's backend for Dask waits forever for work that no worker survives.
"""

import hashlib
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import PIL
import scipy
import tifffile

from mintmark.pipeline.stage import InputError

PATIENCE = 10  # seconds in which a scheduler must answer, and have a worker

Made = TypeVar("Made")


@dataclass(frozen=True)
class Sender:
    """Whoever sends work, and what workers must share with it."""

    folder: str  # the working directory
    mark: str  # a file in it, there for as long as the work takes
    code: str  # see `code`


@contextmanager
def workers(
    address: str, make: Callable[..., Made]
) -> Iterator[tuple[Callable[[list[tuple]], list[Made]], int]]:
    """What makes rows of things on the workers of a Dask scheduler, and how many at once.

    make: what gives a thing for a row. The work of a worker that dies is done by another. Raises InputError
    when no scheduler answers, it has no workers, or these have other files or other code.
    """
    client = _client(address)
    number = _ready(client, address)
    with tempfile.NamedTemporaryFile(dir=Path.cwd(), suffix=".partial") as mark:
        task = partial(_made, Sender(str(Path.cwd()), mark.name, code()), make)
        yield partial(_gathered, client, address, task), number


@cache
def code() -> str:
    """Stands for the code of mintmark, and for the Python and the packages that work on photographs."""
    library = Path(__file__).resolve().parent.parent
    versions = [package.__version__ for package in (cv2, np, PIL, scipy, tifffile)]
    found = hashlib.sha256(" ".join([platform.python_version(), *versions]).encode())
    for file in sorted(library.rglob("*.py")):
        found.update(file.relative_to(library).as_posix().encode() + file.read_bytes())
    return found.hexdigest()


_clients: dict[str, Any] = {}  # by address


def _client(address: str) -> Any:
    """The connection to a scheduler, one for as long as it holds."""
    if address in _clients and _clients[address].status == "running":
        return _clients[address]
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "Dask is missing; run make setup, or pip install -e '.[cluster]'."
        ) from None
    try:
        _clients[address] = Client(address, timeout=PATIENCE)
    except OSError:
        raise InputError(
            f"No Dask scheduler answers at {address}; start one, or set compute.scheduler to local."
        ) from None
    return _clients[address]


def _ready(client: Any, address: str) -> int:
    """How many things the workers make at once, when there are any that have mintmark."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        client.run(import_module, __name__)
    except TimeoutError:
        raise _deserted(address) from None
    except ImportError as error:
        raise InputError(
            f"A worker of {address} can't import mintmark ({error}); start it in an environment like "
            "this one."
        ) from None
    threads = client.ncores().values()
    if max(threads, default=1) > 1:  # they would share one working directory
        raise InputError(
            f"A worker of {address} works on several things at a time; start it with --nthreads 1."
        )
    return sum(threads) or 1


def _gathered(
    client: Any, address: str, task: Callable[..., Made], rows: list[tuple]
) -> list[Made]:
    from distributed import KilledWorker, wait

    needed = [[path for path in row if isinstance(path, Path) and path.exists()] for row in rows]
    futures = client.map(task, rows, needed, pure=False)
    while pending := [future for future in futures if future.status == "pending"]:
        with suppress(TimeoutError):  # after an error too: the others write files until they end
            wait(pending, timeout=PATIENCE)
            continue
        if not client.ncores():
            raise _deserted(address)
    try:
        return client.gather(futures)
    except KilledWorker:
        raise InputError(
            f"Workers of {address} die of their work, as where memory is short; start fewer on a machine."
        ) from None
    except CancelledError:
        raise InputError(f"The Dask scheduler at {address} is gone; start it again.") from None


def _made(sender: Sender, make: Callable[..., Made], row: tuple, needed: list[Path]) -> Made:
    """Make a thing on a worker, in the folder of whoever asks. needed: files that must be there."""
    if code() != sender.code:
        raise InputError(
            f"The worker {platform.node()} runs another mintmark, or other packages, than this machine; "
            "give it the same, and start it again."
        )
    if not Path(sender.mark).exists():
        raise _unseen(sender.folder)
    os.chdir(sender.folder)
    for path in needed:
        if not path.exists():
            raise _unseen(path)
    cv2.setNumThreads(1)
    return make(*row)


def _deserted(address: str) -> InputError:
    return InputError(
        f"The Dask scheduler at {address} has no workers; start some: dask worker {address}"
    )


def _unseen(path: Path | str) -> InputError:
    return InputError(
        f"The worker {platform.node()} does not see {path}; give it the same files in the same place."
    )
