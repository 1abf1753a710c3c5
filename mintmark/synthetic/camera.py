"""Drawn photographs: a lit coin laid on a table, with what lies beside it, as a camera sees it."""

import cv2
import numpy as np

from mintmark.synthetic import relief

PAPER = (0.93, 0.92, 0.88)


def take(
    coin: np.ndarray,
    outline: np.ndarray,
    *,
    width: int,
    rng: np.random.Generator,
    reach: tuple[float, float] = (0.29, 0.43),
) -> tuple[np.ndarray, np.ndarray]:
    """Photograph a coin: a `width`-pixel wide frame, uint8 RGB, and where the coin lies in it.

    coin: S×S×3, 0 to 1; outline: S×S, 1 on the coin and 0 beside it; reach: least and greatest
    radius of the coin as a fraction of the frame. The coin lies somewhere near the middle of a
    plain cloth, often with a ruler or a paper note beside it. Where it lies is the affine map (2×3)
    from pixels of the coin to pixels of the frame.
    """
    height = int(width * rng.uniform(0.8, 1.05))
    frame = table(height, width, rng)
    radius = min(height, width) * rng.uniform(*reach)
    room = np.array([width / 2, height / 2]) - radius * 1.04
    centre = np.array([width / 2, height / 2]) + rng.uniform(-0.8, 0.8, 2) * np.maximum(room, 0)
    _lay_beside(frame, centre, radius, rng)
    scale = 2 * radius / len(coin)
    place = np.array([[scale, 0, centre[0] - radius], [0, scale, centre[1] - radius]], np.float32)
    lay(frame, coin, outline, place)
    return expose(frame, rng), place


def empty(width: int, rng: np.random.Generator) -> np.ndarray:
    """Photograph the table without a coin: a `width`-pixel wide square, uint8 RGB."""
    return expose(table(width, width, rng), rng)


def table(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """A cloth to lay coins on: float32 (H,W,3), 0 to 1."""
    tone = rng.choice([0.08, 0.25, 0.55, 0.8, 0.95]) * np.ones(3)
    tint = rng.uniform(-0.05, 0.05, 3)
    weave = cv2.resize(relief.cloud(128, 60, rng), (width, height))[..., None]
    return np.clip(tone + tint + rng.uniform(0, 0.02) * weave, 0, 1).astype(np.float32)


def _lay_beside(
    frame: np.ndarray, centre: np.ndarray, radius: float, rng: np.random.Generator
) -> None:
    height, width = frame.shape[:2]
    if rng.random() < 0.5:  # a ruler along the bottom edge, cut off by the frame
        top = int(max(centre[1] + radius * 1.06, height * 0.88))
        frame[top:] = rng.choice([0.9, 0.75, 0.15])
        for tick, x in enumerate(np.arange(4, width, max(4, width // 60))):
            length = (height - top) // (2 if tick % 5 == 0 else 4)
            cv2.line(frame, (int(x), top), (int(x), top + length), (0.4, 0.4, 0.4), 1)
    if rng.random() < 0.35:  # a paper note with the coin's number in a corner
        right = int(max(centre[0] - radius * 1.06, 0))
        bottom = int(max(height * 0.14, 8))
        if right > width * 0.05:
            frame[:bottom, :right] = PAPER
            note = np.ascontiguousarray(frame[:bottom, :right] * 255).astype(np.uint8)
            text = str(rng.integers(1000, 9999))
            cv2.putText(note, text, (3, bottom - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (40,) * 3)
            frame[:bottom, :right] = note / 255


def lay(frame: np.ndarray, coin: np.ndarray, outline: np.ndarray, place: np.ndarray) -> None:
    """Lay a coin and its shadow on a frame (H,W,3), in place; see `take`."""
    scale = float(place[0, 0])
    size = frame.shape[1::-1]
    blend = cv2.GaussianBlur(outline, (0, 0), 0.7)
    fallen = place + np.array([[0, 0, 2], [0, 0, 3]], np.float32) * scale
    shadow = cv2.warpAffine(blend, fallen, size)
    frame *= 1 - 0.45 * cv2.GaussianBlur(shadow, (0, 0), 3 * scale)[..., None]
    cover = cv2.warpAffine(blend, place, size, flags=cv2.INTER_AREA)[..., None]
    frame *= 1 - cover
    frame += cover * cv2.warpAffine(coin, place, size, flags=cv2.INTER_AREA)


def expose(frame: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Take the picture: uneven light, white balance, blur and noise; uint8 RGB."""
    height, width = frame.shape[:2]
    across, down = rng.uniform(-0.25, 0.25, 2)
    fall = 1 + across * np.linspace(-1, 1, width) + down * np.linspace(-1, 1, height)[:, None]
    white = rng.uniform(0.97, 1.03, 3)
    frame = cv2.GaussianBlur(frame, (0, 0), rng.uniform(0.4, 0.9))
    frame = frame * fall[..., None]
    frame *= white
    frame *= rng.uniform(0.85, 1.1)
    noise = rng.standard_normal(frame.shape, np.float32) * rng.uniform(0.005, 0.02)
    frame += noise
    np.clip(frame, 0, 1, out=frame)
    frame *= 255
    return frame.astype(np.uint8)
