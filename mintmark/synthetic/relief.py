"""Coins as relief: lettering, rings and wear as height maps, and the light that makes them visible.

A height map is a square float32 array (S×S) over one side of a coin whose circle touches the
edges; 0 is the flan's ground, about 1 the top of the lettering. Radii are fractions of the coin's
radius; angles are radians clockwise from twelve o'clock.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import arabic_reshaper
import cv2
import matplotlib
import numpy as np
from bidi.algorithm import get_display
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw, ImageFont

FONT = Path("fonts/ttf/DejaVuSans-Bold.ttf")  # ships with Matplotlib and has Arabic
TALL_AND_LOW = "\ufedf\ufee2\ufef2"  # lam, final mim, final ya: the highest and the lowest ink


@dataclass(frozen=True)
class Light:
    """How a relief is lit."""

    azimuth: float  # radians, where the light comes from
    depth: float  # of the relief; the larger, the harder the shadows
    gloss: float  # strength of the mirrored light


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    path = Path(matplotlib.get_data_path()) / FONT
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1)
def _shaper() -> arabic_reshaper.ArabicReshaper:
    # Words such as الله are spelt out: the font has no glyph for them as one.
    return arabic_reshaper.ArabicReshaper({"support_ligatures": False})


@lru_cache(maxsize=2048)
def lettering(text: str, size: int = 48) -> np.ndarray:
    """Draw one line of text (Arabic is joined and ordered): float32, 0 to 1.

    The image is as wide as the ink and, whatever the letters, as high as tall and low ones need.
    """
    shaped = get_display(_shaper().reshape(text))
    left, _, right, _ = _font(size).getbbox(shaped)
    _, top, _, bottom = _font(size).getbbox(TALL_AND_LOW)
    image = Image.new("L", (max(1, int(right - left)), int(bottom - top)))
    ImageDraw.Draw(image).text((-left, -top), shaped, fill=255, font=_font(size))
    return np.asarray(image, np.float32) / 255


@lru_cache(maxsize=8)
def polar(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Radius (0 to 1 within the circle) and angle (0 to 2π) of every pixel of a size×size side."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(axis, axis)
    return np.hypot(x, y), np.arctan2(x, -y) % (2 * np.pi)


def ring(strip: np.ndarray, radii: tuple[float, float], size: int, turn: float = 0) -> np.ndarray:
    """Bend a strip (H×W) clockwise around the coin, its top outward, from angle `turn` on.

    radii: the inner and the outer one of the ring.
    """
    inner, outer = radii
    radius, angle = polar(size)
    height, width = strip.shape
    column = ((angle - turn) % (2 * np.pi)) / (2 * np.pi) * (width - 1)
    row = (outer - radius) / (outer - inner) * (height - 1)
    return cv2.remap(
        strip, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR
    )  # beside the strip: 0


def legend(words: str, radii: tuple[float, float], size: int, turn: float) -> np.ndarray:
    """Write words clockwise around the coin between two radii, from angle `turn` on."""
    ink = lettering(words)
    strip = np.zeros((24, 400), np.float32)
    width = min(390, int(24 * 1.1 * ink.shape[1] / ink.shape[0]))
    strip[:, :width] = cv2.resize(ink, (width, 24), interpolation=cv2.INTER_AREA)
    return ring(strip, radii, size, turn)


def emblem(size: int, rng: np.random.Generator) -> np.ndarray:
    """A raised device: a closed curve with a few lobes, engraved with rays or rings."""
    radius, angle = polar(size)
    lobes = int(rng.integers(2, 10))
    outline = rng.uniform(0.42, 0.55) + rng.uniform(0.05, 0.16) * np.cos(
        lobes * angle + rng.uniform(0, 6.3)
    )
    rays = int(rng.integers(0, 3)) * lobes
    lines = np.cos(rng.uniform(10, 45) * radius + rays * angle)
    raised = np.clip((outline - radius) * 14, 0, 1)
    return (raised * (0.65 + 0.35 * lines)).astype(np.float32)


def circle(radius: float, width: float, size: int, beads: int = 0) -> np.ndarray:
    """A raised line of the given width along a circle, or as many beads along it."""
    distance, angle = polar(size)
    off = (distance - radius) / width
    if beads:
        pitch = 2 * np.pi / beads
        along = ((angle + pitch / 2) % pitch - pitch / 2) * radius / width
        off = np.hypot(off, along)
    return np.clip(1.5 - 2 * np.abs(off), 0, 1).astype(np.float32)


def lines(texts: tuple[str, ...], radius: float, size: int) -> np.ndarray:
    """Stack lines of text in the middle of the coin so that they fit a circle of `radius`."""
    height = np.zeros((size, size), np.float32)
    pitch = 2 * radius * 0.86 / len(texts)
    for number, text in enumerate(texts):
        middle = (number - (len(texts) - 1) / 2) * pitch
        half_chord = np.sqrt(max(radius**2 - (abs(middle) + pitch * 0.4) ** 2, 0.02))
        ink = lettering(text)
        scale = min(half_chord * size / ink.shape[1], pitch * 0.42 * size / ink.shape[0])
        drawn = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        top = round(size / 2 * (1 + middle) - drawn.shape[0] / 2)
        left = (size - drawn.shape[1]) // 2
        height[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    return height


def cloud(size: int, cells: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise with about `cells` blotches across: float32, mean 0, deviation 1."""
    coarse = rng.standard_normal((cells + 2, cells + 2)).astype(np.float32)
    noise = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    return (noise - noise.mean()) / (noise.std() + 1e-6)


def worn(height: np.ndarray, wear: float, rng: np.random.Generator) -> np.ndarray:
    """Rub a height map down by `wear` (0 fresh, 1 almost smooth), here more and there less."""
    local = np.clip(wear * (1 + 0.6 * cloud(len(height), 4, rng)), 0, 1)
    softened = cv2.GaussianBlur(height, (0, 0), 0.6 + 2.0 * wear)
    return softened * (1 - local)


def lit(height: np.ndarray, albedo: ArrayLike, light: Light) -> np.ndarray:
    """Light a relief: float32 S×S×3, 0 to about 1.

    albedo: red, green and blue, 0 to 1, (3,) or (S,S,3). Lambert's diffuse term plus Blinn's
    specular one (1977) on the normals of depth × height.
    """
    slope_y, slope_x = np.gradient(height * light.depth)
    up = 1 / np.sqrt(1 + slope_x**2 + slope_y**2)
    ray = np.array([np.sin(light.azimuth) * 0.7, -np.cos(light.azimuth) * 0.7, 0.71])
    half = (ray + [0, 0, 1]) / np.linalg.norm(ray + [0, 0, 1])
    diffuse = np.clip((-slope_x * ray[0] - slope_y * ray[1] + ray[2]) * up, 0, None)
    mirror = np.clip((-slope_x * half[0] - slope_y * half[1] + half[2]) * up, 0, None) ** 24
    shade = (0.3 + 0.75 * diffuse)[..., None] * np.asarray(albedo) + (light.gloss * mirror)[
        ..., None
    ]
    return shade.astype(np.float32)
