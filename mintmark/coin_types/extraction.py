"""Features of photographs from a frozen backbone, extracted once and kept on disk.

A frozen backbone gives a photograph the same features in every epoch. Each photograph, and each of a
few augmented views of the training photographs, goes through it once; heads are trained on what comes
out. Photographs are read batch by batch and features written batch by batch: memory does not grow
with their number.
"""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops
from sklearn.decomposition import PCA
from tqdm import tqdm

from mintmark.coin_types.store import SETTINGS, Augmentation, ExtractionSettings, Views
from mintmark.images import cropping, decoding
from mintmark.pipeline import csv_files
from mintmark.pipeline.parallel import ahead
from mintmark.pipeline.stage import InputError

BATCH = 64
STRIDES = (4, 8, 16, 32)  # pixels of the image to a cell of the maps that are pooled
PROJECTION = "features"  # the layer's name
MEAN = "mean_of_"  # how the names of the layers begin that average maps; the stride follows
VARIANCE_ADDED = 1e-12  # to every map's, so that one which is flat has a gradient
LEAST = 1e-3  # of the mean deviation: what a feature varies less is the rounding of its sums
SAMPLE = 2_000  # training photographs, at most, that the projection is fitted to

Network = Callable[[np.ndarray], np.ndarray]  # images, float32 (B,H,W,3), to vectors (B,D)


