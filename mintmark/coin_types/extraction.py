"""Features of photographs from frozen backbones, extracted once and kept on disk.

A frozen backbone gives a photograph the same features in every epoch. Each photograph, and each of a
few augmented views of the training photographs, goes through each once; heads are trained on what comes
out. Photographs are read batch by batch and features written batch by batch: memory does not grow
with their number.
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers, ops

from mintmark.coin_types import extractor, preparation
from mintmark.coin_types.extractor import Network
from mintmark.coin_types.store import SETTINGS, Augmentation, ExtractionSettings
from mintmark.networks import autodiff
from mintmark.pipeline import csv_files
from mintmark.pipeline.parallel import mapped

BATCH = 64
SAMPLE = 2_000  # training photographs, at most, that the projections are fitted to


def extract(
    backbones: list[keras.Model],
    root: Path,
    table: pd.DataFrame,
    unlabelled: pd.DataFrame,
    *,
    settings: ExtractionSettings,
    seed: int,
    folder: Path,
) -> keras.Model:
    """Write a feature set: pooled maps, projected to `settings.dimensions` of each backbone at most.

    backbones, settings: see `extractor.build`; table: columns path (under root) and part; unlabelled:
    path and readable; folder: see `store.FeatureSet`. Returns the feature extractor, images (N,S,K·S,3),
    see `preparation.shown`, to features (N,D).
    """
    network = extractor.SideBySide(backbones)
    trained = pd.Series(np.flatnonzero(table["part"] == "train"))
    sample = np.sort(trained.sample(min(SAMPLE, len(trained)), random_state=seed))
    pooled = autodiff.inference(network.vectors())
    vectors = network.apart(through(pooled, root, table["path"].iloc[sample], settings))
    projections = extractor.fitted_projections(vectors, settings.dimensions, seed)

    def features(images: np.ndarray) -> np.ndarray:
        return np.asarray(extractor.projected(network.apart(pooled(images)), projections))

    known = np.asarray(extractor.projected(vectors, projections))
    write_unlabelled(features, root, unlabelled, known.shape[1], settings=settings, folder=folder)
    found = sample, known
    write(features, root, table, known=found, settings=settings, seed=seed, folder=folder)
    return network.extractor(projections)


def write(
    network: Network,
    root: Path,
    table: pd.DataFrame,
    *,
    known: tuple[np.ndarray, np.ndarray],
    settings: ExtractionSettings,
    seed: int,
    folder: Path,
) -> None:
    """Write the features of labelled photographs, and of views of those that train.

    known: rows of the table (M,) whose features there are already, and these (M,D); the rest as in
    `extract`. Labelled photographs come first in vectors.npy, in the order of the table, then the views.
    """
    trains = (table["part"] == "train").to_numpy()
    views = augmentations(settings, int(trains.sum()), seed)
    vectors, end = folder / "vectors.npy", len(table)
    _create(vectors, (end + len(views) * int(trains.sum()), known[1].shape[1]))
    new = np.ones(end, bool)
    new[known[0]] = False
    _write(vectors, *known)
    origin = [np.arange(end)]
    asked = np.flatnonzero(new | trains) if views else np.flatnonzero(new)
    for start, batch in batches(root, table["path"].iloc[asked], settings):
        rows = asked[start : start + len(batch)]
        if new[rows].any():
            _write(vectors, rows[new[rows]], network(batch[new[rows]]))
        viewed = rows[trains[rows]]
        for changed in (view(batch[trains[rows]]) for view in views if viewed.size):
            _write(vectors, np.s_[end : end + len(viewed)], network(changed))
            origin.append(viewed)
            end += len(viewed)
    np.save(folder / "origin.npy", np.concatenate(origin))
    csv_files.write(table, folder / "photos.csv")
    (folder / SETTINGS).write_text(settings.model_dump_json(indent=2) + "\n")


def write_unlabelled(
    network: Network,
    root: Path,
    unlabelled: pd.DataFrame,
    dimensions: int,
    *,
    settings: ExtractionSettings,
    folder: Path,
) -> None:
    """Write the features (N,D) of readable photographs without labels. dimensions: D."""
    readable, file = unlabelled.loc[unlabelled["readable"], "path"], folder / "unlabelled.npy"
    _create(file, (len(readable), dimensions))
    for start, batch in batches(root, readable, settings):
        _write(file, np.s_[start : start + len(batch)], network(batch))
    csv_files.write(unlabelled, folder / "unlabelled.csv")


def through(
    network: Network, root: Path, files: pd.Series, settings: ExtractionSettings
) -> np.ndarray:
    """Send readable photographs, at least one, through a network, batch by batch: float32 (N,D)."""
    return np.concatenate([network(batch) for _, batch in batches(root, files, settings)])


def augmentation(how: Augmentation, seed: int, pictures: int) -> keras.Model:
    """Random changes of photographs (N,S,K·S,3), 0 to 255, that follow from `seed`.

    The pictures of a photograph that lie side by side, K of them, are all changed alike.
    """
    images = keras.Input((None, None, 3))
    x = ops.concatenate(ops.split(images, pictures, axis=2), axis=3)
    if how.flip:
        x = layers.RandomFlip("horizontal", seed=seed)(x)
    x = layers.RandomRotation(how.turn / 360, seed=seed + 1)(x)
    x = layers.RandomZoom(how.zoom, seed=seed + 2)(x)
    x = layers.RandomContrast(how.contrast, value_range=(0, 255), seed=seed + 3)(x)
    x = layers.RandomBrightness(how.brightness, value_range=(0, 255), seed=seed + 4)(x)
    return keras.Model(images, ops.concatenate(ops.split(x, pictures, axis=3), axis=2))


def augmentations(settings: ExtractionSettings, trained: int, seed: int) -> list[Network]:
    """One random change for each view, of images float32 (B,S,K·S,3), each with a seed of its own.

    trained: how many photographs train; where they are many, there are no views.
    """
    views = settings.views
    number = views.number if trained < views.below else 0
    pictures = len(settings.crop)
    return [_augmenting(augmentation(views, seed + 10 * k, pictures)) for k in range(number)]


def _augmenting(changes: keras.Model) -> Network:
    return autodiff.compiled(partial(changes, training=True), changes)


def examples(
    root: Path, table: pd.DataFrame, settings: ExtractionSettings, *, number: int, seed: int
) -> np.ndarray:
    """At most `number` training photographs, each with views as are made of it, if any are.

    Returns uint8 images (M,1+V,S,K·S,3): the photograph first, then its views.
    """
    trained = table.loc[table["part"] == "train", "path"]
    views = augmentations(settings, len(trained), seed)
    shown = []
    for file in trained.sample(min(number, len(trained)), random_state=seed):
        image = preparation.prepared(root / file, settings)
        changed = [view(image[None].astype(np.float32))[0] for view in views]
        shown.append([image, *(np.uint8(view.clip(0, 255)) for view in changed)])
    return np.array(shown)


def batches(
    root: Path, files: pd.Series, settings: ExtractionSettings
) -> Iterator[tuple[int, np.ndarray]]:
    """Read readable photographs, BATCH at a time: the first one's place, float32 (B,S,K·S,3).

    The next ones are read while the caller is busy with a batch.
    """
    photos = [root / file for file in files]
    read = partial(preparation.prepared, settings=settings)
    images = mapped(read, photos, desc="reading photographs", threads=True)
    for start in range(0, len(photos), BATCH):
        yield start, np.stack(list(islice(images, BATCH))).astype(np.float32)


def _create(path: Path, shape: tuple[int, int]) -> None:
    np.lib.format.open_memmap(path, "w+", np.float32, shape).flush()


def _write(path: Path, rows: np.ndarray | slice, vectors: np.ndarray) -> None:
    # Mapped afresh for every batch, so that what is written does not stay in memory.
    mapped = np.lib.format.open_memmap(path, "r+")
    mapped[rows] = vectors
    mapped.flush()
