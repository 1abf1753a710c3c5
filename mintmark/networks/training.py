"""Training a network on coins: the train part teaches, the validation part chooses the epoch."""

from pathlib import Path
from typing import Annotated, Literal

import keras
import numpy as np
from pydantic import Field
from sklearn.utils.class_weight import compute_sample_weight

from mintmark.data.coins import CoinSet
from mintmark.networks import backbones, fitting, models
from mintmark.networks.augmentation import Augmentation, augment
from mintmark.pipeline.choices import one_of
from mintmark.pipeline.params import Block
from mintmark.pipeline.stage import InputError

SMALL = "small"  # the network of our own
LAST, NONE = "last", "none"  # a backbone's last maps; no layer of it learns


class Training(Block):
    """The parameters of a stage that trains a network on merged coins."""

    network: Annotated[str, one_of([SMALL, *backbones.NAMES])]
    weights: str
    upward_from: str  # layers of a backbone that learn: "none", "all" or the beginning of a name
    maps: str  # of a backbone, the layer whose maps are pooled: "last" or a name
    sides: Literal["apart", "together"]
    dropout: Annotated[float, Field(ge=0, lt=1)]
    epochs: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    schedule: Literal["constant", "cosine"]
    weight_decay: Annotated[float, Field(ge=0)]
    class_weights: bool
    augmentation: Augmentation


def train(
    coins: CoinSet,
    settings: Training,
    *,
    seed: int,
    curves: Path,
    start: keras.Model | None = None,
) -> keras.Model:
    """Train a network on the train part, choose its epoch on the validation part.

    coins: with the column `part`; curves: folder for dvclive's curves; start: a network of other
    mints to go on from. Raises InputError when the loss stops being a number, or when the network
    to go on from is another one.
    """
    fitting.reproducible(seed)
    model = build(settings, coins)
    if start is not None:
        go_on_from(start, model)
    batches = augmented(coins, settings, seed)
    rate = settings.learning_rate
    if settings.schedule == "cosine":
        rate = fitting.warm_cosine(rate, settings.epochs * len(batches))
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    known = coins.part("validation")
    fitting.fit(
        model,
        batches,
        (known.images, known.targets),
        epochs=settings.epochs,
        curves=curves,
    )
    return model


def go_on_from(start: keras.Model, model: keras.Model) -> None:
    """Give a network the weights of another, but for those of the last layer.

    Raises InputError when the two differ below it.
    """
    try:
        for layer, other in zip(model.layers[:-1], start.layers[:-1], strict=True):
            layer.set_weights(other.get_weights())
    except ValueError:
        raise InputError(
            f"A network {model.name} can't go on from a network {start.name} of other layers; "
            "give both stages the same `network`, or set `start: none`."
        ) from None


def augmented(coins: CoinSet, settings: Training, seed: int) -> fitting.Batches:
    """Batches of the train part, augmented anew in each epoch; each side about its centre."""
    balance = "balanced" if settings.class_weights else None
    rows = (coins.table["part"] == "train").to_numpy()
    weights = compute_sample_weight(balance, coins.targets)[rows]
    train = coins.subset(rows)
    rng = np.random.default_rng([seed, 10])

    def batch(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        shown = [
            augment(train.images[row], train.circles[row], settings.augmentation, rng)
            for row in rows
        ]
        return np.stack(shown), train.targets[rows], weights[rows]

    return fitting.Batches(len(train), settings.batch, batch, rng)


def build(settings: Training, coins: CoinSet) -> keras.Model:
    """Make the untrained network that the parameters ask for, for images as those of the coins."""
    shape, classes, dropout = coins.images.shape[1:], len(coins.names), settings.dropout
    if settings.network == SMALL:
        return models.small_cnn(shape, classes, dropout)
    inputs = keras.Input(shape)
    if settings.sides == "together":
        maps = _maps(inputs, settings)
        return models.on_merged(maps, inputs, classes=classes, dropout=dropout)
    axis = coins.side_axis
    maps = _maps(models.Halves(split=axis, join=0, name="sides")(inputs), settings)
    return models.on_sides(maps, inputs, axis=axis, classes=classes, dropout=dropout)


def _maps(images: keras.KerasTensor, settings: Training) -> keras.KerasTensor:
    """What a backbone makes of images: the maps that are pooled. As much of it learns as is asked."""
    base = backbones.on(images, settings.network, settings.weights)
    if settings.upward_from == NONE:
        base.trainable = False
    else:
        backbones.thaw(base, settings.upward_from, parameter="upward_from")
    return base.output if settings.maps == LAST else _layer(base, settings.maps).output


def _layer(base: keras.Model, name: str) -> keras.layers.Layer:
    try:
        return base.get_layer(name)
    except ValueError:
        names = [layer.name for layer in base.layers]
        raise InputError(
            f"maps is {name!r}: {base.name} has no such layer; give {LAST!r} or, say, "
            f"{names[len(names) // 2]!r}."
        ) from None
