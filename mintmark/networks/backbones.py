"""Backbones: networks without their top, most of keras.applications, and what weights they start from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zipfile import ZipFile

import keras
import numpy as np
from keras import applications, layers

from mintmark.networks.efficientnet_lite import efficientnet_lite0
from mintmark.pipeline import paths
from mintmark.pipeline.choices import ONE_OR_MORE, one_of
from mintmark.pipeline.params import Block
from mintmark.pipeline.stage import InputError, reading

CAFFE_MEAN = (103.939, 116.779, 123.68)  # what ResNet50's ImageNet weights expect subtracted, BGR
MOST = 16  # bytes of a weight in a file, and of what is around it
CHOICES = (
    "coins (shipped, for EfficientNetB0), imagenet (downloaded, but for EfficientNetLite0), none or "
    "the path of a weights file"
)


def _unchanged(images: keras.KerasTensor) -> keras.KerasTensor:
    return images


def _to_unit_range(images: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Rescaling(1 / 127.5, offset=-1)(images)


def _to_centred_bgr(images: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Normalization(mean=CAFFE_MEAN, variance=(1, 1, 1))(images[..., ::-1])


@dataclass(frozen=True)
class Backbone:
    """A network as keras.applications makes them, and what brings RGB 0 to 255 to what it expects."""

    make: Callable[..., keras.Model]
    prepare: Callable[[keras.KerasTensor], keras.KerasTensor] = _unchanged  # most do so themselves


BACKBONES = {
    "EfficientNetLite0": Backbone(efficientnet_lite0),
    "EfficientNetB0": Backbone(applications.EfficientNetB0),
    "EfficientNetB3": Backbone(applications.EfficientNetB3),
    "EfficientNetV2B0": Backbone(applications.EfficientNetV2B0),
    "ResNet50": Backbone(applications.ResNet50, _to_centred_bgr),
    "MobileNetV2": Backbone(applications.MobileNetV2, _to_unit_range),
    "MobileNetV3Small": Backbone(applications.MobileNetV3Small),
    "MobileNetV3Large": Backbone(applications.MobileNetV3Large),
    "ConvNeXtTiny": Backbone(applications.ConvNeXtTiny),
}
NAMES = tuple(BACKBONES)
COINS = "EfficientNetB0"  # the backbone that the shipped weights belong to


class Chosen(Block):
    """Backbones that stand side by side, and the weights that each starts from."""

    backbone: Annotated[list[Annotated[str, one_of(NAMES)]], ONE_OR_MORE]
    weights: Annotated[list[str], ONE_OR_MORE]


def build(name: str, shape: tuple[int, int, int], weights: str, frozen: bool) -> keras.Model:
    """Make a backbone that takes RGB images (0 to 255) and whose output is the layer `maps`.

    shape: (H, W, 3); frozen: keep the backbone as it is in training; name, weights and errors as in
    `on`.
    """
    inputs = keras.Input(shape)
    base = on(inputs, name, weights)
    base.trainable = not frozen
    maps = layers.Activation("linear", name="maps")(base.output)
    return keras.Model(inputs, maps, name=name.lower())


def on(images: keras.KerasTensor, name: str, weights: str) -> keras.Model:
    """Make a backbone that goes on from images (N,H,W,3), 0 to 255, to its last feature maps.

    name: of BACKBONES; weights: "coins" (shipped with the project), "imagenet" (Keras's own,
    downloaded; those of EfficientNetLite0 are a package's), "none" (random), or the path of an .npz
    in the order of `get_weights()` or of a Keras .weights.h5. Raises InputError when weights can't
    be had or don't fit.
    """
    base = _application(name, images, weights)
    if weights not in ("imagenet", "none"):
        _read_weights(base, name, weights)
    return base


def thaw(network: keras.Model, upward_from: str, *, parameter: str) -> None:
    """Let the layers from the first one named `upward_from…` on learn; batch normalisation never.

    upward_from: the beginning of a name, or "all". Raises InputError, which names the parameter, when no
    layer has such a name.
    """
    names = [layer.name for layer in network.layers]
    starts = [k for k, name in enumerate(names) if upward_from in ("all", name[: len(upward_from)])]
    if not starts:
        raise InputError(
            f"{parameter} is {upward_from!r}: no layer of {network.name} begins so; give "
            f"'all' or, say, {names[len(names) // 2]!r}."
        )
    for place, layer in enumerate(network.layers):
        normalises = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = place >= starts[0] and not normalises


def _application(name: str, inputs: keras.KerasTensor, weights: str) -> keras.Model:
    backbone = BACKBONES[name]
    start = "imagenet" if weights == "imagenet" else None
    try:
        return backbone.make(
            include_top=False, weights=start, input_tensor=backbone.prepare(inputs)
        )
    except Exception as error:  # Keras raises a bare Exception when a download fails
        if "fetch failure" not in str(error):
            raise
        raise InputError(
            f"The ImageNet weights of {name} can't be downloaded; set weights to one of: {CHOICES}."
        ) from None


def _read_weights(base: keras.Model, name: str, weights: str) -> None:
    if weights == "coins" and name != COINS:
        raise InputError(
            f"The weights 'coins' belong to {COINS}, not to {name}; use one of: {CHOICES}."
        )
    path = paths.COIN_WEIGHTS if weights == "coins" else Path(weights)
    if not path.is_file():
        raise InputError(f"The weights file {path} is missing; use one of: {CHOICES}.")
    with reading(path, f"it is damaged, or does not fit {name}; use one of: {CHOICES}"):
        if path.suffix == ".npz":
            base.set_weights(_arrays(path, MOST * base.count_params()))
        else:
            base.load_weights(path)


def _arrays(path: Path, most: int) -> list[np.ndarray]:
    """The arrays of an archive, float32. Raises ValueError when they are of more than `most` bytes."""
    with ZipFile(path) as entries:
        if sum(entry.file_size for entry in entries.infolist()) > most:
            raise ValueError("it holds too much")
    with np.load(path, allow_pickle=False) as archive:
        return [archive[key].astype("float32") for key in archive.files]
