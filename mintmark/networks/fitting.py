"""Fitting compiled networks: batches, schedules, the best epoch, reproducibly."""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
from dvclive import Live
from dvclive.keras import DVCLiveCallback

from mintmark.networks import autodiff, devices, keras_settings, resuming
from mintmark.pipeline import backend
from mintmark.pipeline.stage import InputError

# In one's own order, with a progress bar where somebody looks.
QUIETLY = {"shuffle": False, "verbose": "auto" if sys.stdout.isatty() else 0}
WARM_UP = 0.05  # share of the steps
JUDGED = 32  # rows that judge an epoch at a time, about, where devices share them


class Batches(keras.utils.PyDataset):
    """Batches that are made of rows as they are asked for, shuffled in each epoch if `rng` is given.

    Where devices share them, the last rows that would leave one device with less than the others fall
    out. count: rows there are; size: rows in a batch; make: from rows (B,) to inputs, targets and weights;
    made_of: all the data that they are made of, if a training on them is to be resumed, see
    `resuming.digest`.
    """

    def __init__(
        self,
        count: int,
        size: int,
        make: Callable[[np.ndarray], tuple],
        rng: np.random.Generator | None = None,
        *,
        made_of: Sequence[object] = (),
    ) -> None:
        super().__init__()
        self.count, self.size, self.make, self.rng = count, size, make, rng
        self.made_of, sharing = made_of, backend.devices()
        if size % sharing or 0 < count < sharing:
            raise InputError(
                f"{sharing} devices can't share batches of {size} out of {count} rows alike; lower "
                "networks.devices, or make the batch a multiple of it."
            )
        self.used = count - count % sharing
        self.on_epoch_end()

    def __len__(self) -> int:
        """The batches of an epoch."""
        return math.ceil(self.used / self.size)

    def on_epoch_end(self) -> None:
        """Put the rows in the order of the next epoch."""
        order = np.arange(self.count)
        self.order = order if self.rng is None else self.rng.permutation(order)

    def __getitem__(self, number: int) -> tuple:
        """Make a batch."""
        start = number * self.size
        return self.make(self.order[start : min(start + self.size, self.used)])

    @property
    def position(self) -> dict:
        """Where they stand between two epochs: the next order of rows, and the random numbers."""
        random = None if self.rng is None else self.rng.bit_generator.state
        return {"order": self.order.tolist(), "random": random}

    @position.setter
    def position(self, position: dict) -> None:
        self.order = np.array(position["order"])
        if self.rng is not None:
            self.rng.bit_generator.state = position["random"]


def of_views(
    views: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray,
    *,
    size: int,
    rng: np.random.Generator,
) -> Batches:
    """Batches of `size` rows, in each epoch another view of each row, drawn at random.

    views: what a network is shown (V,N,…), in any number type; targets, weights: (N,).
    """

    def batch(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        drawn = views[rng.integers(len(views), size=len(rows)), rows]
        return drawn.astype(np.float32), targets[rows], weights[rows]

    return Batches(len(targets), size, batch, rng, made_of=(views, targets, weights))


def fit(
    model: keras.Model,
    batches: Batches,
    validation: Batches | tuple[np.ndarray, ...],
    *,
    epochs: int,
    curves: Path,
    patience: int | None = None,
    best: str = "val_loss",
    reached: float | None = None,
) -> int:
    """Fit a compiled network and keep the best epoch's weights; the rest as in `fit_for`.

    epochs: at most; patience: epochs without a better validation loss before it stops early, None for
    never; best: the metric that says which epoch was the best; reached: what it was before, if the
    weights at hand are to be kept where no epoch does better. Where the optimizer averages weights,
    the averages are judged and kept. Returns the best epoch, 0 for what was before.
    """
    averaged = (
        [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if model.optimizer.use_ema else []
    )
    stopping = [] if patience is None else [keras.callbacks.EarlyStopping(patience=patience)]
    checkpoint = curves / "best.weights.h5"
    if reached is not None:
        curves.mkdir(parents=True, exist_ok=True)
        model.optimizer.build(model.trainable_variables)  # so that it is saved as it will be loaded
        model.save_weights(checkpoint)
    keeping = keras.callbacks.ModelCheckpoint(
        checkpoint,
        best,
        save_best_only=True,
        save_weights_only=True,
        initial_value_threshold=reached,
    )
    callbacks = [*averaged, *stopping, keeping]
    logs = fit_for(model, batches, validation, epochs=epochs, curves=curves, callbacks=callbacks)
    model.optimizer.build(model.trainable_variables)  # what was trained may be a copy
    model.load_weights(checkpoint)
    checkpoint.unlink()
    return 0 if keeping.best == reached else [gave[best] for gave in logs].index(keeping.best) + 1


def fit_for(
    model: keras.Model,
    batches: Batches,
    validation: Batches | tuple[np.ndarray, ...] | None = None,
    *,
    epochs: int,
    curves: Path | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> list[dict[str, float]]:
    """Fit a compiled network for so many epochs and keep the last; for 0 it stays as it is.

    batches, validation: what it learns from, and what judges each epoch, if anything does; curves:
    folder for dvclive's curves, if they are wanted. Where the optimizer averages weights, the averages
    are kept. Returns what each epoch gave. Raises InputError when the loss stops being a number.
    """
    judging = validation.made_of if isinstance(validation, Batches) else validation or ()
    with _drawn(curves) as drawing, devices.shared(model) as learner:
        others = [keras.callbacks.TerminateOnNaN(), *callbacks, *drawing]
        resumed = resuming.Resuming(learner, batches, judging, epochs=epochs, callbacks=others)
        learner.fit(
            batches,
            validation_data=_shareable(validation),
            epochs=epochs,
            initial_epoch=resumed.epoch,
            callbacks=[*others, resumed],
            **QUIETLY,
        )
    if not np.isfinite([gave["loss"] for gave in resumed.logs]).all():
        raise InputError("The training diverged: its loss is no number; lower learning_rate.")
    return resumed.logs


def _shareable(
    validation: Batches | tuple[np.ndarray, ...] | None,
) -> Batches | tuple[np.ndarray, ...] | None:
    """What judges an epoch, in batches that several devices can share."""
    sharing = backend.devices()
    if sharing == 1 or not isinstance(validation, tuple):
        return validation
    size = max(JUDGED // sharing, 1) * sharing
    return Batches(len(validation[0]), size, lambda rows: tuple(part[rows] for part in validation))


@contextmanager
def _drawn(curves: Path | None) -> Iterator[list[keras.callbacks.Callback]]:
    """What writes the curves of a training, with dvclive."""
    if curves is None:
        yield []
    else:
        with Live(str(curves), dvcyaml=False, save_dvc_exp=False, report=None) as live:
            yield [DVCLiveCallback(live=live)]


def warm_cosine(rate: float, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """A learning rate that rises to `rate` and then falls to 0 along a cosine, in `steps` steps.

    Loshchilov & Hutter (2017), "SGDR"; the warm-up is Goyal's (2017).
    """
    rising = max(1, round(WARM_UP * steps))
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - rising), warmup_target=rate, warmup_steps=rising
    )


def reproducible(seed: int) -> None:
    """Make everything random in Keras and its backend follow from `seed`, bit for bit; no setting
    from outside plays a part, see `keras_settings`.
    """
    keras_settings.pin()
    keras.utils.set_random_seed(seed)
    autodiff.deterministic()
