"""What is lost when regions of the coin are masked."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mintmark.data.coins import CoinSet
from mintmark.geometry import fills, grid
from mintmark.occlusion import adaptation, controls, curve, effects, trials
from mintmark.occlusion.trials import Trial

CIRCLE = {"obverse_x": 31.5, "obverse_y": 31.5, "obverse_r": 30,
          "reverse_x": 95.5, "reverse_y": 31.5, "reverse_r": 30}  # fmt: skip
GRID = grid.locate(np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]]), (64, 128))
RING = (GRID.radii[0] > 0.7) & (GRID.radii[0] < 0.9)
FILL = "black"


@pytest.fixture(scope="module")
def coins():
    """Coins whose mint shows in the margin alone: bright there for mint B."""
    rng = np.random.default_rng(0)
    images = rng.integers(90, 110, (20, 64, 128, 3)).astype(np.uint8)
    table = pd.DataFrame({"id": [f"{k:06d}" for k in range(20)], "mint": ["A", "B"] * 10, **CIRCLE})
    images[RING & (table["mint"] == "B").to_numpy()[:, None, None]] = 220
    return CoinSet(table, images, ["A", "B"])


def read(images):
    """A network that reads the margin: logits from its brightness."""
    brightness = images[:, RING].mean(axis=(1, 2)) - 130
    return np.column_stack([-brightness, brightness])


def answered(coins, asked):
    """The reader's answers to trials."""
    return {trial: read(trials.masked(coins.images, coins.grid, trial, 1)) for trial in asked}


def test_masking_the_margin_costs_what_the_margin_tells(coins):
    asked = effects.default_trials(0.5, FILL)
    answers = answered(coins, asked.values())
    found = effects.compare(answers, asked, targets=coins.targets, names=coins.names, seed=1)
    assert found["original"]["accuracy"] == found["centre"]["accuracy"] == 1
    assert found["centre"]["drop"] == found["centre"]["logit_change"] == 0
    assert found["margin"]["accuracy"] == 0.5
    assert found["margin"]["drop_low"] > 0.2
    assert found["margin"]["p_value"] == pytest.approx(2 * 0.5**10)
    assert found["margin"]["p_holm"] == pytest.approx(2 * found["margin"]["p_value"])
    assert found["margin"]["flow"] == {"A": {"A": 10, "B": 0}, "B": {"A": 10, "B": 0}}
    assert found["margin"]["logit_change_low"] < found["margin"]["logit_change"] < 10


def test_controls_have_the_areas_they_are_meant_to_have():
    masked = {**controls.zones(0.5), **controls.parts(), **controls.discs(0.5, 20, seed=1)}
    for name, region in masked.items():
        expected = {"obverse": 0.5, "reverse": 0.5, "coin": 1.0, "margin": 0.75}.get(
            name, 0.75 if name.startswith("all_but") else 0.25
        )
        assert effects.area(region, GRID) == pytest.approx(expected, abs=0.015), name
        assert not (region.mask(GRID) & ~GRID.coin).any()
    assert sum(name.startswith("disc") for name in masked) == 20
    assert controls.discs(0.5, 20, seed=1) == controls.discs(0.5, 20, seed=1)
    assert controls.discs(0.5, 20, seed=1) != controls.discs(0.5, 20, seed=2)


def test_every_control_is_tested_and_corrected_for_their_number(coins):
    discs = controls.discs(0.5, 20, seed=1)
    masked = {**controls.zones(0.5), **controls.parts(), **discs}
    asked = [trials.whole(FILL), *(Trial(region, FILL) for region in masked.values())]
    answers = answered(coins, asked)
    table = controls.table(answers, masked, coins, fill=FILL, seed=1)
    row = table.set_index("masked")
    assert len(table) == 2 + 4 * 4 + 2 + 1 + 20
    assert row.loc["centre", "drop"] == 0 and row.loc["margin", "drop"] == 0.5
    assert row.loc["ring_3", "drop"] == row.loc["coin", "drop"] == 0.5  # r from 0.71 to 0.87
    assert row.loc["ring_1", "drop"] == 0
    assert (table["p_holm"] >= table["p_value"]).all()
    assert row.loc["margin", "p_holm"] == pytest.approx(
        row.loc["margin", "p_value"] * len(table), rel=0.2
    )
    assert row.loc["margin", "p_value"] == pytest.approx(2 * 0.5**10)  # not rounded away
    summed = controls.over_discs(answers, discs, coins.targets, fill=FILL, seed=1)
    assert summed["n"] == 20
    assert summed["largest_drop"] == row.loc[list(discs), "drop"].max() <= 0.5
    assert summed["drop_low"] <= summed["drop"] <= summed["drop_high"]
    assert set(controls.summary(table)) == set(controls.parts())


