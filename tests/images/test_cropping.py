"""Finding coins, cropping them tidily, laying two sides together."""

import cv2
import numpy as np
import pytest
from conftest import ROOT

from mintmark.images import cropping, decoding, detection, merging, outline
from mintmark.synthetic import camera, mint_catalogue, mints, relief

EURO = ROOT.parent / "shared" / "data" / "euro" / "train"


def disc(size, scale):
    """Where a crop shows a coin that is a circle."""
    return outline.CIRCLE.mask(size, scale)


CONDITIONS = mints.Conditions(wear=0.3, turn=5, widths=(300, 400))


def table_with_coin(seed, metal, tone):
    """A drawn photograph of a coin of the given metal, and the coin's true circle."""
    rng = np.random.default_rng(seed)
    die = mint_catalogue.Die("Misr", seed % 36, 1, seed)
    side = mints.strike(mints.side_relief(die, 1), CONDITIONS, rng)
    image = relief.lit(side.height, metal, relief.Light(azimuth=-0.8, depth=3, gloss=0.3))
    frame = np.full((320, 400, 3), tone, np.float32)
    centre, size = rng.uniform((130, 120), (270, 190)), rng.uniform(80, 110)
    camera._lay_beside(frame, centre, size, rng)
    scale = 2 * size / mints.SIZE
    place = np.float32([[scale, 0, centre[0] - size], [0, scale, centre[1] - size]])
    camera.lay(frame, image, side.outline, place)
    return camera.expose(frame, rng), (*centre, 0.975 * size), side.outline


GOLD, SILVER, COPPER = (0.8, 0.62, 0.27), (0.7, 0.7, 0.7), (0.6, 0.36, 0.25)
DARK, GREY, LIGHT = 0.08, 0.5, 0.92


@pytest.mark.parametrize(
    ("metal", "tone"),
    [
        *[(metal, tone) for metal in (GOLD, COPPER) for tone in (DARK, GREY, LIGHT)],
        (SILVER, DARK),
        (SILVER, LIGHT),
    ],
)
def test_coins_are_found_whatever_the_metal_and_the_background(metal, tone):
    for seed in range(6):
        image, (x, y, r), outline = table_with_coin(seed, metal, tone)
        (found_x, found_y, found_r), support = detection.find(image)
        clipped = outline.mean() < 0.70
        assert np.hypot(found_x - x, found_y - y) < (0.06 if clipped else 0.03) * r
        assert found_r == pytest.approx(r, rel=0.06 if clipped else 0.04)
        assert support > 0.5


def test_a_table_without_a_coin_shows_none():
    for seed in range(10):
        found = detection.find(camera.empty(300, np.random.default_rng(seed)))
        assert found is None or found[1] < 0.5


@pytest.mark.skipif(not EURO.is_dir(), reason="the euro photographs are not beside the repository")
def test_real_coins_are_found_nearly_always():
    files = sorted(EURO.iterdir())[::26]
    support = []
    for file in files:
        found = detection.find(decoding.decode(file))
        support.append(0 if found is None else found[1])
    assert np.mean(np.array(support) > 0.7) > 0.95


def test_a_crop_puts_the_circle_in_the_middle_without_distorting_it():
    image = np.full((200, 400, 3), 20, np.uint8)
    cv2.circle(image, (250, 110), 60, (240, 240, 240), -1)
    crop = cropping.crop(image, detection.Circle(250, 110, 60), 128, 0.45, disc(128, 0.45))
    assert crop.shape == (128, 128, 3)
    inside = disc(128, 0.43)
    assert crop[inside].min() > 200
    assert (crop[~disc(128, 0.45)] == cropping.FILL).all()


def test_a_crop_beyond_the_frame_is_still_whole():
    image = np.full((100, 100, 3), 90, np.uint8)
    crop = cropping.crop(image, detection.Circle(10, 50, 60), 64, 0.48, disc(64, 0.48))
    assert crop.shape == (64, 64, 3)
    assert (crop[disc(64, 0.48)] == 90).all()


def test_flattening_takes_the_slope_of_light_and_keeps_the_relief():
    rng = np.random.default_rng(0)
    relief_part = cv2.GaussianBlur(rng.normal(0, 60, (128, 128)), (0, 0), 1.5)
    slope = np.linspace(0.5, 1.5, 128)
    image = np.repeat(((110 + relief_part) * slope).clip(0, 255)[..., None], 3, 2).astype(np.uint8)
    flat = cropping.flatten(image, disc(128, 0.48), 1.0)[..., 0].astype(float)
    inside = disc(128, 0.44)
    left, right = inside.copy(), inside.copy()
    left[:, 64:], right[:, :64] = False, False
    before = abs(image[left].mean() - image[right].mean())
    assert before > 40
    assert abs(flat[left].mean() - flat[right].mean()) < before / 3
    assert np.corrcoef(flat[inside], relief_part[inside])[0, 1] > 0.9
    assert (flat[~disc(128, 0.48)] == cropping.FILL).all()


@pytest.mark.parametrize("layout", ["horizontal", "vertical"])
def test_merged_sides_lie_where_their_circles_say(layout):
    sides = []
    for value in (40, 220):
        side = np.full((256, 256, 3), cropping.FILL, np.uint8)
        side[disc(256, 0.48)] = value
        sides.append(side)
    merged, circles = merging.side_by_side(tuple(sides), 64, 0.48, layout)
    assert merged.shape == ((64, 128, 3) if layout == "horizontal" else (128, 64, 3))
    for circle, value in zip(circles, (40, 220), strict=True):
        assert merged[round(circle.y), round(circle.x), 0] == value
        assert merged[round(circle.y), round(circle.x - circle.r + 2), 0] == value
        assert circle.r == pytest.approx(0.48 * 64)


def test_a_missing_side_stays_grey():
    black = np.zeros((64, 64, 3), np.uint8)
    merged, _ = merging.side_by_side((black, None), 64, 0.48, "horizontal")
    assert (merged[:, 64:] == cropping.FILL).all()
    assert (merged[:, :64] == 0).all()
