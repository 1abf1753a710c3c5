"""Mints that a network never saw."""

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers

from mintmark.data.coins import CoinSet
from mintmark.open_set import analysis, figures, predictions

SHAPE = (32, 64, 3)
CIRCLE = {"obverse_x": 15.5, "obverse_y": 15.5, "obverse_r": 15,
          "reverse_x": 47.5, "reverse_y": 15.5, "reverse_r": 15}  # fmt: skip


@pytest.fixture(scope="module")
def model():
    """A network that names mint B where the obverse is bright, whatever its sides look like."""
    inputs = keras.Input(SHAPE)
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(2, 8, strides=8, use_bias=False, name="maps")(x)
    x = layers.Flatten(name="pooled")(x)
    model = keras.Model(inputs, layers.Dense(2, name="logits")(x))
    kernel = np.zeros((8, 8, 3, 2))
    kernel[..., 0] = 1 / 192
    kernel[..., 1] = -1 / 192
    head = np.zeros((4, 8, 2, 2))
    head[:, :4, 0] = [-1, 1]
    model.get_layer("maps").set_weights([kernel])
    model.get_layer("logits").set_weights([head.reshape(64, 2), np.zeros(2)])
    return model


def coins(values, mint="C", names=("A", "B")):
    """Coins of even brightness, a value each, for a network that tells `names` apart."""
    images = np.empty((len(values), *SHAPE), np.uint8)
    images[:] = np.array(values)[:, None, None, None]
    table = pd.DataFrame({"id": [f"{k:06d}" for k in range(len(values))], "mint": mint, **CIRCLE})
    return CoinSet(table.assign(group=range(len(values))), images, list(names))


def test_answers_are_shares_by_mint(model):
    found = predictions.answers(model, coins([200, 210, 220, 50]), seed=1)
    assert found["predicted"] == {"A": 0.25, "B": 0.75}
    assert found["n"] == 4
    assert found["confidence_low"] <= found["confidence"] <= found["confidence_high"]


def test_masks_say_which_region_the_answer_hangs_on(model):
    parts, fills = predictions.masked(model, coins([200] * 6), radius=0.5, fill="black", seed=1)
    assert parts["reverse"]["agreement"] == parts["centre"]["agreement"] == 1
    assert parts["obverse"]["agreement"] == parts["margin"]["agreement"] == 0
    assert parts["obverse"]["predicted"] == {"A": 1.0, "B": 0.0}
    assert fills["mean"]["margin"]["agreement"] == 1  # the fill is as bright as the coin


def test_consistency_under_turns_and_light(model):
    found = predictions.consistency(model, coins([135, 200, 50, 40]))
    assert set(found) == {"turned_-10", "turned_-5", "turned_+5", "turned_+10", *predictions.LIGHTS}
    assert found["turned_+10"]["agreement"] == 1
    assert found["darker"]["agreement"] == 0.75  # the first falls below middle grey


def test_likeness_names_the_nearer_mint_and_says_whether_it_is_sure():
    rng = np.random.default_rng(0)
    known = np.concatenate([rng.normal([5, 0], 0.3, (30, 2)), rng.normal([0, 5], 0.3, (30, 2))])
    mints = np.repeat(["A", "B"], 30)
    near_b = predictions.likeness(
        rng.normal([1, 4], 0.3, (20, 2)), np.arange(20), known, mints=mints, seed=1
    )
    assert near_b["nearer"] == "B" and near_b["p_value"] < 0.001
    between = predictions.likeness(
        rng.normal([3, 3], 0.8, (20, 2)), np.arange(20), known, mints=mints, seed=1
    )
    assert between["p_value"] > 0.05


def test_coins_of_one_group_count_once_in_the_likeness():
    known = np.array([[1.0, 0], [0, 1.0]])
    same = predictions.likeness(
        np.tile([[0.2, 1.0]], (50, 1)), np.zeros(50), known, mints=np.array(["A", "B"]), seed=1
    )
    assert same["groups"] == 1 and "p_value" not in same
    few = predictions.likeness(
        np.tile([[0.2, 1.0]], (50, 1)) + np.linspace(0, 0.01, 50)[:, None], np.arange(50) % 3,
        known, mints=np.array(["A", "B"]), seed=1,
    )  # fmt: skip
    assert few["groups"] == 3 and few["p_value"] >= 0.25


def test_nearest_coins_come_first():
    rows, distances = predictions.nearest(np.array([[1.0, 0.1]]), np.eye(2), 2)
    assert rows.tolist() == [[0, 1]]
    assert distances[0, 0] < 0.01
    assert distances[0, 1] > 0.8


def test_minor_mints_with_few_coins_are_left_alone(model):
    sur, makka = coins([200] * 3, "Sur"), coins([60] * 2, "Makka")
    both = CoinSet(
        pd.concat([sur.table, makka.table], ignore_index=True),
        np.concatenate([sur.images, makka.images]),
        ["A", "B"],
    )
    known = np.vstack([np.full((4, 64), 0.4), np.full((4, 64), -0.4)])
    known[:, 1::2] *= -1
    found = predictions.minor(model, both, known, mints=np.repeat(["B", "A"], 4), seed=1)
    assert set(found) == {"Sur"}
    assert found["Sur"]["predicted"]["B"] == 1 and found["Sur"]["likeness"]["nearer"] == "B"


def test_each_mint_left_out_is_judged_by_the_network_that_never_saw_it(model):
    rng = np.random.default_rng(0)
    tables, images = [], []
    for mint, level in (("A", 60), ("B", 200), ("C", 120)):
        some = coins(rng.integers(level - 20, level + 20, 30), mint)
        tables.append(some.table.assign(part=(["train"] * 3 + ["validation", "test"]) * 6))
        images.append(some.images)
    three = CoinSet(pd.concat(tables, ignore_index=True), np.concatenate(images), ["A", "B", "C"])
    sur, makka = coins([120] * 12, "Sur"), coins([60] * 2, "Makka")
    table = pd.concat([sur.table, makka.table], ignore_index=True)
    others = CoinSet(table, np.concatenate([sur.images, makka.images]), ["A", "B"])
    noticed = analysis.notice({"C": model, "A": model}, three, others, "C", neighbours=3, seed=1)
    found = noticed.metrics
    assert set(found["leave_one_out"]) == {"C", "A"}
    assert found["leave_one_out"]["C"]["known"]["accuracy"] == 1
    assert set(found["leave_one_out"]["A"]["predicted"]) == {"B", "C"}
    assert set(found["far"]) == {"blank", "noise", "object"}
    assert set(found["minor_scores"]) == {"Sur"}  # of the other there are too few coins
    assert found["minor_scores"]["Sur"]["max_softmax"]["auroc"] > 0.9
    for score in (*found["scores"].values(), *found["minor_scores"]["Sur"].values()):
        assert set(score["threshold"]) == {"known", "unknown"}
    # Coins between the two levels are less sure than those at either.
    assert found["scores"]["max_softmax"]["auroc"] > 0.9
    assert all(score["label"] for score in found["scores"].values())
    assert len(figures.scores(noticed.values).axes) == len(found["scores"])
