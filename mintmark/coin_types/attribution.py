"""Where in a photograph a network of coin types finds what speaks for a type.

Its features are pooled from maps of its backbones at several depths. HiResCAM (Draelos & Carin 2020)
weighs each place of each map by its gradient; what is found at all depths of a backbone is added up, on
the picture that this backbone is shown.
"""

import keras
import numpy as np
import tensorflow as tf

from mintmark.coin_types.extractor import BACKBONE, MEAN, PROJECTION
from mintmark.explain import attribution
from mintmark.networks import models


def heat(model: keras.Model, images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The heat of images (N,S,K·S,3), 0 to 255, for their target types: (N,S,K·S), 0 to 1.

    model: a network of coin types, from images to logits; targets: class numbers (N,).
    """
    halves = _Halves(model)
    found = []
    for start in range(0, len(images), models.BATCH):
        rows = np.s_[start : start + models.BATCH]
        levels = halves.maps(images[rows].astype(np.float32))
        with tf.GradientTape() as tape:
            tape.watch(levels)
            logits = tf.gather(halves.logits(levels), targets[rows], batch_dims=1)
        gradients = tape.gradient(logits, levels)
        size = images.shape[1]
        added = [_added(*both, size) for both in zip(levels, gradients, strict=True)]
        found.append(np.concatenate(added, axis=2))
    return attribution.upsampled(np.maximum(np.concatenate(found), 0), images.shape[1:3])


class _Halves:
    """A network of coin types in two: up to the maps that are pooled, by backbone and depth, and on."""

    def __init__(self, model: keras.Model) -> None:
        number = sum(layer.name.startswith(BACKBONE) for layer in model.layers)
        backbones = [model.get_layer(f"{BACKBONE}{k}") for k in range(number)]
        projections = [model.get_layer(f"{PROJECTION}{k}") for k in range(number)]
        pooled = [
            [layer.input for layer in backbone.layers if layer.name.startswith(MEAN)]
            for backbone in backbones
        ]
        both = list(zip(backbones, pooled, strict=True))
        self.below = [keras.Model(backbone.input, maps) for backbone, maps in both]
        self.above = [keras.Model(maps, backbone.output) for backbone, maps in both]
        self.head = keras.Model([layer.input for layer in projections], model.output)

    def maps(self, images: np.ndarray) -> list[list[tf.Tensor]]:
        """The maps of each backbone, on its picture, at each depth."""
        pictures = np.split(images, len(self.below), axis=2)
        return [
            below(picture, training=False)
            for below, picture in zip(self.below, pictures, strict=True)
        ]

    def logits(self, maps: list[list[tf.Tensor]]) -> tf.Tensor:
        """Logits (N,C) from maps."""
        vectors = [
            above(levels, training=False) for above, levels in zip(self.above, maps, strict=True)
        ]
        return self.head(vectors, training=False)


def _added(maps: list[tf.Tensor], gradients: list[tf.Tensor], size: int) -> np.ndarray:
    """What speaks on a backbone's picture, added up over the depths of its maps: (N,S,S)."""
    speaking = [tf.reduce_sum(a * g, axis=-1).numpy() for a, g in zip(maps, gradients, strict=True)]
    return np.sum([_spread(level, size) for level in speaking], axis=0)


def _spread(level: np.ndarray, size: int) -> np.ndarray:
    """What speaks in the cells of a depth (N,h,w), spread over the pixels of each: (N,S,S)."""
    return attribution.resized(level, (size, size)) * (level[0].size / size**2)
