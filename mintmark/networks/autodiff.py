"""What networks need of Keras's backend and Keras does not give: compiled functions, and gradients.

The backend is TensorFlow or JAX, see `pipeline.backend`; nothing else need know which.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np

if keras.config.backend() == "jax":
    import jax
else:
    import tensorflow as tf

Tensor = Any  # of the backend


def compiled(function: Callable[..., Tensor], *models: keras.Model) -> Callable[..., np.ndarray]:
    """Compile a function of tensors; the compiled one takes and gives arrays.

    models: the networks that it calls, whose weights and random numbers stay theirs.
    """
    if keras.config.backend() == "jax":
        return _of_arrays(_on_jax(function, models))
    return _of_arrays(tf.function(function, reduce_retracing=True))


def inference(model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """A network compiled for inference alone; it may not be trained afterwards.

    To TensorFlow its weights are constants, so that it joins batch normalisation to the convolutions.
    Not to JAX, whose compiler makes NaN of some.
    """
    if keras.config.backend() == "jax":
        return compiled(partial(model, training=False), model)
    trainable = [variable.numpy() for variable in model.trainable_variables]
    others = [variable.numpy() for variable in model.non_trainable_variables]

    @tf.function(input_signature=[tf.TensorSpec(model.input_shape)])
    def run(images: Tensor) -> Tensor:
        return model.stateless_call(trainable, others, images, training=False)[0]

    return _of_arrays(run)


def value_and_gradient(function: Callable[[Tensor], Tensor], at: Tensor) -> tuple[Tensor, Tensor]:
    """The values (N,) of a function, and the gradient of their sum where it is taken.

    at: a tensor, or lists of them; the gradient has its structure.
    """
    if keras.config.backend() == "jax":
        value, pulled_back = jax.vjp(function, at)
        return value, pulled_back(keras.ops.ones_like(value))[0]
    with tf.GradientTape() as tape:
        tape.watch(at)
        value = function(at)
    return value, tape.gradient(value, at)


def repeated(step: Callable[[Tensor, Tensor], Tensor], times: int, start: Tensor) -> Tensor:
    """What becomes of a tensor by step(number, tensor), done so many times.

    One step begins when the one before has ended, which takes no more memory than one.
    """
    if keras.config.backend() == "jax":
        return jax.lax.fori_loop(0, times, step, start)
    _, end = tf.while_loop(
        lambda number, _: number < times,
        lambda number, value: (number + 1, step(number, value)),
        (tf.constant(0), start),
        parallel_iterations=1,
    )
    return end


def deterministic() -> None:
    """Let TensorFlow compute the same bits each time; JAX does of itself, but on a GPU."""
    if keras.config.backend() == "tensorflow":
        tf.config.experimental.enable_op_determinism()


def _of_arrays(function: Callable[..., Tensor]) -> Callable[..., np.ndarray]:
    """A function of tensors as one of arrays."""

    def called(*arrays: np.ndarray) -> np.ndarray:
        return keras.ops.convert_to_numpy(function(*map(keras.ops.convert_to_tensor, arrays)))

    return called


def _on_jax(
    function: Callable[..., Tensor], models: tuple[keras.Model, ...]
) -> Callable[..., Tensor]:
    """JAX's functions are pure: variables go in as values, and come out where they may have changed."""
    variables = [variable for model in models for variable in model.variables]
    changing = [variable for model in models for variable in model.non_trainable_variables]

    @jax.jit
    def pure(values: list[Tensor], *arguments: Tensor) -> tuple[Tensor, list[Tensor]]:
        state = list(zip(variables, values, strict=True))
        with keras.StatelessScope(state_mapping=state) as scope:
            found = function(*arguments)
        return found, [scope.get_current_value(variable) for variable in changing]

    def run(*arguments: Tensor) -> Tensor:
        found, changed = pure([variable.value for variable in variables], *arguments)
        for variable, value in zip(changing, changed, strict=True):
            variable.assign(value)
        return found

    return run
