"""Decoding photographs of every kind, to the end."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from mintmark.images import decoding, quality

RED = np.zeros((60, 80, 3), np.uint8)
RED[:, :40] = (200, 30, 40)


def saved(tmp_path, image, name, **options):
    Image.fromarray(image).save(tmp_path / name, **options) if isinstance(
        image, np.ndarray
    ) else image.save(tmp_path / name, **options)
    return tmp_path / name


def test_colour_stays_red_green_blue(tmp_path):
    image = decoding.decode(saved(tmp_path, RED, "a.png"))
    np.testing.assert_array_equal(image, RED)


@pytest.mark.parametrize("name", ["a.jpg", "a.JPG", "a.tif"])
def test_common_files(tmp_path, name):
    image = decoding.decode(saved(tmp_path, RED, name))
    assert image.shape == RED.shape and image.dtype == np.uint8
    assert abs(image[30, 10].astype(int) - RED[30, 10]).max() < 12


def test_grey_and_sixteen_bit_keep_their_brightness(tmp_path):
    grey = decoding.decode(saved(tmp_path, RED[..., 0], "g.png"))
    np.testing.assert_array_equal(grey[..., 2], RED[..., 0])
    wide = decoding.decode(saved(tmp_path, RED[..., 0].astype(np.uint16) * 257, "w.png"))
    assert abs(wide[..., 0].astype(int) - RED[..., 0]).max() <= 1


def test_what_is_transparent_becomes_white(tmp_path):
    rgba = np.dstack([RED, np.full(RED.shape[:2], 255, np.uint8)])
    rgba[:10, :, 3] = 0
    image = decoding.decode(saved(tmp_path, rgba, "t.png"))
    assert (image[:10] == 255).all()
    np.testing.assert_array_equal(image[10:], RED[10:])


def test_a_photograph_lying_on_its_side_is_set_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to view
    image = decoding.decode(saved(tmp_path, Image.fromarray(RED), "e.jpg", exif=exif))
    assert image.shape == (80, 60, 3)
    assert image[10, 30, 0] > 150 and image[70, 30, 0] < 50


def test_a_truncated_file_is_broken_although_opencv_opens_it(tmp_path):
    rng = np.random.default_rng(0)
    buffer = io.BytesIO()
    noisy = cv2.GaussianBlur(rng.integers(0, 255, (300, 300, 3)).astype(np.uint8), (0, 0), 2)
    Image.fromarray(noisy).save(buffer, "JPEG", quality=90)
    path = tmp_path / "cut.jpg"
    path.write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    assert cv2.imread(str(path)) is not None
    assert decoding.decode(path) is None


@pytest.mark.parametrize("content", [b"", b"not an image", b"\xff\xd8\xff\xe0"])
def test_what_is_no_image_is_broken(tmp_path, content):
    (tmp_path / "x.jpg").write_bytes(content)
    assert decoding.decode(tmp_path / "x.jpg") is None


def test_blank_is_blank_despite_noise_and_uneven_light():
    rng = np.random.default_rng(0)
    slope = np.linspace(60, 160, 300)[:, None, None] + rng.normal(0, 6, (300, 300, 3))
    assert quality.is_blank(slope.clip(0, 255).astype(np.uint8))
    coin = slope.copy()
    cv2.circle(coin, (150, 150), 80, (200, 180, 90), -1)
    assert not quality.is_blank(coin.clip(0, 255).astype(np.uint8))


def test_blur_costs_sharpness_and_wear_does_not():
    rng = np.random.default_rng(0)
    relief = cv2.GaussianBlur(rng.normal(0, 1, (256, 256)), (0, 0), 1.5)
    relief = relief / relief.std()

    def crop(contrast, blur=0.0):
        image = 128 + contrast * (cv2.GaussianBlur(relief, (0, 0), blur) if blur else relief)
        return np.repeat(image.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)

    fresh, worn, blurred = crop(40), crop(12), crop(40, blur=6)
    assert quality.sharpness(worn) > 0.7 * quality.sharpness(fresh)
    assert quality.sharpness(blurred) < 0.25 * quality.sharpness(fresh)
