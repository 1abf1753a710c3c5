"""What networks need of Keras's backend and Keras does not give: compiled functions, and gradients.

The backend is TensorFlow or JAX, see `pipeline.backend`; nothing else need know which.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

if keras.config.backend() == "jax":
    import jax
else:
    import tensorflow as tf

Tensor = Any  # of the backend


def compiled(
    function: Callable[..., Tensor],
    *models: keras.Model,
    shape: tuple[int | None, ...] | None = None,
) -> Callable[..., np.ndarray]:
    """Compile a function of tensors; the compiled one takes and gives arrays.

    models: the networks that it calls, whose weights and random numbers stay theirs; of others the
    weights are constants. shape: of its one argument, float32, where it is known beforehand.
    """
    run = (
        _on_jax(function, models)
        if keras.config.backend() == "jax"
        else _on_tensorflow(function, shape)
    )

    def called(*arrays: np.ndarray) -> np.ndarray:
        return keras.ops.convert_to_numpy(run(*map(keras.ops.convert_to_tensor, arrays)))

    return called


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


def _on_tensorflow(
    function: Callable[..., Tensor], shape: tuple[int | None, ...] | None
) -> Callable[..., Tensor]:
    signature = None if shape is None else [tf.TensorSpec(shape)]
    return tf.function(function, input_signature=signature, reduce_retracing=shape is None)


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
