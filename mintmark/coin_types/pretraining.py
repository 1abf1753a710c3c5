"""Pretraining a backbone on coins: it learns to tell apart types that are made up by the thousand."""

from pathlib import Path
from typing import Annotated

import cv2
import keras
import numpy as np
from keras import layers
from pydantic import Field

from mintmark.coin_types import store
from mintmark.networks import backbones, fitting
from mintmark.pipeline.parallel import mapped
from mintmark.pipeline.params import Block
from mintmark.synthetic import procedural


class Pretrain(Block):
    """The parameters of pretraining."""

    seed: int
    start: str
    types: Annotated[int, Field(ge=2)]
    photos: Annotated[int, Field(ge=2)]
    drawn: Annotated[int, Field(ge=32)]  # pixels
    size: Annotated[int, Field(ge=32)]  # pixels
    epochs: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    weight_decay: Annotated[float, Field(ge=0)]
    smoothing: Annotated[float, Field(ge=0, lt=1)]


def crops(images: np.ndarray, targets: np.ndarray, settings: Pretrain) -> fitting.Batches:
    """Batches of drawn photographs, each cut, turned and lit a little differently every time.

    images: uint8 (N,S,S,3); targets: class numbers (N,).
    """
    rng = np.random.default_rng([settings.seed, store.Stream.CROPS])

    def batch(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        one_hot = keras.utils.to_categorical(targets[rows], settings.types)
        return np.stack([_cut(images[row], settings.size, rng) for row in rows]), one_hot

    return fitting.Batches(len(images), settings.batch, batch, rng, made_of=(images, targets))


def _cut(image: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    zoom = rng.uniform(0.95, 1.08) * size / len(image)
    middle = (len(image) - 1) / 2
    place = np.array(cv2.getRotationMatrix2D((middle, middle), rng.uniform(-15, 15), zoom), float)
    place[:, 2] += (size - len(image)) / 2 + rng.uniform(-0.04, 0.04, 2) * size
    cut = cv2.warpAffine(
        image, place, (size, size), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT
    )
    light = cut * rng.uniform(0.8, 1.2) + rng.uniform(-20, 20)
    return np.clip(light, 0, 255).astype(np.float32)


def drawn(settings: Pretrain, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Draw all photographs into a file under `folder`: uint8 (N,S,S,3), mapped, and types (N,)."""
    shape = (settings.types * settings.photos, settings.drawn, settings.drawn, 3)
    images = np.lib.format.open_memmap(folder / "drawn.npy", "w+", np.uint8, shape)
    targets = np.repeat(np.arange(settings.types), settings.photos)
    kinds = (targets * 1_000 + settings.seed * 1_000_000).tolist()
    sizes = [settings.drawn] * len(kinds)
    shown = mapped(procedural.photographed, kinds, sizes, range(len(kinds)), desc="drawing")
    for row, image in enumerate(shown):
        images[row] = image
    return images, targets


def train(images: np.ndarray, targets: np.ndarray, settings: Pretrain) -> keras.Model:
    """Train EfficientNetB0 to classify drawn photographs by type; returns the backbone alone.

    images: uint8 (N,S,S,3); targets: (N,). AdamW with warm-up and cosine decay (Loshchilov & Hutter
    2017, 2019), smoothed labels (Szegedy 2016). Raises InputError when the loss stops being a number.
    """
    fitting.reproducible(settings.seed)
    shape = (settings.size, settings.size, 3)
    backbone = backbones.build(backbones.COINS, shape, settings.start, frozen=False)
    pooled = layers.GlobalAveragePooling2D()(backbone.output)
    logits = layers.Dense(settings.types)(layers.Dropout(0.2)(pooled))
    model = keras.Model(backbone.input, logits)
    batches = crops(images, targets, settings)
    steps = settings.epochs * len(batches)
    model.compile(
        keras.optimizers.AdamW(
            fitting.warm_cosine(settings.learning_rate, steps), weight_decay=settings.weight_decay
        ),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=settings.smoothing),
        metrics=["accuracy"],
    )
    fitting.fit_for(model, batches, epochs=settings.epochs)
    return backbone


def save(backbone: keras.Model, path: Path) -> None:
    """Save weights as float16 in the order of `get_weights()`."""
    with path.open("wb") as file:  # given a path, NumPy would add a suffix
        np.savez(file, *(array.astype(np.float16) for array in backbone.get_weights()))
