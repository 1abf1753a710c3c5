"""Fitting a network to coins: augmentation of each side, class weights, curves, best weights."""

from pathlib import Path
from typing import Annotated, Literal

import keras
import numpy as np
import pandas as pd
from pydantic import Field
from sklearn.utils.class_weight import compute_sample_weight

from mintmark.data import manifests
from mintmark.networks import backbones, fitting, models
from mintmark.networks.augmentation import Augmentation, augment
from mintmark.pipeline.params import Block


class Training(Block):
    """The parameters of a stage that trains a network on merged coins."""

    network: Literal["small", *backbones.NAMES]
    weights: str
    frozen: bool
    dropout: Annotated[float, Field(ge=0, lt=1)]
    epochs: Annotated[int, Field(ge=1)]
    patience: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    weight_decay: Annotated[float, Field(ge=0)]
    class_weights: bool
    augmentation: Augmentation




def augmented(
    images: np.ndarray, circles: np.ndarray, targets: np.ndarray, weights: np.ndarray,
    batch: int, augmentation: Augmentation, seed: int,
) -> fitting.Batches:  # fmt: skip
    """Batches of coins, augmented anew in each epoch; each side about its centre.

    images: uint8 (N,H,W,3); circles: (N,2,3), x, y and radius of obverse and reverse in pixels.
    """
    rng = np.random.default_rng([seed, 10])

    def of(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        shown = [augment(images[r], circles[r], augmentation, rng) for r in rows]
        return np.stack(shown), targets[rows], weights[rows]

    return fitting.Batches(len(images), batch, of, rng)


def train(
    table: pd.DataFrame, images: np.ndarray, settings: Training, seed: int, curves: Path
) -> keras.Model:
    """Train a network on the train part, choose its epoch on the validation part.

    table: manifest with the column `part`; images: uint8 (N,H,W,3), row by row; curves: folder for
    dvclive's curves. Raises InputError when the loss stops being a number.
    """
    fitting.reproducible(seed)
    targets = manifests.numbers(table["mint"], manifests.mints(table))
    parts = table["part"].to_numpy()
    model = build(settings, images.shape[1:], len(manifests.mints(table)))
    model.compile(
        keras.optimizers.AdamW(settings.learning_rate, weight_decay=settings.weight_decay),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    weights = compute_sample_weight("balanced" if settings.class_weights else None, targets)
    train, validation = parts == "train", parts == "validation"
    batches = augmented(
        images[train], manifests.circles(table)[train], targets[train], weights[train],
        settings.batch, settings.augmentation, seed,
    )  # fmt: skip
    known = images[validation], targets[validation]
    fitting.fit(model, batches, known, settings.epochs, settings.patience, curves)
    return model


def build(settings: Training, shape: tuple[int, int, int], classes: int) -> keras.Model:
    """Make the untrained network that the parameters ask for."""
    if settings.network == "small":
        return models.small_cnn(shape, classes, settings.dropout)
    base = backbones.build(settings.network, shape, settings.weights, frozen=settings.frozen)
    return models.on_backbone(base, classes, settings.dropout)










