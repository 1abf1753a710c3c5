"""What every stage script shares: one-sentence errors and outputs that are whole or absent."""

import gc
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class InputError(Exception):
    """Bad input. The message is one sentence: what is wrong, where, and what to do."""


def run(main: Callable[[], None]) -> None:
    """Run a stage; bad input ends it with its one sentence and exit status 1.

    The garbage collector starts here, and leaves alone what was imported. What a terminal's encoding
    can't show is shown escaped.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    gc.freeze()
    gc.enable()
    try:
        main()
    except InputError as error:
        sys.exit(f"error: {error}")


@contextmanager
def writing(*outputs: Path) -> Iterator[tuple[Path, ...]]:
    """Give a place beside each output to write to; rename them all once the block has succeeded.

    A path without a suffix is a folder and is created. When the block fails nothing is left
    behind, and the outputs of an earlier run stay as they were.
    """
    partial = tuple(path.with_name(f"{path.name}.partial") for path in outputs)
    try:
        for path, beside in zip(outputs, partial, strict=True):
            _remove(beside)
            folder = beside.parent if path.suffix else beside
            folder.mkdir(parents=True, exist_ok=True)
        yield partial
        for path, beside in zip(outputs, partial, strict=True):
            _remove(path)
            beside.rename(path)
    finally:
        for beside in partial:
            _remove(beside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
