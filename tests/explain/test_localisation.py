"""Heat against the pixels of the mint's name."""

import cv2
import numpy as np
import pandas as pd
import pytest

from mintmark.data.coins import CoinSet
from mintmark.explain import localisation
from mintmark.explain.localisation import Truth
from mintmark.geometry import grid
from mintmark.images import cropping, detection, merging, outline
from mintmark.synthetic import mint_catalogue, mints

SIZE, SCALE = 128, 0.48
CONDITIONS = mints.Conditions(wear=0.0, turn=5, widths=(300, 400))
CIRCLES = np.array([[[63.5, 63.5, 61.44], [191.5, 63.5, 61.44]]])
WHOLE = outline.CIRCLE.mask(256, SCALE)
GRID = grid.locate(CIRCLES, (SIZE, 2 * SIZE))


@pytest.fixture
def named(tmp_path):
    """A drawn coin's photograph and merged image, its mask in a folder, and its manifests."""
    drawn = next(c for c in mint_catalogue.coins(60, 1, seed=8) if c.legible)
    image, name = mints.coin_photograph(drawn, 1, CONDITIONS)
    cv2.imwrite(str(tmp_path / "100001.1.png"), name)
    circle, _ = detection.find(image)
    side = cropping.crop(image, circle, 256, SCALE, WHOLE)
    shown = cropping.crop(np.repeat(name[..., None], 3, axis=2), circle, 256, SCALE, WHOLE)
    _, (obverse, _) = merging.side_by_side((side, side), SIZE, SCALE, "horizontal")
    expected, _ = merging.side_by_side((shown, shown), SIZE, SCALE, "horizontal")
    circles = {f"{side}_{key}": value for side in ("obverse", "reverse")
               for key, value in obverse._asdict().items()}  # fmt: skip
    table = pd.DataFrame([{"id": "100001", "mint": "A", **circles}])
    crops = pd.DataFrame([{"id": "100001", "side": "obverse", **circle._asdict()}])
    coins = CoinSet(table, np.zeros((1, SIZE, 2 * SIZE, 3), np.uint8), ["A"])
    return tmp_path, coins, crops, expected[:, :SIZE, 0]


def test_the_name_goes_where_the_pipeline_moves_the_photograph(named):
    folder, coins, crops, expected = named
    found = localisation.names(coins, crops, folder)[0]
    on_coin = GRID.coin[0, :, :SIZE]
    truly = (expected > 127) & on_coin
    both = (found[:, :SIZE] & truly).sum() / (found[:, :SIZE] | truly).sum()
    assert both > 0.75
    assert not found[:, SIZE:].any()


def test_a_coin_without_a_mask_has_no_known_name(named):
    folder, coins, crops, _ = named
    other = CoinSet(coins.table.assign(id="100002"), coins.images, ["A"])
    assert not localisation.names(other, crops, folder).any()


def name_mask():
    name = np.zeros((1, SIZE, 2 * SIZE), bool)
    name[0, 100:110, 50:80] = True
    return name


def test_heat_on_the_name_scores_full_and_heat_elsewhere_nothing():
    name = name_mask()
    full = localisation.scores(name.astype(float), Truth(name, GRID, 8), seed=1)
    assert full["pointing"] == full["on_name"] == full["auprc"] == 1
    aside = np.zeros(name.shape)
    aside[0, 20:30, 50:80] = 1
    none = localisation.scores(aside, Truth(name, GRID, 8), seed=1)
    assert none["pointing"] == none["on_name"] == 0
    assert none["auprc"] < 0.05


def test_the_hottest_point_may_miss_by_half_a_cell_and_no_more():
    name = name_mask()
    for column, hit in ((83, 1), (84, 0)):
        heat = np.zeros(name.shape)
        heat[0, 105, column] = 1
        assert localisation.scores(heat, Truth(name, GRID, 8), seed=1)["pointing"] == hit


def test_a_coin_without_heat_hits_nothing():
    name = name_mask()
    name[0, 0, 0] = True  # where the maximum of an empty map is found
    assert localisation.scores(np.zeros(name.shape), Truth(name, GRID, 8), seed=1)["pointing"] == 0


def test_random_maps_score_what_chance_is_said_to():
    name = np.repeat(name_mask(), 400, axis=0)
    places = grid.locate(np.repeat(CIRCLES, 400, axis=0), name.shape[1:])
    heat = np.random.default_rng(0).random(name.shape)
    truth = Truth(name, places, 8)
    found, chance = localisation.scores(heat, truth, 1), localisation.chance(truth)
    for key in ("on_name", "auprc"):
        assert found[key] == pytest.approx(chance[key], rel=0.1)
    assert found["pointing_low"] < chance["pointing"] < found["pointing_high"]


def test_correct_and_incorrect_answers_are_scored_apart():
    name = np.repeat(name_mask(), 3, axis=0)
    heat = name.astype(float)
    heat[2] = np.roll(heat[2], -60, axis=0)
    places = grid.locate(np.repeat(CIRCLES, 3, axis=0), name.shape[1:])
    right = np.array([True, True, False])
    found = localisation.by_answer(heat, Truth(name, places, 8), right, seed=1)
    assert found["correct"]["pointing"] == 1 and found["correct"]["n"] == 2
    assert found["incorrect"]["pointing"] == 0 and found["incorrect"]["n"] == 1
    all_correct = localisation.by_answer(heat, Truth(name, places, 8), np.ones(3, bool), seed=1)
    assert set(all_correct) == {"correct"}
