"""How attribution maps fall on field and margin: shares of heat by coin, by zone and by mint."""

import numpy as np
import pandas as pd

from mintmark.geometry import clock, regions
from mintmark.geometry.grid import CoinGrid
from mintmark.networks.evaluation import correct
from mintmark.stats import intervals

ZONES = {"field": regions.field, "margin": regions.margin}


def zone_shares(heat: np.ndarray, grid: CoinGrid, radius: float) -> pd.DataFrame:
    """The share of each coin's heat that lies in its field and margin: columns field, margin.

    heat: (N,H,W). Heat beside the coin does not count; a coin without any heat has no shares and
    gets NaN.
    """
    total = (heat * grid.coin).sum(axis=(1, 2))
    total = np.where(total > 0, total, np.nan)
    masks = {name: zone(radius).mask(grid) for name, zone in ZONES.items()}
    return pd.DataFrame(
        {name: (heat * mask).sum(axis=(1, 2)) / total for name, mask in masks.items()}
    )


def zone_summary(
    shares: pd.DataFrame, answers: pd.DataFrame, grid: CoinGrid, *, radius: float, seed: int
) -> dict:
    """Mean share of heat by zone with its interval over coins, and the zones' share of area.

    shares: see `zone_shares`; answers: columns actual and predicted, row by row. `ratio` is the
    share of heat over the share of area (1: no more than chance), also for each mint's coins
    correctly and incorrectly classified. n counts the coins with any heat; where there is none, the
    shares are 0.
    """
    coin = grid.coin.sum()
    area = {name: zone(radius).mask(grid).sum() / coin for name, zone in ZONES.items()}
    known = shares.notna().all(axis=1)
    heated = shares[known] if known.any() else shares.fillna(0)
    mass: dict[str, float] = {}
    ratio: dict[str, float] = {}
    for zone in ZONES:
        mass |= intervals.mean(zone, heated[zone].to_numpy(), seed)
        ratio |= intervals.mean(zone, heated[zone].to_numpy() / area[zone], seed)
    by_mint = _by_mint((shares["margin"] / area["margin"])[known], answers[known.to_numpy()], seed)
    return {
        "mass": mass,
        "area": area,
        "ratio": ratio,
        "ratio_by_mint": by_mint,
        "n": int(known.sum()),
    }


def clock_shares(heat: np.ndarray, grid: CoinGrid, radius: float) -> pd.DataFrame:
    """How heat lies on the clock, a row for each cell, see `clock.cells`.

    heat: (N,H,W). Columns side, zone, hour, area (share of the coins), heat (mean share of a coin's
    heat) and ratio (heat over area; 1 is what even heat gives). Coins without heat do not count.
    """
    total = (heat * grid.coin).sum(axis=(1, 2))
    heated = total > 0
    coin = grid.coin.sum()
    rows = []
    for cell, region in clock.cells(radius).items():
        mask = region.mask(grid)
        held = (heat * mask).sum(axis=(1, 2))[heated] / total[heated]
        share, area = float(held.mean()) if len(held) else 0.0, float(mask.sum() / coin)
        rows.append((*cell, area, share, share / area if area else 0.0))
    return pd.DataFrame(rows, columns=[*clock.CELL, "area", "heat", "ratio"])


def _by_mint(ratio: pd.Series, answers: pd.DataFrame, seed: int) -> dict[str, dict]:
    """The margin's ratio by mint and answer: {mint: {"correct" or "incorrect": metrics}}."""
    answer = np.where(correct(answers), "correct", "incorrect")
    found: dict[str, dict] = {}
    for (mint, kind), values in ratio.groupby([answers["actual"].to_numpy(), answer]):
        summed = intervals.mean("margin", values.to_numpy(), seed)
        found.setdefault(mint, {})[kind] = {**summed, "n": len(values)}
    return found
