"""Copies are found, re-encoded, resized and turned; look-alikes are not taken for copies."""

import io

import cv2
import imagehash
import numpy as np
import pytest
from PIL import Image

from mintmark.data import grouping
from mintmark.images import cropping, detection, duplicates, outline
from mintmark.synthetic import mint_catalogue, mints, procedural, relief

CONDITIONS = mints.Conditions(wear=0.25, turn=0, widths=(300, 400))


def crop(die_seed, coin_seed):
    """A tidy crop of a coin struck from one die."""
    die = mint_catalogue.Die("Misr", 14, 1, die_seed)
    rng = np.random.default_rng(coin_seed)
    side = mints.strike(mints.side_relief(die, 1), CONDITIONS, rng)
    light = relief.Light(rng.normal(-0.8, 0.5), depth=3, gloss=0.3)
    image = relief.lit(side.height, (0.8, 0.62, 0.27), light)
    image = np.uint8(np.clip(image, 0, 1) * 255)
    shown = outline.CIRCLE.mask(256, 0.48)
    return cropping.crop(image, detection.Circle(127.5, 127.5, 124), 256, 0.48, shown)


def encoded(image, quality):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def turned(image, degrees):
    matrix = cv2.getRotationMatrix2D((127.5, 127.5), degrees, 1)
    return cv2.warpAffine(image, matrix, (256, 256), borderValue=(128, 128, 128))


def found(*crops):
    thumbnails = np.stack([duplicates.thumbnail(image) for image in crops])
    hashes = np.stack([duplicates.hashes(image) for image in thumbnails])
    return duplicates.near(thumbnails, hashes, bits=6, correlation=0.945)


@pytest.mark.parametrize("seed", range(8))
def test_a_copy_is_found_however_it_was_changed(seed):
    original = crop(seed, seed)
    smaller = cv2.resize(cv2.resize(original, (90, 90), interpolation=cv2.INTER_AREA), (256, 256))
    assert found(original, encoded(original, 40)) == [(0, 1)]
    assert found(original, smaller) == [(0, 1)]
    assert found(original, turned(original, 90)) == [(0, 1)]
    assert found(original, turned(original, 133)) == [(0, 1)]


def test_other_coins_are_no_copies_even_from_one_die():
    same_die = [crop(5, seed) for seed in range(100, 106)]
    other_dies = [crop(seed, seed) for seed in range(6, 12)]
    assert found(*same_die, *other_dies) == []


@pytest.mark.parametrize("seed", range(3))
def test_hashes_are_those_of_imagehash_at_every_rotation(seed):
    small = duplicates.thumbnail(crop(seed, seed))
    middle = (duplicates.THUMB - 1) / 2
    for step, found in enumerate(duplicates.hashes(small)):
        turn = cv2.getRotationMatrix2D((middle, middle), 360 / duplicates.TURNS * step, 1)
        image = cv2.warpAffine(small, turn, small.shape, borderMode=cv2.BORDER_REPLICATE)
        assert f"{found:016x}" == str(imagehash.phash(Image.fromarray(image)))


def test_the_long_hash_is_that_of_every_pose():
    image = procedural.photographed(3, 96, 1)
    small = Image.fromarray(duplicates.thumbnail(image))
    poses = [small, *(small.transpose(pose) for pose in Image.Transpose)]
    expected = [str(imagehash.phash(pose, hash_size=16, highfreq_factor=4)) for pose in poses]
    digits = duplicates.long_hash(image)
    found = [digits[start : start + 64] for start in range(0, len(digits), 64)]
    assert found[0] == expected[0]
    assert sorted(found) == sorted(expected)


def test_groups_are_joined_through_their_members():
    group = grouping.groups([(0, 3), (3, 4)], 6)
    assert group[0] == group[3] == group[4]
    assert len(set(group)) == 4


def test_no_pairs_no_groups():
    assert len(set(grouping.groups([], 3))) == 3


def test_same_labels_make_one_group():
    group = grouping.groups(grouping.same(["a", "b", "a", "c", "b"]), 5)
    assert group[0] == group[2] and group[1] == group[4]
    assert len(set(group)) == 3


def test_a_digest_tells_contents_apart(tmp_path):
    for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(content)
    a, b, c = (duplicates.digest(tmp_path / name) for name in "abc")
    assert a == b != c


def test_copies_of_photographs_are_found_and_other_coins_of_the_type_are_not():
    shown = [procedural.photographed(kind, 160, photo) for kind in (1, 2, 3) for photo in (1, 2)]
    smaller = cv2.resize(shown[0], (120, 120), interpolation=cv2.INTER_AREA)
    hashed = [
        duplicates.long_hash(image) for image in (*shown, encoded(shown[3], 60), smaller, shown[5])
    ]
    assert duplicates.copies(hashed) == [(0, 7), (3, 6), (5, 8)]


def test_copies_are_those_that_comparing_all_pairs_would_find():
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2, (60, duplicates.POSES, 256))
    for row in range(30, 60):  # copies of the first thirty, in some pose, with 0 to 29 bits changed
        pose = rng.integers(duplicates.POSES)
        bits[row, pose] = bits[row - 30, 0]
        bits[row, pose, rng.choice(256, row - 30, replace=False)] ^= 1
    found = duplicates.copies([np.packbits(row).tobytes().hex() for row in bits])
    apart = (bits[:, None, 0, None] != bits[None]).sum(axis=3).min(axis=2)
    expected = [(a, b) for a in range(60) for b in range(a + 1, 60) if apart[a, b] < 16]
    assert found == expected and len(found) == 16


def test_near_pairs_are_those_that_comparing_all_of_them_would_find():
    rng = np.random.default_rng(1)
    hashed = rng.integers(0, 2**64, (400, duplicates.TURNS), dtype=np.uint64)
    for second in range(200, 400):  # like an earlier one at some rotation, but for 0 to 9 bits
        first, turn = rng.integers(200), rng.integers(duplicates.TURNS)
        changed = sum(1 << int(bit) for bit in rng.choice(64, second % 10, replace=False))
        hashed[second, turn] = hashed[first, 0] ^ np.uint64(changed)
    bits = hashed.view(np.uint8).reshape(*hashed.shape, 8)
    found = duplicates.within(bits, 6)
    apart = np.bitwise_count(hashed[:, None, :1] ^ hashed[None]).astype(int)
    nearest = apart.min(axis=2)
    expected = [
        (a, b, int(apart[a, b].argmin()))
        for a in range(400)
        for b in range(a + 1, 400)
        if nearest[a, b] <= 6
    ]
    assert list(found.itertuples(index=False, name=None)) == expected and len(expected) >= 140


def test_where_there_are_no_photographs_there_are_no_pairs():
    assert duplicates.copies([]) == []
    assert duplicates.within(np.zeros((0, duplicates.TURNS, 8), np.uint8), 6).empty
