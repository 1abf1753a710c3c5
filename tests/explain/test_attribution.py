"""Heat maps against theory and against an independent implementation."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
from tf_keras_vis.layercam import Layercam
from tf_keras_vis.scorecam import Scorecam
from tf_keras_vis.utils.scores import CategoricalScore

from mintmark.explain import attribution
from mintmark.networks import models

TARGETS = np.array([0, 1, 2, 1, 0])
RAW = {"expand_cam": False, "normalize_cam": False, "seek_penultimate_conv_layer": False}
ORACLES = {"gradcam": Gradcam, "gradcam++": GradcamPlusPlus, "layercam": Layercam}


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).uniform(0, 255, (5, 32, 64, 3)).astype("float32")


def small(strides, head=None):
    """A small network with average pooling and a linear head."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((32, 64, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(8, 3, strides=strides, padding="same", activation="relu")(x)
    x = layers.Conv2D(12, 3, strides=strides, padding="same", activation="relu", name="maps")(x)
    x = layers.GlobalAveragePooling2D(name="pooled")(x)
    return keras.Model(inputs, layers.Dense(3, name="logits", activation=head)(x))


@pytest.fixture(scope="module")
def averaging():
    return small(strides=2)


@pytest.fixture(scope="module")
def mint_network():
    keras.utils.set_random_seed(2)
    return models.small_cnn((32, 64, 3), 3, dropout=0.3)


def test_with_pooling_and_a_linear_head_the_weights_are_the_class_weights(averaging, images):
    features, _ = models.features_and_head(averaging)
    maps = features.predict(images, verbose=0)
    weights = averaging.get_layer("logits").get_weights()[0]
    height, width = maps.shape[1:3]
    expected = np.einsum("nhwk,kn->nhw", maps, weights[:, TARGETS]) / (height * width)
    np.testing.assert_allclose(
        attribution.raw(averaging, images, TARGETS), np.maximum(expected, 0), atol=1e-6
    )


@pytest.mark.parametrize("method", ORACLES)
@pytest.mark.parametrize("name", ["averaging", "mint_network"])
def test_raw_maps_agree_with_tf_keras_vis(name, method, images, request):
    model = request.getfixturevalue(name)
    oracle = ORACLES[method](model, clone=False)
    score = CategoricalScore(TARGETS.tolist())
    expected = oracle(score, images, penultimate_layer="maps", **RAW)
    maps = attribution.raw(model, images, TARGETS, method)
    assert np.ptp(maps) > 1e-5
    np.testing.assert_allclose(maps, expected, atol=1e-4)
    np.testing.assert_allclose(maps, expected, atol=2e-3 * maps.max())


@pytest.mark.filterwarnings("ignore:The structure of `inputs`")  # of the oracle
def test_score_cam_agrees_with_tf_keras_vis(images):
    # tf-keras-vis scores by the softmax and aligns the corners of the maps: a softmax at the end
    # of ours, and maps as large as the image, leave no other difference.
    logits, probabilities = small(strides=1), small(strides=1, head="softmax")
    expected = Scorecam(logits, clone=False)(
        CategoricalScore(TARGETS.tolist()), images, penultimate_layer="maps", **RAW
    )
    maps = attribution.raw(probabilities, images, TARGETS, "scorecam")
    assert np.ptp(maps) > 1e-2
    np.testing.assert_allclose(maps, expected, atol=1e-4)


def test_score_cam_of_a_wide_network_looks_through_the_maps_that_vary_most(images, monkeypatch):
    probabilities = small(strides=1, head="softmax")
    whole = attribution.raw(probabilities, images, TARGETS, "scorecam")
    attribution._compiled.cache_clear()
    monkeypatch.setattr(attribution, "SEEN_THROUGH", 6)
    part = attribution.raw(probabilities, images, TARGETS, "scorecam")
    attribution._compiled.cache_clear()
    assert np.corrcoef(whole.ravel(), part.ravel())[0, 1] > 0.7
    assert (part < whole).any()


