"""Grad-CAM against theory and against an independent implementation."""

import keras
import numpy as np
import pytest
from keras import layers
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.utils.scores import CategoricalScore

from mintmark import gradcam, networks

TARGETS = np.array([0, 1, 2, 1, 0])


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).uniform(0, 255, (5, 32, 64, 3)).astype("float32")


@pytest.fixture(scope="module")
def averaging():
    """A small network with average pooling and a linear head."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((32, 64, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    x = layers.Conv2D(12, 3, strides=2, activation="relu", name="maps")(x)
    x = layers.GlobalAveragePooling2D(name="pooled")(x)
    return keras.Model(inputs, layers.Dense(3, name="logits")(x))


@pytest.fixture(scope="module")
def mint_network():
    keras.utils.set_random_seed(2)
    return networks.small_cnn((32, 64, 3), 3, dropout=0.3)


def test_with_pooling_and_a_linear_head_the_weights_are_the_class_weights(averaging, images):
    features, _ = networks.split(averaging)
    maps = features.predict(images, verbose=0)
    weights = averaging.get_layer("logits").get_weights()[0]
    height, width = maps.shape[1:3]
    expected = np.einsum("nhwk,kn->nhw", maps, weights[:, TARGETS]) / (height * width)
    np.testing.assert_allclose(
        gradcam.raw(averaging, images, TARGETS), np.maximum(expected, 0), atol=1e-6
    )


@pytest.mark.parametrize("name", ["averaging", "mint_network"])
def test_raw_maps_agree_with_tf_keras_vis(name, images, request):
    model = request.getfixturevalue(name)
    oracle = Gradcam(model, clone=False)
    expected = oracle(
        CategoricalScore(TARGETS.tolist()), images, penultimate_layer="maps",
        expand_cam=False, normalize_cam=False, seek_penultimate_conv_layer=False,
    )  # fmt: skip
    np.testing.assert_allclose(gradcam.raw(model, images, TARGETS), expected, atol=1e-4)


def test_batches_do_not_change_the_maps(mint_network, images):
    many = np.tile(images, (9, 1, 1, 1))
    maps = gradcam.raw(mint_network, many, np.tile(TARGETS, 9))
    np.testing.assert_allclose(maps[:5], maps[40:], atol=1e-6)
    assert len(maps) == 45


def test_maps_are_brought_to_size_with_their_maximum_at_one():
    maps = np.zeros((2, 4, 8), np.float32)
    maps[0, 1, 6] = 3.0
    large = gradcam.upsampled(maps, (32, 64))
    assert large.shape == (2, 32, 64)
    assert large[0].max() == 1
    assert np.unravel_index(large[0].argmax(), (32, 64))[1] == pytest.approx(52, abs=4)
    assert (large[1] == 0).all()  # nothing speaks for the class: no heat, no division by zero
