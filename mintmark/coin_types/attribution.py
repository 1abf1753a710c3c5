"""Where in a photograph a network of coin types finds what speaks for a type.

Its features are pooled from maps at several depths. HiResCAM (Draelos & Carin 2020) weighs each place of
each map by its gradient; what is found at all depths is added up.
"""

import keras
import numpy as np
import tensorflow as tf

from mintmark.coin_types.extraction import MEAN
from mintmark.explain import attribution
from mintmark.networks import models


def heat(model: keras.Model, images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The heat of images (N,S,S,3), 0 to 255, for their target types: (N,S,S), 0 to 1.

    model: a network of coin types, from images to logits; targets: class numbers (N,).
    """
    maps = [layer.input for layer in model.layers if layer.name.startswith(MEAN)]
    below, above = keras.Model(model.input, maps), keras.Model(maps, model.output)
    found = []
    for start in range(0, len(images), models.BATCH):
        rows = np.s_[start : start + models.BATCH]
        levels = below(images[rows].astype(np.float32), training=False)
        with tf.GradientTape() as tape:
            tape.watch(levels)
            logits = tf.gather(above(levels, training=False), targets[rows], batch_dims=1)
        gradients = tape.gradient(logits, levels)
        speaking = [
            tf.reduce_sum(a * g, axis=-1).numpy() for a, g in zip(levels, gradients, strict=True)
        ]
        found.append(sum(_spread(level, images.shape[1:3]) for level in speaking))
    return attribution.upsampled(np.maximum(np.concatenate(found), 0), images.shape[1:3])


def _spread(level: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """What speaks in the cells of a depth (N,h,w), spread over the pixels of each: (N,H,W)."""
    return attribution.resized(level, shape) * (level[0].size / (shape[0] * shape[1]))
