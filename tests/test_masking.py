"""What is lost when part of the coin is hidden."""

import numpy as np
import pytest

from mintmark import masking, masks

CIRCLES = np.tile(np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]]), (20, 1, 1))
RADII = masks.radii(CIRCLES, (64, 128))
ACTUAL = np.arange(20) % 2


@pytest.fixture
def coins():
    """Coins whose mint shows in the margin alone: bright there for mint 1."""
    rng = np.random.default_rng(0)
    images = rng.integers(90, 110, (20, 64, 128, 3)).astype(np.uint8)
    bright = (RADII > 0.7) & (RADII < 0.9) & (ACTUAL == 1)[:, None, None]
    images[bright] = 220
    return images


def reader(images):
    """A network that reads the margin: logits from its brightness."""
    ring = (RADII[0] > 0.7) & (RADII[0] < 0.9)
    brightness = images[:, ring].mean(axis=(1, 2)) - 130
    return np.column_stack([-brightness, brightness])


def test_hiding_the_margin_costs_what_the_margin_tells(coins):
    variants = masking.variants(coins, RADII, 0.5, "black", seed=1)
    answers = {name: reader(images).argmax(axis=1) for name, images in variants.items()}
    figures = masking.compare(answers, ACTUAL, ["A", "B"], seed=1)
    assert figures["original"]["accuracy"] == figures["centre"]["accuracy"] == 1
    assert figures["centre"]["drop"] == 0
    assert figures["margin"]["accuracy"] == 0.5
    assert figures["margin"]["drop_low"] > 0.2
    assert figures["margin"]["p_value"] == pytest.approx(2 * 0.5**10)
    assert figures["margin"]["flow"] == {"A": {"A": 10, "B": 0}, "B": {"A": 10, "B": 0}}


def test_the_curve_says_where_the_mint_stands(coins):
    curve = masking.curve(reader, coins, RADII, ACTUAL, [0.3, 0.6, 0.95], "black", seed=1)
    centre = curve[curve["hidden"] == "centre"].set_index("radius")
    margin = curve[curve["hidden"] == "margin"].set_index("radius")
    assert centre["accuracy"].tolist() == [1, 1, 0.5]
    assert margin["accuracy"].tolist() == [0.5, 0.5, 1]
    assert centre.loc[0.6, "area"] == pytest.approx(0.36, abs=0.01)
    assert margin.loc[0.6, "area"] == pytest.approx(0.64, abs=0.01)
    assert (curve["accuracy_low"] <= curve["accuracy"]).all()
