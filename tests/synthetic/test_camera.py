"""Drawn photographs: a coin on a table."""

import numpy as np

from mintmark.synthetic import camera, relief

SIZE = 96


def taken(seed, value=0.9):
    radius, _ = relief.polar(SIZE)
    coin = np.full((SIZE, SIZE, 3), (value, 0, 0), np.float32)  # a red disc
    outline = (radius < 0.97).astype(np.float32)
    image, _ = camera.take(coin, outline, width=240, rng=np.random.default_rng(seed))
    return image


def test_the_frame_has_the_width_asked_for():
    image = taken(1)
    assert image.shape[1:] == (240, 3)
    assert image.dtype == np.uint8
    assert 190 <= image.shape[0] <= 252


def test_the_coin_lies_whole_within_the_frame():
    for seed in range(30):
        image = taken(seed).astype(int)
        red = image[..., 0] - image[..., 1:].max(axis=2) > 60
        rows, columns = np.nonzero(red)
        across, down = np.ptp(columns) + 1, np.ptp(rows) + 1
        assert abs(across - down) <= 3  # round: nothing cut off
        assert red.sum() > 0.95 * np.pi / 4 * across * down


def test_an_empty_table_shows_no_coin():
    image = camera.empty(200, np.random.default_rng(1))
    assert image.shape == (200, 200, 3)
    assert image.std(axis=(0, 1)).max() < 60


def test_the_same_seed_takes_the_same_photograph():
    np.testing.assert_array_equal(taken(4), taken(4))
