"""A coin's side unrolled: angle across, radius down, so that a margin legend reads as a line."""

import cv2
import numpy as np

ANGLES, RADII = 180, 48  # columns and rows of an unrolled side
DETAIL = 2.0  # deviation in rows and columns, of the blur whose remainder is compared
CLEAR = 3.5  # a turn is certain when its correlation stands out by so many deviations


def unrolled(images: np.ndarray, circles: np.ndarray) -> np.ndarray:
    """Unroll one side of images (N,H,W) or (N,H,W,C): (N,RADII,ANGLES) or with C.

    circles: (N,3), x, y and radius of the side in pixels. Columns run clockwise from twelve
    o'clock, rows from the centre out to the edge.
    """
    sides = [
        cv2.warpPolar(image, (RADII, ANGLES), (x, y), r, cv2.WARP_POLAR_LINEAR)
        for image, (x, y, r) in zip(images, circles.tolist(), strict=True)
    ]  # fmt: skip
    # OpenCV's angles begin at three o'clock; ours at twelve.
    return np.roll(np.stack(sides).swapaxes(1, 2), ANGLES // 4, axis=2)


def turns(sides: np.ndarray, rounds: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """By how many columns to turn unrolled sides so that they lie alike, and which are certain.

    sides: grey, (N,RADII,ANGLES). Each side is turned to where its relief correlates best with the
    one that is most like all others, then, a few times over, with the mean of the others. Certain
    (bool, N) are those whose correlation at that turn stands out from the other turns; the others
    are left as they lie (0).
    """
    detail = np.stack([s - cv2.GaussianBlur(s, (0, 0), 2 * DETAIL) for s in _normal(sides)])
    detail = _normal(np.abs(detail))
    spectra = np.fft.rfft(detail, axis=2)
    likeness = [_correlation(spectra, one[None]).max(axis=1).sum() for one in spectra]
    reference = spectra[[int(np.argmax(likeness))]]
    for _ in range(rounds):
        correlation = _correlation(spectra, reference)
        stands_out = correlation.max(axis=1) - correlation.mean(axis=1)
        certain = stands_out > CLEAR * correlation.std(axis=1)
        shift = np.where(certain, correlation.argmax(axis=1), 0)
        reference = np.fft.rfft(_mean_of_others(turned(detail, shift), certain), axis=2)
    return shift, certain


def turned(sides: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Turn each unrolled side (N,RADII,ANGLES) clockwise by `shift` (N,) columns."""
    return np.stack([np.roll(side, by, axis=1) for side, by in zip(sides, shift, strict=True)])


def _correlation(spectra: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Correlation of each side with the reference at every turn: (N,ANGLES), from their spectra."""
    return np.fft.irfft(spectra.conj() * reference, ANGLES, axis=2).sum(axis=1)


def _mean_of_others(sides: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """For each side the mean of the counted ones but itself: a side must not agree with itself."""
    share = counted[:, None, None].astype(np.float32)
    others = np.maximum(counted.sum() - share, 1)
    return ((sides * share).sum(axis=0) - sides * share) / others


def _normal(sides: np.ndarray) -> np.ndarray:
    sides = sides.astype(np.float32)
    sides = sides - sides.mean(axis=(1, 2), keepdims=True)
    return sides / (sides.std(axis=(1, 2), keepdims=True) + 1e-6)
