"""The same training with other seeds."""

import keras
import numpy as np
import pandas as pd
import pytest

from mintmark.data.coins import CoinSet
from mintmark.networks import augmentation, models, replicates, serialization, training

SHAPE = (32, 64, 3)
SETTINGS = training.Training(
    network="small", weights="none", upward_from="all", maps="last", sides="apart",
    filters=8, cells=2, views=0, dropout=0.1,
    epochs=1, batch=8, learning_rate=0.003, weight_decay=0.001, schedule="constant",
    class_weights=True,
    augmentation=augmentation.Augmentation(turn=0, zoom=0, shift=0, contrast=0, brightness=0),
)  # fmt: skip


@pytest.fixture
def coins():
    images = np.random.default_rng(0).integers(0, 256, (40, *SHAPE)).astype(np.uint8)
    table = pd.DataFrame({"id": [f"{k:06d}" for k in range(40)], "mint": ["A", "B"] * 20})
    table["part"] = ["train"] * 24 + ["validation"] * 8 + ["test"] * 8
    for side, x in (("obverse", 16), ("reverse", 48)):
        table[f"{side}_x"], table[f"{side}_y"], table[f"{side}_r"] = x, 16, 14
    return CoinSet(table, images, ["A", "B"])


def test_a_single_network_has_no_spread(coins):
    first = {"accuracy": 0.9, "balanced_accuracy": 0.8}
    found = replicates.spread(coins, SETTINGS, seed=1, repeats=1, first=first)
    assert found["networks"] == 1
    assert found["accuracy"] == {"mean": 0.9, "deviation": 0, "least": 0.9, "greatest": 0.9}


def test_further_seeds_are_trained_and_summed_up(coins):
    first = {"accuracy": 0.9, "balanced_accuracy": 0.8}
    found = replicates.spread(coins, SETTINGS, seed=1, repeats=3, first=first)
    assert found["networks"] == 3
    assert found["accuracy"]["greatest"] >= 0.9 > found["accuracy"]["least"]
    assert found["accuracy"]["deviation"] > 0


def test_left_out_networks_are_kept_by_the_mint_they_never_saw(tmp_path):
    left_out = {}
    for number, mint in enumerate(("B", "C")):
        keras.utils.set_random_seed(number)
        left_out[mint] = models.small_cnn(SHAPE, 2, 0.1)
    serialization.save_left_out(left_out, ["A", "B", "C"], tmp_path)
    loaded = serialization.load_left_out(tmp_path, ["A", "B", "C"])
    assert list(loaded) == ["B", "C"]
    for mint, model in left_out.items():
        for saved, weights in zip(loaded[mint].get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(saved, weights)


def test_each_pair_is_trained_without_the_third_mint(coins):
    table = coins.table.assign(mint=["A", "B", "C", "A"] * 10)
    three = CoinSet(table, coins.images, ["A", "B", "C"])
    found = replicates.leave_one_out(three, ["A", "B"], SETTINGS, epochs=1, seed=1)
    assert list(found) == ["A", "B"]
    assert all(model.output_shape == (None, 2) for model in found.values())
