"""Whether heat maps follow the weights."""

import keras
import numpy as np
import pandas as pd
import pytest

from mintmark.data.coins import CoinSet
from mintmark.explain import analysis, attribution, randomisation
from mintmark.networks import models


@pytest.fixture
def images():
    images = np.full((4, 64, 128, 3), 90, np.uint8)
    images[:, 45:55, 25:40] = 250
    return images


def explained(model, images):
    """The heat on coins for the mint that a network names."""
    table = pd.DataFrame({"id": list("abcd"), "mint": "A"})
    return analysis.explain(model, CoinSet(table, images, ["A", "B"]), "gradcam")


def test_rank_correlation_of_maps():
    rng = np.random.default_rng(0)
    first = rng.random((3, 8, 16))
    np.testing.assert_allclose(randomisation.rank_correlation(first, first**3), 1)
    assert abs(randomisation.rank_correlation(first, rng.random((3, 8, 16)))).max() < 0.35
    assert (randomisation.rank_correlation(first, np.zeros_like(first)) == 0).all()


def test_the_cascade_ends_with_every_layer_random_and_leaves_the_network_alone(images):
    keras.utils.set_random_seed(1)
    model = models.small_cnn((64, 128, 3), 2, 0.1)
    before = [weights.copy() for weights in model.get_weights()]
    steps = randomisation.cascade(model, explained(model, images), seed=5)
    assert steps["layer"].iloc[0] == "logits"
    assert steps["layers"].iloc[-1] == sum(bool(layer.get_weights()) for layer in model.layers)
    assert len(steps) <= randomisation.STEPS
    assert randomisation.last(steps)["rank_correlation"] == steps["rank_correlation"].iloc[-1]
    for weights, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weights, kept)


def test_maps_that_ignore_the_weights_stay_as_they_were(monkeypatch):
    """The check can fail: an edge detector in place of heat is unmoved by random weights."""
    keras.utils.set_random_seed(1)
    model = models.small_cnn((64, 128, 3), 2, 0.1)
    images = np.random.default_rng(0).integers(0, 256, (4, 64, 128, 3)).astype(np.uint8)
    edges = np.abs(np.gradient(images.mean(axis=3), axis=1))[:, ::8, ::8]
    monkeypatch.setattr(attribution, "raw", lambda *_: edges)
    steps = randomisation.cascade(model, explained(model, images), seed=5)
    assert (steps["rank_correlation"] > 0.99).all()
