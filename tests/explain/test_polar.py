"""Unrolling coins and turning them alike."""

import cv2
import numpy as np

from mintmark.explain import polar
from mintmark.synthetic import mint_catalogue, mints, relief

CIRCLE = np.array([[127.5, 127.5, 125.0]])


def coin(die_seed, degrees, year=14):
    die = mint_catalogue.Die("Misr", year, 1, die_seed)
    light = relief.Light(azimuth=-0.8, depth=3, gloss=0.3)
    image = relief.lit(mints.side_relief(die, 1)[..., 0], (0.8, 0.6, 0.3), light)
    turn = cv2.getRotationMatrix2D((127.5, 127.5), -degrees, 1)  # clockwise
    return cv2.warpAffine(image.mean(axis=2), turn, (256, 256))


def test_columns_run_clockwise_from_twelve_and_rows_outward():
    image = np.zeros((256, 256), np.float32)
    image[120:136, 200:220] = 1  # at three o'clock, at 0.66 of the radius
    side = polar.unrolled(image[None], CIRCLE)[0]
    row, column = np.argwhere(side > 0.5).mean(axis=0)
    assert abs(column - polar.ANGLES / 4) < 1.5
    assert abs(row / polar.RADII - 0.66) < 0.03


def test_turned_coins_are_turned_back_alike():
    degrees = [0, 30, -20, 8, 90, 150]
    sides = np.stack([coin(3, by) for by in degrees])
    unrolled = polar.unrolled(sides, np.repeat(CIRCLE, len(sides), axis=0))
    shift, certain = polar.turns(unrolled)
    assert certain.all()
    back = (shift * 360 / polar.ANGLES + degrees) % 360
    assert np.ptp((back - back[0] + 180) % 360) <= 4
    alike = polar.turned(unrolled, shift)
    assert alike.std(axis=0).mean() < 0.6 * unrolled.std(axis=0).mean()


def test_what_has_no_direction_is_left_as_it_lies():
    rng = np.random.default_rng(0)
    plain = rng.normal(0, 1, (5, polar.RADII, polar.ANGLES)).astype(np.float32)
    shift, certain = polar.turns(plain)
    assert certain.sum() <= 2
    assert (shift[~certain] == 0).all()


def test_a_coin_with_no_other_to_compare_is_left_as_it_lies():
    shift, certain = polar.turns(polar.unrolled(coin(3, 30)[None], CIRCLE))
    assert not certain.any() and not shift.any()
