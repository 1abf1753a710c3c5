"""Features of photographs from a frozen backbone, made once and kept on disk.

A frozen backbone gives a photograph the same features in every epoch. Each photograph, and each of a
few augmented views of the training photographs, goes through it once; heads are trained on what comes
out. Photographs are read batch by batch and features written batch by batch: memory does not grow
with their number.
"""

import math
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops
from sklearn.decomposition import PCA
from tqdm import tqdm

from mintmark.coin_types.store import MADE, Change, Making
from mintmark.images import cropping, decoding

BATCH = 64
STRIDES = (4, 8, 16, 32)  # pixels of the image to a cell of the maps that are pooled
PROJECTION = "features"  # the layer's name
STILL = 1e-12  # variance added to every map's, so that one which is flat has a gradient
LEAST = 1e-3  # of the mean deviation: what a feature varies less is the rounding of its sums
SAMPLE = 2_000  # training photographs, at most, that the projection is fitted to


def pooled(backbone: keras.Model) -> keras.Model:
    """A backbone with its maps pooled: images (N,H,W,3), 0 to 255, to vectors (N,P).

    The last maps at each of four resolutions, the levels of a feature pyramid (Lin et al. 2017),
    are pooled by mean and standard deviation (statistics pooling, Snyder et al. 2018): the finer ones
    tell what the coarsest have given up.
    """
    height = backbone.input_shape[1]
    coarser, vectors = 0, []
    for stride in reversed(STRIDES):  # some backbones round the size of their maps up, others down
        sizes = {(n, n) for n in (math.ceil(height / stride), height // stride) if n > coarser}
        maps = [at.output for at in backbone.layers if _cells(at) in sizes][-1]
        deviation = ops.sqrt(ops.var(maps, axis=(1, 2)) + STILL)
        vectors = [layers.GlobalAveragePooling2D()(maps), deviation, *vectors]
        coarser = maps.shape[1]
    return keras.Model(backbone.input, layers.Concatenate(name="pooled")(vectors))


def _cells(layer: keras.Layer) -> tuple[int, ...]:
    return tuple(getattr(layer.output, "shape", ())[1:3])


def extractor(
    backbone: keras.Model, root: Path, table: pd.DataFrame, making: Making, seed: int
) -> keras.Model:
    """A backbone whose pooled maps are projected to `making.dimensions` features at most.

    The projection is on the principal components of standardised training photographs (Jolliffe 2002),
    scaled to a variance of 1 on average. table: columns path (under root) and part.
    """
    whole = pooled(backbone)
    trained = table.loc[table["part"] == "train", "path"]
    chosen = trained.sample(min(SAMPLE, len(trained)), random_state=seed).sort_index()
    vectors = through(whole, root, chosen, making)
    mean, scale = vectors.mean(axis=0), vectors.std(axis=0)
    scale = np.maximum(scale, LEAST * scale.mean())
    components = min(making.dimensions, len(vectors) - 1, vectors.shape[1])
    found = PCA(components, svd_solver="randomized", random_state=seed)
    found.fit((vectors - mean) / scale)
    spread = np.sqrt(found.explained_variance_.mean())
    kernel = found.components_.T / scale[:, None] / spread
    project = layers.Dense(components, name=PROJECTION, trainable=False)
    model = keras.Model(whole.input, project(whole.output), name=backbone.name)
    project.set_weights([kernel, -mean @ kernel])
    return model


def store(
    model: keras.Model, root: Path, table: pd.DataFrame, unlabelled: pd.DataFrame, making: Making,
    seed: int, folder: Path,
) -> None:  # fmt: skip
    """Write the features of readable photographs, and of views of those that train; see `FeatureSet`.

    model: see `extractor`; table: columns path (under root) and part; unlabelled: path and readable.
    """
    trains = (table["part"] == "train").to_numpy()
    changes = [augmentation(making.views, seed + 10 * k) for k in range(making.views.number)]
    whole, *altered = (_step(model, change) for change in (None, *changes))
    vectors, end = folder / "vectors.npy", len(table)
    _create(vectors, (end + len(changes) * int(trains.sum()), model.output_shape[1]))
    origin = [np.arange(end)]
    for start, batch in batches(root, table["path"], making):
        _write(vectors, start, whole(batch))
        rows = np.flatnonzero(trains[start : start + len(batch)])
        for step in altered if rows.size else []:
            _write(vectors, end, step(batch[rows]))
            origin.append(start + rows)
            end += len(rows)
    np.save(folder / "origin.npy", np.concatenate(origin))
    readable = unlabelled.loc[unlabelled["readable"], "path"]
    _create(folder / "unlabelled.npy", (len(readable), model.output_shape[1]))
    for start, batch in batches(root, readable, making):
        _write(folder / "unlabelled.npy", start, whole(batch))
    table.to_csv(folder / "photos.csv", index=False)
    unlabelled.to_csv(folder / "unlabelled.csv", index=False)
    (folder / MADE).write_text(making.model_dump_json(indent=2) + "\n")


def through(model: keras.Model, root: Path, files: pd.Series, making: Making) -> np.ndarray:
    """Send readable photographs through a network: float32 (N,D), read batch by batch."""
    step = _step(model, None)
    outputs = [np.zeros((0, model.output_shape[1]), np.float32)]
    outputs += [step(batch).numpy() for _, batch in batches(root, files, making)]
    return np.concatenate(outputs)


def augmentation(change: Change, seed: int) -> keras.Sequential:
    """Random changes of photographs (N,H,W,3), 0 to 255, that follow from `seed`."""
    flip = [layers.RandomFlip("horizontal", seed=seed)] if change.flip else []
    return keras.Sequential(
        [
            *flip,
            layers.RandomRotation(change.turn / 360, seed=seed + 1),
            layers.RandomZoom(change.zoom, seed=seed + 2),
            layers.RandomContrast(change.contrast, value_range=(0, 255), seed=seed + 3),
            layers.RandomBrightness(change.brightness, value_range=(0, 255), seed=seed + 4),
        ]
    )


def examples(root: Path, table: pd.DataFrame, making: Making, number: int, seed: int) -> list:
    """Some training photographs, each followed by views such as are made of it: uint8 images (S,S,3)."""
    changes = [augmentation(making.views, seed + 10 * k) for k in range(making.views.number)]
    trained = table.loc[table["part"] == "train", "path"]
    shown = []
    for file in trained.sample(min(number, len(trained)), random_state=seed):
        image = prepared(root / file, making)
        batch = image[None].astype(np.float32)
        changed = [change(batch, training=True)[0].numpy() for change in changes]
        shown += [image, *(view.clip(0, 255).astype(np.uint8) for view in changed)]
    return shown


def batches(root: Path, files: pd.Series, making: Making) -> Iterator[tuple[int, np.ndarray]]:
    """Read readable photographs, BATCH at a time: the first one's place, float32 (B,S,S,3)."""
    for start in tqdm(range(0, len(files), BATCH), desc="reading photographs", disable=None):
        chosen = files.iloc[start : start + BATCH]
        images = [prepared(root / file, making) for file in chosen]
        yield start, np.stack(images).astype(np.float32)


def prepared(path: Path, making: Making) -> np.ndarray:
    """Read a readable photograph as networks take it: uint8 (S,S,3)."""
    return cropping.square(decoding.decode(path), making.size, making.crop)


def _step(
    model: keras.Model, change: keras.Sequential | None
) -> tf.types.experimental.GenericFunction:
    @tf.function(input_signature=[tf.TensorSpec(model.input_shape)])
    def step(batch: tf.Tensor) -> tf.Tensor:
        shown = batch if change is None else change(batch, training=True)
        return model(shown, training=False)

    return step


def _create(path: Path, shape: tuple[int, int]) -> None:
    np.lib.format.open_memmap(path, "w+", np.float32, shape).flush()


def _write(path: Path, start: int, rows: tf.Tensor) -> None:
    # Mapped anew for every batch, so that what is written does not stay in memory.
    mapped = np.lib.format.open_memmap(path, "r+")
    mapped[start : start + len(rows)] = rows.numpy()
    mapped.flush()
