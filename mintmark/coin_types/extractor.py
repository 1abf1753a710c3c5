"""The network that extracts features: frozen backbones side by side, each with a picture of its own.

Backbones know different things, and see different things: the whole photograph, with the size of the
coin in it, or the coin alone, in more detail. Their pictures lie side by side in one image.
"""

import math
from collections.abc import Callable
from typing import TypeVar

import keras
import numpy as np
from keras import layers, ops
from sklearn.decomposition import PCA

from mintmark.coin_types.store import ExtractionSettings
from mintmark.networks import backbones
from mintmark.pipeline.choices import side_by_side

STRIDES = (4, 8, 16, 32)  # pixels of the image to a cell of the maps that are pooled
BACKBONE = "backbone_"  # how the names of the layers begin that are backbones; a number follows
PROJECTION = "projection_"  # and of those that project what they give
FEATURES = "features"  # the name of the layer that joins them
MEAN = "mean_of_"  # how the names of the layers begin that average maps; the stride follows
VARIANCE_ADDED = 1e-12  # to every map's, so that one which is flat has a gradient
LEAST = 1e-3  # of the mean deviation: what a feature varies less is the rounding of its sums

Network = Callable[[np.ndarray], np.ndarray]  # images, float32 (B,S,K·S,3), to vectors (B,D)
Vectors = TypeVar("Vectors", keras.KerasTensor, np.ndarray)


def build(
    chosen: backbones.Chosen, settings: ExtractionSettings
) -> tuple[list[keras.Model], ExtractionSettings]:
    """Make frozen backbones, and say in the settings what each is shown.

    Raises InputError when the parameters name different numbers of them, and as `backbones.build`.
    """
    together = side_by_side(
        {
            "transfer315.backbone": chosen.backbone,
            "transfer315.weights": chosen.weights,
            "features315.crop": settings.crop,
        }
    )
    shape = (settings.size, settings.size, 3)
    made = [backbones.build(name, shape, weights, frozen=True) for name, weights, _ in together]
    return made, settings.model_copy(update={"crop": [crop for *_, crop in together]})


class SideBySide:
    """Backbones side by side, whose features have yet to be projected."""

    def __init__(self, networks: list[keras.Model]) -> None:
        size = networks[0].input_shape[1]
        self.images = keras.Input((size, len(networks) * size, 3))
        self.pooled = [
            pooled(network, f"{BACKBONE}{k}")(self.images[:, :, k * size : (k + 1) * size])
            for k, network in enumerate(networks)
        ]

    def vectors(self) -> keras.Model:
        """The network from images (N,S,K·S,3) to what all backbones give, pooled: (N,P)."""
        return keras.Model(self.images, layers.Concatenate()(self.pooled))

    def apart(self, vectors: np.ndarray) -> list[np.ndarray]:
        """What each backbone gives, of pooled vectors (N,P)."""
        ends = np.cumsum([part.shape[1] for part in self.pooled])
        return np.split(vectors, ends[:-1], axis=1)

    def extractor(self, projections: list[keras.layers.Dense]) -> keras.Model:
        """The network from images (N,S,K·S,3) to features (N,D)."""
        return keras.Model(self.images, projected(self.pooled, projections))


def pooled(backbone: keras.Model, name: str) -> keras.Model:
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
    return keras.Model(backbone.input, layers.Concatenate()(vectors), name=name)


def _cells(layer: keras.Layer) -> tuple[int, ...]:
    return tuple(getattr(layer.output, "shape", ())[1:3])


def fitted_projection(
    vectors: np.ndarray, dimensions: int, seed: int, name: str
) -> keras.layers.Dense:
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
    projection = layers.Dense(components, name=name, trainable=False)
    projection.build((None, len(kernel)))
    projection.set_weights([kernel, -mean @ kernel])
    return projection


def fitted_projections(
    vectors: list[np.ndarray], dimensions: int, seed: int
) -> list[keras.layers.Dense]:
    """The projection of what each backbone gives, pooled: (N,P) each; see `fitted_projection`."""
    return [
        fitted_projection(part, dimensions, seed, f"{PROJECTION}{k}")
        for k, part in enumerate(vectors)
    ]


def projected(vectors: list[Vectors], projections: list[keras.layers.Dense]) -> Vectors:
    """Features (N,D) from what each backbone gives, pooled: (N,P) each.

    Those of each backbone are brought to one length, so that no backbone outweighs another, and no
    photograph.
    """
    parts = [
        layers.RMSNormalization(trainable=False)(projection(part))
        for part, projection in zip(vectors, projections, strict=True)
    ]
    return layers.Concatenate(name=FEATURES)(parts)
