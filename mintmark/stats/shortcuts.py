"""Shortcut check, whether classes can be told apart without looking at the coin's script.

A camera, a ground or a scale may differ between mints. Where a simple classifier does well on nothing
but the mean colour, that of the ground beside the coin, the shape of the coin's outline or the size of
coin or file, a network may have learnt that.
Geirhos et al. (2020), "Shortcut Learning in Deep Neural Networks".
"""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from mintmark.stats import classification, intervals

COLUMNS = {
    "colour": ["red", "green", "blue"],
    "coin_size": ["r"],
    "file_size": ["bytes"],
    "ground": ["ground_red", "ground_green", "ground_blue"],
    "outline": [f"outline_{hour}" for hour in range(12)],
}
OF_A_PHOTOGRAPH = ("colour", "file_size")  # what is known of one without finding the coin


def coin_measures(table: pd.DataFrame, crops: pd.DataFrame) -> dict[str, np.ndarray]:
    """What was measured on both sides of coins, by kind: (N,D), NaN where a side is missing.

    table: coins (column id); crops: manifest of crops with the columns of COLUMNS.
    """
    sides = crops.drop_duplicates(["id", "side"]).pivot(index="id", columns="side")
    return {
        kind: sides.loc[table["id"], columns].to_numpy(float) for kind, columns in COLUMNS.items()
    }


def photograph_measures(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """What was measured on single photographs, by kind: (N,D).

    table: the columns bytes, red, green, blue.
    """
    return {kind: table[COLUMNS[kind]].to_numpy(float) for kind in OF_A_PHOTOGRAPH}


def check(
    features: dict[str, np.ndarray],
    targets: np.ndarray,
    *,
    part: np.ndarray,
    group: np.ndarray,
    seed: int,
) -> dict[str, Any]:
    """How well each kind of feature alone tells classes apart on the test coins.

    features: (N,D) by kind; targets: class numbers (N,); part: "train", "validation" or "test",
    (N,); group: items that are no independent evidence (N,).

    Returns accuracy and balanced accuracy by kind, of a logistic regression with balanced classes,
    with bootstrap intervals over groups. `best` is the kind with the best balanced accuracy on the
    validation coins.
    """
    train, validation, test = (part == name for name in ("train", "validation", "test"))
    test_group = np.unique(np.asarray(group)[test], return_inverse=True)[1]
    found: dict[str, Any] = {}
    known: dict[str, float] = {}
    for kind, values in features.items():
        model = _classifier().fit(values[train], targets[train])
        right = model.predict(values[test]) == targets[test]
        found[kind] = _evaluated(targets[test], right, test_group, seed)
        right = model.predict(values[validation]) == targets[validation]
        known[kind] = classification.mean_recall(targets[validation], right, np.ones(len(right)))
    return {**found, "best": max(known, key=known.__getitem__)}


def _classifier() -> Pipeline:
    return make_pipeline(
        SimpleImputer(keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(class_weight="balanced", max_iter=1_000),
    )


def _evaluated(
    actual: np.ndarray, right: np.ndarray, group: np.ndarray, seed: int
) -> dict[str, float]:
    def metrics(weights: np.ndarray) -> dict[str, float]:
        return {
            "accuracy": float(np.average(right, weights=weights)),
            "balanced_accuracy": classification.mean_recall(actual, right, weights),
        }

    return intervals.over_groups(metrics, group, seed)
