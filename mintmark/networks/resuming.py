"""Trainings that were killed go on from an epoch they had finished, and end with the same bytes.

Covered is what `fitting` trains within `resumable`, on batches that say what they are made of: networks
on coins, with other seeds and in folds too, the network adapted to masks, fine-tuning and pretraining.
Heads on features take seconds and begin anew.

`keras.callbacks.BackupAndRestore` keeps weights, optimizer and epoch. A training has more: where the
random numbers of its layers and batches stand, the best weights so far, and what each epoch gave.
"""

import hashlib
import io
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import keras
import numpy as np
from dvclive.keras import DVCLiveCallback

from mintmark.pipeline import backend, dependencies
from mintmark.pipeline.params import Block
from mintmark.pipeline.stage import writing

ROOT = Path(__file__).resolve().parents[2]
CHECK = hashlib.sha256().digest_size  # bytes before what is written, which tell whether it is whole
SECONDS = 30.0  # between two backups, at least: that of a large network takes some tenths to write
REPLAYED = (DVCLiveCallback, keras.callbacks.EarlyStopping)  # they know only what epochs gave


@dataclass(frozen=True)
class Place:
    """Where a stage keeps its backups, and what all of its trainings follow from."""

    folder: Path
    source: str  # the digest of code and parameters


_place: ContextVar[Place | None] = ContextVar("place", default=None)


@contextmanager
def resumable(folder: Path, script: str, *settings: Block) -> Iterator[None]:
    """Let the trainings of the block go on where they were killed, when it runs again.

    folder: of the backups, removed once the block has succeeded; script: the file that runs. A backup
    is used for the very same training alone: with the same code, parameters, first weights and data.
    """
    code = sorted(dependencies.closure(Path(script).resolve(), ROOT))
    files = [ROOT / file for file in (dependencies.LOCK, *code)]
    source = digest(*files, *(block.model_dump_json() for block in settings))
    token = _place.set(Place(folder, source))
    try:
        yield
    finally:
        _place.reset(token)
    shutil.rmtree(folder, ignore_errors=True)


class Data(Protocol):
    """Batches to learn from; see `fitting.Batches`."""

    made_of: Sequence[object]
    position: dict


class Backup:
    """The state of one training on disk, called by what the training follows from."""

    def __init__(self, place: Place, *follows_from: object) -> None:
        """Say where; follows_from: see `digest`."""
        self.place, self.follows_from = place, follows_from

    @cached_property
    def file(self) -> Path:
        """Where it lies: computed when first needed, as data may be many and a training short."""
        return self.place.folder / f"{digest(self.place.source, *self.follows_from)}.state"

    def read(self) -> list[np.ndarray]:
        """The arrays that were written last; none if there are none, or if they are damaged."""
        if not self.place.folder.is_dir() or not self.file.is_file():
            return []
        content = self.file.read_bytes()
        check, content = content[:CHECK], content[CHECK:]
        if hashlib.sha256(content).digest() != check:
            return []
        return list(np.load(io.BytesIO(content)).values())

    def write(self, arrays: list[np.ndarray]) -> None:
        """Write arrays in the place of those before."""
        content = io.BytesIO()
        np.savez(content, *arrays)
        with writing(self.file) as (beside,), beside.open("wb") as file:
            file.write(hashlib.sha256(content.getbuffer()).digest())
            file.write(content.getbuffer())


def digest(*things: object) -> str:
    """The SHA-256 of arrays, of the files that paths lead to, and of anything else as text."""
    whole = hashlib.sha256()
    for thing in things:
        kind, content = "text", memoryview(str(thing).encode())
        if isinstance(thing, Path):
            kind, content = "file", memoryview(thing.read_bytes())
        elif isinstance(thing, np.ndarray):
            kind, content = f"{thing.dtype}{thing.shape}", np.ascontiguousarray(thing).data
        whole.update(f"{kind} {content.nbytes} ".encode())
        whole.update(content)
    return whole.hexdigest()


class Resuming(keras.callbacks.Callback):
    """Puts a training where its backup says, and backs it up at the beginning of epochs.

    It stands last among the callbacks: there the others have begun the epoch, and averaged weights
    are out of the network again.
    """

    def __init__(
        self,
        model: keras.Model,
        data: Data,
        judging: Sequence[object],
        *,
        epochs: int,
        callbacks: Sequence[keras.callbacks.Callback],
    ) -> None:
        """Read the backup of a training that has not begun, if it has one.

        model: compiled; judging: the data that judge the epochs; epochs: of the whole training;
        callbacks: the others.
        """
        super().__init__()
        self.data, self.callbacks = data, callbacks
        self.keeping = [c for c in callbacks if isinstance(c, keras.callbacks.ModelCheckpoint)]
        self.backup, place = None, _place.get()
        if place is not None and data.made_of:
            kinds = [type(callback).__name__ for callback in callbacks]
            sharing = backend.devices()
            how = json.dumps([model.get_compile_config(), data.position, epochs, kinds, sharing])
            weights = digest(*(variable.numpy() for variable in model.variables))
            self.backup = Backup(place, how, weights, *data.made_of, *judging)
        self.arrays = [] if self.backup is None else self.backup.read()
        self.about = json.loads(self.arrays.pop(0).item()) if self.arrays else {"logs": []}
        self.logs: list[dict[str, float]] = self.about["logs"]  # what each epoch gave
        self.epoch = len(self.logs)  # to begin with

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Put everything where it was."""
        self.written = time.monotonic()
        if not self.epoch:
            return
        for callback, best in zip(self.keeping, self.about["best"], strict=True):
            callback.best = best
            self.arrays.pop(0).tofile(callback.filepath)
        self.model.optimizer.build(self.model.trainable_variables)
        for variable, array in zip(self._variables, self.arrays, strict=True):
            variable.assign(array)
        self.arrays.clear()
        self.data.position = self.about["position"]
        for callback in self.callbacks:
            for epoch, gave in enumerate(self.logs if isinstance(callback, REPLAYED) else []):
                callback.on_epoch_end(epoch, gave)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Back up what came before, unless that has just been done."""
        if self.backup is None or epoch == self.epoch:
            return
        if time.monotonic() - self.written >= SECONDS:
            about = {
                "logs": self.logs,
                "position": self.data.position,
                "best": [callback.best for callback in self.keeping],
            }
            best = [np.fromfile(callback.filepath, np.uint8) for callback in self.keeping]
            states = [variable.numpy() for variable in self._variables]
            self.backup.write([np.array(json.dumps(about)), *best, *states])
            self.written = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Note what the epoch gave."""
        self.logs.append(dict(logs or {}))

    @property
    def _variables(self) -> list[keras.Variable]:
        return [*self.model.variables, *self.model.optimizer.variables]
