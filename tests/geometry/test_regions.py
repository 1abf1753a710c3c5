"""Parts of the coin and hiding them."""

import numpy as np
import pytest

from mintmark.geometry import fills, grid, regions

SHAPE = (64, 128)
CIRCLES = np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]])
PLACES = grid.locate(CIRCLES, SHAPE)
COIN = PLACES.coin.sum()


@pytest.fixture
def coins():
    rng = np.random.default_rng(0)
    images = np.full((1, *SHAPE, 3), 128, np.uint8)
    images[PLACES.coin] = rng.integers(60, 220, (int(COIN), 3))
    return images


def test_field_and_margin_are_the_coin_on_both_sides_and_nothing_else():
    field, margin = regions.field(PLACES, 0.5)[0], regions.margin(PLACES, 0.5)[0]
    assert not (field & margin).any()
    np.testing.assert_array_equal(field | margin, PLACES.coin[0])
    np.testing.assert_array_equal(field[:, :64], field[:, 64:])
    assert not margin[:, 62:66].any()  # the gutter
    assert field.sum() / COIN == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("part", [regions.ring, regions.sector])
def test_rings_and_sectors_part_the_coin_into_equal_areas(part):
    parts = [part(PLACES, number, 4) for number in range(4)]
    np.testing.assert_array_equal(np.sum(parts, axis=0), PLACES.coin)
    assert [p.sum() / COIN for p in parts] == pytest.approx([0.25] * 4, abs=0.015)


def test_the_first_sector_begins_at_twelve_oclock_and_runs_clockwise():
    first = regions.sector(PLACES, 0, 4)[0]
    assert first[20, 40] and first[20, 104]  # above and to the right of each centre
    assert not first[40, 40] and not first[20, 20]


def test_a_disc_lies_at_the_same_place_of_both_sides_and_on_the_coin():
    disc = regions.disc(PLACES, (0.4, -0.3), 0.2)[0]
    np.testing.assert_array_equal(disc[:, :64], disc[:, 64:])
    row, column = np.argwhere(disc[:, :64]).mean(axis=0)
    assert (row, column) == pytest.approx((31.5 - 9, 31.5 + 12), abs=0.5)
    assert disc.sum() / COIN == pytest.approx(0.04, abs=0.005)
    assert not (regions.disc(PLACES, (0.9, 0), 0.5) & ~PLACES.coin).any()


def test_sides_are_told_apart():
    assert (PLACES.side[0, :, :63] == 0).all() and (PLACES.side[0, :, 65:] == 1).all()


@pytest.mark.parametrize("fill", fills.FILLS)
def test_only_hidden_pixels_change_and_the_input_stays(coins, fill):
    before = coins.copy()
    hidden = regions.margin(PLACES, 0.5)
    masked = fills.occlude(coins, hidden, PLACES, fill, seed=1)
    np.testing.assert_array_equal(coins, before)
    np.testing.assert_array_equal(masked[~hidden], coins[~hidden])
    assert (masked[hidden] != coins[hidden]).mean() > 0.5
    np.testing.assert_array_equal(fills.occlude(coins, hidden & False, PLACES, fill, 1), coins)


def test_fills_are_what_they_are_called(coins):
    hidden = regions.field(PLACES, 0.5)
    coin = coins[PLACES.coin].astype(float)
    filled = {name: fills.occlude(coins, hidden, PLACES, name, seed=1)[hidden].astype(float)
              for name in fills.FILLS}  # fmt: skip
    assert (filled["black"] == 0).all()
    np.testing.assert_allclose(
        filled["mean"], np.tile(coin.mean(axis=0), (len(filled["mean"]), 1)), atol=1
    )
    assert filled["noise"].std() == pytest.approx(coin.std(), rel=0.1)
    assert filled["blur"].std() < 0.2 * coin.std()


@pytest.mark.parametrize("fill", ["inpaint", "linear"])
def test_what_is_filled_in_continues_what_is_seen(fill):
    """On a coin that brightens evenly to the right, the hidden field can be told from the margin."""
    images = np.zeros((1, *SHAPE, 3), np.uint8)
    images[:] = np.arange(SHAPE[1])[None, None, :, None] + 40
    hidden = regions.field(PLACES, 0.4)
    filled = fills.occlude(images, hidden, PLACES, fill, seed=1)[hidden].astype(float)
    error = np.abs(filled - images[hidden]).mean()
    assert error < (3 if fill == "linear" else 6) < images[hidden].std()


def test_linear_imputation_makes_each_pixel_the_mean_of_its_neighbours(coins):
    hidden = np.zeros((1, *SHAPE), bool)
    hidden[0, 30, 30] = True
    filled = fills._solved(coins[0].astype(float), hidden[0])[0]
    around = coins[0, 29:32, 29:32].astype(float)
    weights = np.array([[1, 2, 1], [2, 0, 2], [1, 2, 1]]) / 12
    np.testing.assert_allclose(filled, np.einsum("ijc,ij->c", around, weights), atol=1)


def test_noise_follows_its_seed(coins):
    hidden = regions.field(PLACES, 0.5)
    first, again, other = (fills.occlude(coins, hidden, PLACES, "noise", seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
