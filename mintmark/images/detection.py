"""The coin in its photograph: circles are proposed, fitted to the edges that are seen, and compared.

Arrays of circles are float64 (N,3): x, y and radius, in pixels of the working copy.
"""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

WORKING = 256  # pixels of the longer side of the copy in which the coin is searched
COARSER = 2  # proposals are made on a copy smaller by this factor
DIRECTIONS = 180  # from the centre, in which a circle's edge is examined
STEP = 0.014  # between two samples along a direction, as a fraction of the radius
BAND = 5  # samples on either side of an edge that are compared
EDGE = 9.0  # difference in CIELAB that counts as an edge
ON_EDGE = 2  # steps by which an edge may miss the circle that it supports
DISTINCT = 2.0  # pixels by which two circles differ at least, or one of them is left out
REWEIGHTED = 8  # times that a fit is repeated with new weights
LEAST_SEEN = 1 / 6  # share of the directions that must show an edge for a circle to be fitted
RADIUS = (0.125, 0.62)  # a coin's least and greatest radius, as fractions of the shorter side
SECOND = 0.6  # least radius of a second coin, as a fraction of the first one's
CERTAIN = 0.8  # and the share of its edge that must be seen: a colour chart is no coin
SUPPORT = 0.5  # share of a circle's edge that must be seen for something to be a coin
CONVINCING = 0.95  # support above which the contours' best circle is taken without asking Hough


class Circle(NamedTuple):
    """A coin's place: centre and radius in pixels."""

    x: float
    y: float
    r: float


@dataclass(frozen=True)
class Round:
    """A round of fitting circles to edges."""

    reach: int  # how far from the circle edges are looked for, in steps
    kept: int | None  # how many of the best circles go into it; None: all
    stride: int  # every which direction is examined


ROUNDS = (Round(17, None, 3), Round(10, 3, 1), Round(7, 2, 1), Round(3, 1, 1))


