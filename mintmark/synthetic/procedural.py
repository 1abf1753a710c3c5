"""Coin types made up by the thousand, and photographs of them, to pretrain a backbone on.

A type is a number; everything about it follows from that number: alloy, edge, beads, legends, value,
device. Its photographs differ in wear, patina, light, tilt, turn, table, and in the coins that lie
around or partly over it. No type of the drawn set of 315 is among them.
"""

import string
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import cv2
import numpy as np

from mintmark.synthetic import camera, relief

ALLOYS = {
    "copper": (0.62, 0.38, 0.27), "bronze": (0.52, 0.40, 0.26), "brass": (0.74, 0.63, 0.34),
    "gold": (0.83, 0.68, 0.30), "nickel": (0.66, 0.66, 0.64), "silver": (0.80, 0.80, 0.78),
}  # fmt: skip
PATINAS = np.array([(0.25, 0.18, 0.12), (0.28, 0.42, 0.34), (0.12, 0.11, 0.12), (0.45, 0.30, 0.2)])
LETTERS = string.ascii_uppercase * 3 + string.digits + "ابتجحدرسصطعفقكلمنهوي"
BIMETALLIC = 0.2  # share of the types
DRAWN = 128  # pixels at which coins are drawn before they are photographed


class Stream(IntEnum):
    """Independent streams of random numbers, each from seeds and the stream's number."""

    DESIGN = 60
    PHOTOGRAPH = 61


@dataclass(frozen=True, eq=False)
class Design:
    """What all photographs of a type share, as square images in which the coin touches the edges."""

    height: np.ndarray  # S×S, see `relief`
    outline: np.ndarray  # S×S, 1 on the coin and 0 beside it
    albedo: np.ndarray  # S×S×3, 0 to 1
    reach: float  # the coin's radius as a fraction of the frame, from a camera at its usual place


@dataclass(frozen=True)
class Place:
    """Where a coin lies in a frame, in pixels."""

    x: float
    y: float
    radius: float

    def beside(self, radius: float, gap: float, rng: np.random.Generator) -> "Place":
        """A place for another coin, at `gap` times the distance at which the two would touch."""
        turn = rng.uniform(-np.pi, np.pi)
        away = (self.radius + radius) * gap * rng.uniform(1.0, 1.15)
        return Place(self.x + away * np.cos(turn), self.y + away * np.sin(turn), radius)


@lru_cache(maxsize=64)
def design(kind: int, size: int) -> Design:
    """Draw the type of this number, size×size pixels."""
    rng = np.random.default_rng([kind, Stream.DESIGN])
    radius, angle = relief.polar(size)
    height = relief.circle(rng.uniform(0.92, 0.97), rng.uniform(0.03, 0.08), size, _beads(rng))
    for layer in (_device(size, rng), _legends(size, rng), _around(size, rng)):
        height = np.maximum(height, layer)
    sides = int(rng.choice([0, 0, 0, 0, 7, 8, 12]))
    notches = rng.choice([-1, 1]) * np.cos(sides * angle) * (sides > 0)
    outline = (radius < 0.97 - rng.uniform(0.01, 0.03) * (1 + notches) / 2).astype(np.float32)
    tint = rng.uniform(0.88, 1.12, 3)
    first, second = (np.array(alloy) for alloy in rng.permutation(list(ALLOYS.values()))[:2])
    inner = rng.uniform(0.58, 0.74) if rng.random() < BIMETALLIC else 1.0
    seam = np.abs(radius - inner)[..., None] < 0.015
    albedo = np.where(radius[..., None] < inner, first, second) * tint * np.where(seam, 0.6, 1)
    reach = rng.uniform(0.28, 0.5)
    return Design(height.astype(np.float32), outline, albedo.astype(np.float32), reach)


def photographed(kind: int, size: int, seed: int) -> np.ndarray:
    """Photograph a type among other coins: uint8 RGB (size,size,3); every seed gives another one."""
    rng = np.random.default_rng([kind, seed, Stream.PHOTOGRAPH])
    frame = camera.table(size, size, rng) * rng.uniform(0.6, 1, 3).astype(np.float32)
    light = relief.Light(rng.uniform(-np.pi, np.pi), rng.uniform(1.5, 4.0), rng.uniform(0.05, 0.6))
    x, y = size / 2 + rng.normal(0, 0.03 * size, 2)
    place = Place(x, y, design(kind, DRAWN).reach * rng.uniform(0.92, 1.08) * size)
    around = [(int(rng.integers(2**31)), rng.uniform(0.7, 1.3)) for _ in range(rng.integers(0, 4))]
    over = rng.random(len(around)) < 0.3
    for (other, scale), above in zip(around, over, strict=True):
        if not above:
            _lay(frame, other, place.beside(place.radius * scale, 1.0, rng), light=light, rng=rng)
    _lay(frame, kind, place, light=light, rng=rng)
    for (other, scale), above in zip(around, over, strict=True):
        if above:
            _lay(frame, other, place.beside(place.radius * scale, 0.75, rng), light=light, rng=rng)
    return camera.expose(frame * rng.uniform(0.9, 1.1, 3).astype(np.float32), rng)


def _beads(rng: np.random.Generator) -> int:
    return int(rng.choice([0, 0, 0, 24, 36, 48, 72]))


