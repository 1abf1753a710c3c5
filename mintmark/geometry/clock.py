"""Where on the clock: the cells of a coin by side, zone and hour, and regions of a user's own."""

from typing import Annotated, Literal

import pandas as pd
from pydantic import AfterValidator, Field, RootModel

from mintmark.geometry import regions
from mintmark.geometry.regions import HOURS, SIDES, Region
from mintmark.pipeline.params import Block

CELL = ["side", "zone", "hour"]  # the columns that name a cell; the hour is the one it begins at
EDGE = 1.01  # beyond the radius of a coin's last pixels
SHARE = 0.5  # cells beside a peak belong to it down to this share of it

Hour = Annotated[float, Field(ge=0, le=HOURS)]
Radius = Annotated[float, Field(ge=0, le=1)]


def _rising(radii: list[float]) -> list[float]:
    if radii[0] >= radii[1]:
        raise ValueError("the inner radius must be less than the outer one")
    return radii


class Place(Block):
    """A region of a user's own: a part of one side between two hours and two radii."""

    side: Literal["obverse", "reverse"]
    hours: Annotated[list[Hour], Field(min_length=2, max_length=2)]
    radii: Annotated[list[Radius], Field(min_length=2, max_length=2), AfterValidator(_rising)]

    @property
    def region(self) -> Region:
        """The region itself."""
        return self._turned(self.side, 0)

    def elsewhere(self) -> list[Region]:
        """Regions of the same shape and area round both sides, none of which overlaps it."""
        span = (self.hours[1] - self.hours[0]) % HOURS or HOURS
        steps = [number * span for number in range(int(HOURS // span))]
        return [
            self._turned(side, step)
            for side in SIDES
            for step in steps
            if step or side != self.side
        ]

    def _turned(self, side: str, by: float) -> Region:
        start, end = ((hour + by) % HOURS for hour in self.hours)
        return regions.wedge(SIDES.index(side), (start, end), (self.radii[0], self.radii[1]))


class Places(RootModel[dict[str, Place]]):
    """Regions of a user's own, by name."""


def cells(radius: float) -> dict[tuple[str, str, int], Region]:
    """Every cell of a coin: side by zone by hour. radius: the border of field and margin."""
    zones = {"field": (0.0, radius), "margin": (radius, EDGE)}
    return {
        (side, zone, hour): regions.wedge(number, (hour, (hour + 1) % HOURS), radii)
        for number, side in enumerate(SIDES)
        for zone, radii in zones.items()
        for hour in range(HOURS)
    }


def peak(table: pd.DataFrame, column: str) -> dict[str, str | int | float]:
    """Where a column of `cells` peaks: side, zone, the hours from and to, and the greatest value.

    table: a row for each cell, columns CELL and `column`. Neighbours in the same zone of the same side
    belong to a peak down to half of it. Nothing is found where no value is above 0.
    """
    top = table[column].max()
    if not top > 0:
        return {}
    highest = table.loc[table[column].idxmax()]
    alike = table[(table["side"] == highest["side"]) & (table["zone"] == highest["zone"])]
    high = dict(zip(alike["hour"], alike[column] >= SHARE * top, strict=True))
    start = end = int(highest["hour"])
    while high[(start - 1) % HOURS] and (start - 1) % HOURS != end:
        start = (start - 1) % HOURS
    while high[(end + 1) % HOURS] and (end + 1) % HOURS != start:
        end = (end + 1) % HOURS
    hours = {"from": start or HOURS, "to": (end + 1) % HOURS or HOURS}
    return {"side": highest["side"], "zone": highest["zone"], **hours, "value": float(top)}
