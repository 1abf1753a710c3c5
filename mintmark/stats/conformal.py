"""Sets of answers that hold the truth with a promised probability: split conformal prediction.

Vovk, Gammerman & Shafer (2005), "Algorithmic Learning in a Random World"; Sadinle, Lei & Wasserman
(2019), "Least Ambiguous Set-Valued Classifiers". The promise holds for coins that are drawn as those
were that the sets are calibrated on.
"""

from collections.abc import Sequence

import numpy as np
from crepes import ConformalClassifier

JOINED = " | "  # between the members of a set in words


def nonconformity(probabilities: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """How little answers conform with the truth: 1 less the true class's probability, (N,).

    probabilities: (N,C); targets: class numbers (N,).
    """
    return 1 - probabilities[np.arange(len(targets)), targets]


def sets(known: np.ndarray, probabilities: np.ndarray, confidence: float) -> np.ndarray:
    """Which answers belong to each coin's set: bool (N,C).

    known: `nonconformity` of coins that did not teach (V,); probabilities: (N,C); confidence: the
    promised probability that a set holds the truth. The likeliest answer always belongs to it.
    """
    if not len(probabilities):
        return np.zeros(probabilities.shape, bool)
    classifier = ConformalClassifier().fit(known)
    found = classifier.predict_set(1 - probabilities, confidence=confidence, smoothing=False)
    chosen = np.asarray(found, bool)
    chosen[np.arange(len(chosen)), probabilities.argmax(axis=1)] = True
    return chosen


def named(chosen: np.ndarray, probabilities: np.ndarray, names: Sequence[str]) -> str:
    """A set of answers in words, the likeliest first. chosen: bool (C,); probabilities: (C,)."""
    order = np.argsort(-probabilities, kind="stable")
    return JOINED.join(names[number] for number in order if chosen[number])
