"""Fitting a network to coins: augmentation of each side, class weights, curves, best weights."""

import math
import sys
from pathlib import Path
from typing import Annotated, Literal

import cv2
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from dvclive import Live
from dvclive.keras import DVCLiveCallback
from pydantic import Field
from sklearn.utils.class_weight import compute_sample_weight

from mintmark import backbones, dataset, networks
from mintmark.params import Block
from mintmark.stage import InputError


class Augmentation(Block):
    """How far a side may be turned, scaled, moved and lit differently; it is never mirrored."""

    turn: Annotated[float, Field(ge=0, le=180)]  # degrees either way
    zoom: Annotated[float, Field(ge=0, lt=1)]  # fraction either way
    shift: Annotated[float, Field(ge=0, lt=1)]  # fraction of the coin's radius either way
    contrast: Annotated[float, Field(ge=0, lt=1)]  # fraction either way
    brightness: Annotated[float, Field(ge=0, le=128)]  # grey values either way


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


class Augmented(keras.utils.PyDataset):
    """Batches of coins, shuffled and augmented anew in each epoch; each side about its centre.

    images: uint8 (N,H,W,3); circles: (N,2,3), x, y and radius of obverse and reverse in pixels.
    """

    def __init__(
        self, images: np.ndarray, circles: np.ndarray, targets: np.ndarray, weights: np.ndarray,
        batch: int, augmentation: Augmentation, seed: int,
    ):  # fmt: skip
        super().__init__()
        self.images, self.circles = images, circles
        self.targets, self.weights = targets, weights
        self.batch, self.augmentation = batch, augmentation
        self.rng = np.random.default_rng([seed, 10])
        self.on_epoch_end()

    def __len__(self) -> int:
        return math.ceil(len(self.images) / self.batch)

    def on_epoch_end(self) -> None:
        self.order = self.rng.permutation(len(self.images))

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = self.order[number * self.batch : (number + 1) * self.batch]
        batch = [
            augment(self.images[r], self.circles[r], self.augmentation, self.rng) for r in rows
        ]
        return np.stack(batch), self.targets[rows], self.weights[rows]


def augment(
    image: np.ndarray, circles: np.ndarray, how: Augmentation, rng: np.random.Generator
) -> np.ndarray:
    """Turn, scale, move and light a coin a little differently: float32 (H,W,3), about 0 to 255.

    Each side moves within its own half of the image and by itself, as it does when photographed.
    """
    result = image.astype(np.float32)
    for box, circle in zip(side_boxes(image.shape, circles), circles, strict=True):
        side = result[box]
        centre = (circle[0] - box[1].start, circle[1] - box[0].start)
        zoom = 1 + rng.uniform(-how.zoom, how.zoom)
        move = cv2.getRotationMatrix2D(centre, rng.uniform(-how.turn, how.turn), zoom)
        move[:, 2] += rng.uniform(-how.shift, how.shift, 2) * circle[2]
        result[box] = cv2.warpAffine(side, move, side.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    contrast = 1 + rng.uniform(-how.contrast, how.contrast)
    return (result - 128) * contrast + 128 + rng.uniform(-how.brightness, how.brightness)


def side_boxes(shape: tuple[int, ...], circles: np.ndarray) -> list[tuple[slice, slice]]:
    """The halves of a merged image that hold obverse and reverse."""
    height, width = shape[:2]
    if circles[0, 0] < width / 2 <= circles[1, 0]:
        middle = width // 2
        return [np.s_[0:height, 0:middle], np.s_[0:height, middle:width]]
    middle = height // 2
    return [np.s_[0:middle, 0:width], np.s_[middle:height, 0:width]]


def train(
    table: pd.DataFrame, images: np.ndarray, settings: Training, seed: int, curves: Path
) -> keras.Model:
    """Train a network on the train part, choose its epoch on the validation part.

    table: manifest with the column `part`; images: uint8 (N,H,W,3), row by row; curves: folder for
    dvclive's curves. Raises InputError when the loss stops being a number.
    """
    reproducible(seed)
    targets = dataset.numbers(table["mint"], dataset.mints(table))
    parts = table["part"].to_numpy()
    model = build(settings, images.shape[1:], len(dataset.mints(table)))
    model.compile(
        keras.optimizers.AdamW(settings.learning_rate, weight_decay=settings.weight_decay),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    weights = compute_sample_weight("balanced" if settings.class_weights else None, targets)
    train, validation = parts == "train", parts == "validation"
    batches = Augmented(
        images[train], dataset.circles(table)[train], targets[train], weights[train],
        settings.batch, settings.augmentation, seed,
    )  # fmt: skip
    fit(model, batches, (images[validation], targets[validation]), settings, curves)
    return model


def build(settings: Training, shape: tuple[int, int, int], classes: int) -> keras.Model:
    """Make the untrained network that the parameters ask for."""
    if settings.network == "small":
        return networks.small_cnn(shape, classes, settings.dropout)
    base = backbones.build(settings.network, shape, settings.weights, frozen=settings.frozen)
    return networks.on_backbone(base, classes, settings.dropout)


def fit(
    model: keras.Model, batches: object, validation: tuple[np.ndarray, np.ndarray],
    settings: Block, curves: Path, best: str = "val_loss",
) -> None:  # fmt: skip
    """Fit a compiled network, stop early on the validation loss and keep the best epoch's weights.

    batches: a Keras data set; settings: any block with `epochs` and `patience`; best: the figure
    that says which epoch was the best. Raises InputError when the loss stops being a number.
    """
    checkpoint = curves / "best.weights.h5"
    with Live(str(curves), dvcyaml=False, save_dvc_exp=False, report=None) as live:
        history = model.fit(
            batches,
            validation_data=validation,
            epochs=settings.epochs,
            callbacks=[
                keras.callbacks.TerminateOnNaN(),
                keras.callbacks.EarlyStopping(patience=settings.patience),
                keras.callbacks.ModelCheckpoint(
                    checkpoint, best, save_best_only=True, save_weights_only=True
                ),
                DVCLiveCallback(live=live),
            ],
            shuffle=False,
            verbose="auto" if sys.stdout.isatty() else 0,
        )
    if not np.isfinite(history.history["loss"]).all():
        raise InputError("The training diverged: its loss is no number; lower learning_rate.")
    model.load_weights(checkpoint)
    checkpoint.unlink()


def reproducible(seed: int) -> None:
    """Make everything random in Keras and TensorFlow follow from `seed`, bit for bit."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
