"""Photographs that stand in a collection more than once: exact copies and near ones.

Near duplicates are re-encoded, resized or turned copies. A 64-bit perceptual hash over rotations
proposes pairs; the correlation of the crops, turned alike, confirms them, since coins from one die
look much alike without being copies. For photographs that are not cropped a longer hash does both;
it finds copies that are mirrored or turned by quarters of a turn, not by a few degrees. An index finds
hashes that are near each other, so that not every pair is compared.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import faiss
import numpy as np
import pandas as pd
from PIL import Image
from scipy.fft import dct, dctn

TURNS = 48  # rotations over which hashes are compared
THUMB = 64  # pixels of the grey thumbnails that are hashed and correlated
HASHED = 32  # pixels across the copy of a thumbnail whose waves are hashed
WAVES = 8  # by as many: the lowest ones, a bit each
BANDS = 4  # of a CMYK image: as many rotations are reduced at once
SMOOTH = 1.0  # pixels by which thumbnails are blurred first, as turning blurs one of them
WORDS = 16  # of 16 bits, in the long hash of a photograph
CHUNK = 4_096  # photographs that are looked up at a time
POSES = 8  # of a square: upright, turned by quarters, and each of them mirrored
FINE = range(-4, 5)  # degrees about the best rotation at which crops are correlated


def digest(path: Path) -> str:
    """The content of a file as a SHA-256 digest."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def thumbnail(crop: np.ndarray) -> np.ndarray:
    """A small grey copy of a tidy crop (uint8 RGB): uint8 (THUMB,THUMB)."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (THUMB, THUMB), interpolation=cv2.INTER_AREA)


def hashes(small: np.ndarray) -> np.ndarray:
    """Perceptual hashes of a thumbnail (uint8) at TURNS rotations: uint64 (TURNS,).

    Bit for bit imagehash's `phash`; one cosine transform serves for all rotations.
    """
    turned = [_turned(small, 360 / TURNS * step) for step in range(TURNS)]
    reduced = np.concatenate(
        [_reduced(turned[start : start + BANDS]) for start in range(0, TURNS, BANDS)]
    )
    waves = dct(dct(reduced, axis=1)[:, :WAVES], axis=2)[:, :, :WAVES]
    bits = waves > np.median(waves, axis=(1, 2), keepdims=True)
    return np.packbits(bits.reshape(TURNS, -1), axis=1).view(">u8").astype(np.uint64).ravel()


def near(
    thumbnails: Sequence[np.ndarray], hashed: np.ndarray, bits: int, correlation: float
) -> list[tuple[int, int]]:
    """Pairs of near duplicates among N thumbnails (THUMB,THUMB) and their hashes (N,TURNS).

    bits: the most bits of 64 in which the hashes of a pair differ at the best rotation;
    correlation: the least correlation of their pixels, turned alike.
    """
    turned = hashed.astype(">u8").view(np.uint8).reshape(len(hashed), TURNS, -1)
    return [
        (first, second)
        for first, second, turn in within(turned, bits).itertuples(index=False, name=None)
        if _correlation(thumbnails[first], thumbnails[second], 360 / TURNS * turn) >= correlation
    ]


def long_hash(photograph: np.ndarray) -> str:
    """Perceptual hashes of 16 × 16 bits of a photograph (uint8 RGB) in all POSES, upright first.

    Each is 64 hexadecimal digits, as imagehash's; one after the other. One cosine transform serves
    for all: mirroring changes the signs of its odd waves, transposing swaps its axes.
    """
    waves = dctn(thumbnail(photograph).astype(float))[:WORDS, :WORDS]
    across = (-1.0) ** np.arange(WORDS)
    down = across[:, None]
    mirrored = [waves, waves * across, waves * down, waves * across * down]
    poses = [pose for image in mirrored for pose in (image, image.T)]
    return np.packbits([pose > np.median(pose) for pose in poses]).tobytes().hex()


def copies(hashed: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of photographs whose long hashes differ in fewer than 16 of 256 bits, in any pose.

    hashed: see `long_hash`. Copies re-encoded or resized are that near; photographs of two coins of a
    type are not.
    """
    posed = np.frombuffer(bytes.fromhex("".join(hashed)), np.uint8)
    pairs = within(posed.reshape(-1, POSES, 2 * WORDS), WORDS - 1)
    return list(pairs[["first", "second"]].itertuples(index=False, name=None))


def within(poses: np.ndarray, bits: int) -> pd.DataFrame:
    """Pairs of photographs whose hashes differ in so many bits at most: columns first, second, pose.

    poses: the hashes of photographs in each pose, upright first, uint8 (N,P,bytes). The first of a pair,
    upright, is like the second, a later one, in that pose, the one in which they differ least. Two
    hashes so near differ in few bits of one of their words of 16 bits at least, by which faiss looks
    them up: multi-index hashing (Norouzi, Punjani & Fleet 2012).
    """
    number, turns, size = poses.shape
    index = faiss.IndexBinaryMultiHash(8 * size, size // 2, 16)
    index.nflip = bits // (size // 2)
    index.add(np.ascontiguousarray(poses[:, 0]))
    found = [pd.DataFrame({"first": [], "second": [], "pose": []}, dtype=int)]
    for start in range(0, number, CHUNK):
        asked = np.ascontiguousarray(poses[start : start + CHUNK].reshape(-1, size))
        ends, apart, first = index.range_search(asked, bits + 1)
        second, pose = np.divmod(np.repeat(np.arange(len(asked)), np.diff(ends.astype(int))), turns)
        pairs = pd.DataFrame(
            {"first": first, "second": second + start, "pose": pose, "apart": apart}
        )
        nearest = pairs[pairs["first"] < pairs["second"]].sort_values(["apart", "pose"])
        found.append(nearest.drop_duplicates(["first", "second"]).drop(columns="apart"))
    return pd.concat(found).sort_values(["first", "second"])


def _reduced(images: list[np.ndarray]) -> np.ndarray:
    """BANDS grey images (uint8) reduced as the bands of one: float64 (BANDS,HASHED,HASHED)."""
    bands = Image.fromarray(np.dstack(images), "CMYK")
    smaller = bands.resize((HASHED, HASHED), Image.Resampling.LANCZOS)
    return np.moveaxis(np.asarray(smaller, float), 2, 0)


def _turned(image: np.ndarray, degrees: float) -> np.ndarray:
    middle = ((THUMB - 1) / 2, (THUMB - 1) / 2)
    turn = cv2.getRotationMatrix2D(middle, degrees, 1)
    return cv2.warpAffine(image, turn, (THUMB, THUMB), borderMode=cv2.BORDER_REPLICATE)


def _correlation(first: np.ndarray, second: np.ndarray, turn: float) -> float:
    axis = np.arange(THUMB) - (THUMB - 1) / 2
    inside = np.hypot(axis, axis[:, None]) < 0.44 * THUMB
    first, second = (cv2.GaussianBlur(image, (0, 0), SMOOTH) for image in (first, second))
    wanted = first[inside].astype(float)
    tried = [_turned(second, turn + fine)[inside].astype(float) for fine in FINE]
    return max(float(np.corrcoef(wanted, image)[0, 1]) for image in tried)
