"""What a network loses when a region of the coin is masked, on the same coins."""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import confusion_matrix

from mintmark.geometry.grid import CoinGrid
from mintmark.geometry.regions import Region
from mintmark.occlusion.trials import VARIANTS, Answers, Trial, whole
from mintmark.stats import classification, intervals, paired

KEYS = ("balanced_accuracy", "accuracy", "accuracy_low", "accuracy_high", "n", "recall")


def default_trials(radius: float, fill: str) -> dict[str, Trial]:
    """The trials that every question begins with: nothing masked, the field, and the margin."""
    masked = {name: Trial(zone(radius), fill) for name, zone in VARIANTS.items()}
    return {"original": whole(fill), **masked}


def compare(
    answers: Answers,
    trials: dict[str, Trial],
    *,
    targets: np.ndarray,
    names: Sequence[str],
    seed: int,
) -> dict[str, dict]:
    """Accuracy of each trial, and how far it falls below that of the trial "original".

    targets: class numbers (N,). For each masked trial also recall by mint, the change of the true
    mint's logit, p-values corrected over the trials (Holm 1979), and how many coins flow from one
    answer to the other.
    """
    logits = {name: answers[trial] for name, trial in trials.items()}
    before = logits["original"]
    found = {}
    for name, after in logits.items():
        predicted = after.argmax(axis=1)
        metrics = classification.classification(targets, predicted, list(names))
        found[name] = {key: metrics[key] for key in KEYS}
        if name != "original":
            found[name] |= effect(before, after, targets, seed)
            found[name]["flow"] = flow(before.argmax(axis=1), predicted, names)
    correct_for_family([found[name] for name in trials if name != "original"])
    return found


def effect(before: np.ndarray, after: np.ndarray, targets: np.ndarray, seed: int) -> dict:
    """What masking does to the same coins: drop of accuracy, its test, change of the true logit.

    before, after: logits (N,classes); targets: class numbers (N,). Intervals are over coins.
    """
    rows = np.arange(len(targets))
    change = (after - before)[rows, targets]
    return {
        **paired.drop(hits(before, targets), hits(after, targets), seed),
        **intervals.mean("logit_change", change, seed),
    }


def hits(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Which coins logits (N,classes) classify correctly: bool (N,)."""
    return logits.argmax(axis=1) == targets


def correct_for_family(effects: Sequence[dict]) -> None:
    """Add to each effect its p-value corrected for all of them (Holm 1979), as p_holm."""
    corrected = paired.holm([effect["p_value"] for effect in effects])
    for effect, p_value in zip(effects, corrected, strict=True):
        effect["p_holm"] = p_value


def flow(before: np.ndarray, after: np.ndarray, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Coins by the mint named before (outer) and after (inner) masking. before, after: (N,)."""
    counts = confusion_matrix(before, after, labels=range(len(names)))
    return {
        first: dict(zip(names, row.tolist(), strict=True))
        for first, row in zip(names, counts, strict=True)
    }


def area(region: Region, grid: CoinGrid) -> float:
    """The share of the coins' area that a region takes, 0 to 1."""
    return float(region.mask(grid).sum() / grid.coin.sum())
