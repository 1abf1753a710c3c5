"""How heat falls on the zones of coins."""

import numpy as np
import pandas as pd
import pytest

from mintmark.explain import zones
from mintmark.geometry import grid, regions

CIRCLES = np.tile(np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]]), (4, 1, 1))
GRID = grid.locate(CIRCLES, (64, 128))
ANSWERS = pd.DataFrame({"actual": ["A", "A", "B", "B"], "predicted": ["A", "B", "B", "B"]})


def summary(heat):
    shares = zones.zone_shares(heat, GRID, 0.5)
    return zones.zone_summary(shares, ANSWERS, GRID, radius=0.5, seed=1)


def test_even_heat_falls_by_area():
    even = summary(np.ones_like(GRID.radii))
    assert even["mass"]["field"] == pytest.approx(even["area"]["field"])
    assert even["mass"]["margin"] == pytest.approx(0.75, abs=0.01)
    assert even["ratio"]["field"] == pytest.approx(1)
    assert even["ratio"]["margin"] == pytest.approx(1)


def test_heat_in_the_margin_counts_there_and_heat_beside_the_coin_not_at_all():
    heat = ((GRID.radii > 0.8) & (GRID.radii < 2)).astype(float)
    shares = zones.zone_shares(heat, GRID, 0.5)
    assert (shares["margin"] == 1).all() and (shares["field"] == 0).all()


def test_ratios_are_given_by_mint_and_answer():
    heat = np.ones_like(GRID.radii)
    heat[1] = GRID.radii[1] > 0.5
    by_mint = summary(heat)["ratio_by_mint"]
    assert set(by_mint["A"]) == {"correct", "incorrect"} and set(by_mint["B"]) == {"correct"}
    assert by_mint["A"]["correct"]["margin"] == pytest.approx(1)
    assert by_mint["A"]["incorrect"]["margin"] == pytest.approx(4 / 3, abs=0.02)
    assert by_mint["B"]["correct"]["n"] == 2


def test_a_coin_without_heat_has_no_share_and_is_left_out():
    heat = np.ones_like(GRID.radii)
    heat[0] = 0
    assert zones.zone_shares(heat, GRID, 0.5).iloc[0].isna().all()
    found = summary(heat)
    assert found["n"] == 3
    assert "correct" not in found["ratio_by_mint"]["A"]


def test_without_any_heat_the_shares_are_nothing_rather_than_no_number():
    none = summary(np.zeros_like(GRID.radii))
    assert none["n"] == 0
    assert none["mass"]["field"] == none["mass"]["margin"] == 0
    assert none["ratio_by_mint"] == {}


def test_heat_lies_on_the_clock_where_it_is():
    heat = regions.wedge(1, (5, 6), (0.5, 1)).mask(GRID).astype(float)
    heat[0] = 0  # a coin without heat does not count
    found = zones.clock_shares(heat, GRID, 0.5)
    assert len(found) == 48 and found["area"].sum() == pytest.approx(1)
    hot = found.set_index(["side", "zone", "hour"])["heat"]
    assert hot["reverse", "margin", 5] == 1 and hot.sum() == pytest.approx(1)
    even = zones.clock_shares(np.ones_like(GRID.radii), GRID, 0.5)
    assert even["ratio"].to_numpy() == pytest.approx(np.ones(48))
    assert (zones.clock_shares(np.zeros_like(GRID.radii), GRID, 0.5)["ratio"] == 0).all()