def test_the_order_of_field_and_margin_is_asked_of_every_fill(coins):
    answers = answered(coins, controls.fill_trials(0.5))
    found = controls.by_fill(answers, coins.targets, radius=0.5, before=read(coins.images), seed=1)
    assert set(found) == set(fills.FILLS)
    for fill, metrics in found.items():
        assert metrics["centre"]["drop"] == 0, fill
        assert metrics["mask_only"]["n"] == 20
        assert metrics["margin"]["p_holm"] >= metrics["margin"]["p_value"]
    assert found["black"]["margin_over_field"] == 0.5
    assert found["black"]["mask_only"]["accuracy"] == 0.5
    # The mean colour of the masked coin still tells how bright its margin was.
    assert found["mean"]["mask_only"]["accuracy"] == 1


def test_trials_are_made_once_for_all_networks(coins, monkeypatch):
    made = []
    masked = trials.masked
    monkeypatch.setattr(
        trials, "masked", lambda images, grid, trial, seed: made.append(trial) or masked(
            images, grid, trial, seed
        )
    )  # fmt: skip
    monkeypatch.setattr(
        trials.models, "Reading", lambda network, images: SimpleNamespace(logits=network)
    )
    asked = effects.default_trials(0.5, FILL)
    networks = {"trained": read, "adapted": lambda images: -read(images)}
    wanted = {"trained": list(asked.values()), "adapted": [asked["margin"]]}
    found = trials.answers(networks, coins, wanted, seed=1)
    assert made == list(asked.values())
    assert set(found["trained"]) == set(made) and set(found["adapted"]) == {asked["margin"]}
    np.testing.assert_array_equal(
        found["adapted"][asked["margin"]], -found["trained"][asked["margin"]]
    )


def test_random_regions_lie_on_the_coin_and_differ():
    rng = np.random.default_rng(0)
    masks = [adaptation.random_region(rng).mask(GRID) for _ in range(40)]
    assert not any((mask & ~GRID.coin).any() for mask in masks)
    assert len({mask.sum() for mask in masks}) > 20


def test_the_curve_says_where_the_mint_stands(coins):
    borders = [0.3, 0.6, 0.95]
    answers = answered(coins, curve.trials(borders, FILL))
    table = curve.curve(answers, coins, borders, FILL)
    centre = table[table["masked"] == "centre"].set_index("radius")
    margin = table[table["masked"] == "margin"].set_index("radius")
    assert centre["accuracy"].tolist() == [1, 1, 0.5]
    assert margin["accuracy"].tolist() == [0.5, 0.5, 1]
    assert centre.loc[0.6, "area"] == pytest.approx(0.36, abs=0.01)
    assert margin.loc[0.6, "area"] == pytest.approx(0.64, abs=0.01)
    assert (table["accuracy_low"] <= table["accuracy"]).all()
    assert curve.correct(answers, coins.targets, borders, FILL)["margin"].shape == (3, 20)
    wide = curve.wide(table)
    assert wide["radius"].tolist() == borders
    assert wide["field_masked"].tolist() == centre["accuracy"].tolist()
    assert wide["margin_masked_low"].tolist() == margin["accuracy_low"].tolist()


def test_half_of_the_advantage_is_lost_between_the_borders_where_accuracy_falls():
    known = {"chance": 0.5, "borders": [0.2, 0.4, 0.6, 0.8], "seed": 1}
    original = np.ones(100, bool)
    falling = np.array([np.arange(100) < n for n in (100, 90, 60, 50)])
    correct = {"centre": falling, "margin": np.ones((4, 100), bool)}
    half = curve.half_radii(correct, original, **known)
    assert half["centre"]["radius"] == pytest.approx(0.5)
    assert half["centre"]["radius_low"] < 0.5 < half["centre"]["radius_high"]
    assert half["margin"] == {"reached": 0.0}
    turned = {"centre": np.ones((4, 100), bool), "margin": falling[::-1]}
    half = curve.half_radii(turned, original, **known)
    assert half["margin"]["radius"] == pytest.approx(0.5)


def test_without_an_advantage_there_is_no_half_of_it():
    correct = {"centre": np.zeros((2, 10), bool), "margin": np.zeros((2, 10), bool)}
    half = curve.half_radii(correct, np.arange(10) < 5, chance=0.5, borders=[0.3, 0.6], seed=1)
    assert "radius" not in half["centre"]
