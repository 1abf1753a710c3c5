"""Finding the coin: circles against the truth of drawn coins."""

import cv2
import numpy as np
import pytest

from mintmark.images import detection
from mintmark.synthetic import camera, mint_catalogue, mints

CONDITIONS = mints.Conditions(wear=0.3, turn=5, widths=(300, 700))


@pytest.fixture(scope="module")
def drawn():
    """Photographs of drawn coins."""
    coins = [coin for coin in mint_catalogue.coins(40, 1, seed=4) if coin.legible][:16]
    return [mints.coin_photograph(coin, side, CONDITIONS)[0] for coin in coins for side in (1, 2)]


def disc(x, y, r, size=(300, 400), coin=(170, 140, 60), ground=(225, 225, 220)):
    """A plain disc on a plain ground, slightly noisy."""
    image = np.full((*size, 3), ground, np.uint8)
    cv2.circle(image, (round(x * 16), round(y * 16)), round(r * 16), coin, -1, cv2.LINE_AA, 4)
    noise = np.random.default_rng(0).normal(0, 2, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("x", "y", "r"), [(200, 150, 120), (120.5, 140.25, 80.5), (260, 170, 60)])
def test_a_disc_is_found_where_it_lies(x, y, r):
    circle, support = detection.find(disc(x, y, r))
    assert circle == pytest.approx((x, y, r), abs=0.01 * r)
    assert support > 0.95


def test_metal_and_ground_may_have_any_colour():
    for coin, ground in [((60, 60, 60), (20, 20, 20)), ((240, 240, 235), (90, 110, 90))]:
        circle, _ = detection.find(disc(200, 150, 110, coin=coin, ground=ground))
        assert circle == pytest.approx((200, 150, 110), abs=1.5)


def test_drawn_coins_are_found_all_round(drawn):
    found = [detection.find(image) for image in drawn]
    assert all(found)
    assert np.mean([support for _, support in found]) > 0.9
    for image, (circle, _) in zip(drawn, found, strict=True):
        assert 0.25 < circle.r / min(image.shape[:2]) < 0.52


def test_the_same_photograph_larger_gives_the_same_circle(drawn):
    for image in drawn[:6]:
        double = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        small, large = detection.find(image)[0], detection.find(double)[0]
        assert (large.x + 0.5) / 2 - 0.5 == pytest.approx(small.x, abs=0.02 * small.r)
        assert large.r / 2 == pytest.approx(small.r, rel=0.02)


def test_a_ruler_beside_the_coin_is_no_coin():
    image = disc(140, 150, 100)
    cv2.rectangle(image, (300, 20), (330, 290), (40, 40, 40), -1)
    circle, _ = detection.find(image)
    assert circle == pytest.approx((140, 150, 100), abs=1.5)


@pytest.mark.parametrize("shape", [(5, 3000), (3000, 5), (1, 1), (8, 8)])
def test_odd_shapes_are_no_mishap(shape):
    rng = np.random.default_rng(0)
    noisy = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    for image in (noisy, np.full((*shape, 3), 90, np.uint8)):
        found = detection.find(image)
        assert found is None or 0 <= found[1] <= 1


def test_an_empty_table_has_no_coin_with_an_edge_all_round():
    empty = camera.empty(400, np.random.default_rng(1))
    found = detection.find(empty)
    assert found is None or found[1] < 0.5
