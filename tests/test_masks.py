"""Zones and hiding them."""

import numpy as np
import pytest

from mintmark import masks

SHAPE = (64, 128)
CIRCLES = np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]])
RADII = masks.radii(CIRCLES, SHAPE)


@pytest.fixture
def coins():
    rng = np.random.default_rng(0)
    images = np.full((1, *SHAPE, 3), 128, np.uint8)
    images[0][RADII[0] <= 1] = rng.integers(60, 220, (int((RADII[0] <= 1).sum()), 3))
    return images


def test_field_and_margin_are_the_coin_on_both_sides_and_nothing_else():
    field, margin = masks.field(RADII, 0.5)[0], masks.margin(RADII, 0.5)[0]
    assert not (field & margin).any()
    np.testing.assert_array_equal(field | margin, RADII[0] <= 1)
    np.testing.assert_array_equal(field[:, :64], field[:, 64:])
    assert not margin[:, 62:66].any()  # the gutter
    assert field.sum() / (field | margin).sum() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("fill", masks.FILLS)
def test_only_hidden_pixels_change_and_the_input_stays(coins, fill):
    before = coins.copy()
    hidden = masks.margin(RADII, 0.5)
    masked = masks.hide(coins, hidden, RADII, fill, seed=1)
    np.testing.assert_array_equal(coins, before)
    np.testing.assert_array_equal(masked[~hidden], coins[~hidden])
    assert (masked[hidden] != coins[hidden]).mean() > 0.5


def test_fills_are_what_they_are_called(coins):
    hidden = masks.field(RADII, 0.5)
    coin = coins[RADII <= 1].astype(float)
    filled = {name: masks.hide(coins, hidden, RADII, name, seed=1)[hidden].astype(float)
              for name in masks.FILLS}  # fmt: skip
    assert (filled["black"] == 0).all()
    np.testing.assert_allclose(
        filled["mean"], np.tile(coin.mean(axis=0), (len(filled["mean"]), 1)), atol=1
    )
    assert filled["noise"].std() == pytest.approx(coin.std(), rel=0.1)
    assert filled["blur"].std() < 0.2 * coin.std()


def test_noise_follows_its_seed(coins):
    hidden = masks.field(RADII, 0.5)
    first, again, other = (masks.hide(coins, hidden, RADII, "noise", seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