def pooled(backbone: keras.Model) -> keras.Model:
    """A backbone with its maps pooled: images (N,H,W,3), 0 to 255, to vectors (N,P).

    The last maps at each of four resolutions, the levels of a feature pyramid (Lin et al. 2017),
    are pooled by mean and standard deviation (statistics pooling, Snyder et al. 2018): the finer ones
    keep what the coarsest have given up.
    """
    height = backbone.input_shape[1]
    coarser = 0
    vectors: list[keras.KerasTensor] = []
    for stride in reversed(STRIDES):  # some backbones round the size of their maps up, others down
        sizes = {(n, n) for n in (math.ceil(height / stride), height // stride) if n > coarser}
        maps = [layer.output for layer in backbone.layers if _cells(layer) in sizes][-1]
        deviation = ops.sqrt(ops.var(maps, axis=(1, 2)) + VARIANCE_ADDED)
        mean = layers.GlobalAveragePooling2D(name=f"{MEAN}{stride}")(maps)
        vectors = [mean, deviation, *vectors]
        coarser = maps.shape[1]
    return keras.Model(backbone.input, layers.Concatenate(name="pooled")(vectors))


def _cells(layer: keras.Layer) -> tuple[int, ...]:
    return tuple(getattr(layer.output, "shape", ())[1:3])


def extract(
    backbone: keras.Model,
    root: Path,
    table: pd.DataFrame,
    unlabelled: pd.DataFrame,
    *,
    settings: ExtractionSettings,
    seed: int,
    folder: Path,
) -> keras.Model:
    """Write a feature set: pooled maps, projected to `settings.dimensions` features at most.

    table: columns path (under root) and part; unlabelled: path and readable; folder: see
    `store.FeatureSet`. Returns the feature extractor, images (N,S,S,3) to features (N,D).
    """
    whole = pooled(backbone)
    network = inference(whole)
    trained = pd.Series(np.flatnonzero(table["part"] == "train"))
    sample = np.sort(trained.sample(min(SAMPLE, len(trained)), random_state=seed))
    vectors = through(network, root, table["path"].iloc[sample], settings)
    projection = fitted_projection(vectors, settings.dimensions, seed)
    kernel, bias = projection.get_weights()
    write(
        lambda images: network(images) @ kernel + bias,
        root,
        table,
        unlabelled,
        known=dict(zip(sample.tolist(), vectors @ kernel + bias, strict=True)),
        settings=settings,
        seed=seed,
        folder=folder,
    )
    return keras.Model(whole.input, projection(whole.output), name=backbone.name)


def fitted_projection(vectors: np.ndarray, dimensions: int, seed: int) -> keras.layers.Dense:
    """The projection on the principal components of standardised vectors (N,P), Jolliffe (2002).

    At most `dimensions` of them, scaled to a variance of 1 on average.
    """
    mean, scale = vectors.mean(axis=0), vectors.std(axis=0)
    scale = np.maximum(scale, LEAST * scale.mean())
    components = min(dimensions, len(vectors) - 1, vectors.shape[1])
    found = PCA(components, svd_solver="randomized", random_state=seed)
    found.fit((vectors - mean) / scale)
    spread = np.sqrt(found.explained_variance_.mean())
    kernel = found.components_.T / scale[:, None] / spread
    projection = layers.Dense(components, name=PROJECTION, trainable=False)
    projection.build((None, len(kernel)))
    projection.set_weights([kernel, -mean @ kernel])
    return projection


def write(
    network: Network,
    root: Path,
    table: pd.DataFrame,
    unlabelled: pd.DataFrame,
    *,
    known: dict[int, np.ndarray],
    settings: ExtractionSettings,
    seed: int,
    folder: Path,
) -> None:
    """Write the features of readable photographs, and of views of those that train.

    known: features (D,) that there are already, by the row in the table; the rest as in `extract`.
    Labelled photographs come first in vectors.npy, in the order of the table, then the views.
    """
    dimensions = network(np.zeros((1, settings.size, settings.size, 3), np.float32)).shape[1]
    readable = unlabelled.loc[unlabelled["readable"], "path"]
    _create(folder / "unlabelled.npy", (len(readable), dimensions))
    for start, batch in batches(root, readable, settings):
        _write(folder / "unlabelled.npy", start, network(batch))
    views = augmentations(settings.views, seed)
    trains = (table["part"] == "train").to_numpy()
    vectors, end = folder / "vectors.npy", len(table)
    _create(vectors, (end + len(views) * int(trains.sum()), dimensions))
    origin = [np.arange(end)]
    for start, batch in batches(root, table["path"], settings):
        _write(vectors, start, _completed(network, batch, start, known))
        rows = np.flatnonzero(trains[start : start + len(batch)])
        for changed in (view(batch[rows]) for view in views if rows.size):
            _write(vectors, end, network(changed))
            origin.append(start + rows)
            end += len(rows)
    np.save(folder / "origin.npy", np.concatenate(origin))
    csv_files.write(table, folder / "photos.csv")
    csv_files.write(unlabelled, folder / "unlabelled.csv")
    (folder / SETTINGS).write_text(settings.model_dump_json(indent=2) + "\n")


def _completed(
    network: Network, batch: np.ndarray, start: int, known: dict[int, np.ndarray]
) -> np.ndarray:
    """The features of a batch whose first photograph is in row `start`; known ones are taken over."""
    rows = range(start, start + len(batch))
    found = {row: known[row] for row in rows if row in known}
    new = np.array([row for row in rows if row not in known], int)
    if new.size:
        found |= dict(zip(new.tolist(), network(batch[new - start]), strict=True))
    return np.stack([found[row] for row in rows])


def through(
    network: Network, root: Path, files: pd.Series, settings: ExtractionSettings
) -> np.ndarray:
    """Send readable photographs, at least one, through a network, batch by batch: float32 (N,D)."""
    return np.concatenate([network(batch) for _, batch in batches(root, files, settings)])


def inference(model: keras.Model) -> Network:
    """A network as it is now, for inference alone.

    Its weights are constants, so that TensorFlow joins batch normalisation to the convolutions.
    """
    trainable = [variable.numpy() for variable in model.trainable_variables]
    others = [variable.numpy() for variable in model.non_trainable_variables]

    @tf.function(input_signature=[tf.TensorSpec(model.input_shape)])
    def run(images: tf.Tensor) -> tf.Tensor:
        return model.stateless_call(trainable, others, images, training=False)[0]

    return lambda images: run(images).numpy()


def augmentation(how: Augmentation, seed: int) -> keras.Sequential:
    """Random changes of photographs (N,H,W,3), 0 to 255, that follow from `seed`."""
    flip = [layers.RandomFlip("horizontal", seed=seed)] if how.flip else []
    return keras.Sequential(
        [
            *flip,
            layers.RandomRotation(how.turn / 360, seed=seed + 1),
            layers.RandomZoom(how.zoom, seed=seed + 2),
            layers.RandomContrast(how.contrast, value_range=(0, 255), seed=seed + 3),
            layers.RandomBrightness(how.brightness, value_range=(0, 255), seed=seed + 4),
        ]
    )


def augmentations(views: Views, seed: int) -> list[Network]:
    """One random change for each view, of images float32 (B,S,S,3), each with a seed of its own."""
    return [_augmenting(augmentation(views, seed + 10 * k)) for k in range(views.number)]


def _augmenting(changes: keras.Sequential) -> Network:
    @tf.function(reduce_retracing=True)
    def run(images: tf.Tensor) -> tf.Tensor:
        return changes(images, training=True)

    return lambda images: run(tf.convert_to_tensor(images)).numpy()


def examples(
    root: Path, table: pd.DataFrame, settings: ExtractionSettings, *, number: int, seed: int
) -> np.ndarray:
    """At most `number` training photographs, each with views as are made of it.

    Returns uint8 images (M,1+V,S,S,3): the photograph first, then its views.
    """
    views = augmentations(settings.views, seed)
    trained = table.loc[table["part"] == "train", "path"]
    shown = []
    for file in trained.sample(min(number, len(trained)), random_state=seed):
        image = prepared(root / file, settings)
        changed = [view(image[None].astype(np.float32))[0] for view in views]
        shown.append([image, *(np.uint8(view.clip(0, 255)) for view in changed)])
    return np.array(shown)


def batches(
    root: Path, files: pd.Series, settings: ExtractionSettings
) -> Iterator[tuple[int, np.ndarray]]:
    """Read readable photographs, BATCH at a time: the first one's place, float32 (B,S,S,3).

    The next batches are read while the caller is busy with one.
    """

    def read(start: int) -> np.ndarray:
        chosen = files.iloc[start : start + BATCH]
        return np.stack([prepared(root / file, settings) for file in chosen]).astype(np.float32)

    starts = range(0, len(files), BATCH)
    read_ahead = zip(starts, ahead(read, starts), strict=True)
    yield from tqdm(read_ahead, total=len(starts), desc="reading photographs", disable=None)


def prepared(path: Path, settings: ExtractionSettings) -> np.ndarray:
    """Read a photograph as networks take it: uint8 (S,S,3).

    Raises InputError when it can't be read.
    """
    image = decoding.decode(path)
    if image is None:
        raise InputError(f"{path} can't be read any more; run `dvc repro features315` again.")
    return cropping.square(image, settings.size, settings.crop)


def _create(path: Path, shape: tuple[int, int]) -> None:
    np.lib.format.open_memmap(path, "w+", np.float32, shape).flush()


def _write(path: Path, start: int, rows: np.ndarray) -> None:
    # Mapped afresh for every batch, so that what is written does not stay in memory.
    mapped = np.lib.format.open_memmap(path, "r+")
    mapped[start : start + len(rows)] = rows
    mapped.flush()
