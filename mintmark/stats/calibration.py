"""Whether confidence means what it says: temperature scaling and the calibration error."""

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from mintmark.stats import classification

BINS = 15
REACH = 6.0  # temperatures from exp(-6) to exp(6) times the logits' deviation are tried


def temperature(logits: np.ndarray, targets: np.ndarray) -> float:
    """The number to divide logits (N,C) by so that targets (N,) become likeliest (Guo et al. 2017).

    The correct prediction with the least lead counts once more, as a wrong one: N predictions that
    are all correct are no proof of certainty (in the spirit of Platt 1999), and where some are wrong
    it hardly matters. 1 where the logits of each row are equal.
    """
    spread = logits.std(axis=1).mean()
    if not spread:
        return 1.0
    logits, targets = _with_doubt(logits, targets)

    def loss(exponent: float) -> float:
        likelihood = log_softmax(logits / spread / np.exp(exponent), axis=1)
        return -likelihood[np.arange(len(targets)), targets].mean()

    found = minimize_scalar(loss, bounds=(-REACH, REACH), method="bounded")
    return float(spread * np.exp(found.x))


def _with_doubt(logits: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All predictions, and the least certain correct one again, with the class that comes second."""
    lead = classification.lead(logits, targets)
    if not (lead > 0).any():
        return logits, targets
    doubted = [np.where(lead > 0, lead, np.inf).argmin()]
    second = classification.rivals(logits[doubted], targets[doubted]).argmax(axis=1)
    return np.vstack([logits, logits[doubted]]), np.append(targets, second)


def reliability(logits: np.ndarray, targets: np.ndarray) -> pd.DataFrame:
    """The reliability diagram of logits (N,C) and targets (N,), one row for each occupied bin.

    Columns confidence (its mean, 0 to 1), accuracy (0 to 1) and count.
    """
    probabilities = softmax(logits, axis=1)
    confidence = probabilities.max(axis=1).astype(float)
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    judged = pd.DataFrame(
        {"confidence": confidence, "accuracy": probabilities.argmax(axis=1) == targets}
    )
    found = judged.groupby(bins).mean()
    return found.assign(count=np.bincount(bins)[found.index]).reset_index(drop=True)


def expected_error(logits: np.ndarray, targets: np.ndarray) -> float:
    """Expected calibration error, 0 to 1: how far confidence and accuracy lie apart on average."""
    rows = reliability(logits, targets)
    apart = (rows["confidence"] - rows["accuracy"]).abs()
    return float(np.average(apart, weights=rows["count"]))