def _words(rng: np.random.Generator, count: int) -> str:
    """Words without meaning, in Latin or in Arabic letters."""
    letters = list(LETTERS[-20:] if rng.random() < 0.15 else LETTERS[:-20])
    return " ".join("".join(rng.choice(letters, rng.integers(2, 8))) for _ in range(count))


def _device(size: int, rng: np.random.Generator) -> np.ndarray:
    """A device, a land or a head in outline, stripes, a value large or small, here or there."""
    radius, _ = relief.polar(size)
    kinds = (
        lambda: relief.emblem(size, rng),
        lambda: _blob(size, rng) * rng.uniform(0.5, 0.9),
        lambda: _stripes(size, rng) * (radius < rng.uniform(0.5, 0.85)),
        lambda: relief.lines(tuple(_words(rng, 2).split()), rng.uniform(0.5, 0.8), size),
    )
    drawn = np.zeros((size, size), np.float32)
    for number in rng.choice(len(kinds), rng.integers(1, 3), replace=False):
        drawn = np.maximum(drawn, kinds[number]())
    if rng.random() < 0.7:
        value = str(rng.choice([1, 2, 3, 5, 10, 15, 20, 25, 50, 100, 200, 500]))
        number = relief.lines((value,), rng.uniform(0.35, 0.7), size)
        across, down = rng.normal(0, 0.12) * size, rng.normal(0, 0.1) * size
        moved = np.array([[1, 0, across], [0, 1, down]], np.float32)
        number = cv2.warpAffine(number, moved, (size, size))
        clear = cv2.dilate(number, np.ones((5, 5))) > 0.2
        drawn = np.where(clear, number, drawn)
    return drawn * (radius < 0.9)


def _legends(size: int, rng: np.random.Generator) -> np.ndarray:
    drawn = np.zeros((size, size), np.float32)
    for _ in range(rng.integers(0, 3)):
        outer = rng.uniform(0.8, 0.92)
        words, inner = _words(rng, int(rng.integers(1, 5))), outer - rng.uniform(0.12, 0.22)
        turn = rng.uniform(-np.pi, np.pi)
        legend = relief.legend(words, (inner, outer), size, turn)
        drawn = np.maximum(drawn, legend)
    return drawn


def _around(size: int, rng: np.random.Generator) -> np.ndarray:
    """A circle of stars or dots, or a plain line within the margin, or nothing."""
    if rng.random() < 0.5:
        return np.zeros((size, size), np.float32)
    count = int(rng.choice([0, 8, 12, 16]))
    return relief.circle(rng.uniform(0.55, 0.88), rng.uniform(0.02, 0.08), size, count)


def _blob(size: int, rng: np.random.Generator) -> np.ndarray:
    """One connected raised shape with a ragged outline and some relief of its own."""
    radius, _ = relief.polar(size)
    shape = relief.cloud(size, int(rng.integers(2, 6)), rng) - 3 * (radius - rng.uniform(0.3, 0.6))
    raised = np.clip(shape * 6, 0, 1)
    return raised * np.clip(0.7 + 0.25 * relief.cloud(size, int(rng.integers(4, 12)), rng), 0, 1.2)


def _stripes(size: int, rng: np.random.Generator) -> np.ndarray:
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    slope = rng.uniform(-np.pi, np.pi)
    along = axis * np.cos(slope) + axis[:, None] * np.sin(slope)
    return np.clip(2 * np.cos(along * rng.uniform(12, 50)) - 1, 0, 0.8) * (
        along > rng.normal(0, 0.3)
    )


def _lay(
    frame: np.ndarray, kind: int, place: Place, *, light: relief.Light, rng: np.random.Generator
) -> None:
    """Lay a coin, worn, tarnished, turned and tilted, on a frame, in place."""
    size = DRAWN
    drawn = design(kind, size)
    struck = relief.worn(drawn.height, rng.uniform(0, 0.5), rng) + 0.02 * relief.cloud(
        size, 30, rng
    )
    turn = cv2.getRotationMatrix2D(((size - 1) / 2,) * 2, rng.uniform(0, 360), 1)
    height, outline, albedo = (
        cv2.warpAffine(image, turn, (size, size), borderMode=cv2.BORDER_REPLICATE)
        for image in (struck, drawn.outline, drawn.albedo)
    )
    tarnish = np.clip(
        relief.cloud(size, int(rng.integers(2, 8)), rng) * 0.3 + rng.normal(0, 0.3), 0, 0.8
    )
    patina = PATINAS[rng.integers(len(PATINAS))]
    albedo = albedo + tarnish[..., None] * (patina - albedo)
    coin = relief.lit(height, albedo * rng.uniform(0.75, 1.15), light)
    squeeze, slant = 1 - abs(rng.normal(0, 0.06)), rng.uniform(-np.pi, np.pi)
    across = np.array([[np.cos(slant), -np.sin(slant)], [np.sin(slant), np.cos(slant)]])
    tilt = across @ np.diag([1, squeeze]) @ across.T * (2 * place.radius / size)
    shift = np.array([place.x, place.y]) - tilt @ np.full(2, (size - 1) / 2)
    camera.lay(frame, coin, outline, np.column_stack([tilt, shift]).astype(np.float32))
