"""Masking pixels of coins, and what they are filled with."""

import numpy as np
import pytest

from mintmark.geometry import fills, grid, regions

SHAPE = (64, 128)
CIRCLES = np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]])
GRID = grid.locate(CIRCLES, SHAPE)
COIN = GRID.coin.sum()


@pytest.fixture
def coins():
    rng = np.random.default_rng(0)
    images = np.full((1, *SHAPE, 3), 128, np.uint8)
    images[GRID.coin] = rng.integers(60, 220, (int(COIN), 3))
    return images


@pytest.mark.parametrize("fill", fills.FILLS)
def test_only_masked_pixels_change_and_the_input_stays(coins, fill):
    before = coins.copy()
    mask = regions.margin(0.5).mask(GRID)
    masked = fills.occlude(coins, mask, GRID, fill=fill, seed=1)
    np.testing.assert_array_equal(coins, before)
    np.testing.assert_array_equal(masked[~mask], coins[~mask])
    assert (masked[mask] != coins[mask]).mean() > 0.5
    np.testing.assert_array_equal(
        fills.occlude(coins, mask & False, GRID, fill=fill, seed=1), coins
    )


def test_a_fill_of_another_number_type_is_refused_for_it_would_mask_nothing(coins, monkeypatch):
    monkeypatch.setitem(fills.FILLS, "half", lambda image, *_: image / 2)
    with pytest.raises(TypeError, match="the fill half gives float64"):
        fills.occlude(coins, regions.field(0.5).mask(GRID), GRID, fill="half", seed=1)


def test_fills_are_what_they_are_called(coins):
    mask = regions.field(0.5).mask(GRID)
    coin = coins[GRID.coin].astype(float)
    filled = {name: fills.occlude(coins, mask, GRID, fill=name, seed=1)[mask].astype(float)
              for name in fills.FILLS}  # fmt: skip
    assert (filled["black"] == 0).all()
    np.testing.assert_allclose(
        filled["mean"], np.tile(coin.mean(axis=0), (len(filled["mean"]), 1)), atol=1
    )
    assert filled["noise"].std() == pytest.approx(coin.std(), rel=0.1)
    assert filled["blur"].std() < 0.2 * coin.std()


@pytest.mark.parametrize("fill", ["inpaint", "linear"])
def test_what_is_filled_in_continues_what_is_seen(fill):
    """On a coin that brightens evenly to the right, the masked field can be told from the margin."""
    images = np.zeros((1, *SHAPE, 3), np.uint8)
    images[:] = np.arange(SHAPE[1])[None, None, :, None] + 40
    mask = regions.field(0.4).mask(GRID)
    filled = fills.occlude(images, mask, GRID, fill=fill, seed=1)[mask].astype(float)
    error = np.abs(filled - images[mask]).mean()
    assert error < (3 if fill == "linear" else 6) < images[mask].std()


def test_linear_imputation_makes_each_pixel_the_mean_of_its_neighbours(coins):
    mask = np.zeros((1, *SHAPE), bool)
    mask[0, 30, 30] = True
    filled = fills._solved(coins[0].astype(float), mask[0])[0]
    around = coins[0, 29:32, 29:32].astype(float)
    weights = np.array([[1, 2, 1], [2, 0, 2], [1, 2, 1]]) / 12
    np.testing.assert_allclose(filled, np.einsum("ijc,ij->c", around, weights), atol=1)


def test_noise_follows_its_seed(coins):
    mask = regions.field(0.5).mask(GRID)
    first, again, other = (
        fills.occlude(coins, mask, GRID, fill="noise", seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
