"""Whether to believe heat maps."""

import numpy as np
import pytest

from mintmark.explain import faithfulness
from mintmark.geometry import grid

CIRCLES = np.tile(np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]]), (4, 1, 1))
GRID = grid.locate(CIRCLES, (64, 128))
SPOT = np.s_[:, 45:55, 25:40]


@pytest.fixture
def images():
    images = np.full((4, 64, 128, 3), 90, np.uint8)
    images[SPOT] = 250
    return images


def reader(masked):
    """A network that reads a bright spot."""
    bright = masked[SPOT].mean(axis=(1, 2, 3)) - 150
    return np.column_stack([bright, -bright])


@pytest.mark.parametrize("fill", faithfulness.FILLS)
def test_heat_on_what_matters_deletes_sooner_and_inserts_sooner_than_chance(images, fill):
    heat = np.zeros(GRID.radii.shape)
    heat[SPOT] = 1
    chance = faithfulness.random_heat(heat.shape, 16, seed=1)
    target = np.zeros(4, int)
    maps = {"hit": heat, "miss": chance}
    found = faithfulness.curves(reader, images, maps, grid=GRID, targets=target, fill=fill)
    hit, miss = ({kind: leads.mean(axis=1) for kind, leads in found[name].items()} for name in maps)
    for mean in (hit, miss):
        assert mean["deletion"][0] == mean["insertion"][-1] == 1
        assert mean["deletion"][-1] == mean["insertion"][0] < 0.5
    assert hit["deletion"][1] < 0.2 < miss["deletion"][1]
    assert hit["insertion"][1] > 0.8 > miss["insertion"][1]
    areas = faithfulness.areas({fill: found}, seed=1)[fill]["hit"]
    assert areas["deletion_low"] <= areas["deletion"] < 0.3 < areas["insertion"]


def test_ranks_say_how_much_of_the_coin_is_hotter():
    heat = np.random.default_rng(0).random(GRID.radii.shape)
    rank = faithfulness._ranks(heat, GRID.coin)
    for share in (0.1, 0.5, 1.0):
        hottest = (rank < share) & GRID.coin
        assert hottest.sum() / GRID.coin.sum() == pytest.approx(share, abs=0.001)
    for one, ranked, coin in zip(heat, rank, GRID.coin, strict=True):
        assert one[(ranked < 0.1) & coin].min() > one[(ranked >= 0.1) & coin].max()
