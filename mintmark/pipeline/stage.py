"""What every stage script shares: one-sentence errors and outputs that are whole or absent."""

import errno
import gc
import io
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mintmark.pipeline import backend

FULL = (errno.ENOSPC, errno.EDQUOT)
SAID = 200  # characters of what a reader says of a file, at most


class InputError(Exception):
    """Bad input. The message is one sentence: what is wrong, where, and what to do."""


def run(main: Callable[[], None]) -> None:
    """Run a stage; bad input, or a disk that is full, ends it with one sentence and exit status 1.

    The garbage collector starts here, and leaves alone what was imported. What a terminal's encoding
    can't show is shown escaped. A stage that is stopped clears away what it has begun. Names of files
    and text are UTF-8, whatever the locale says: where Python started otherwise, it starts again.
    """
    backend.speak()
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    gc.freeze()
    gc.enable()
    try:
        main()
    except InputError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        todo = "make room and run it again" if error.errno in FULL else "nothing was kept"
        sys.exit(f"error: {error}; {todo}.")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


@contextmanager
def reading(path: Path, todo: str) -> Iterator[None]:
    """Make one sentence of whatever a damaged or foreign file makes its readers raise.

    todo: what a person can do. Raises InputError.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # there is no list of what readers raise
        why = " ".join(str(error).split())[:SAID] or type(error).__name__
        raise InputError(f"{path} can't be read; {todo} ({why})") from None


@contextmanager
def writing(*outputs: Path) -> Iterator[tuple[Path, ...]]:
    """Give a place beside each output to write to; rename them all once the block has succeeded.

    A path without a suffix is a folder and is created. When the block fails nothing is left
    behind, and the outputs of an earlier run stay as they were. Whenever it is killed, what has an
    output's name is whole.
    """
    partial = tuple(path.with_name(f"{path.name}.partial") for path in outputs)
    former = tuple(path.with_name(f"{path.name}.former.partial") for path in outputs)
    try:
        for path, beside, before in zip(outputs, partial, former, strict=True):
            _remove(beside)
            _remove(before)
            folder = beside.parent if path.suffix else beside
            folder.mkdir(parents=True, exist_ok=True)
        yield partial
        for path, beside, before in zip(outputs, partial, former, strict=True):
            if path.exists() or path.is_symlink():
                path.rename(before)
            beside.rename(path)
    finally:
        for rest in (*partial, *former):
            _remove(rest)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
