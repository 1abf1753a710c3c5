"""Where in a photograph a network of coin types finds what speaks for a type.

Its features are pooled from maps of its backbones at several depths. HiResCAM (Draelos & Carin 2020)
weighs each place of each map by its gradient; what is found at all depths of a backbone is added up, on
the picture that this backbone is shown.
"""

from functools import partial

import keras
import numpy as np
from keras import ops

from mintmark.coin_types.extractor import BACKBONE, MEAN, PROJECTION
from mintmark.explain import attribution
from mintmark.networks import autodiff, models
from mintmark.networks.autodiff import Tensor


def heat(model: keras.Model, images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The heat of images (N,S,K·S,3), 0 to 255, for their target types: (N,S,K·S), 0 to 1.

    model: a network of coin types, from images to logits; targets: class numbers (N,).
    """
    halves = _Halves(model)
    found = []
    for rows in models.batches(len(images)):
        levels = halves.maps(images[rows].astype(np.float32))
        wanted = partial(halves.logits, targets[rows])
        _, gradients = autodiff.value_and_gradient(wanted, levels)
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

    def maps(self, images: np.ndarray) -> list[list[Tensor]]:
        """The maps of each backbone, on its picture, at each depth."""
        pictures = np.split(images, len(self.below), axis=2)
        return [
            below(picture, training=False)
            for below, picture in zip(self.below, pictures, strict=True)
        ]

    def logits(self, targets: np.ndarray, maps: list[list[Tensor]]) -> Tensor:
        """The logits of targets (N,) from maps: (N,)."""
        vectors = [
            above(levels, training=False) for above, levels in zip(self.above, maps, strict=True)
        ]
        return attribution.of_targets(self.head(vectors, training=False), targets)


def _added(maps: list[Tensor], gradients: list[Tensor], size: int) -> np.ndarray:
    """What speaks on a backbone's picture, added up over the depths of its maps: (N,S,S)."""
    speaking = [ops.sum(a * g, axis=-1) for a, g in zip(maps, gradients, strict=True)]
    levels = map(ops.convert_to_numpy, speaking)
    return np.sum([_spread(level, size) for level in levels], axis=0)


def _spread(level: np.ndarray, size: int) -> np.ndarray:
    """What speaks in the cells of a depth (N,h,w), spread over the pixels of each: (N,S,S)."""
    return attribution.resized(level, (size, size)) * (level[0].size / size**2)
