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
    region: Callable[[float], Region]  # by the share that is hidden, 0 to 1
    standard: float  # the share that the masks of the report hide
    sentence: str  # what is hidden, with `{share}` in the place of the share


def choices(radius: float, places: Places) -> list[Choice]:
    """All that can be hidden. radius: the border of field and margin; places: named regions.

    Shares are of the coin's radius, from its centre or from its edge; those of a named region are of
    its way from its inner to its outer radius.
    """
    inside = "All within {share} of the radius is hidden"
    outside = "The outermost {share} of the radius is hidden"
    return [
        Choice("field, from the centre outwards", regions.field, radius, inside),
        Choice("margin, from the edge inwards", _from_edge, 1 - radius, outside),
        *(_named(name.replace("_", " "), place) for name, place in places.root.items()),
    ]


def _from_edge(share: float) -> Region:
    return regions.margin(1 - share)


def _named(name: str, place: Place) -> Choice:
    sentence = f"{{share}} of the {place.side}'s {name} is hidden"
    return Choice(f"{name} ({place.side})", partial(_part, place), 1.0, sentence)


def _part(place: Place, share: float) -> Region:
    """A named region up to a share of its way outwards."""
    inner, outer = place.radii
    return place.model_copy(update={"radii": [inner, inner + share * (outer - inner)]}).region
