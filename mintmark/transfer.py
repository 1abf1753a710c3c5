"""Transfer learning: features of photographs from a frozen backbone, and a head trained on them.

A frozen backbone gives a photograph the same features in every epoch, so each photograph, and each
of a few augmented views of the training photographs, goes through it once.
"""

from pathlib import Path
from typing import Annotated

import cv2
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from pydantic import Field
from sklearn.utils.class_weight import compute_sample_weight
from tqdm import tqdm

from mintmark import dataset, photos, training
from mintmark.params import Block

STEPS = 16  # of the head's training at a time: its steps are so short that calling them costs more
BATCH = 64


class HeadTraining(Block):
    """The parameters of training a head."""

    views: Annotated[int, Field(ge=0)]
    epochs: Annotated[int, Field(ge=1)]
    patience: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]


def extractor(backbone: keras.Model) -> keras.Model:
    """A backbone with its maps averaged: images (N,H,W,3), 0 to 255, to features (N,D)."""
    pooled = layers.GlobalAveragePooling2D(name="pooled")(backbone.output)
    return keras.Model(backbone.input, pooled)


def head(features: int, classes: int) -> keras.Sequential:
    """The head of the recipe: Dense 256, dropout, Dense 128, dropout, logits."""
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(classes, name="logits"),
        ]
    )


def augmentation(seed: int) -> keras.Sequential:
    """The recipe's augmentation of photographs (N,H,W,3), 0 to 255."""
    return keras.Sequential(
        [
            layers.RandomFlip("horizontal", seed=seed),
            layers.RandomRotation(0.2, seed=seed + 1),
            layers.RandomZoom(0.2, seed=seed + 2),
            layers.RandomContrast(0.2, value_range=(0, 255), seed=seed + 3),
            layers.RandomBrightness(0.2, value_range=(0, 255), seed=seed + 4),
        ]
    )


def train(
    extractor: keras.Model, features: np.ndarray, table: pd.DataFrame, root: Path,
    settings: HeadTraining, seed: int, curves: Path,
) -> keras.Sequential:  # fmt: skip
    """Train a head on the train part and its augmented views; the validation part picks the epoch.

    features: (N,D), row by row with table (Class, path, part); curves: folder for dvclive's curves.
    """
    names = sorted(table["Class"].unique())
    targets = dataset.numbers(table["Class"], names)
    train, validation = ((table["part"] == part).to_numpy() for part in ("train", "validation"))
    views = [
        features_of(extractor, root, table["path"][train], augmentation(seed + 10 * number))
        for number in range(settings.views)
    ]
    inputs = np.concatenate([features[train], *views])
    wanted = np.tile(targets[train], 1 + settings.views)
    model = head(features.shape[1], len(names))
    model.compile(
        keras.optimizers.Adam(settings.learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
        steps_per_execution=STEPS,
    )
    batches = (
        tf.data.Dataset.from_tensor_slices(
            (inputs, wanted, compute_sample_weight("balanced", wanted))
        )
        .shuffle(len(inputs), seed=seed)
        .batch(settings.batch)
    )
    judged = (features[validation], targets[validation])
    training.fit(
        model, batches, judged, settings.epochs, settings.patience, curves, best="val_accuracy"
    )
    return model


def features_of(
    model: keras.Model, root: Path, files: pd.Series, views: keras.Sequential | None = None
) -> np.ndarray:
    """The features of readable photographs, of one augmented view of each if `views` is given.

    model: see `extractor`. Photographs are read from disk batch by batch. Returns float32 (N,D).
    """
    size = model.input_shape[1]

    @tf.function(reduce_retracing=True)
    def step(batch: tf.Tensor) -> tf.Tensor:
        return model(batch if views is None else views(batch, training=True), training=False)

    starts = range(0, len(files), BATCH)
    what = "photographs" if views is None else "augmented views"
    found = [np.zeros((0, model.output_shape[1]), np.float32)]
    for start in tqdm(starts, desc=f"features of {what}", disable=None):
        batch = [
            squared(photos.decode(root / file), size) for file in files.iloc[start : start + BATCH]
        ]
        found.append(step(tf.constant(np.stack(batch), tf.float32)).numpy())
    return np.concatenate(found)


def assembled(backbone: keras.Model, trained: keras.Sequential) -> keras.Model:
    """Backbone and trained head as one network from images to logits."""
    pooled = extractor(backbone).output
    return keras.Model(backbone.input, trained(pooled), name=backbone.name)


def squared(image: np.ndarray, size: int) -> np.ndarray:
    """Bring a photograph (uint8 RGB) to size×size undistorted, grey beside it if it is no square."""
    longer = max(image.shape[:2])
    down, across = longer - image.shape[0], longer - image.shape[1]
    square = cv2.copyMakeBorder(
        image, down // 2, down - down // 2, across // 2, across - across // 2,
        cv2.BORDER_CONSTANT, value=(128, 128, 128),
    )  # fmt: skip
    method = cv2.INTER_AREA if longer > size else cv2.INTER_CUBIC
    return cv2.resize(square, (size, size), interpolation=method)
