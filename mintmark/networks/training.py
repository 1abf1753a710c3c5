"""Training a network on coins: the train part teaches, the validation part judges each epoch."""

from itertools import product
from pathlib import Path
from typing import Annotated, Literal

import keras
import numpy as np
from pydantic import Field
from sklearn.utils.class_weight import compute_sample_weight

from mintmark.data.coins import CoinSet
from mintmark.networks import backbones, fitting, models
from mintmark.networks.augmentation import Augmentation, augment
from mintmark.pipeline import scratch
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
    maps: str  # of a backbone, the layer whose maps the head sees: "last" or a name
    sides: Literal["apart", "together"]
    filters: Annotated[int, Field(ge=1)]
    cells: Annotated[int, Field(ge=1)]
    views: Annotated[int, Field(ge=0)]
    dropout: Annotated[float, Field(ge=0, lt=1)]
    epochs: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    schedule: Literal["constant", "cosine"]
    weight_decay: Annotated[float, Field(ge=0)]
    class_weights: bool
    augmentation: Augmentation

    @property
    def features_once(self) -> bool:
        """Whether a backbone that does not learn sees each view of a coin once, before training."""
        return self.network != SMALL and self.upward_from == NONE and self.views > 0


class Start(Block):
    """What the three-mint network goes on from."""

    start: Literal["train2", "none"]


def train(
    coins: CoinSet,
    settings: Training,
    *,
    seed: int,
    curves: Path,
    start: keras.Model | None = None,
) -> keras.Model:
    """Train a network on the train part.

    With a constant learning rate the validation part chooses the epoch; one that has fallen to 0 has
    settled, and the last epoch is kept. coins: with the column `part`; curves: folder for dvclive's
    curves; start: a network of other mints to go on from. Raises InputError when the loss stops being
    a number, or when the network to go on from is another one.
    """
    fitting.reproducible(seed)
    model = build(settings, coins)
    if start is not None:
        go_on_from(start, model)
    learner, batches, shown = (
        model,
        augmented(coins, settings, seed),
        coins.part("validation").images,
    )
    if settings.features_once:
        backbone, learner = models.backbone_and_head(model)
        batches = of_views(backbone, coins, settings, seed)
        shown = models.in_batches(backbone, shown)
    rate, settles = settings.learning_rate, settings.schedule == "cosine"
    if settles:
        rate = fitting.warm_cosine(rate, settings.epochs * len(batches))
    learner.compile(
        keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    known = shown, coins.part("validation").targets
    fit = fitting.fit_for if settles else fitting.fit
    fit(learner, batches, known, epochs=settings.epochs, curves=curves)
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
    train, weights = taught(coins, settings)
    rng = np.random.default_rng([seed, 10])

    def batch(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return view(train, rows, settings, rng), train.targets[rows], weights[rows]

    made_of = train.images, train.circles, train.targets, weights
    return fitting.Batches(len(train), settings.batch, batch, rng, made_of=made_of)


def of_views(
    backbone: keras.Model, coins: CoinSet, settings: Training, seed: int
) -> fitting.Batches:
    """Batches of what a backbone makes of the train part, in each epoch another view of each coin.

    The views are the coin itself and as many augmented ones as are asked for, made once.
    """
    train, weights = taught(coins, settings)
    rng = np.random.default_rng([seed, 10])
    features = scratch.empty(
        (1 + settings.views, len(train), *backbone.output_shape[1:]), np.float16
    )
    for number, rows in product(range(len(features)), models.batches(len(train))):
        every = np.arange(len(train))[rows]
        images = view(train, every, settings, rng) if number else train.images[rows]
        features[number, rows] = backbone.predict_on_batch(images)
    return fitting.of_views(features, train.targets, weights, size=settings.batch, rng=rng)


def taught(coins: CoinSet, settings: Training) -> tuple[CoinSet, np.ndarray]:
    """The train part, and what each of its coins weighs: float (N,)."""
    balance = "balanced" if settings.class_weights else None
    rows = (coins.table["part"] == "train").to_numpy()
    return coins.subset(rows), compute_sample_weight(balance, coins.targets)[rows]


def view(
    coins: CoinSet, rows: np.ndarray, settings: Training, rng: np.random.Generator
) -> np.ndarray:
    """An augmented view of each of some coins; rows: int (M,). Returns (M,H,W,3)."""
    chosen = settings.augmentation
    return np.stack([augment(coins.images[row], coins.circles[row], chosen, rng) for row in rows])


def build(settings: Training, coins: CoinSet) -> keras.Model:
    """Make the untrained network that the parameters ask for, for images as those of the coins."""
    shape, classes, dropout = coins.images.shape[1:], len(coins.names), settings.dropout
    if settings.network == SMALL:
        return models.small_cnn(shape, classes, dropout)
    inputs, axis = keras.Input(shape), None
    if settings.sides == "together":
        maps = _maps(inputs, settings)
    else:
        axis = coins.side_axis
        maps = _maps(models.Halves(split=axis, join=0, name="sides")(inputs), settings)
        maps = models.Halves(split=0, join=axis, name="joined")(maps)
    return models.on_features(
        maps,
        inputs,
        classes=classes,
        dropout=dropout,
        filters=settings.filters,
        cells=settings.cells,
        apart=axis,
    )


def _maps(images: keras.KerasTensor, settings: Training) -> keras.KerasTensor:
    """What a backbone makes of images: the maps that the head sees. As much of it learns as is asked."""
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
