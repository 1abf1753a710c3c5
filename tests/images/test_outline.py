"""A coin's outline: clipped and oval flans, and grounds that can't be told from the coin."""

import cv2
import numpy as np
import pytest
from conftest import ROOT

from mintmark.images import cropping, decoding, detection, outline

TOULOUSE = ROOT.parent / "shared" / "data" / "toulouse" / "photos"
CIRCLE = detection.Circle(150, 140, 90)
COIN, GROUND = (150, 120, 60), (225, 228, 230)


def photograph(points, coin=COIN, ground=GROUND):
    """A plain photograph of a flan of that shape, points (N,2), with a little noise."""
    image = np.full((280, 300, 3), ground, np.uint8)
    cv2.fillPoly(image, [np.round(points).astype(np.int32)], coin)
    noise = np.random.default_rng(0).normal(0, 3, image.shape)
    return np.uint8(np.clip(image + noise, 0, 255))


def flan(reach):
    """The points of a flan that reaches so far of CIRCLE's radius, clockwise from twelve o'clock."""
    angle = (np.arange(len(reach)) + 0.5) / len(reach) * 2 * np.pi
    x, y = reach * np.sin(angle), -reach * np.cos(angle)
    return np.stack([CIRCLE.x + CIRCLE.r * x, CIRCLE.y + CIRCLE.r * y], axis=1)


def clipped():
    """A flan from which a fifth is missing, from three to about five o'clock."""
    reach = np.ones(outline.DIRECTIONS)
    reach[45:75] = 0.8
    return reach


def test_a_clipped_flan_ends_where_it_is_clipped():
    found = outline.find(photograph(flan(clipped())), CIRCLE)
    assert found.reach[48:72] == pytest.approx(0.8, abs=0.03)
    assert found.reach[90:].min() > 0.96
    assert found.by_hour()[[2, 3, 4, 5]] == pytest.approx([1, 0.8, 0.8, 1], abs=0.01)
    assert found.ground == pytest.approx(GROUND, abs=2)


def test_what_lies_beside_the_flan_is_the_same_grey_on_every_ground():
    shown = outline.find(photograph(flan(clipped())), CIRCLE).mask(128, 0.48)
    for ground in ((225, 228, 230), (20, 22, 30), (60, 90, 160)):
        image = photograph(flan(clipped()), ground=ground)
        mask = outline.find(image, CIRCLE).mask(128, 0.48)
        assert np.mean(mask == shown) > 0.985
        crop = cropping.crop(image, CIRCLE, 128, 0.48, mask)
        assert (crop[~mask] == cropping.FILL).all()
        inside = cv2.erode(mask.astype(np.uint8), np.ones((5, 5))).astype(bool)
        assert np.abs(crop[inside].astype(int) - COIN).max() < 30


def test_narrow_reflections_are_no_notches():
    image = photograph(flan(np.ones(outline.DIRECTIONS)))
    cv2.line(image, (150, 140), (240, 140), GROUND, 5)
    assert outline.find(image, CIRCLE).reach.min() > 0.96


@pytest.mark.parametrize("ground", ["alike", "uneven", "out of the frame"])
def test_a_ground_that_tells_nothing_leaves_the_circle(ground):
    image, circle = photograph(flan(clipped())), CIRCLE
    if ground == "alike":
        image = photograph(flan(clipped()), ground=(148, 123, 66))
    elif ground == "uneven":
        squares = np.kron(np.random.default_rng(1).integers(0, 2, (28, 30)), np.ones((10, 10)))
        bare = np.abs(image.astype(int) - GROUND).max(axis=2) < 20
        image[bare & (squares > 0)] = 0
    else:
        image, circle = image[80:200, 90:210], CIRCLE._replace(x=60, y=60)
    assert (outline.find(image, circle).reach == 1).all()


def test_masks_turn_with_the_clock():
    reach = np.ones(outline.DIRECTIONS)
    reach[: outline.DIRECTIONS // 4] = 0.7  # twelve to three o'clock
    mask = outline.Outline(reach, np.zeros(3)).mask(100, 0.5)
    quarters = [mask[:50, 50:], mask[50:, 50:], mask[50:, :50], mask[:50, :50]]
    assert np.argmin([quarter.sum() for quarter in quarters]) == 0
    assert quarters[1].sum() == quarters[3].sum()


@pytest.mark.skipif(not TOULOUSE.is_dir(), reason="the Roman coins are not beside the repository")
def test_crops_of_real_coins_show_no_white_crescents():
    files = sorted(TOULOUSE.rglob("*.jpg"))[::30]
    before, after = [], []
    for file in files:
        image = decoding.decode(file)
        circle, _ = detection.find(image)
        for mask, ground in (
            (outline.CIRCLE.mask(256, 0.48), before),
            (outline.find(image, circle).mask(256, 0.48), after),
        ):
            crop = cropping.crop(image, circle, 256, 0.48, mask)
            ground.append(np.mean(crop[mask].min(axis=1) > 235))
    assert np.mean(before) > 0.01
    assert np.mean(after) < np.mean(before) / 5


def test_the_points_of_an_outline_are_those_of_the_flan():
    assert outline.Outline(clipped(), np.zeros(3)).points(CIRCLE) == pytest.approx(flan(clipped()))
