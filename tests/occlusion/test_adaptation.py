"""A copy of a network that learns with parts hidden."""

import keras
import numpy as np
import pandas as pd
import pytest

from mintmark.geometry import grid
from mintmark.networks import models
from mintmark.occlusion import adaptation, effects

SHAPE = (32, 64, 3)


@pytest.fixture(scope="module")
def coins():
    """Coins that name their mint twice: a bright bar in the field and one in the margin."""
    rng = np.random.default_rng(0)
    images = rng.integers(90, 130, (80, *SHAPE)).astype(np.uint8)
    table = pd.DataFrame({"mint": ["A", "B"] * 40})
    table["part"] = ["train"] * 48 + ["validation"] * 16 + ["test"] * 16
    for side, x in (("obverse", 15.5), ("reverse", 47.5)):
        table[f"{side}_x"], table[f"{side}_y"], table[f"{side}_r"] = x, 15.5, 15
    for image, mint in zip(images, table["mint"], strict=True):
        lines = (11, 4) if mint == "A" else (18, 26)
        for line in lines:
            image[line : line + 2, 10:22] = 240
    return images, table


@pytest.fixture(scope="module")
def networks_(coins, tmp_path_factory):
    images, table = coins
    keras.utils.set_random_seed(3)
    model = models.small_cnn(SHAPE, 2, 0.1)
    settings = effects.Adaptation(epochs=12, batch=8, learning_rate=0.003)
    before = [weights.copy() for weights in model.get_weights()]
    adapted = adaptation.adapt(model, images, table, settings, 1, tmp_path_factory.mktemp("c"))
    for weights, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weights, kept)  # the network itself stays
    return adapted


def test_it_reads_what_is_left_to_be_seen(coins, networks_):
    images, table = coins
    places = grid.locate(np.tile([[[15.5, 15.5, 15], [47.5, 15.5, 15]]], (80, 1, 1)), SHAPE[:2])
    actual = (table["mint"] == "B").to_numpy()
    for name, hidden in effects.variants(images, places, 0.5, "mean", 1).items():
        right = models.logits(networks_, hidden).argmax(axis=1) == actual
        assert right[64:].mean() >= 0.85, name


def test_batch_normalisation_keeps_its_statistics(networks_):
    frozen = [
        layer for layer in networks_.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    assert frozen
    for layer in frozen:
        np.testing.assert_array_equal(layer.moving_mean, 0)


def test_coins_are_partly_hidden_and_at_times_whole(coins):
    images, _ = coins
    places = grid.locate(np.array([[[15.5, 15.5, 15], [47.5, 15.5, 15]]]), SHAPE[:2])
    rng = np.random.default_rng(0)
    shown = [adaptation.partly_hidden(images[0], places, rng) for _ in range(60)]
    whole = sum((one == images[0]).all() for one in shown)
    assert 10 <= whole <= 32
    assert len({one.tobytes() for one in shown}) > 30
