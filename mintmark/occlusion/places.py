"""What masking costs place by place: every cell of the clock, and regions of a user's own."""

import numpy as np
import pandas as pd

from mintmark.data.coins import CoinSet
from mintmark.geometry import clock
from mintmark.geometry.clock import Place
from mintmark.geometry.regions import Region
from mintmark.occlusion import effects
from mintmark.occlusion.trials import Answers, Trial, whole
from mintmark.stats import intervals

COST = "cost"  # by how much the true mint's logit falls


def trials(radius: float, places: dict[str, Place], fill: str) -> list[Trial]:
    """What `on_clock` and `named` need answered. radius: the border of field and margin."""
    asked = list(clock.cells(radius).values())
    for place in places.values():
        asked += [place.region, *place.elsewhere()]
    return [Trial(region, fill) for region in asked]


def on_clock(
    answers: Answers, coins: CoinSet, *, radius: float, fill: str, seed: int
) -> pd.DataFrame:
    """What masking each cell of the clock costs: columns side, zone, hour, area, cost with interval."""
    rows = []
    for cell, region in clock.cells(radius).items():
        cost = _costs(answers, region, coins, fill)
        named = dict(zip(clock.CELL, cell, strict=True))
        area = effects.area(region, coins.grid)
        rows.append({**named, "area": area, **intervals.mean(COST, cost, seed)})
    return pd.DataFrame(rows)


def named(
    answers: Answers, places: dict[str, Place], coins: CoinSet, *, fill: str, seed: int
) -> dict[str, dict]:
    """What masking a user's regions costs, beside regions of the same shape and area elsewhere.

    Of each: where it is, its share of the coin's area, the effect of masking it, and `more`, by how
    much more it costs each coin than the mean of the `elsewhere` others, with its interval over coins.
    """
    before = answers[whole(fill)]
    found = {}
    for name, place in places.items():
        others = [_costs(answers, region, coins, fill) for region in place.elsewhere()]
        cost = _costs(answers, place.region, coins, fill)
        found[name] = {
            **place.model_dump(),
            "area": effects.area(place.region, coins.grid),
            **effects.effect(before, answers[Trial(place.region, fill)], coins.targets, seed),
            "elsewhere": len(others),
            **intervals.mean(COST, cost, seed),
            **intervals.mean("more", cost - np.mean(others, axis=0), seed),
        }
    effects.correct_for_family(list(found.values()))
    return found


def _costs(answers: Answers, region: Region, coins: CoinSet, fill: str) -> np.ndarray:
    """By how much the true mint's logit falls on each coin (N,) with a region masked."""
    fall = answers[whole(fill)] - answers[Trial(region, fill)]
    return fall[np.arange(len(coins)), coins.targets]
