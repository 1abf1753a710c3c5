"""The networks: a small CNN of our own and Keras's backbones, all with the same three landmarks.

A network takes RGB images with values from 0 to 255 and returns logits. The layer `maps` holds feature
maps, laid out as the image is, the layer `pooled` the vector made of them, and `logits` the scores
before any softmax. All layers are at the top level, so that a network can be cut at `maps`.
"""

import math

import keras
import numpy as np
from keras import layers

from mintmark.pipeline import scratch

# Of the running statistics of batch normalisation. Epochs of a few hundred coins have some twenty
# steps: with Keras's 0.99 the statistics would lag five epochs behind the weights, and so would all
# that is judged by the validation part.
MOMENTUM = 0.9
BATCH = 64  # images that go through a network at a time


def small_cnn(shape: tuple[int, int, int], classes: int, dropout: float) -> keras.Model:
    """A CNN for a few hundred coins: four convolutions, then each feature's mean and maximum.

    shape: (H, W, 3). The maximum lets one short word decide, wherever in the margin it stands; the
    mean gives every place a gradient from the first step on.
    """
    inputs = keras.Input(shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = _convolution(x, 16, kernel=5, strides=2)
    for number, filters in enumerate((32, 64)):
        x = _convolution(x, filters)
        x = layers.MaxPooling2D(name=f"halved_{number}")(x)
    x = _convolution(x, 64, name="maps")
    pooled = [layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)]
    x = layers.Concatenate(name="pooled")(pooled)
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, name="logits")(x), name="small_cnn")


def on_features(
    features: keras.KerasTensor,
    inputs: keras.KerasTensor,
    *,
    classes: int,
    dropout: float,
    filters: int,
    cells: int,
    apart: int | None,
) -> keras.Model:
    """Put a head on a backbone's maps (N,h,w,C), which are laid out as the merged images are.

    A convolution looks for marks; the mean and the maximum of each are taken everywhere and, as coins
    stand upright and a place says what to read there, also by itself in each of cells × cells squares
    of a side. `maps` is the input of the convolution, which would tell of a mark only to within a cell
    where it stands. apart: the axis of the maps along which obverse and reverse lie, None if the
    backbone saw them as one image. Lazebnik et al. (2006), "Beyond Bags of Features: Spatial Pyramid
    Matching".
    """
    scaled = layers.BatchNormalization(momentum=MOMENTUM, center=False, scale=False, name="maps")
    x = scaled(features)
    if apart is None:
        x = _convolution(x, filters)
    else:
        x = _convolution(Halves(split=apart, join=0)(x), filters)
        x = Halves(split=0, join=apart)(x)
    pooled = [layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)]
    if cells > 1:
        size = math.ceil(min(x.shape[1:3]) / cells)
        for pooling in (layers.AveragePooling2D, layers.MaxPooling2D):
            pooled.append(layers.Flatten()(pooling(size, padding="same")(x)))
    x = layers.Concatenate(name="pooled")(pooled)
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, name="logits")(x), name="on_features")


@keras.saving.register_keras_serializable("mintmark")
class Halves(layers.Layer):
    """Cuts a tensor into halves along one axis and joins them along another.

    From merged images (N,H,2W,3) it makes all obverses and then all reverses (2N,H,W,3), so that one
    backbone sees every side by itself, and back again.
    """

    def __init__(self, *, split: int, join: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.split, self.join = split, join

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Cut and join."""
        halves = keras.ops.split(inputs, 2, axis=self.split)
        return keras.ops.concatenate(halves, axis=self.join)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """The shape of what is joined."""
        shape = list(input_shape)
        if shape[self.split] is not None:
            shape[self.split] //= 2
        if shape[self.join] is not None:
            shape[self.join] *= 2
        return tuple(shape)

    def get_config(self) -> dict:
        """What makes the layer again."""
        return {**super().get_config(), "split": self.split, "join": self.join}


def _convolution(
    x: keras.KerasTensor,
    filters: int,
    *,
    kernel: int = 3,
    strides: int = 1,
    name: str | None = None,
) -> keras.KerasTensor:
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False)(x)
    return layers.ReLU(name=name)(layers.BatchNormalization(momentum=MOMENTUM)(x))


def features_and_head(model: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Cut a network at `maps`: head(features(images)) equals model(images)."""
    return _cut(model, model.get_layer("maps").output)


def backbone_and_head(model: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Cut a network that `on_features` made where its backbone ends, as `features_and_head` does."""
    return _cut(model, model.get_layer("maps").input)


def _cut(model: keras.Model, at: keras.KerasTensor) -> tuple[keras.Model, keras.Model]:
    return keras.Model(model.input, at), keras.Model(at, model.output)


def logits(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """A network's scores for images (N,H,W,3): float32 (N,classes)."""
    return in_batches(model, images)


class Reading:
    """A network that is shown the same coins again and again, each time changed in some places.

    A backbone that sees each side by itself sees again only the sides that have changed.
    """

    def __init__(self, model: keras.Model, images: np.ndarray) -> None:
        """images: the coins as they are (N,H,W,3)."""
        self.model, self.apart = model, "sides" in [layer.name for layer in model.layers]
        if self.apart:
            sides, joined = model.get_layer("sides"), model.get_layer("joined")
            self.axis = sides.split
            self.side = keras.Model(sides.output, joined.input)
            self.head = keras.Model(joined.output, model.output)
            self.known = [(half, in_batches(self.side, half)) for half in self._halves(images)]

    def logits(self, images: np.ndarray) -> np.ndarray:
        """The network's scores for the coins as they are now (N,H,W,3): float32 (N,classes)."""
        if not self.apart:
            return logits(self.model, images)
        maps = [
            seen if np.array_equal(half, before) else in_batches(self.side, half)
            for half, (before, seen) in zip(self._halves(images), self.known, strict=True)
        ]
        return in_batches(self.head, np.concatenate(maps, axis=self.axis))

    def _halves(self, images: np.ndarray) -> list[np.ndarray]:
        return np.split(images, 2, axis=self.axis)


def pooled(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """The features of images (N,H,W,3) that a network's last layer sees: float64 (N,D).

    Sums of them in float32 would differ in their last digits from run to run.
    """
    features = keras.Model(model.input, model.get_layer("pooled").output)
    return in_batches(features, images).astype(float)


def logits_and_features(model: keras.Model, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both `logits` and `pooled` of images (N,H,W,3), in one go."""
    both = keras.Model(model.input, [model.output, model.get_layer("pooled").output])
    found = [both.predict_on_batch(images[rows]) for rows in batches(len(images))]
    scores, features = (np.concatenate(part) for part in zip(*found, strict=True))
    return scores, features.astype(float)


def in_batches(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Send images (N,H,W,3) through a network, BATCH at a time: float32 (N,…)."""
    found = scratch.empty((len(images), *model.output_shape[1:]), np.float32)
    for rows in batches(len(images)):
        found[rows] = model.predict_on_batch(images[rows])
    return found


def batches(count: int, size: int = BATCH) -> list[slice]:
    """The rows of so many images, `size` at a time."""
    return [np.s_[start : start + size] for start in range(0, count, size)]
