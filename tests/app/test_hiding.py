"""What can be hidden: the regions of the masks, and no more than is asked for."""

import numpy as np
import pytest

from mintmark.app import hiding
from mintmark.geometry import grid, regions
from mintmark.geometry.clock import Place, Places

CIRCLES = np.array([[[63.5, 63.5, 60], [191.5, 63.5, 60]]])
GRID = grid.locate(CIRCLES, (128, 256))
NAME = Place(side="reverse", hours=[3.5, 7.0], radii=[0.55, 0.95])
FIELD, MARGIN, NAMED = hiding.choices(0.4, Places({"mint_name": NAME}))


def test_the_standard_is_what_the_masks_of_the_report_hide():
    for choice, region in (
        (FIELD, regions.field(0.4)),
        (MARGIN, regions.margin(0.4)),
        (NAMED, NAME.region),
    ):
        hidden = choice.region(choice.standard).mask(GRID)
        assert (hidden == region.mask(GRID)).all(), choice.label


@pytest.mark.parametrize("choice", [FIELD, MARGIN, NAMED], ids=["field", "margin", "named"])
def test_from_nothing_to_all_of_it(choice):
    shares = np.linspace(0, 1, 11)
    masks = [choice.region(share).mask(GRID) for share in shares]
    areas = [mask.sum() for mask in masks]
    assert areas[0] == 0 and (np.diff(areas) > 0).all()
    assert all((less <= more).all() for less, more in zip(masks, masks[1:], strict=False))
    whole = NAME.region.mask(GRID) if choice is NAMED else GRID.coin
    assert areas[-1] == whole.sum()


def test_a_named_region_is_called_by_its_name_and_side():
    assert NAMED.label == "mint name (reverse)"
    assert "reverse's mint name" in NAMED.sentence.format(share="20 %")