def find(image: np.ndarray) -> tuple[Circle, float] | None:
    """Find the coin in a photograph: its circle and how much of its edge is seen (0 to 1).

    image: uint8 RGB (H,W,3). Circles are proposed by contours that stand out from the frame's
    border and, where none of these convinces, by Hough's transform; the one is taken whose edge
    separates two colours all round, a larger one before a smaller. Metal and background may have any
    colour. None if nothing is round.
    """
    small = _reduced(image)
    scale = max(small.shape[:2]) / max(image.shape[:2])
    lab = cv2.cvtColor(
        cv2.GaussianBlur(small, (0, 0), 1).astype(np.float32) / 255, cv2.COLOR_RGB2Lab
    )
    size = max(1, lab.shape[1] // COARSER), max(1, lab.shape[0] // COARSER)
    coarse = cv2.resize(lab, size, interpolation=cv2.INTER_AREA)
    circle, support = _best(lab, _contours(coarse))
    if support < CONVINCING:
        other = _best(lab, _hough(coarse))
        if _worth(*other) > _worth(circle, support):
            circle, support = other
    if not support:
        return None
    x, y, r = (float(value) for value in circle)
    return Circle((x + 0.5) / scale - 0.5, (y + 0.5) / scale - 0.5, r / scale), support


def second(image: np.ndarray, first: Circle, least: float = CERTAIN) -> Circle | None:
    """Find a second coin in a photograph, beside, above or below the first one; None if there is none.

    image: uint8 RGB (H,W,3); least: the share of its edge that must be seen. Only what has room for a
    coin of SECOND of the first one's size is searched; of several the one that is seen best is taken.
    """
    height, width = image.shape[:2]
    left, right = (int(np.clip(first.x + side * first.r, 0, width)) for side in (-1, 1))
    top, bottom = (int(np.clip(first.y + side * first.r, 0, height)) for side in (-1, 1))
    beside = {(right, 0): image[:, right:], (0, 0): image[:, :left], (0, bottom): image[bottom:]}
    best: Circle | None = None
    support = least
    for (across, down), strip in [*beside.items(), ((0, 0), image[:top])]:
        if min(strip.shape[:2]) >= 2 * SECOND * first.r:
            found = find(np.ascontiguousarray(strip))
            if found and found[1] >= support and found[0].r >= SECOND * first.r:
                (x, y, r), support = found
                best = Circle(x + across, y + down, r)
    return best


def _reduced(image: np.ndarray) -> np.ndarray:
    """A copy whose longer side is WORKING pixels: halved as often as fits, which is cheap."""
    while max(image.shape[:2]) >= 2 * WORKING and min(image.shape[:2]) > 1:
        height, width = (side // 2 * 2 for side in image.shape[:2])
        half = width // 2, height // 2
        image = cv2.resize(image[:height, :width], half, interpolation=cv2.INTER_AREA)
    scale = WORKING / max(image.shape[:2])
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)


def _best(lab: np.ndarray, circles: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit circles to edges, drop the worse ones round by round: the best (3,), and its support.

    The support is 0 where none can be a coin.
    """
    for step in ROUNDS:
        if not len(circles):
            return np.array([0.0, 0.0, 1.0]), 0.0
        across = _contrast(lab, circles, step.reach, step.stride)
        if step.kept:
            worth = _support(across) * _prior(circles, lab)
            kept = np.argsort(-worth, kind="stable")[: step.kept]
            across, circles = across[kept], circles[kept]
        circles = _distinct(_refined(lab, across, circles, step))
    support = _support(_contrast(lab, circles, ON_EDGE, 1)) * (_prior(circles, lab) > 0)
    return circles[0], float(support[0])


def _worth(circle: np.ndarray, support: float) -> float:
    """How good a circle is: its support, larger ones preferred."""
    return support * float(np.sqrt(circle[2]))


def _prior(circles: np.ndarray, lab: np.ndarray) -> np.ndarray:
    """By how much larger circles are preferred, and 0 for those that can't be a coin: (N,)."""
    height, width = lab.shape[:2]
    x, y, r = circles.T
    least, greatest = np.multiply(RADIUS, min(height, width))
    possible = (x > 0) & (x < width) & (y > 0) & (y < height) & (least < r) & (r < greatest)
    return np.sqrt(np.where(possible, r, 0))


def _distinct(circles: np.ndarray) -> np.ndarray:
    """Leave out circles that hardly differ from an earlier one."""
    alike = np.abs(circles[:, None] - circles).max(axis=2) < DISTINCT
    return circles[~np.tril(alike, -1).any(axis=1)]


def _contours(lab: np.ndarray) -> np.ndarray:
    """Circles round what differs from the border of the frame, by several measures."""
    edges = lab[:2], lab[:, :2], lab[:, -2:]
    border = np.concatenate([edge.reshape(-1, 3) for edge in edges])
    light, *colour = cv2.split(lab)
    difference = np.linalg.norm(lab - np.median(border, axis=0), axis=2)
    circles = []
    for measure in (difference, cv2.magnitude(*colour), light, 100 - light):
        low, high = float(measure.min()), float(measure.max())
        grey = (255 * (measure - low) / max(high - low, 1e-6)).astype(np.uint8)
        _, mask = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for outline in sorted(outlines, key=cv2.contourArea)[-2:]:
            (x, y), radius = cv2.minEnclosingCircle(outline)
            circles.append((x, y, radius))
            moments = cv2.moments(outline)
            if area := moments["m00"]:
                middle = moments["m10"] / area, moments["m01"] / area
                circles.append((*middle, np.sqrt(area / np.pi)))
    return _distinct(COARSER * np.array(circles, float).reshape(-1, 3))


def _hough(lab: np.ndarray) -> np.ndarray:
    """The roundest circles by Hough's transform (Yuen et al. 1990)."""
    grey = (lab[..., 0] * 2.55).astype(np.uint8)
    short = int(min(grey.shape))
    found = cv2.HoughCircles(
        grey,
        cv2.HOUGH_GRADIENT,
        dp=1,
        minDist=max(1, short / 8),
        param1=80,
        param2=15,
        minRadius=short // 6,
        maxRadius=int(short * 0.6),
    )
    circles = np.zeros((0, 3)) if found is None else COARSER * found[0][:6].astype(float)
    return _distinct(circles)


def _directions(stride: int) -> np.ndarray:
    """Angles (D,) of every `stride`-th direction, radians."""
    return np.arange(0, DIRECTIONS, stride) / DIRECTIONS * 2 * np.pi


def _contrast(lab: np.ndarray, circles: np.ndarray, reach: int, stride: int) -> np.ndarray:
    """Colour difference across each step from -reach to reach of circles: (N,D,2·reach+1).

    All circles and directions (every `stride`-th) are sampled at once.
    """
    angle = _directions(stride).astype(np.float32)[:, None]
    x, y, r = circles.T.astype(np.float32)[:, :, None, None]
    samples = reach + BAND
    size = 2 * samples
    radius = r * (1 + STEP * (np.arange(-samples, samples, dtype=np.float32) + 0.5))
    columns, rows = x + radius * np.cos(angle), y + radius * np.sin(angle)
    across, down = (at.reshape(-1, size).astype(np.float32) for at in (columns, rows))
    unrolled = cv2.remap(lab, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    kernel = np.repeat(np.array([[-1, 1]], np.float32) / BAND, BAND, axis=1)
    steps = cv2.filter2D(unrolled, -1, kernel)[:, BAND : size - BAND + 1]
    squared = cv2.transform(steps * steps, np.ones((1, 3)))
    return cv2.sqrt(squared).reshape(len(circles), len(angle), -1)


def _support(across: np.ndarray) -> np.ndarray:
    """Share of the directions in which an edge lies on the circle, weak ones counted in part: (N,)."""
    middle = across.shape[2] // 2
    strongest = across[:, :, middle - ON_EDGE : middle + ON_EDGE + 1].max(axis=2)
    return np.clip(strongest / (2 * EDGE), 0, 1).mean(axis=1)


def _refined(lab: np.ndarray, across: np.ndarray, circles: np.ndarray, step: Round) -> np.ndarray:
    """Fit the circles to the strongest edges within reach of them. across: see `_contrast`."""
    angle = _directions(step.stride)
    x, y, r = circles.T[:, :, None]
    radius = r * (1 + STEP * (across.argmax(axis=2) - step.reach))
    right, down = radius * np.cos(angle), radius * np.sin(angle)
    height, width = lab.shape[:2]
    seen = across.max(axis=2) > EDGE
    seen &= (x + right > 1) & (x + right < width - 2) & (y + down > 1) & (y + down < height - 2)
    enough = seen.mean(axis=1) >= LEAST_SEEN
    fitted = circles.copy()
    if enough.any():
        change = _fitted(right[enough], down[enough], seen[enough], circles[enough, 2])
        fitted[enough] += change
    return fitted


def _fitted(x: np.ndarray, y: np.ndarray, seen: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Fit circles of radius r (N,) about 0 to points (N,D) where `seen`: the change of each (N,3).

    Kåsa's linear fit (1976), reweighted so that outliers count little (Cauchy's weights).
    """
    points = np.stack([x, y, np.ones_like(x), x**2 + y**2], axis=1)
    across, down, radius = np.zeros_like(r), np.zeros_like(r), r
    for _ in range(REWEIGHTED):
        residual = np.hypot(x - across[:, None], y - down[:, None]) - radius[:, None]
        weight = seen / (1 + residual**2)
        moments = (points[:, :3] * weight[:, None]) @ points.transpose(0, 2, 1)
        a, b, c = np.linalg.solve(moments[:, :, :3], moments[:, :, 3:])[..., 0].T
        across, down = a / 2, b / 2
        radius = np.sqrt(np.maximum(c + across**2 + down**2, 0))
    return np.stack([across, down, radius - r], axis=1)
