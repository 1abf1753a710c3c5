"""Doubt: sets of answers, unknown coins, one side alone."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics.pairwise import cosine_distances

from mintmark.data.coins import CoinSet
from mintmark.identification import assessment, calibration, similarity
from mintmark.images.cropping import FILL
from mintmark.open_set.scores import Known, Output
from mintmark.stats import conformal


def outcomes(rng, count, confusion=1.5):
    """Targets of three classes and logits that know them more or less."""
    targets = rng.integers(3, size=count)
    return targets, rng.normal(0, confusion, (count, 3)) + 2 * np.eye(3)[targets]


@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.95])
def test_sets_hold_the_truth_as_often_as_promised(confidence):
    rng = np.random.default_rng(1)
    held = answers = 0
    for _ in range(40):  # over validation parts as well as coins, as the promise says
        known, logits = outcomes(rng, 60)
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        new, other = outcomes(rng, 50)
        chances = np.exp(other) / np.exp(other).sum(axis=1, keepdims=True)
        sets = conformal.sets(conformal.nonconformity(probabilities, known), chances, confidence)
        held += sets[np.arange(50), new].sum()
        answers += sets.sum()
    assert binomtest(int(held), 2_000, confidence, alternative="less").pvalue > 0.01
    assert held / 2_000 < confidence + 0.04  # and not by naming everything
    assert 2_000 < answers < 5_500


def test_the_likeliest_answer_is_always_in_the_set():
    known = np.zeros(50)  # all were sure and right
    sets = conformal.sets(known, np.array([[0.4, 0.35, 0.25]]), 0.9)
    assert sets.tolist() == [[True, False, False]]
    assert conformal.sets(known, np.zeros((0, 3)), 0.9).shape == (0, 3)


def test_coins_far_from_all_that_taught_are_unknown():
    rng = np.random.default_rng(2)
    centres = np.eye(3, 8) * 5

    def seen(targets):
        features = centres[targets] + rng.normal(0, 0.3, (len(targets), 8))
        return Output(3 * features[:, :3], features)

    taught, validating, new = (rng.integers(3, size=count) for count in (90, 200, 400))
    known = Known(seen(taught).features, taught, neighbours=3)
    calibrated = calibration.calibrate(seen(validating), validating, known, accepted=0.95)
    refused = calibration.unknown(seen(new), known, calibrated).mean()
    assert refused < 0.1
    far = Output(rng.normal(0, 1, (20, 3)), rng.normal(0, 5, (20, 8)) * np.r_[0, 0, 0, np.ones(5)])
    assert calibration.unknown(far, known, calibrated).all()


def test_one_side_is_shown_and_the_other_left_grey():
    table = pd.DataFrame({"id": ["1"], "mint": ["A"]})
    for side, x in (("obverse", 16), ("reverse", 48)):
        table[f"{side}_x"], table[f"{side}_y"], table[f"{side}_r"] = x, 16, 14
    coins = CoinSet(table, np.full((1, 32, 64, 3), 7, np.uint8), ["A"])
    obverse, reverse = (calibration.shown(coins, view).images[0] for view in ("obverse", "reverse"))
    assert (obverse[:, :32] == 7).all() and (obverse[:, 32:] == FILL).all()
    assert (reverse[:, 32:] == 7).all() and (reverse[:, :32] == FILL).all()
    assert (calibration.shown(coins, "both").images == 7).all()


def test_what_is_said_is_assessed():
    table = pd.DataFrame(
        {
            "id": list("abcde"), "group": range(5), "actual": ["A", "A", "B", "B", "C"],
            "taught": [True] * 4 + [False], "predicted": ["A", "B", "B", "B", "A"],
            "probability": [0.9, 0.6, 0.8, 0.95, 0.7], "unknown": [False, True, False, False, True],
            "holds_90": [True, True, True, False, False], "size_90": [1, 2, 1, 1, 1],
        }
    )  # fmt: skip
    found = assessment.assess(table, [0.9])
    assert found["sets"]["90"]["coverage"] == 0.75
    assert found["sets"]["90"]["size_by_mint"] == {"A": 1.5, "B": 1.0}
    assert found["refused"]["known"] == {"refused": 0.25, "n": 4}
    assert found["refused"]["by_mint"] == {"C": {"refused": 1.0, "n": 1}}
    risk = assessment.risk(table)
    assert risk["coverage"].tolist() == [0.25, 0.5, 0.75, 1]
    assert risk["risk"].tolist() == [0, 0, 0, 0.25]


def test_retrieval_is_judged_without_the_own_group():
    features = np.array([[1, 0], [1, 0.01], [0.9, 0.5], [0, 1], [0.1, 1]])
    mints, groups = np.array(list("AAABB")), np.array([0, 0, 1, 2, 3])
    distances = cosine_distances(features, features)
    found = similarity.retrieval(distances, mints[:, None] == mints, groups[:, None] != groups)
    assert found["n"] == 5
    # Each B finds the other B, each A the A of another group, but that one finds a B as near as an A.
    assert found["recall_at_1"] == 1
    assert 0.8 < found["mean_average_precision"] <= 1 and found["chance"] < 0.6
    none = similarity.retrieval(distances[:1], np.zeros((1, 5), bool), np.ones((1, 5), bool))
    assert none == {"n": 0}
