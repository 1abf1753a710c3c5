"""What of a coin can be hidden, more or less of it: the field, the margin, and named regions."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mintmark.geometry import regions
from mintmark.geometry.clock import Place, Places
from mintmark.geometry.regions import Region


@dataclass(frozen=True)
class Choice:
    """Something to hide."""

    label: str
    region: Callable[[float], Region]  # by the share of it that is hidden, 0 to 1
    standard: float  # the share that the masks of the report hide


def choices(radius: float, places: Places) -> list[Choice]:
    """All that can be hidden. radius: the border of field and margin; places: named regions."""
    return [
        Choice("the field, from the centre outwards", regions.field, radius),
        Choice("the margin, from the edge inwards", _from_edge, 1 - radius),
        *(
            Choice(f"{name.replace('_', ' ')}, on the {place.side}", partial(_part, place), 1.0)
            for name, place in places.root.items()
        ),
    ]


def _from_edge(share: float) -> Region:
    return regions.margin(1 - share)


def _part(place: Place, share: float) -> Region:
    """A named region up to a share of its way from its inner to its outer radius."""
    inner, outer = place.radii
    return place.model_copy(update={"radii": [inner, inner + share * (outer - inner)]}).region
