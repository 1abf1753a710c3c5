"""What masking costs place by place."""

import numpy as np
import pandas as pd
import pytest

from mintmark.data.coins import CoinSet
from mintmark.geometry import clock, grid, regions
from mintmark.geometry.clock import Place
from mintmark.occlusion import places, trials

CIRCLE = {"obverse_x": 63.5, "obverse_y": 63.5, "obverse_r": 60,
          "reverse_x": 191.5, "reverse_y": 63.5, "reverse_r": 60}  # fmt: skip
GRID = grid.locate(np.array([[[63.5, 63.5, 60], [191.5, 63.5, 60]]]), (128, 256))
MARK = regions.wedge(1, (5, 7), (0.6, 0.9)).mask(GRID)[0]  # the exergue, as on late Roman coins
OWN = {
    "exergue": Place(side="reverse", hours=[5.0, 7.0], radii=[0.55, 0.95]),
    "bust": Place(side="obverse", hours=[10.0, 2.0], radii=[0.0, 0.5]),
}
FILL = "mean"


@pytest.fixture(scope="module")
def coins():
    """Coins whose mint shows in the exergue alone: bright there for mint B."""
    images = np.random.default_rng(0).integers(90, 110, (12, 128, 256, 3)).astype(np.uint8)
    table = pd.DataFrame({"id": [f"{k:06d}" for k in range(12)], "mint": ["A", "B"] * 6, **CIRCLE})
    images[MARK & (table["mint"] == "B").to_numpy()[:, None, None]] = 220
    return CoinSet(table, images, ["A", "B"])


@pytest.fixture(scope="module")
def answers(coins):
    """The answers of a network that reads the exergue: logits from its brightness."""

    def read(images):
        brightness = images[:, MARK].mean(axis=(1, 2)) - 130
        return np.column_stack([-brightness, brightness])

    asked = [trials.whole(FILL), *places.trials(0.5, OWN, FILL)]
    return {trial: read(trials.masked(coins.images, coins.grid, trial, 1)) for trial in asked}


def test_the_clock_shows_where_the_mint_stands(coins, answers):
    found = places.on_clock(answers, coins, radius=0.5, fill=FILL, seed=1)
    peak = clock.peak(found, places.COST)
    assert (peak["side"], peak["zone"], peak["from"], peak["to"]) == ("reverse", "margin", 5, 7)
    elsewhere = found[(found["side"] == "obverse") | (found["zone"] == "field")]
    assert (elsewhere[places.COST] == 0).all()
    assert found["area"].sum() == pytest.approx(1)


def test_a_region_that_tells_costs_more_than_its_equals_elsewhere(coins, answers):
    found = places.named(answers, OWN, coins, fill=FILL, seed=1)
    exergue, bust = found["exergue"], found["bust"]
    assert exergue["more_low"] > 0 and exergue["drop"] > 0
    assert exergue["more"] == pytest.approx(exergue["cost"])  # nothing is lost elsewhere
    assert exergue["elsewhere"] == 11
    assert bust["cost"] == bust["more"] == bust["drop"] == 0
    assert exergue["p_holm"] == pytest.approx(min(1, 2 * exergue["p_value"]))
