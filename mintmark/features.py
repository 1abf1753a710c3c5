"""Features of photographs from a frozen backbone, made once and kept on disk.

A frozen backbone gives a photograph the same features in every epoch. Each photograph, and each of a
few augmented views of the training photographs, goes through it once; heads are trained on what comes
out. Photographs are read batch by batch and features written batch by batch: memory does not grow
with their number.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import cv2
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from pydantic import Field
from tqdm import tqdm

from mintmark import coin, photos
from mintmark.params import Block

BATCH = 64
STRIDES = (8, 16, 32)  # pixels of the image to a cell of the maps that are pooled
CROPPED = 0.48  # the coin's radius in a crop, as a fraction of its width


class Views(Block):
    """How the augmented views of a photograph differ from it."""

    number: Annotated[int, Field(ge=0)]
    flip: bool
    turn: Annotated[float, Field(ge=0, le=0.5)]
    zoom: Annotated[float, Field(ge=0, lt=1)]
    contrast: Annotated[float, Field(ge=0, lt=1)]
    brightness: Annotated[float, Field(ge=0, lt=1)]


def extractor(backbone: keras.Model) -> keras.Model:
    """A backbone with its maps pooled: images (N,H,W,3), 0 to 255, to features (N,D).

    The last maps at each of three resolutions, the levels of a feature pyramid (Lin et al. 2017),
    are pooled by mean and by maximum: the finer ones tell what the coarsest have given up.
    """
    height = backbone.input_shape[1]
    pooled = []
    for stride in STRIDES:
        cells = math.ceil(height / stride)
        maps = [at.output for at in backbone.layers if _cells(at) == (cells, cells)][-1]
        pooled += [layers.GlobalAveragePooling2D()(maps), layers.GlobalMaxPooling2D()(maps)]
    return keras.Model(backbone.input, layers.Concatenate(name="pooled")(pooled))


def _cells(layer: keras.Layer) -> tuple[int, ...]:
    return tuple(getattr(layer.output, "shape", ())[1:3])


def augmentation(views: Views, seed: int) -> keras.Sequential:
    """Random changes of photographs (N,H,W,3), 0 to 255, that follow from `seed`."""
    flip = [layers.RandomFlip("horizontal", seed=seed)] if views.flip else []
    return keras.Sequential(
        [
            *flip,
            layers.RandomRotation(views.turn, seed=seed + 1),
            layers.RandomZoom(views.zoom, seed=seed + 2),
            layers.RandomContrast(views.contrast, value_range=(0, 255), seed=seed + 3),
            layers.RandomBrightness(views.brightness, value_range=(0, 255), seed=seed + 4),
        ]
    )


def store(
    model: keras.Model, root: Path, table: pd.DataFrame, crop: bool, views: Views, seed: int,
    folder: Path,
) -> None:  # fmt: skip
    """Write the features of readable photographs, and of views of those that train.

    model: see `extractor`; table: columns path (under root) and part; crop: see `prepared`. Writes
    photographs.npy, float16 (N,D), and views.npy, float16 (views × those that train, D): one view of
    each batch after the other, their rows of the table in views_of.npy.
    """
    dimensions = model.output_shape[1]
    trains = (table["part"] == "train").to_numpy()
    changes = [augmentation(views, seed + 10 * number) for number in range(views.number)]
    steps = [_step(model, change) for change in changes]
    plain = _step(model, None)
    seen, origin = 0, []
    _create(folder / "photographs.npy", (len(table), dimensions))
    _create(folder / "views.npy", (views.number * trains.sum(), dimensions))
    for start, batch in batches(root, table["path"], model.input_shape[1], crop):
        _write(folder / "photographs.npy", start, plain(tf.constant(batch, tf.float32)))
        rows = np.flatnonzero(trains[start : start + len(batch)])
        for step in steps if rows.size else []:
            _write(folder / "views.npy", seen, step(tf.constant(batch[rows], tf.float32)))
            origin.append(start + rows)
            seen += len(rows)
    np.save(folder / "views_of.npy", np.concatenate([np.zeros(0, int), *origin]))


def batches(
    root: Path, files: pd.Series, size: int, crop: bool
) -> Iterator[tuple[int, np.ndarray]]:
    """Read readable photographs from disk, BATCH at a time: the first's place, uint8 (B,S,S,3)."""
    for start in tqdm(range(0, len(files), BATCH), desc="reading photographs", disable=None):
        chosen = files.iloc[start : start + BATCH]
        yield start, np.stack([prepared(photos.decode(root / file), size, crop) for file in chosen])


def prepared(image: np.ndarray, size: int, crop: bool) -> np.ndarray:
    """Bring a photograph (uint8 RGB) to size×size undistorted, grey beside it if it is no square.

    crop: cut the coin out first, if one is found.
    """
    found = coin.find(image) if crop else None
    if found:
        return coin.crop(image, found[0], size, CROPPED)
    longer = max(image.shape[:2])
    down, across = longer - image.shape[0], longer - image.shape[1]
    square = cv2.copyMakeBorder(
        image, down // 2, down - down // 2, across // 2, across - across // 2,
        cv2.BORDER_CONSTANT, value=(coin.FILL,) * 3,
    )  # fmt: skip
    method = cv2.INTER_AREA if longer > size else cv2.INTER_CUBIC
    return cv2.resize(square, (size, size), interpolation=method)


def _step(
    model: keras.Model, change: keras.Sequential | None
) -> tf.types.experimental.GenericFunction:
    def step(batch: tf.Tensor) -> tf.Tensor:
        shown = batch if change is None else change(batch, training=True)
        return model(shown, training=False)

    return tf.function(step, reduce_retracing=True)


def _create(path: Path, shape: tuple[int, int]) -> None:
    np.lib.format.open_memmap(path, "w+", np.float16, shape).flush()


def _write(path: Path, start: int, rows: tf.Tensor) -> None:
    # Mapped anew for every batch, so that what is written does not stay in memory.
    mapped = np.lib.format.open_memmap(path, "r+")
    mapped[start : start + len(rows)] = np.clip(rows.numpy(), -65504, 65504)
    mapped.flush()
