"""How well classes are told apart: accuracy, balanced accuracy, recall, with intervals."""

from typing import Any

import numpy as np
from sklearn import metrics

from mintmark.stats import intervals


def accuracy(actual: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Accuracy with Wilson's interval, and n. actual, predicted: class numbers (N,)."""
    hits = int((actual == predicted).sum())
    return {**intervals.share("accuracy", hits, len(actual)), "n": len(actual)}


def classification(actual: np.ndarray, predicted: np.ndarray, names: list[str]) -> dict[str, Any]:
    """Evaluate predicted against actual class numbers (N,), beside the commonest class.

    Balanced accuracy, macro F1 and recall are over the classes that occur in `actual`. The
    intervals of recall and accuracy are Wilson's; that of balanced accuracy follows from the
    recalls'. recall, recall_low and recall_high are dictionaries by the class's name.
    """
    present, counts = np.unique(actual, return_counts=True)
    recalls = {}
    for number, count in zip(present, counts, strict=True):
        hits = int((predicted[actual == number] == number).sum())
        recalls[names[number]] = intervals.share("recall", hits, int(count))
    ends = [f"recall{end}" for end in intervals.ENDS]
    macro_f1 = metrics.f1_score(actual, predicted, labels=present, average="macro", zero_division=0)
    return {
        **_balanced(recalls),
        **{end: {name: recall[end] for name, recall in recalls.items()} for end in ends},
        **accuracy(actual, predicted),
        "macro_f1": macro_f1,
        "majority_accuracy": counts.max() / len(actual),
    }


def rivals(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Logits (N,C) without those of the targets (N,), which become minus infinity."""
    others = logits.copy()
    others[np.arange(len(others)), targets] = -np.inf
    return others


def lead(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """How far the targets' logits lie above the best of the other classes: (N,)."""
    rows = np.arange(len(logits))
    return logits[rows, targets] - rivals(logits, targets).max(axis=1)


def mean_recall(actual: np.ndarray, right: np.ndarray, weights: np.ndarray) -> float:
    """Balanced accuracy of weighted items: the mean recall of the classes that occur.

    actual: class numbers (N,); right: bool (N,); weights: (N,).
    """
    hits, counts = np.bincount(actual, weights * right), np.bincount(actual, weights)
    present = counts > 0
    return float((hits[present] / counts[present]).mean())


def _balanced(recalls: dict[str, dict[str, float]]) -> dict[str, float]:
    """The mean of independent recalls, its interval from theirs (MOVER, Zou & Donner 2008)."""
    value, low, high = (
        np.array([recall[f"recall{end}"] for recall in recalls.values()]) for end in intervals.ENDS
    )
    below, above = (np.sqrt(((value - side) ** 2).sum()) / len(value) for side in (low, high))
    return {
        "balanced_accuracy": value.mean(),
        "balanced_accuracy_low": value.mean() - below,
        "balanced_accuracy_high": value.mean() + above,
    }
