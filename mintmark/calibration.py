"""Whether confidence means what it says: temperature scaling and the calibration error."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

BINS = 15
HOTTEST = 4.0  # temperatures from exp(-4) to exp(4) are tried


def temperature(logits: np.ndarray, targets: np.ndarray) -> float:
    """The number to divide logits (N,C) by so that targets (N,) become likeliest (Guo et al. 2017)."""

    def surprise(exponent: float) -> float:
        likely = log_softmax(logits / np.exp(exponent), axis=1)
        return -likely[np.arange(len(targets)), targets].mean()

    found = minimize_scalar(surprise, bounds=(-HOTTEST, HOTTEST), method="bounded")
    return float(np.exp(found.x))


def reliability(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Mean confidence, accuracy and count in each occupied bin of confidence: (B,3)."""
    likely = softmax(logits, axis=1)
    confidence, right = likely.max(axis=1), likely.argmax(axis=1) == targets
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = [(confidence[bins == b].mean(), right[bins == b].mean(), (bins == b).sum())
            for b in np.unique(bins)]  # fmt: skip
    return np.array(rows)


def expected_error(logits: np.ndarray, targets: np.ndarray) -> float:
    """Expected calibration error, 0 to 1: how far confidence and accuracy lie apart on average."""
    confidence, accuracy, count = reliability(logits, targets).T
    return float((np.abs(confidence - accuracy) * count).sum() / count.sum())
