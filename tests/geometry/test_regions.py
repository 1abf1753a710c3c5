"""Regions of the coin."""

import numpy as np
import pytest

from mintmark.geometry import grid, regions

SHAPE = (64, 128)
CIRCLES = np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]])
GRID = grid.locate(CIRCLES, SHAPE)
COIN = GRID.coin.sum()


def test_field_and_margin_are_the_coin_on_both_sides_and_nothing_else():
    field, margin = regions.field(0.5).mask(GRID)[0], regions.margin(0.5).mask(GRID)[0]
    assert not (field & margin).any()
    np.testing.assert_array_equal(field | margin, GRID.coin[0])
    np.testing.assert_array_equal(field[:, :64], field[:, 64:])
    assert not margin[:, 62:66].any()  # the gutter
    assert field.sum() / COIN == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("part", [regions.ring, regions.sector])
def test_rings_and_sectors_part_the_coin_into_equal_areas(part):
    parts = [part(number, 4).mask(GRID) for number in range(4)]
    np.testing.assert_array_equal(np.sum(parts, axis=0), GRID.coin)
    assert [p.sum() / COIN for p in parts] == pytest.approx([0.25] * 4, abs=0.015)


def test_the_first_sector_begins_at_twelve_oclock_and_runs_clockwise():
    first = regions.sector(0, 4).mask(GRID)[0]
    assert first[20, 40] and first[20, 104]  # above and to the right of each centre
    assert not first[40, 40] and not first[20, 20]


def test_a_disc_lies_at_the_same_place_of_both_sides_and_on_the_coin():
    disc = regions.disc((0.4, -0.3), 0.2).mask(GRID)[0]
    np.testing.assert_array_equal(disc[:, :64], disc[:, 64:])
    row, column = np.argwhere(disc[:, :64]).mean(axis=0)
    assert (row, column) == pytest.approx((31.5 - 9, 31.5 + 12), abs=0.5)
    assert disc.sum() / COIN == pytest.approx(0.04, abs=0.005)
    assert not (regions.disc((0.9, 0), 0.5).mask(GRID) & ~GRID.coin).any()


def test_sides_are_told_apart():
    assert (GRID.side[0, :, :63] == 0).all() and (GRID.side[0, :, 65:] == 1).all()


def test_a_complement_is_all_of_the_coin_but_the_region():
    field = regions.field(0.5)
    both = field.mask(GRID).astype(int) + field.complement().mask(GRID)
    np.testing.assert_array_equal(both, GRID.coin)
    assert field.complement().complement() == field
    assert not regions.NOTHING.mask(GRID).any()


def test_coins_that_lie_differently_each_have_a_region_of_their_own():
    other = CIRCLES * [1, 1, 0.8] + [2, -1, 0]
    mixed = grid.locate(np.concatenate([CIRCLES, other, CIRCLES]), SHAPE)
    for region in (regions.field(0.5), regions.sector(1, 4).complement(), regions.COIN):
        own = [region.mask(grid.locate(circles, SHAPE))[0] for circles in (CIRCLES, other)]
        assert not np.array_equal(*own)
        np.testing.assert_array_equal(region.mask(mixed), [own[0], own[1], own[0]])
        np.testing.assert_array_equal(region.mask(mixed.subset([1])), own[1:])
