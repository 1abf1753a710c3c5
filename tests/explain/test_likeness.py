"""Heat of similarity against theory, and against what masking does to the likeness."""

import keras
import numpy as np
import pytest
from keras import layers

from mintmark.explain import attribution, likeness
from mintmark.networks import models


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).uniform(0, 255, (6, 32, 64, 3)).astype("float32")


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(2)
    return models.small_cnn((32, 64, 3), 3, dropout=0.3)


def test_with_average_pooling_it_is_what_each_place_adds(images):
    keras.utils.set_random_seed(1)
    inputs = keras.Input((32, 64, 3))
    x = layers.Conv2D(12, 3, strides=4, padding="same", activation="relu", name="maps")(inputs)
    x = layers.GlobalAveragePooling2D(name="pooled")(x)
    model = keras.Model(inputs, layers.Dense(3, name="logits")(x))
    features, _ = models.features_and_head(model)
    maps, pooled = features.predict(images, verbose=0), models.pooled(model, images)
    mean = pooled.mean(axis=0)
    added = np.maximum(np.einsum("nhwk,nk->nhw", maps, pooled[::-1] - mean), 0)
    found = likeness.heat(model, images, pooled[::-1], mean)
    assert found.any()
    np.testing.assert_allclose(found, attribution.upsampled(added, (32, 64)), atol=1e-3)


def test_the_likeness_hangs_on_what_is_hot(network, images):
    pooled = models.pooled(network, images)
    mean, other = pooled.mean(axis=0), np.roll(pooled, 1, axis=0)
    hot = likeness.heat(network, images, other, mean)
    order = hot.reshape(len(hot), -1).argsort(axis=1)
    tenth = order.shape[1] // 10

    def score(masked):
        shown = images.reshape(len(images), -1, 3).copy()
        np.put_along_axis(shown, masked[:, :, None], shown.mean(axis=(1, 2), keepdims=True), axis=1)
        return ((other - mean) * models.pooled(network, shown.reshape(images.shape))).sum(axis=1)

    assert score(order[:, -tenth:]).mean() < score(order[:, :tenth]).mean()


def test_the_same_coins_give_the_same_heat_in_any_batch(network, images):
    pooled = models.pooled(network, images)
    mean = pooled.mean(axis=0)
    whole = likeness.heat(network, images, pooled[::-1], mean)
    one = likeness.heat(network, images[:1], pooled[-1:], mean)
    np.testing.assert_allclose(whole[:1], one, atol=1e-4)
