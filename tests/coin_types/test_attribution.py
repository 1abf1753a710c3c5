"""Heat of coin types, where it is known what speaks for a type."""

import keras
import numpy as np

from mintmark.coin_types import attribution, extractor, store
from mintmark.networks import backbones

VIEWS = {
    "number": 0, "below": 0, "flip": False, "turn": 0, "zoom": 0, "contrast": 0, "brightness": 0,
}  # fmt: skip


def redness(name):
    """A backbone that knows how red and how green a picture is, at two depths."""
    inputs = keras.Input((64, 64, 3))
    maps = inputs
    means = []
    for stride in (2, 4):
        maps = keras.layers.AveragePooling2D(2)(maps)
        means.append(keras.layers.GlobalAveragePooling2D(name=f"{extractor.MEAN}{stride}")(maps))
    return keras.Model(inputs, keras.layers.Concatenate()(means), name=name)


def test_heat_lies_where_the_type_is_told():
    """A head that asks how red a photograph is finds its answer where it is red, on each picture."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((64, 128, 3))
    vectors = [
        keras.layers.Dense(6, use_bias=False, name=f"{extractor.PROJECTION}{k}")(
            redness(f"{extractor.BACKBONE}{k}")(inputs[:, :, 64 * k : 64 * (k + 1)])
        )
        for k in range(2)
    ]
    head = keras.layers.Dense(2, use_bias=False)
    model = keras.Model(inputs, head(keras.layers.Concatenate()(vectors)))
    for k in range(2):
        model.get_layer(f"{extractor.PROJECTION}{k}").set_weights([np.eye(6)])
    head.set_weights([np.array([[1, 0], [0, 1], [0, 0]] * 4, float)])
    images = np.zeros((3, 64, 128, 3), np.uint8)
    images[0, 8:24, 40:56, 0] = images[1, 8:24, 40:56, 0] = 200  # red, and below it green
    images[0, 40:56, 72:88, 1] = images[1, 40:56, 72:88, 1] = 200  # on the other picture
    heat = attribution.heat(model, images, np.array([0, 1, 0]))
    assert heat.shape == (3, 64, 128) and heat[2].max() == 0  # nothing speaks for anything there
    for one, place, other in zip(heat, [(16, 48), (48, 80)], [(48, 80), (16, 48)], strict=False):
        assert one[place] > 0.9 and one.max() == 1
        assert one[other] < 0.05


def test_a_network_of_types_has_heat_at_every_depth_of_every_backbone():
    settings = store.ExtractionSettings(size=64, crop=[False, True], dimensions=4, views=VIEWS)
    chosen = backbones.Chosen(backbone=["EfficientNetB0", "EfficientNetLite0"], weights="none")
    network = extractor.SideBySide(extractor.build(chosen, settings)[0])
    projections = [
        keras.layers.Dense(4, name=f"{extractor.PROJECTION}{k}") for k in range(2)
    ]  # fmt: skip
    extracting = network.extractor(projections)
    model = keras.Model(extracting.input, keras.layers.Dense(3)(extracting.output))
    images = np.random.default_rng(0).integers(0, 255, (2, 64, 128, 3)).astype(np.uint8)
    heat = attribution.heat(model, images, np.array([0, 2]))
    assert heat.shape == (2, 64, 128)
    assert np.isfinite(heat).all() and heat.min() >= 0 and heat.max() <= 1
    assert (heat.max(axis=(0, 1)).reshape(2, 64).max(axis=1) > 0).all()
