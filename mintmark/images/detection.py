"""TODO images.detection."""

from typing import NamedTuple

import cv2
import numpy as np

WORKING = 256  # pixels of the longer side of the copy in which the coin is searched
ANGLES = 180  # directions in which a circle's edge is examined
STEPS = 96  # samples from the centre to OUTSIDE times the radius
OUTSIDE = 1.35
BAND = 5  # samples on either side of an edge that are compared
CANDIDATES = 4  # proposals that are fitted closely
EDGE = 9.0  # difference in CIELAB that counts as an edge


class Circle(NamedTuple):
    """A coin's place: centre and radius in pixels."""

    x: float
    y: float
    r: float


def find(image: np.ndarray) -> tuple[Circle, float] | None:
    """Find the coin in a photograph: its circle and how much of its edge is seen (0 to 1).

    image: uint8 RGB (H,W,3). Circles are proposed by contours that stand out from the frame's
    border and by Hough's transform; the one is taken whose edge parts two colours all round, a
    larger one before a smaller. Metal and background may have any colour. None if nothing is round.
    """
    scale = WORKING / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(
        cv2.GaussianBlur(small, (0, 0), 1).astype(np.float32) / 255, cv2.COLOR_RGB2Lab
    )
    coarse = [_refine(lab, circle, 0.25) for circle in [*_contours(lab), *_hough(small)]]
    circles = sorted(coarse, key=lambda circle: -_worth(lab, circle))[:CANDIDATES]
    for reach in (0.15, 0.1, 0.05):
        circles = [_refine(lab, circle, reach) for circle in circles]
    best = max(circles, key=lambda circle: _worth(lab, circle), default=None)
    if best is None or not _worth(lab, best):
        return None
    return Circle(*(value / scale for value in best)), _support(lab, best)


def _contours(lab: np.ndarray) -> list[Circle]:
    """Circles round what differs from the border of the frame, by several measures."""
    border = np.concatenate(
        [lab[:3].reshape(-1, 3), lab[:, :3].reshape(-1, 3), lab[:, -3:].reshape(-1, 3)]
    )
    difference = np.linalg.norm(lab - np.median(border, axis=0), axis=2)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    circles = []
    for measure in (difference, chroma, lab[..., 0], 100 - lab[..., 0]):
        grey = cv2.normalize(measure, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
        _, mask = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
        outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for outline in sorted(outlines, key=cv2.contourArea)[-2:]:
            (x, y), radius = cv2.minEnclosingCircle(outline)
            circles.append(Circle(x, y, radius))
            moments = cv2.moments(outline)
            if moments["m00"] > 0:
                centre = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
                circles.append(Circle(*centre, np.sqrt(moments["m00"] / np.pi)))
    return circles


def _hough(image: np.ndarray) -> list[Circle]:
    """The roundest circles by Hough's transform (Yuen et al. 1990)."""
    grey = cv2.medianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 5)
    short = min(grey.shape)
    found = cv2.HoughCircles(
        grey, cv2.HOUGH_GRADIENT, dp=2, minDist=short / 8, param1=80, param2=30,
        minRadius=short // 6, maxRadius=int(short * 0.6),
    )  # fmt: skip
    return [] if found is None else [Circle(*map(float, circle)) for circle in found[0][:6]]


def _contrast(lab: np.ndarray, circle: Circle) -> np.ndarray:
    """Colour difference across each step along each direction: (ANGLES, STEPS)."""
    angle = np.arange(ANGLES, dtype=np.float32)[:, None] / ANGLES * 2 * np.pi
    radius = np.arange(STEPS, dtype=np.float32) / STEPS * OUTSIDE * circle.r
    columns = (circle.x + radius * np.cos(angle)).astype(np.float32)
    rows = (circle.y + radius * np.sin(angle)).astype(np.float32)
    unrolled = cv2.remap(lab, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sums = np.cumsum(np.pad(unrolled, ((0, 0), (1, 0), (0, 0))), axis=1)
    means = (sums[:, BAND:] - sums[:, :-BAND]) / BAND
    across = np.linalg.norm(means[:, BAND:] - means[:, :-BAND], axis=2)
    return np.pad(across, ((0, 0), (BAND, BAND - 1)))


def _refine(lab: np.ndarray, circle: Circle, reach: float) -> Circle:
    """Fit the circle to the strongest edges within reach × radius of it, outliers weighing little."""
    radii = np.arange(STEPS) / STEPS * OUTSIDE
    across = _contrast(lab, circle) * (np.abs(radii - 1) <= reach)
    angle = np.arange(ANGLES) / ANGLES * 2 * np.pi
    radius = radii[across.argmax(axis=1)] * circle.r
    x, y = circle.x + radius * np.cos(angle), circle.y + radius * np.sin(angle)
    height, width = lab.shape[:2]
    seen = (across.max(axis=1) > EDGE) & (x > 1) & (x < width - 2) & (y > 1) & (y < height - 2)
    if seen.sum() < ANGLES // 6:
        return circle
    return _fitted(x[seen], y[seen], circle)


def _fitted(x: np.ndarray, y: np.ndarray, circle: Circle) -> Circle:
    """Fit a circle to points: Kåsa's linear fit (1976), reweighted so that outliers count little."""
    system = np.column_stack([x, y, np.ones_like(x)])
    for _ in range(8):
        residual = np.hypot(x - circle.x, y - circle.y) - circle.r
        weight = 1 / (1 + residual**2)  # Cauchy's
        a, b, c = np.linalg.solve(
            system.T @ (system * weight[:, None]), system.T @ (weight * (x**2 + y**2))
        )
        circle = Circle(a / 2, b / 2, float(np.sqrt(max(c + (a**2 + b**2) / 4, 0))))
    return circle


def _worth(lab: np.ndarray, circle: Circle) -> float:
    """How good a circle is: its support, larger ones preferred; 0 if it can't be a coin."""
    height, width = lab.shape[:2]
    short = min(height, width)
    inside = 0 < circle.x < width and 0 < circle.y < height
    if not inside or not short / 8 < circle.r < 0.62 * short:
        return 0.0
    return _support(lab, circle) * circle.r**0.5


def _support(lab: np.ndarray, circle: Circle) -> float:
    """Share of the directions in which an edge lies on the circle, weak ones counted in part."""
    across = _contrast(lab, circle)
    on_edge = round(STEPS / OUTSIDE)
    strongest = across[:, on_edge - 2 : on_edge + 3].max(axis=1)
    return float(np.clip(strongest / (2 * EDGE), 0, 1).mean())
