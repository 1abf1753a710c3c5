"""What Keras runs on, TensorFlow or JAX: chosen before it is first imported, and started quietly."""

import logging
import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import NoReturn, TextIO

DEVICES = "MINTMARK_DEVICES"  # the environment variable that says how many share a training
_streams: list[TextIO] = []  # the error streams that `hush` replaced


def choose(name: str, devices: int = 1) -> None:
    """Choose Keras's backend and how it computes, whatever a user's keras.json says.

    name: tensorflow or jax; devices: how many share each batch in training. TensorFlow says nothing of
    GPUs that are not there, nor how often it compiles a function anew, uses oneDNN's kernels, which it
    does of itself on some processors alone, and does without JAX.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
    os.environ["KERAS_BACKEND"], os.environ[DEVICES] = name, str(devices)
    sys.meta_path[:] = [other for other in sys.meta_path if not isinstance(other, _WithoutJax)]
    if name == "tensorflow":
        sys.meta_path.insert(0, _WithoutJax())


def devices() -> int:
    """How many devices share each batch in training."""
    return int(os.environ.get(DEVICES, "1"))


class _WithoutJax(MetaPathFinder, Loader):
    """Lets nobody import JAX: TensorFlow would, for a converter, which takes half a second and 110 MB."""

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """Say that JAX is loaded here; all other modules are to be looked for elsewhere."""
        return ModuleSpec(fullname, self) if fullname == "jax" else None

    def create_module(self, spec: ModuleSpec) -> NoReturn:
        """Load nothing."""
        raise ModuleNotFoundError("JAX is not used beside TensorFlow", name=spec.name)


def hush() -> None:
    """Let nobody hear what the backend's C++ parts write while they start, whatever the settings.

    What Python writes to the error stream still goes where it led. `speak` ends it.
    """
    _streams.append(sys.stderr)
    # It stays open: what logs keeps it.
    sys.stderr = os.fdopen(
        os.dup(2), "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False
    )
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def speak() -> None:
    """Let everything be heard again; where `hush` was not called, nothing changes."""
    if _streams:
        sys.stderr.flush()
        os.dup2(sys.stderr.fileno(), 2)
        sys.stderr = _streams.pop()


def start(name: str) -> None:
    """Choose the backend and import it, for a command whose errors people read. name: see `choose`."""
    choose(name)
    hush()
    try:
        if name == "jax":
            import jax

            jax.devices()
        else:
            import tensorflow as tf

            tf.config.list_physical_devices()
    finally:
        speak()
