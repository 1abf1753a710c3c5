"""A copy of a network that learns with regions masked."""

import keras
import numpy as np
import pandas as pd
import pytest

from mintmark.data.coins import CoinSet
from mintmark.networks import models
from mintmark.occlusion import adaptation, effects, trials

SHAPE = (32, 64, 3)


@pytest.fixture(scope="module")
def coins():
    """Coins that name their mint twice: a bright bar in the field and one in the margin."""
    rng = np.random.default_rng(0)
    images = rng.integers(90, 130, (80, *SHAPE)).astype(np.uint8)
    table = pd.DataFrame({"id": [f"{k:06d}" for k in range(80)], "mint": ["A", "B"] * 40})
    table["part"] = ["train"] * 48 + ["validation"] * 16 + ["test"] * 16
    for side, x in (("obverse", 15.5), ("reverse", 47.5)):
        table[f"{side}_x"], table[f"{side}_y"], table[f"{side}_r"] = x, 15.5, 15
    for image, mint in zip(images, table["mint"], strict=True):
        lines = (11, 4) if mint == "A" else (18, 26)
        for line in lines:
            image[line : line + 2, 10:22] = 240
    return CoinSet(table, images, ["A", "B"])


@pytest.fixture(scope="module")
def adapted(coins, tmp_path_factory):
    keras.utils.set_random_seed(3)
    model = models.small_cnn(SHAPE, 2, 0.1)
    settings = adaptation.Adaptation(views=6, epochs=12, batch=8, learning_rate=0.003)
    before = [weights.copy() for weights in model.get_weights()]
    adapted = adaptation.adapt(
        model, coins, settings, seed=1, curves=tmp_path_factory.mktemp("curves")
    )
    for weights, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weights, kept)  # the network itself stays
    return adapted


def test_it_reads_what_is_left_to_be_seen(coins, adapted):
    for name, trial in effects.default_trials(0.5, "mean").items():
        masked = trials.masked(coins.images, coins.grid, trial, 1)
        correct = models.logits(adapted, masked).argmax(axis=1) == coins.targets
        assert correct[64:].mean() >= 0.85, name


def test_batch_normalisation_keeps_its_statistics(adapted):
    frozen = [
        layer for layer in adapted.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    assert frozen
    for layer in frozen:
        np.testing.assert_array_equal(layer.moving_mean, 0)


def test_coins_are_partly_masked_and_at_times_whole(coins):
    shown = adaptation.masked_view(coins, np.random.default_rng(0))
    whole = (shown == coins.images).all(axis=(1, 2, 3)).sum()
    assert 14 <= whole <= 42
    again = adaptation.masked_view(coins, np.random.default_rng(1))
    assert (again != shown).any(axis=(1, 2, 3)).sum() > 40  # another one each time


def test_a_backbone_that_does_not_learn_stays_and_its_head_learns(coins, tmp_path):
    keras.utils.set_random_seed(3)
    inputs = keras.Input(SHAPE)
    still = keras.layers.Conv2D(8, 3, strides=4, padding="same", trainable=False)
    model = models.on_features(
        still(inputs), inputs, classes=2, dropout=0.1, filters=8, cells=1, apart=None
    )
    settings = adaptation.Adaptation(views=2, epochs=2, batch=8, learning_rate=0.003)
    adapted = adaptation.adapt(model, coins, settings, seed=1, curves=tmp_path)
    backbone, head = adapted.layers[1].get_weights(), adapted.layers[-1].get_weights()
    np.testing.assert_array_equal(backbone[0], model.layers[1].get_weights()[0])
    assert (head[0] != model.layers[-1].get_weights()[0]).any()
