"""Height maps of lettering, rings and wear."""

import numpy as np
import pytest

from mintmark.synthetic import relief

SIZE = 128


def test_arabic_letters_are_joined_and_ordered_right_to_left():
    joined = relief.lettering("بمصر")
    apart = sum(relief.lettering(letter).shape[1] for letter in "بمصر")
    assert joined.shape[1] < apart  # joined forms are narrower than four letters standing alone
    alif_first = relief.lettering("اـــــ")
    ink = alif_first.max(axis=0) > 0.5
    tall = alif_first[: alif_first.shape[0] // 3].max(axis=0) > 0.5
    assert ink.any() and np.flatnonzero(tall).min() > ink.size / 2  # the first letter is rightmost


def test_every_line_has_the_same_height():
    assert relief.lettering("بمصر").shape[0] == relief.lettering("لا اله الا الله").shape[0]


def test_a_ring_lies_between_its_radii():
    ring = relief.ring(np.ones((20, 300), np.float32), (0.6, 0.8), SIZE)
    radius, _ = relief.polar(SIZE)
    assert ring[(radius > 0.63) & (radius < 0.77)].min() > 0.9
    assert ring[(radius < 0.57) | (radius > 0.83)].max() < 0.1


def test_a_strip_runs_clockwise_from_its_turn():
    strip = np.zeros((20, 400), np.float32)
    strip[:, :100] = 1  # the first quarter
    ring = relief.ring(strip, (0.5, 0.9), SIZE, turn=np.pi / 2)  # from three to six o'clock
    quarter = ring[SIZE // 2 :, SIZE // 2 :]
    assert ring.sum() == pytest.approx(quarter.sum(), rel=0.05)


def test_beads_are_as_many_as_asked():
    beads = relief.circle(0.9, 0.04, 512, beads=24)
    _, angle = relief.polar(512)
    radius, _ = relief.polar(512)
    on_circle = np.abs(radius - 0.9) < 0.004
    order = np.argsort(angle[on_circle])
    along = beads[on_circle][order] > 0.5
    assert np.count_nonzero(np.diff(along.astype(int)) == 1) in (23, 24)


def test_lines_stay_within_their_circle():
    height = relief.lines(("لا اله الا الله", "محمد رسول الله", "علي"), 0.5, SIZE)
    radius, _ = relief.polar(SIZE)
    assert height.max() > 0.8
    assert height[radius > 0.55].max() == 0


def test_wear_lowers_the_relief():
    height = relief.circle(0.7, 0.1, SIZE)
    fresh, old = (relief.worn(height, wear, np.random.default_rng(0)) for wear in (0.1, 0.8))
    assert old.sum() < 0.5 * fresh.sum()


def test_light_from_above_brightens_the_slope_that_faces_it():
    bump = relief.circle(0.0, 0.5, SIZE)
    image = relief.lit(bump, (1, 1, 1), relief.Light(azimuth=0, depth=8, gloss=0))
    column = image[:, SIZE // 2, 0]
    flat = image[2, 2, 0]
    assert column[: SIZE // 2].max() > flat > column[SIZE // 2 :].min()
