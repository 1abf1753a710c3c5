"""Where on the clock: cells, regions of a user's own, and peaks."""

import numpy as np
import pandas as pd
import pytest
from conftest import set_params

from mintmark.geometry import clock, grid, regions
from mintmark.pipeline import params
from mintmark.pipeline.stage import InputError

CIRCLES = np.array([[[63.5, 63.5, 60], [191.5, 63.5, 60]]])
GRID = grid.locate(CIRCLES, (128, 256))


def place(**changes):
    given = {"side": "reverse", "hours": [5.0, 7.0], "radii": [0.55, 0.95]}
    return clock.Place.model_validate(given | changes)


def test_the_cells_part_the_coin_on_both_sides():
    masks = [region.mask(GRID) for region in clock.cells(0.5).values()]
    assert len(masks) == 48
    np.testing.assert_array_equal(np.sum(masks, axis=0), GRID.coin)


def test_a_cell_lies_where_its_name_says():
    row, column = np.nonzero(clock.cells(0.5)["reverse", "margin", 3].mask(GRID)[0])
    assert (column > 191.5 + 20).all() and (
        row > 63
    ).all()  # three to four: right, below the middle
    row, column = np.nonzero(clock.cells(0.5)["obverse", "field", 11].mask(GRID)[0])
    assert (column < 64).all() and (row < 64).all() and (row > 30).all()


def test_a_region_may_run_over_twelve_and_all_round():
    over = regions.wedge(0, (11, 1), (0.5, 1)).mask(GRID)
    parts = [regions.wedge(0, hours, (0.5, 1)).mask(GRID) for hours in ((11, 12), (0, 1))]
    np.testing.assert_array_equal(over, parts[0] | parts[1])
    np.testing.assert_array_equal(
        regions.wedge(1, (0, 12), (0, 2)).mask(GRID), regions.side(1).mask(GRID)
    )


@pytest.mark.parametrize("hours", [[5.0, 7.0], [3.5, 7.0], [11.0, 1.0], [0.0, 12.0]])
def test_equal_areas_lie_elsewhere_on_both_sides(hours):
    own = place(hours=hours)
    mask = own.region.mask(GRID)
    others = [region.mask(GRID) for region in own.elsewhere()]
    assert others
    for other in others:
        assert not (mask & other).any()
        assert other.sum() == pytest.approx(mask.sum(), rel=0.03)
    assert any((other & (GRID.side == side)).any() for other in others for side in (0, 1))
    assert np.sum(others, axis=0).max() == 1  # none overlaps another


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ({"side": "edge"}, "regions.exergue.side is 'edge'"),
        ({"hours": [5.0]}, "regions.exergue.hours"),
        ({"hours": [5.0, 13.0]}, "regions.exergue.hours.1 is 13.0"),
        ({"radii": [0.9, 0.5]}, "the inner radius must be less than the outer one"),
    ],
)
def test_a_region_that_is_none_is_one_sentence(workspace, monkeypatch, region, said):
    monkeypatch.chdir(workspace)
    given = {"side": "reverse", "hours": [5.0, 7.0], "radii": [0.55, 0.95]} | region
    set_params(workspace, regions={"exergue": given})
    with pytest.raises(InputError, match=said):
        params.load(clock.Places, "regions")


def table(values):
    """A table of cells that are 0 but for some: values by (side, zone, hour)."""
    rows = [(*cell, values.get(cell, 0.0)) for cell in clock.cells(0.5)]
    return pd.DataFrame(rows, columns=[*clock.CELL, "heat"])


def test_a_peak_takes_in_its_neighbours_down_to_half_of_it():
    heat = {("reverse", "margin", hour): value for hour, value in {5: 2.0, 6: 3.0, 7: 1.0}.items()}
    heat["obverse", "margin", 7] = 2.9
    assert clock.peak(table(heat), "heat") == {
        "side": "reverse", "zone": "margin", "from": 5, "to": 7, "value": 3.0,
    }  # fmt: skip


def test_a_peak_may_lie_round_twelve():
    found = clock.peak(table({("obverse", "field", hour): 1.0 for hour in (11, 0)}), "heat")
    assert (found["from"], found["to"]) == (11, 1)
    found = clock.peak(table({("obverse", "field", 0): 1.0}), "heat")
    assert (found["from"], found["to"]) == (12, 1)


def test_even_heat_is_a_peak_all_round_and_no_heat_none():
    even = clock.peak(table(dict.fromkeys(clock.cells(0.5), 1.0)), "heat")
    assert even["from"] == even["to"]
    assert clock.peak(table({}), "heat") == {}