def test_hirescam_shows_what_each_place_adds_where_the_head_reads_places(images):
    keras.utils.set_random_seed(3)
    inputs = keras.Input((32, 64, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    maps = layers.Conv2D(6, 4, strides=4, name="maps")(x)  # of either sign, as normalised maps are
    model = keras.Model(inputs, layers.Dense(3, name="logits")(layers.Flatten(name="pooled")(maps)))
    features, _ = models.features_and_head(model)
    weights = model.get_layer("logits").get_weights()[0].reshape(8, 16, 6, 3)
    added = np.einsum("nhwk,hwkn->nhw", features(images).numpy(), weights[..., TARGETS])
    np.testing.assert_allclose(
        attribution.raw(model, images, TARGETS, "hirescam"), np.maximum(added, 0), atol=1e-4
    )


def test_hirescam_is_grad_cam_where_places_are_averaged(averaging, images):
    expected = attribution.raw(averaging, images, TARGETS, "gradcam")
    found = attribution.raw(averaging, images, TARGETS, "hirescam")
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_integrated_gradients_add_up_to_the_logit(mint_network, images):
    attributions = attribution.integrated(mint_network, tf.constant(images), TARGETS, steps=200)
    rows = np.arange(5)
    grey = np.full_like(images, attribution.GREY)
    gain = (mint_network(images).numpy() - mint_network(grey).numpy())[rows, TARGETS]
    np.testing.assert_allclose(attributions.numpy().sum(axis=(1, 2, 3)), gain, rtol=0.02, atol=1e-3)


def test_the_points_of_the_path_are_looked_at_one_after_the_other(mint_network):
    """Side by side they would take several times the memory."""
    images, targets = tf.TensorSpec((2, 32, 64, 3)), tf.TensorSpec((2,), tf.int64)
    whole = tf.function(lambda *given: attribution.integrated(mint_network, *given))
    steps = whole.get_concrete_function(images, targets).graph.get_operations()
    loops = [step for step in steps if "While" in step.type]
    assert [loop.get_attr("parallel_iterations") for loop in loops] == [1]


@pytest.mark.parametrize("method", attribution.METHODS)
def test_heat_lies_on_what_speaks_for_the_class(method):
    """A network that adds up what is brighter than grey can only have looked at the bright spot."""
    inputs = keras.Input((32, 64, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(1, 4, strides=4, use_bias=False, kernel_initializer="ones")(x)
    x = layers.ReLU(name="maps")(x)
    x = layers.GlobalAveragePooling2D(name="pooled")(x)
    model = keras.Model(inputs, layers.Dense(2, name="logits")(x))
    model.get_layer("logits").set_weights([np.array([[1.0, -1.0]]), np.zeros(2)])
    images = np.full((2, 32, 64, 3), 120, np.uint8)
    images[0, 8:12, 40:44] = 250
    maps = attribution.raw(model, images, np.array([0, 0]), method)
    assert maps.shape == (2, 8, 16)
    assert np.argwhere(maps[0] > 0).tolist() == [[2, 10]]
    assert (maps[1] == 0).all()  # nothing speaks for it


@pytest.mark.parametrize("method", attribution.METHODS)
def test_batches_do_not_change_the_maps(mint_network, images, method):
    many = np.tile(images, (7, 1, 1, 1))
    maps = attribution.raw(mint_network, many, np.tile(TARGETS, 7), method)
    np.testing.assert_allclose(maps[:5], maps[30:], atol=1e-5)
    assert len(maps) == 35


def test_maps_are_brought_to_size_with_their_maximum_at_one():
    maps = np.zeros((2, 4, 8), np.float32)
    maps[0, 1, 6] = 3.0
    large = attribution.upsampled(maps, (32, 64))
    assert large.shape == (2, 32, 64)
    assert large[0].max() == 1
    assert np.unravel_index(large[0].argmax(), (32, 64))[1] == pytest.approx(52, abs=4)
    assert (large[1] == 0).all()  # nothing speaks for the class: no heat, no division by zero
