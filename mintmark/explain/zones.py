"""What heat maps say: how much of the heat lies in which zone, by coin and by mint."""

import numpy as np
import pandas as pd

from mintmark.geometry import grid, regions
from mintmark.stats import intervals

ZONES = {"field": regions.field, "margin": regions.margin}


def zone_shares(heat: np.ndarray, places: grid.CoinGrid, radius: float) -> pd.DataFrame:
    """The share of each coin's heat that lies in its field and margin: columns field, margin.

    heat: (N,H,W). Heat beside the coin does not count; a coin without any heat has no shares and
    gets NaN.
    """
    total = (heat * places.coin).sum(axis=(1, 2))
    total = np.where(total > 0, total, np.nan)
    return pd.DataFrame(
        {name: (heat * zone(places, radius)).sum(axis=(1, 2)) / total
         for name, zone in ZONES.items()}
    )  # fmt: skip


def zone_summary(
    shares: pd.DataFrame, judged: pd.DataFrame, places: grid.CoinGrid, radius: float, seed: int
) -> dict:
    """Mean share of heat by zone with its interval over coins, and the zones' share of area.

    shares: see `zone_shares`; judged: columns actual and predicted, row by row. `ratio` is the share
    of heat over the share of area (1: no more than chance), also for each mint's coins named
    rightly and wrongly. n counts the coins with any heat; where there is none, the shares are 0.
    """
    coin = places.coin.sum()
    area = {name: zone(places, radius).sum() / coin for name, zone in ZONES.items()}
    known = shares.notna().all(axis=1)
    heated = shares[known] if known.any() else shares.fillna(0)
    mass, ratio = {}, {}
    for zone in ZONES:
        mass |= intervals.mean(zone, heated[zone].to_numpy(), seed)
        ratio |= intervals.mean(zone, heated[zone].to_numpy() / area[zone], seed)
    return {
        "mass": mass,
        "area": area,
        "ratio": ratio,
        "ratio_by_mint": _by_mint(shares["margin"] / area["margin"], judged, known, seed),
        "n": int(known.sum()),
    }


def _by_mint(
    ratio: pd.Series, judged: pd.DataFrame, known: pd.Series, seed: int
) -> dict[str, dict]:
    """The margin's ratio by mint and answer: {mint: {"right" or "wrong": figures}}."""
    right = np.where(judged["actual"] == judged["predicted"], "right", "wrong")
    groups = ratio[known].groupby([judged["actual"].to_numpy()[known], right[known]])
    figures: dict[str, dict] = {}
    for (mint, answer), values in groups:
        summed = intervals.mean("margin", values.to_numpy(), seed)
        figures.setdefault(mint, {})[answer] = {**summed, "n": len(values)}
    return figures
