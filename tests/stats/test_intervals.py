"""Metrics and their intervals, against values worked out by hand or by another route."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import recall_score

from mintmark.stats import classification, intervals, paired


def test_wilsons_interval():
    metrics = intervals.share("accuracy", 8, 10)
    expected = binomtest(8, 10).proportion_ci(method="wilson")
    assert metrics["accuracy"] == 0.8
    assert metrics["accuracy_low"] == pytest.approx(expected.low)
    assert metrics["accuracy_high"] == pytest.approx(expected.high)


def test_mean_recall_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    actual, predicted = rng.choice([0, 1, 3], 50), rng.integers(0, 5, 50)
    weights = rng.random(50)
    expected = recall_score(
        actual, predicted, labels=[0, 1, 3], average="macro", sample_weight=weights
    )
    found = classification.mean_recall(actual, actual == predicted, weights)
    assert found == pytest.approx(expected)


def test_classification_by_hand():
    actual, predicted = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1, 0])
    metrics = classification.classification(actual, predicted, ["A", "B", "C"])
    assert metrics["accuracy"] == pytest.approx(4 / 6)
    assert metrics["recall"] == pytest.approx({"A": 2 / 3, "B": 1, "C": 0})
    assert metrics["balanced_accuracy"] == pytest.approx(5 / 9)
    assert metrics["macro_f1"] == pytest.approx((2 / 3 + 4 / 5 + 0) / 3)
    assert metrics["majority_accuracy"] == 0.5
    assert metrics["n"] == 6


def test_a_drop_is_paired_and_tested_exactly():
    before = np.array([True] * 30 + [False] * 10)
    after = np.array([True] * 20 + [False] * 10 + [True] * 2 + [False] * 8)
    metrics = paired.drop(before, after, seed=1)
    assert metrics["drop"] == pytest.approx(8 / 40)
    assert metrics["p_value"] == pytest.approx(binomtest(2, 12, 0.5).pvalue)
    assert metrics["drop_low"] < 8 / 40 < metrics["drop_high"]
    assert metrics["drop_low"] > 0


def test_no_change_is_no_drop():
    right = np.array([True, False, True])
    metrics = paired.drop(right, right, seed=1)
    assert metrics == {"drop": 0, "drop_low": 0, "drop_high": 0, "p_value": 1}


def test_the_bootstrap_covers_the_mean_and_follows_its_seed():
    values = np.random.default_rng(0).normal(3, 1, 200)
    metrics = intervals.mean("mass", values, seed=5)
    assert metrics["mass_high"] - metrics["mass_low"] == pytest.approx(4 * 1 / 200**0.5, rel=0.2)
    assert metrics == intervals.mean("mass", values, seed=5)


def test_the_interval_of_balanced_accuracy_holds_what_it_promises():
    rng = np.random.default_rng(0)
    truth, counts, covered = np.array([0.95, 0.6]), (46, 7), 0
    actual = np.repeat([0, 1], counts)
    for _ in range(300):
        right = rng.random(len(actual)) < truth[actual]
        predicted = np.where(right, actual, 1 - actual)
        found = classification.classification(actual, predicted, ["a", "b"])
        low, high = (found[f"balanced_accuracy_{end}"] for end in ("low", "high"))
        covered += low <= truth.mean() <= high
    assert 0.91 < covered / 300 < 0.995


def test_a_mint_never_named_still_leaves_room_for_chance():
    actual, predicted = np.repeat([0, 1], [40, 7]), np.zeros(47, int)
    metrics = classification.classification(actual, predicted, ["a", "b"])
    assert metrics["balanced_accuracy"] == 0.5
    assert metrics["balanced_accuracy_low"] < 0.48 and metrics["balanced_accuracy_high"] > 0.6


def test_holm_corrects_for_the_number_of_tests():
    np.testing.assert_allclose(paired.holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])


def test_balanced_accuracy_and_recall_have_intervals():
    actual = np.repeat([0, 1], [90, 10])
    predicted = np.concatenate([np.zeros(90, int), [1] * 5 + [0] * 5])
    metrics = classification.classification(actual, predicted, ["common", "rare"])
    assert metrics["balanced_accuracy"] == 0.75
    assert metrics["balanced_accuracy_low"] == pytest.approx(0.75 - 0.133, abs=0.01)
    assert metrics["balanced_accuracy_high"] == pytest.approx(0.75 + 0.133, abs=0.01)
    assert metrics["recall_low"]["rare"] < 0.5 < metrics["recall_high"]["rare"]
    assert metrics["recall_low"]["common"] == pytest.approx(90 / (90 + 1.96**2), abs=1e-3)


def test_what_belongs_together_widens_the_interval():
    right = np.arange(200) % 4 > 0
    rank = np.argsort(np.argsort(right, kind="stable"))

    def share(weights):
        return {"accuracy": np.average(right, weights=weights)}

    apart, together = (
        intervals.over_groups(share, group, 1) for group in (np.arange(200), rank // 10)
    )
    assert apart["accuracy"] == together["accuracy"] == 0.75
    width = [found["accuracy_high"] - found["accuracy_low"] for found in (apart, together)]
    assert width[0] == pytest.approx(2 * 1.96 * np.sqrt(0.75 * 0.25 / 200), rel=0.1)
    assert width[1] > 2.5 * width[0]
