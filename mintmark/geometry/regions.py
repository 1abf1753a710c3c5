"""Regions of a coin: the field, the margin, rings, sectors, sides and discs.

Regions are given in fractions of the coin's radius: the field is r < radius, the margin
radius ≤ r ≤ 1, on both sides of a merged image and never in the gutter between them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from pydantic import Field

from mintmark.geometry.grid import CoinGrid

SIDES = ("obverse", "reverse")
HOURS = 12  # of the clock, by which places round the coin are named; the first begins at twelve

Radius = Annotated[float, Field(gt=0, lt=1)]  # of the border between field and margin


@dataclass(frozen=True)
class Region:
    """A region of coins, of whatever size they are in their images."""

    kind: str  # of KINDS
    arguments: tuple = ()  # of its function, beside the grid
    inverted: bool = False  # everything on the coin but it

    def mask(self, grid: CoinGrid) -> np.ndarray:
        """Where images show the region: bool (N,H,W)."""
        layouts, layout = grid.layouts
        inside = KINDS[self.kind](layouts, *self.arguments)
        return (layouts.coin & (inside != self.inverted))[layout]

    def complement(self) -> "Region":
        """Everything on the coin but this region."""
        return replace(self, inverted=not self.inverted)


def field(radius: float) -> Region:
    """The middle of the coin, up to `radius`."""
    return Region("field", (radius,))


def margin(radius: float) -> Region:
    """The ring round the field, from `radius` up to the coin's edge."""
    return Region("margin", (radius,))


def ring(number: int, count: int) -> Region:
    """The number-th (from 0, at the centre) of `count` rings of equal area."""
    return Region("ring", (number, count))


def sector(number: int, count: int) -> Region:
    """The number-th (from 0, after twelve o'clock) of `count` equal sectors."""
    return Region("sector", (number, count))


def side(number: int) -> Region:
    """The whole of one side: 0 is the obverse, 1 the reverse."""
    return Region("side", (number,))


def disc(centre: tuple[float, float], radius: float) -> Region:
    """A disc at the same place of both sides, x and y of its centre in radii."""
    return Region("disc", (*centre, radius))


def wedge(side: int, hours: tuple[float, float], radii: tuple[float, float]) -> Region:
    """The part of one side between two hours, clockwise and perhaps over twelve, and two radii.

    side: 0 for the obverse, 1 for the reverse; hours: 0 to 12, all round where both are the same hour.
    """
    return Region("wedge", (side, *hours, *radii))


def _wedge(
    grid: CoinGrid, side: int, start: float, end: float, inner: float, outer: float
) -> np.ndarray:
    span = (end - start) % HOURS or HOURS
    since = (grid.angles * HOURS / (2 * np.pi) - start) % HOURS
    return (grid.side == side) & (since < span) & (grid.radii >= inner) & (grid.radii < outer)


def _ring(grid: CoinGrid, number: int, count: int) -> np.ndarray:
    inner, outer = np.sqrt([number / count, (number + 1) / count])
    return (grid.radii >= inner) & (grid.radii < outer)


COIN = Region("coin")
NOTHING = COIN.complement()

KINDS: dict[str, Callable[..., np.ndarray]] = {
    "field": lambda grid, radius: grid.radii < radius,
    "margin": lambda grid, radius: grid.radii >= radius,
    "ring": _ring,
    "sector": lambda grid, number, count: grid.angles * count // (2 * np.pi) == number,
    "side": lambda grid, number: grid.side == number,
    "disc": lambda grid, x, y, radius: np.hypot(grid.x - x, grid.y - y) < radius,
    "wedge": _wedge,
    "coin": lambda grid: grid.coin,
}
