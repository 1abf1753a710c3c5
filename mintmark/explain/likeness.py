"""What makes coins alike to a network: heat on a coin for its likeness to another."""

from collections.abc import Callable
from functools import lru_cache

import keras
import numpy as np
from keras import ops

from mintmark.explain.attribution import BATCH, upsampled
from mintmark.networks import autodiff, models
from mintmark.networks.autodiff import Tensor


def heat(
    model: keras.Model, images: np.ndarray, others: np.ndarray, mean: np.ndarray
) -> np.ndarray:
    """Where each coin is like another coin, more than like any: (N,H,W), the hottest point at 1.

    images: (N,H,W,3), 0 to 255; others: the features of the coin that each is compared with (N,D), see
    `models.pooled`; mean: the mean features of the collection (D,). The likeness is the dot product of
    the features; Stylianou et al. (2019), "Visualizing Deep Similarity Networks", tell what each place
    adds to it. Here the mean is taken from the other coin's features first, for most of what two coins
    share is shared by all coins. Gradients are multiplied place by place, as by HiResCAM, so that the
    head may read each place in its own way.
    """
    towards = (others - mean).astype(np.float32)
    maps = _compiled(model)
    found = [maps(images[rows], towards[rows]) for rows in models.batches(len(images), BATCH)]
    return upsampled(np.concatenate(found), images.shape[1:3])


@lru_cache(maxsize=2)
def _compiled(model: keras.Model) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """A compiled function from images and directions in feature space to maps (N,h,w), ≥ 0."""
    features, _ = models.features_and_head(model)
    pooled = keras.Model(features.output, model.get_layer("pooled").output)

    def maps(images: Tensor, towards: Tensor) -> Tensor:
        def likeness(seen: Tensor) -> Tensor:
            return ops.sum(towards * pooled(seen, training=False), axis=-1)

        seen = features(ops.cast(images, "float32"), training=False)
        _, gradients = autodiff.value_and_gradient(likeness, seen)
        return ops.relu(ops.sum(gradients * seen, axis=-1))

    return autodiff.compiled(maps, model)
