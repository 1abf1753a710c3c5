"""How well classes are told apart: accuracy, balanced accuracy, recall, with intervals."""

import numpy as np
from sklearn import metrics

from mintmark.stats import intervals


def accuracy(actual: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Accuracy with Wilson's interval, and n. actual, predicted: class numbers (N,)."""
    hits = int((actual == predicted).sum())
    return {**intervals.share("accuracy", hits, len(actual)), "n": len(actual)}


def classification(actual: np.ndarray, predicted: np.ndarray, names: list[str]) -> dict:
    """Judge predicted against actual class numbers (N,), beside the commonest class.

    Balanced accuracy, macro F1 and recall are over the classes that occur in `actual`. The
    intervals of recall and accuracy are Wilson's; that of balanced accuracy is made of the recalls'.
    """
    present, counts = np.unique(actual, return_counts=True)
    hits = np.array([(predicted[actual == k] == k).sum() for k in present])
    recall = {
        names[k]: intervals.share("r", int(h), int(n)) for k, h, n in zip(present, hits, counts, strict=True)
    }
    macro_f1 = metrics.f1_score(actual, predicted, labels=present, average="macro", zero_division=0)
    return {
        **_balanced(recall),
        **{f"recall{end}": {name: of[f"r{end}"] for name, of in recall.items()} for end in intervals.ENDS},
        **accuracy(actual, predicted),
        "macro_f1": macro_f1,
        "majority_accuracy": counts.max() / len(actual),
    }


def mean_recall(actual: np.ndarray, right: np.ndarray, weights: np.ndarray) -> float:
    """Balanced accuracy of weighted items: the mean recall of the classes that occur.

    actual: class numbers (N,); right: bool (N,); weights: (N,).
    """
    named, counted = np.bincount(actual, weights * right), np.bincount(actual, weights)
    there = counted > 0
    return float((named[there] / counted[there]).mean())


def _balanced(recall: dict[str, dict[str, float]]) -> dict[str, float]:
    """The mean of independent recalls, its interval from theirs (MOVER, Zou & Donner 2008)."""
    value, low, high = (np.array([of[f"r{end}"] for of in recall.values()]) for end in intervals.ENDS)
    below, above = (np.sqrt(((value - side) ** 2).sum()) / len(value) for side in (low, high))
    ends = value.mean() - below, value.mean() + above
    return dict(
        zip([f"balanced_accuracy{end}" for end in intervals.ENDS], (value.mean(), *ends), strict=True)
    )
