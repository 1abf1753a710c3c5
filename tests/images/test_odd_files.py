"""Odd and damaged photographs: what can be read is read, and what can't costs nothing else."""

import random
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin

from mintmark.images import cleaning, decoding

RAMP = np.tile(np.linspace(20, 235, 96).astype(np.uint8), (64, 1))
COLOUR = np.dstack([RAMP, RAMP[:, ::-1], np.full_like(RAMP, 90)])
WIDE = RAMP.astype(np.uint16) * 257


@pytest.mark.parametrize(
    ("values", "options"),
    [
        (WIDE, {}),
        (WIDE, {"byteorder": ">"}),
        (WIDE >> 4, {}),
        (WIDE.astype(np.uint32) * 65537, {}),
        (RAMP.astype(np.float32) / 235, {}),
        (65535 - WIDE, {"photometric": "miniswhite"}),
        (255 - RAMP, {"photometric": "miniswhite"}),
        (WIDE, {"compression": "zlib", "predictor": True}),
    ],
    ids=["16", "big-endian", "12 in 16", "32", "float", "white is 0", "white is 0, 8", "deflate"],
)
def test_grey_tiffs_of_any_depth_keep_their_brightness(tmp_path, values, options):
    tifffile.imwrite(tmp_path / "a.tif", values, **options)
    image = decoding.decode(tmp_path / "a.tif")
    assert image.shape == (*RAMP.shape, 3)
    assert np.abs(image[..., 0].astype(int) - RAMP).max() <= 21  # white may be the brightest pixel
    assert np.corrcoef(image[..., 1].ravel(), RAMP.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_colour_tiffs_keep_their_colours(tmp_path, dtype, planar):
    values = COLOUR.astype(dtype) * (257 if dtype == np.uint16 else 1)
    stored = np.moveaxis(values, -1, 0) if planar == "separate" else values
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", planarconfig=planar)
    np.testing.assert_allclose(decoding.decode(tmp_path / "a.tif"), COLOUR, atol=1)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["8.tif", "lzw.tif", "16.tif", "a.jpg", "a.png", "a.webp"])
def test_what_lies_turned_is_turned_once(tmp_path, kind, orientation):
    file, lies = tmp_path / kind, decoding.UPRIGHT.get(orientation)
    undone = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    lying = Image.fromarray(COLOUR)
    lying = lying if lies is None else lying.transpose(undone.get(orientation, lies))
    if kind == "16.tif":
        values = np.asarray(lying).astype(np.uint16) * 257
        tags = [(decoding.ORIENTATION, "H", 1, orientation, False)]
        tifffile.imwrite(file, values, photometric="rgb", extratags=tags)
    elif kind.endswith("tif"):
        compression = {"compression": "tiff_lzw"} if kind == "lzw.tif" else {}
        lying.save(file, tiffinfo={decoding.ORIENTATION: orientation}, **compression)
    else:
        exif = Image.Exif()
        exif[decoding.ORIENTATION] = orientation
        lying.save(file, exif=exif, quality=95)
    found = decoding.decode(file)
    assert found.shape == COLOUR.shape
    assert np.abs(found.astype(int) - COLOUR).mean() < 6


def test_an_alpha_that_hides_everything_means_nothing(tmp_path):
    clear = np.dstack([COLOUR, np.zeros_like(RAMP)])
    Image.fromarray(clear).save(tmp_path / "a.png")
    np.testing.assert_array_equal(decoding.decode(tmp_path / "a.png"), COLOUR)


def test_metadata_do_not_decide_whether_pixels_can_be_read(tmp_path):
    comment = PngImagePlugin.PngInfo()
    comment.add_text("xmp", "x" * 5_000_000, zip=True)
    Image.fromarray(COLOUR).save(tmp_path / "long.png", pnginfo=comment)
    np.testing.assert_array_equal(decoding.decode(tmp_path / "long.png"), COLOUR)
    turned = struct.pack("<HHII", 0x0112, 3, 1, 6)
    odd = struct.pack("<HHII", 0x0128, 5, 1, 38)  # the unit of resolution, as a fraction
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + turned + odd + struct.pack("<III", 0, 2, 1)
    Image.fromarray(COLOUR).save(tmp_path / "odd.jpg", exif=exif, quality=95)
    assert decoding.decode(tmp_path / "odd.jpg").shape == (96, 64, 3)
    Image.fromarray(COLOUR).save(tmp_path / "none.jpg", exif=b"Exif\0\0" + b"\xff" * 40)
    assert decoding.decode(tmp_path / "none.jpg").shape == COLOUR.shape


