"""The coin's own outline inside its circle: ancient flans are no circles, and show ground beside them."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mintmark.images.detection import Circle

DIRECTIONS = 180
HOURS = 12
SAMPLES = 128  # along a direction, from the centre to REACH
REACH = 1.28  # radii
GROUND = (1.05, 1.2)  # the ring that shows the ground on which the coin lies, radii
COIN = 0.7  # radii: within it there is nothing but coin; no outline comes nearer to the centre
DISTINCT = 18.0  # difference in CIELAB between coin and ground below which the outline is not seen
UNEVEN = 0.25  # of that difference: a ground that varies more is none to tell the coin from
NOTCH = 9  # directions: narrower gaps in the outline are reflections or cracks


@dataclass(frozen=True)
class Outline:
    """Where a coin ends, and what it lies on."""

    reach: np.ndarray  # (DIRECTIONS,) in radii, clockwise from twelve o'clock; 1 is the circle
    ground: np.ndarray  # (3,) red, green, blue, 0 to 255; NaN where the frame shows none of it

    def mask(self, size: int, scale: float) -> np.ndarray:
        """Where a tidy crop shows the coin: bool (size, size).

        scale: the circle's radius as a fraction of the crop's width.
        """
        axis = np.arange(size) - (size - 1) / 2
        angle = np.arctan2(axis, -axis[:, None])
        reach = np.interp(angle, _angles(), self.reach, period=2 * np.pi)
        return np.hypot(axis, axis[:, None]) <= reach * scale * size

    def points(self, circle: Circle) -> np.ndarray:
        """The outline in the photograph in which the coin's circle was found: (DIRECTIONS,2), x and y."""
        angle, away = _angles(), self.reach * circle.r
        return np.stack([circle.x + away * np.sin(angle), circle.y - away * np.cos(angle)], axis=1)

    def by_hour(self) -> np.ndarray:
        """The mean reach from each hour to the next, twelve o'clock first: (HOURS,)."""
        return self.reach.reshape(HOURS, -1).mean(axis=1)


CIRCLE = Outline(np.ones(DIRECTIONS), np.full(3, np.nan))  # of a coin of which no more is known


def find(image: np.ndarray, circle: Circle) -> Outline:
    """Find where the coin ends inside its circle.

    image: uint8 RGB (H,W,3). What has the colour of the ground, from the circle inwards, is no coin.
    Where the ground is uneven, out of the frame or of the coin's own colour, the outline is the circle.
    """
    unrolled, seen = _unrolled(image, circle)
    radii = REACH * (np.arange(SAMPLES) + 0.5) / SAMPLES
    first, inner, last = np.searchsorted(radii, (COIN, 1.0, GROUND[1]))
    ring = np.s_[:, np.searchsorted(radii, GROUND[0]) : last]
    if not seen[ring].any():
        return CIRCLE
    ground = np.median(unrolled[ring][seen[ring]], axis=0)
    lab = cv2.cvtColor(unrolled / 255, cv2.COLOR_RGB2Lab)
    colour = np.median(lab[ring][seen[ring]], axis=0)
    away = np.linalg.norm(lab - colour, axis=2)
    apart = float(np.linalg.norm(np.median(lab[:, :first], axis=(0, 1)) - colour))
    if apart < DISTINCT or np.median(away[ring][seen[ring]]) > UNEVEN * apart:
        return replace(CIRCLE, ground=ground)
    bare = away[:, first:inner] < apart / 2
    coin = inner - np.where(bare.all(axis=1), inner - first, bare[:, ::-1].argmin(axis=1))
    reach = np.where(coin < inner, radii[coin - 1], 1.0)
    return Outline(_without_notches(reach), ground)


def _angles() -> np.ndarray:
    """The directions, radians clockwise from twelve o'clock."""
    return (np.arange(DIRECTIONS) + 0.5) / DIRECTIONS * 2 * np.pi


def _unrolled(image: np.ndarray, circle: Circle) -> tuple[np.ndarray, np.ndarray]:
    """Colour by direction and distance, float32 (DIRECTIONS,SAMPLES,3), and where it is in the frame."""
    height, width = image.shape[:2]
    left, top = (max(0, int(at - REACH * circle.r)) for at in (circle.x, circle.y))
    near = image[top : int(circle.y + REACH * circle.r) + 2, left:][
        :, : int(circle.x + REACH * circle.r) + 2 - left
    ]
    scale = min(1.0, SAMPLES / (REACH * circle.r))
    near = cv2.resize(near, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    near = cv2.GaussianBlur(near, (0, 0), 1).astype(np.float32)
    angle = _angles()[:, None]
    distance = circle.r * REACH * (np.arange(SAMPLES) + 0.5) / SAMPLES
    x, y = circle.x + distance * np.sin(angle), circle.y - distance * np.cos(angle)
    seen = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    across, down = (
        ((at - start + 0.5) * scale - 0.5).astype(np.float32) for at, start in ((x, left), (y, top))
    )
    return cv2.remap(near, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), seen


def _without_notches(reach: np.ndarray) -> np.ndarray:
    """Close gaps narrower than NOTCH directions, by a grey closing along the circle."""
    rounds = np.tile(reach, 3)[None]
    closed = cv2.morphologyEx(rounds, cv2.MORPH_CLOSE, np.ones((1, NOTCH), np.uint8))
    return closed[0, DIRECTIONS : 2 * DIRECTIONS]
