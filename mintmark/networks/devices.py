"""Several devices of one machine, such as GPUs, that share each batch in training.

Each has a copy of the network and computes the gradients of its share; their mean moves all copies alike.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

import keras

from mintmark.pipeline import backend
from mintmark.pipeline.stage import InputError


@contextmanager
def shared(model: keras.Model) -> Iterator[keras.Model]:
    """The network to be trained in place of a compiled one: itself, or a copy of it on every device.

    Afterwards the compiled one has its weights. Raises InputError when there are not so many devices as
    `networks.devices` asks for.
    """
    number = backend.devices()
    if number == 1:
        yield model
        return
    with _spread(number):
        copy = keras.models.clone_model(model, clone_function=_copied, recursive=True)
        copy.set_weights(model.get_weights())
        # TensorFlow can't share several steps in one.
        copy.compile_from_config({**model.get_compile_config(), "steps_per_execution": 1})
        yield copy
    model.set_weights(copy.get_weights())


def _spread(number: int) -> AbstractContextManager:
    """The scope in which a network is on so many devices."""
    there = _devices()
    if number > len(there):
        raise InputError(
            f"networks.devices is {number}, but {keras.config.backend()} finds {len(there)} "
            f"({', '.join(there)}); give at most as many."
        )
    if keras.config.backend() == "jax":
        return keras.distribution.DataParallel(devices=there[:number]).scope()
    return _mirrored(tuple(there[:number])).scope()


@cache
def _mirrored(names: tuple[str, ...]) -> Any:
    """TensorFlow's strategy for devices: one for all trainings, as those of several get mixed up."""
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(names)


def _devices() -> list[str]:
    """The names of the GPUs, or, where there are none, of the processor's devices: it is one, as a rule."""
    if keras.config.backend() == "jax":
        return keras.distribution.list_devices()
    import tensorflow as tf

    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return [device.name for device in found]


def _copied(layer: keras.Layer) -> keras.Layer:
    """A layer like another; batch normalisation takes its statistics over all devices.

    JAX does so of itself.
    """
    settings = layer.get_config()
    if isinstance(layer, keras.layers.BatchNormalization):
        settings["synchronized"] = keras.config.backend() == "tensorflow"
    return type(layer).from_config(settings)
