"""The coin that was found, drawn into its photograph."""

import cv2
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from mintmark.app import pictures


def coloured(image, colour):
    """Where an image has about this colour: rows, columns."""
    return np.nonzero(np.abs(image - 255 * np.array(to_rgb(colour))).max(axis=2) < 25)


def test_circle_and_outline_are_drawn_where_the_coin_is(tmp_path):
    photograph = np.full((900, 1_120, 3), (225, 228, 230), np.uint8)
    cv2.circle(photograph, (500, 420), 300, (150, 120, 60), -1, cv2.LINE_AA)
    photograph[:270, 200:800] = (225, 228, 230)  # clipped from above at half the radius
    Image.fromarray(photograph).save(tmp_path / "coin.png")
    image = pictures.found(tmp_path / "coin.png")
    assert image.shape == (450, 560, 3)  # half as large
    rows, columns = coloured(image, pictures.CIRCLE)
    away = np.hypot(rows - 210, columns - 250)
    assert away == pytest.approx(150, abs=4) and rows.min() < 70
    rows, columns = coloured(image, pictures.OUTLINE)
    away = np.hypot(rows - 210, columns - 250)
    assert away.max() < 154 and rows.min() > 95  # it keeps to the clipped edge


def test_without_a_coin_nothing_is_drawn_and_without_a_photograph_there_is_no_picture(tmp_path):
    Image.new("RGB", (300, 200), "white").save(tmp_path / "blank.png")
    assert (pictures.found(tmp_path / "blank.png") == 255).all()
    (tmp_path / "text.jpg").write_text("no photograph")
    assert pictures.found(tmp_path / "text.jpg") is None
