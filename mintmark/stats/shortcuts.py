"""Shortcut check: can mints be told apart without looking at the coin's script?

A camera, a background or a scale may differ between mints. Where a simple classifier does well on
nothing but the mean colour, the size of the coin or of the file, a network may have learnt that.
Geirhos et al. (2020), "Shortcut Learning in Deep Neural Networks".
"""

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mintmark.stats import classification, intervals

OF_COINS = {"colour": ["red", "green", "blue"], "coin_size": ["r"], "file_size": ["bytes"]}


def of_coins(table: pd.DataFrame, crops: pd.DataFrame) -> dict[str, np.ndarray]:
    """What was measured on the photographs of coins, by kind: (N,D), both sides; NaN where missing.

    table: coins (column id); crops: manifest of crops with the columns of `cleaning.MEASURES`.
    """
    sides = crops.drop_duplicates(["id", "side"]).pivot(index="id", columns="side")
    return {
        name: sides.loc[table["id"], columns].to_numpy(float) for name, columns in OF_COINS.items()
    }


def of_photographs(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """What single photographs give away, by kind: (N,D). table: columns of `competition.MEASURES`."""
    kinds = ("colour", "file_size")
    return {kind: table[OF_COINS[kind]].to_numpy(float) for kind in kinds}


def check(
    features: dict[str, np.ndarray], targets: np.ndarray, part: np.ndarray, group: np.ndarray,
    seed: int,
) -> dict[str, dict]:  # fmt: skip
    """How well each kind of feature alone tells classes apart on the test part.

    features: (N,D) by kind; targets: class numbers (N,); part: "train", "validation" or "test" (N,);
    group: items that are no independent evidence (N,). Logistic regression with balanced classes;
    intervals are bootstraps over groups. `best` is the kind with the best balanced accuracy on the
    validation part.
    """
    train, validation, test = (part == name for name in ("train", "validation", "test"))
    found, known = {}, {}
    for kind, values in features.items():
        model = make_pipeline(
            SimpleImputer(keep_empty_features=True), StandardScaler(),
            LogisticRegression(class_weight="balanced", max_iter=1_000),
        )  # fmt: skip
        model.fit(values[train], targets[train])
        answers = model.predict(values[test])
        found[kind] = _judged(targets[test], answers, np.asarray(group)[test], seed)
        right = model.predict(values[validation]) == targets[validation]
        known[kind] = classification.mean_recall(targets[validation], right, np.ones(len(right)))
    return {**found, "best": max(known, key=known.get)}


def _judged(
    actual: np.ndarray, answers: np.ndarray, group: np.ndarray, seed: int
) -> dict[str, float]:
    right = actual == answers

    def figures(weights: np.ndarray) -> dict[str, float]:
        return {
            "accuracy": np.average(right, weights=weights),
            "balanced_accuracy": classification.mean_recall(actual, right, weights),
        }

    return intervals.over_groups(figures, np.unique(group, return_inverse=True)[1], seed)
