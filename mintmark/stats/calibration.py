"""Whether confidence means what it says: temperature scaling and the calibration error."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

BINS = 15
REACH = 6.0  # temperatures from exp(-6) to exp(6) times the logits' deviation are tried


def temperature(logits: np.ndarray, targets: np.ndarray) -> float:
    """The number to divide logits (N,C) by so that targets (N,) become likeliest (Guo et al. 2017).

    The least sure of the right answers counts once more, as a wrong one: N answers that are all right
    are no proof of certainty (in the spirit of Platt 1999), and where some are wrong it hardly
    matters. 1 where logits are all alike.
    """
    spread = logits.std(axis=1).mean()
    if not spread:
        return 1.0
    logits, targets = _doubted(logits, targets)

    def surprise(exponent: float) -> float:
        likely = log_softmax(logits / spread / np.exp(exponent), axis=1)
        return -likely[np.arange(len(targets)), targets].mean()

    found = minimize_scalar(surprise, bounds=(-REACH, REACH), method="bounded")
    return float(spread * np.exp(found.x))


def _doubted(logits: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The answers, and the least sure right one again, with the class that comes second to it."""
    rows, others = np.arange(len(targets)), logits.copy()
    others[rows, targets] = -np.inf
    lead = logits[rows, targets] - others.max(axis=1)
    if not (lead > 0).any():
        return logits, targets
    doubted = np.where(lead > 0, lead, np.inf).argmin()
    return np.vstack([logits, logits[doubted]]), np.append(targets, others[doubted].argmax())


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
