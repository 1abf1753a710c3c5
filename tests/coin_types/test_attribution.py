"""Heat of coin types, where it is known what speaks for a type."""

import keras
import numpy as np

from mintmark.coin_types import attribution, extraction
from mintmark.networks import backbones


def test_heat_lies_where_the_type_is_told():
    """A head that asks how red a photograph is finds its answer where it is red."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((64, 64, 3))
    maps = inputs
    means = []
    for stride in (2, 4):
        maps = keras.layers.AveragePooling2D(2)(maps)
        means.append(keras.layers.GlobalAveragePooling2D(name=f"{extraction.MEAN}{stride}")(maps))
    pooled = keras.layers.Concatenate(name="pooled")(means)
    head = keras.layers.Dense(2, use_bias=False)
    model = keras.Model(inputs, head(pooled))
    head.set_weights([np.array([[1, 0], [0, 1], [0, 0]] * 2, float)])
    images = np.zeros((3, 64, 64, 3), np.uint8)
    images[0, 8:24, 40:56, 0] = images[1, 8:24, 40:56, 0] = 200  # red, and below it green
    images[0, 40:56, 8:24, 1] = images[1, 40:56, 8:24, 1] = 200
    heat = attribution.heat(model, images, np.array([0, 1, 0]))
    assert heat.shape == (3, 64, 64) and heat[2].max() == 0  # nothing speaks for anything there
    for one, place in zip(heat, [(16, 48), (48, 16)], strict=False):
        assert one[place] > 0.9 and one.max() == 1
        assert one[place[::-1]] < 0.05


def test_a_network_of_types_has_heat_at_every_depth():
    network = extraction.pooled(backbones.build("EfficientNetB0", (64, 64, 3), "none", frozen=True))
    model = keras.Model(network.input, keras.layers.Dense(3)(network.output))
    images = np.random.default_rng(0).integers(0, 255, (2, 64, 64, 3)).astype(np.uint8)
    heat = attribution.heat(model, images, np.array([0, 2]))
    assert heat.shape == (2, 64, 64)
    assert np.isfinite(heat).all() and heat.min() >= 0 and heat.max() <= 1
