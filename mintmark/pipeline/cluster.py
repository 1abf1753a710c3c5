"""Work on a cluster by Dask, whose workers must see the same files and run the same code.

Dask's own client sends it: joblib's backend for Dask waits forever for work that no worker survives.
"""

import hashlib
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import PIL

from mintmark.pipeline.stage import InputError

PATIENCE = 10  # seconds in which a scheduler must answer, and have a worker

Made = TypeVar("Made")


@dataclass(frozen=True)
class Place:
    """What workers share with whoever sends them work."""

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
        task = partial(_made, Place(str(Path.cwd()), mark.name, code()), make)
        yield partial(_gathered, client, address, task), number


@cache
def code() -> str:
    """Stands for the code of mintmark, and for the Python and the packages that work on photographs."""
    library = Path(__file__).resolve().parent.parent
    versions = platform.python_version(), cv2.__version__, np.__version__, PIL.__version__
    found = hashlib.sha256(" ".join(versions).encode())
    for file in sorted(library.rglob("*.py")):
        found.update(file.relative_to(library).as_posix().encode() + file.read_bytes())
    return found.hexdigest()


@cache
def _client(address: str) -> Any:
    """The connection to a scheduler, one for as long as this process runs."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "Dask is missing; run make setup, or pip install -e '.[cluster]'."
        ) from None
    try:
        return Client(address, timeout=PATIENCE)
    except OSError:
        raise InputError(
            f"No Dask scheduler answers at {address}; start one, or set compute.scheduler to local."
        ) from None


def _ready(client: Any, address: str) -> int:
    """How many things the workers make at once, when there are any that have mintmark."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        client.run(import_module, __name__)
    except TimeoutError:
        raise InputError(
            f"The Dask scheduler at {address} has no workers; start some: dask worker {address}"
        ) from None
    except ImportError as error:
        raise InputError(
            f"A worker of {address} can't import mintmark ({error}); start it in an environment like "
            "this one."
        ) from None
    return sum(client.ncores().values()) or 1


def _gathered(
    client: Any, address: str, task: Callable[..., Made], rows: list[tuple]
) -> list[Made]:
    from distributed import KilledWorker

    needed = [[path for path in row if isinstance(path, Path) and path.exists()] for row in rows]
    try:
        return client.gather(client.map(task, rows, needed, pure=False))
    except KilledWorker:
        raise InputError(
            f"Workers of {address} die of their work, as where memory is short; start fewer on a machine."
        ) from None
    except CancelledError:
        raise InputError(f"The Dask scheduler at {address} is gone; start it again.") from None


def _made(place: Place, make: Callable[..., Made], row: tuple, needed: list[Path]) -> Made:
    """Make a thing on a worker, in the folder of whoever asks. needed: files that must be there."""
    if code() != place.code:
        raise InputError(
            f"The worker {platform.node()} runs another mintmark, or other packages, than this machine; "
            "give it the same, and start it again."
        )
    if not Path(place.mark).exists():
        raise _unseen(place.folder)
    os.chdir(place.folder)
    for path in needed:
        if not path.exists():
            raise _unseen(path)
    cv2.setNumThreads(1)
    return make(*row)


def _unseen(path: Path | str) -> InputError:
    return InputError(
        f"The worker {platform.node()} does not see {path}; give it the same files in the same place."
    )