@pytest.mark.parametrize("kind", [1, 2, 3, 12, 99])
@pytest.mark.parametrize("count", [0, 1, 2**31])
@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate"])
def test_tags_that_say_nothing_of_the_pixels_may_be_anything(
    tmp_path, capfd, kind, count, compression
):
    said = {270: "A coin, and more than fits into the tag", 271: "Maker"}
    Image.fromarray(COLOUR).save(
        tmp_path / "a.tif", compression=compression, tiffinfo=said, dpi=(300, 300),
        icc_profile=b"profile" * 9,
    )  # fmt: skip
    content = bytearray((tmp_path / "a.tif").read_bytes())
    (start,) = struct.unpack_from("<I", content, 4)
    (number,) = struct.unpack_from("<H", content, start)
    for entry in range(start + 2, start + 2 + 12 * number, 12):
        (tag,) = struct.unpack_from("<H", content, entry)
        if tag in (*said, 282, 283, 296, 34675):
            struct.pack_into("<HII", content, entry + 2, kind, count, len(content) - 2)
    (tmp_path / "a.tif").write_bytes(content)
    np.testing.assert_array_equal(decoding.decode(tmp_path / "a.tif"), COLOUR)
    assert "TiffTag" not in capfd.readouterr().err


def lzw_whose_title_leads_out_of_the_file(path, share_of_pixels=1.0):
    """Write an LZW TIFF that says of its title that it is longer than the file, perhaps cut short."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    Image.fromarray(noise).save(path, compression="tiff_lzw", tiffinfo={270: "A coin"})
    content = bytearray(path.read_bytes())
    (start,) = struct.unpack_from("<I", content, 4)
    (number,) = struct.unpack_from("<H", content, start)
    for entry in range(start + 2, start + 2 + 12 * number, 12):
        tag, kind, count, value = struct.unpack_from("<HHII", content, entry)
        if tag == 270:
            struct.pack_into("<I", content, entry + 4, 2**31)
        if tag == 279:  # bytes of the pixels
            assert (kind, count) == (4, 1)
            struct.pack_into("<I", content, entry + 8, int(share_of_pixels * value))
    path.write_bytes(content)
    return noise


def test_an_lzw_tiff_that_ends_too_early_is_broken_whatever_its_tags(tmp_path):
    pixels = lzw_whose_title_leads_out_of_the_file(tmp_path / "a.tif")
    np.testing.assert_array_equal(decoding.decode(tmp_path / "a.tif"), pixels)
    lzw_whose_title_leads_out_of_the_file(tmp_path / "b.tif", share_of_pixels=0.5)
    assert decoding.read(tmp_path / "b.tif") == (None, "broken")


def test_a_file_far_larger_than_its_pixels_is_not_taken_into_memory(tmp_path):
    lzw_whose_title_leads_out_of_the_file(tmp_path / "a.tif")
    with (tmp_path / "a.tif").open("r+b") as file:
        file.truncate(decoding.ROOM + 1)  # it takes no room on disk
    assert decoding.read(tmp_path / "a.tif") == (None, "too_large")


def test_only_photographs_are_opened(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n")
    Image.fromarray(RAMP).save(tmp_path / "b.jpg", "GIF")
    assert decoding.read(tmp_path / "a.jpg") == (None, "broken")
    assert decoding.read(tmp_path / "b.jpg") == (None, "broken")


def test_what_is_too_large_is_said_before_it_is_unpacked(tmp_path):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)

    def chunk(kind, data):
        import zlib

        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(bomb)
    assert decoding.read(tmp_path / "a.png") == (None, "too_large")


def test_a_large_scan_is_read_smaller(tmp_path):
    Image.new("1", (13_500, 13_500), 1).save(tmp_path / "a.tif", compression="group4")
    image, reason = decoding.read(tmp_path / "a.tif")
    assert reason == "" and max(image.shape) <= 13_500 // 2 and image.min() == 255


def test_a_strip_is_too_small_for_a_coin(tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (5, 3_000, 3), np.uint8)).save(
        tmp_path / "a.png"
    )
    found = cleaning.inspect(tmp_path / "a.png", tmp_path / "b.jpg", size=64, scale=0.48, flatten=0)
    assert found.reason == "too_small"


def test_no_damage_ends_more_than_its_own_file(tmp_path):
    """Bits flipped, files cut, bytes changed in the head: an image or a reason, never an error."""
    rng = random.Random(0)
    whole = {}
    for name in ("a.jpg", "a.png", "a.tif", "a.webp", "a.bmp"):
        Image.fromarray(COLOUR).save(tmp_path / name)
        whole[name] = (tmp_path / name).read_bytes()
    tifffile.imwrite(tmp_path / "b.tif", WIDE, compression="zlib")
    whole["b.tif"] = (tmp_path / "b.tif").read_bytes()
    for name, content in whole.items():
        for _ in range(60):
            damaged = bytearray(content)
            for _ in range(rng.choice([1, 8])):
                place = rng.randrange(min(len(damaged), rng.choice([64, len(damaged)])))
                damaged[place] ^= 1 << rng.randrange(8)
            if rng.random() < 0.3:
                del damaged[rng.randrange(len(damaged)) :]
            (tmp_path / name).write_bytes(damaged)
            image, reason = decoding.read(tmp_path / name)
            assert (image is None) == bool(reason)
            assert image is None or (image.dtype == np.uint8 and image.ndim == 3)
