"""What is lost when parts of the coin are hidden."""

import numpy as np
import pytest

from mintmark.geometry import fills, grid
from mintmark.occlusion import curve, effects

CIRCLES = np.tile(np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]]), (20, 1, 1))
PLACES = grid.locate(CIRCLES, (64, 128))
ACTUAL = np.arange(20) % 2
RING = (PLACES.radii[0] > 0.7) & (PLACES.radii[0] < 0.9)
SETTINGS = effects.Masking(
    radius=0.5, fill="black", radii=[0.5], discs=20, method="gradcam", adapted=False,
    adaptation=effects.Adaptation(epochs=1, batch=8, learning_rate=0.001),
)  # fmt: skip


@pytest.fixture
def coins():
    """Coins whose mint shows in the margin alone: bright there for mint 1."""
    rng = np.random.default_rng(0)
    images = rng.integers(90, 110, (20, 64, 128, 3)).astype(np.uint8)
    images[RING & (ACTUAL == 1)[:, None, None]] = 220
    return images


def reader(images):
    """A network that reads the margin: logits from its brightness."""
    brightness = images[:, RING].mean(axis=(1, 2)) - 130
    return np.column_stack([-brightness, brightness])


def test_hiding_the_margin_costs_what_the_margin_tells(coins):
    variants = effects.variants(coins, PLACES, 0.5, "black", seed=1)
    logits = {name: reader(images) for name, images in variants.items()}
    figures = effects.compare(logits, ACTUAL, ["A", "B"], seed=1)
    assert figures["original"]["accuracy"] == figures["centre"]["accuracy"] == 1
    assert figures["centre"]["drop"] == figures["centre"]["logit_change"] == 0
    assert figures["margin"]["accuracy"] == 0.5
    assert figures["margin"]["drop_low"] > 0.2
    assert figures["margin"]["p_value"] == pytest.approx(2 * 0.5**10)
    assert figures["margin"]["flow"] == {"A": {"A": 10, "B": 0}, "B": {"A": 10, "B": 0}}
    assert figures["margin"]["logit_change_low"] < figures["margin"]["logit_change"] < 10


def test_controls_have_the_areas_they_are_meant_to_have():
    controls = dict(effects.controls(PLACES, 0.5, 20, seed=1))
    area = {name: hidden.sum() / PLACES.coin.sum() for name, hidden in controls.items()}
    for name, share in area.items():
        expected = {"obverse": 0.5, "reverse": 0.5, "coin": 1.0}.get(
            name, 0.75 if name.startswith("all_but") else 0.25
        )
        assert share == pytest.approx(expected, abs=0.015), name
    assert sum(name.startswith("disc") for name in controls) == 20
    assert not any((hidden & ~PLACES.coin).any() for hidden in controls.values())
    again = dict(effects.controls(PLACES, 0.5, 20, seed=1))
    assert all((controls[name] == again[name]).all() for name in controls)


def test_every_control_is_tested_and_corrected_for_their_number(coins):
    table, discs = effects.measured(reader, coins, PLACES, ACTUAL, SETTINGS, seed=1)
    row = table.set_index("hidden")
    assert len(table) == 2 + 4 * 4 + 2 + 1 + 20
    assert row.loc["centre", "drop"] == 0 and row.loc["margin", "drop"] == 0.5
    assert row.loc["ring_3", "drop"] == row.loc["coin", "drop"] == 0.5  # r from 0.71 to 0.87
    assert row.loc["ring_1", "drop"] == 0
    assert (table["p_holm"] >= table["p_value"]).all()
    assert row.loc["margin", "p_holm"] == pytest.approx(
        row.loc["margin", "p_value"] * len(table), rel=0.2
    )
    assert row.loc["margin", "p_value"] == pytest.approx(2 * 0.5**10)  # not rounded away
    assert discs["n"] == 20 and discs["largest_drop"] <= 0.5
    assert discs["drop_low"] <= discs["drop"] <= discs["drop_high"]


def test_the_order_of_field_and_margin_is_asked_of_every_fill(coins):
    fills = effects.fills(reader, coins, PLACES, ACTUAL, 0.5, seed=1)
    assert set(fills) == set(fills.FILLS)
    for fill, of in fills.items():
        assert of["centre"]["drop"] == 0, fill
        assert of["mask_only"]["n"] == 20
        assert of["margin"]["p_holm"] >= of["margin"]["p_value"]
    assert fills["black"]["margin_over_field"] == 0.5
    assert fills["black"]["mask_only"]["accuracy"] == 0.5
    # The mean colour of the hidden coin still tells how bright its margin was.
    assert fills["mean"]["mask_only"]["accuracy"] == 1


def test_random_parts_lie_on_the_coin_and_differ():
    rng = np.random.default_rng(0)
    one = PLACES.of(np.s_[:1])
    parts = [effects.random_part(one, rng) for _ in range(40)]
    assert not any((part & ~one.coin).any() for part in parts)
    assert len({part.sum() for part in parts}) > 20


def test_the_curve_says_where_the_mint_stands(coins):
    borders = [0.3, 0.6, 0.95]
    curve, right = curve.curve(reader, coins, PLACES, ACTUAL, borders, "black", seed=1)
    centre = curve[curve["hidden"] == "centre"].set_index("radius")
    margin = curve[curve["hidden"] == "margin"].set_index("radius")
    assert centre["accuracy"].tolist() == [1, 1, 0.5]
    assert margin["accuracy"].tolist() == [0.5, 0.5, 1]
    assert centre.loc[0.6, "area"] == pytest.approx(0.36, abs=0.01)
    assert margin.loc[0.6, "area"] == pytest.approx(0.64, abs=0.01)
    assert (curve["accuracy_low"] <= curve["accuracy"]).all()
    assert right["margin"].shape == (3, 20)


def test_half_of_the_advantage_is_lost_between_the_borders_where_accuracy_falls():
    borders = [0.2, 0.4, 0.6, 0.8]
    original = np.ones(100, bool)
    falling = np.array([np.arange(100) < n for n in (100, 90, 60, 50)])
    right = {"centre": falling, "margin": np.ones((4, 100), bool)}
    half = curve.half_radii(right, original, 0.5, borders, seed=1)
    assert half["centre"]["radius"] == pytest.approx(0.5)
    assert half["centre"]["radius_low"] < 0.5 < half["centre"]["radius_high"]
    assert half["margin"] == {"reached": 0.0}
    turned = {"centre": np.ones((4, 100), bool), "margin": falling[::-1]}
    assert curve.half_radii(turned, original, 0.5, borders, 1)["margin"][
        "radius"
    ] == pytest.approx(0.5)


def test_without_an_advantage_there_is_no_half_of_it():
    right = {"centre": np.zeros((2, 10), bool), "margin": np.zeros((2, 10), bool)}
    half = curve.half_radii(right, np.arange(10) < 5, 0.5, [0.3, 0.6], seed=1)
    assert "radius" not in half["centre"]
