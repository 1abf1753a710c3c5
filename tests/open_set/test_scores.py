"""Scores for coins of unknown mints, and how well they tell."""

import numpy as np
import pandas as pd
import pytest
from sklearn.covariance import LedoitWolf
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from mintmark.data.coins import CoinSet
from mintmark.open_set import detection, far, scores

RNG = np.random.default_rng(0)


def test_energy_and_its_kin_are_lower_for_surer_coins():
    known = scores.Known(RNG.normal(0, 1, (10, 4)), np.array([0, 1] * 5), neighbours=3)
    coins = scores.Output(np.array([[9.0, 0.0], [0.1, 0.0]]), RNG.normal(0, 1, (2, 4)))
    found = {name: score.values(coins, known) for name, score in scores.SCORES.items()}
    assert all(len(values) == 2 for values in found.values())
    for score in ("max_softmax", "max_logit", "energy"):
        assert found[score][0] < found[score][1]
    assert found["energy"][1] == pytest.approx(-np.log(np.exp(0.1) + 1))


def test_distance_grows_away_from_the_known_coins():
    known = RNG.normal([5, 0, 0], 0.1, (20, 3))
    coins = scores.Output(np.zeros((2, 2)), np.array([[5.0, 0, 0], [0, 5.0, 0]]))
    learnt = scores.Known(known, np.zeros(20, int), neighbours=5)
    near, away = scores.SCORES["distance"].values(coins, learnt)
    assert near < 0.01 and away == pytest.approx(1, abs=0.1)


def test_mahalanobis_counts_in_deviations_from_the_nearest_mint():
    mints = np.repeat([0, 1], 2_000)
    known = RNG.normal(0, [1, 5], (4_000, 2)) + np.outer(mints, [20, 0])
    coins = scores.Output(np.zeros((3, 2)), np.array([[20.0, 0], [3, 0], [0, 15]]))
    found = scores.SCORES["mahalanobis"].values(coins, scores.Known(known, mints, neighbours=5))
    assert found == pytest.approx([0, 3, 3], abs=0.2)


def test_mahalanobis_is_that_of_the_shrunk_covariance_with_more_features_than_coins():
    mints, known = np.repeat([0, 1], 15), RNG.normal(0, 1, (30, 50))
    coins = scores.Output(np.zeros((4, 2)), RNG.normal(0, 2, (4, 50)))
    means = np.stack([known[mints == mint].mean(axis=0) for mint in (0, 1)])
    shrunk = LedoitWolf(assume_centered=True).fit(known - means[mints])
    expected = np.min([shrunk.mahalanobis(coins.features - mean) for mean in means], axis=0)
    found = scores.SCORES["mahalanobis"].values(coins, scores.Known(known, mints, neighbours=5))
    assert found == pytest.approx(expected**0.5)


@pytest.mark.parametrize("ties", [False, True])
def test_detection_agrees_with_scikit_learn(ties):
    known, unknown = RNG.normal(0, 1, 80), RNG.normal(0.8, 1, 50)
    if ties:
        known, unknown = known.round(), unknown.round()
    found = detection.detection(known, unknown, seed=1)
    truth, values = [0] * 80 + [1] * 50, [*known, *unknown]
    assert found["auroc"] == pytest.approx(roc_auc_score(truth, values))
    assert found["aupr"] == pytest.approx(average_precision_score(truth, values))
    fpr, tpr, _ = roc_curve(truth, values, drop_intermediate=False)
    assert found["fpr95"] == pytest.approx(1 - tpr[fpr <= 0.05].max())
    assert found["prevalence"] == pytest.approx(50 / 130)
    for name in ("auroc", "fpr95", "aupr"):
        assert found[f"{name}_low"] <= found[name] <= found[f"{name}_high"]


def test_the_interval_narrows_with_more_coins():
    few, many = (
        detection.detection(RNG.normal(0, 1, n), RNG.normal(1, 1, n), seed=1) for n in (20, 500)
    )
    width = [found["auroc_high"] - found["auroc_low"] for found in (few, many)]
    assert width[1] < 0.4 * width[0]


def test_a_threshold_accepts_most_validation_coins_and_refuses_what_is_unlike_them():
    found = detection.refusal(np.arange(100.0), np.arange(100.0), np.arange(90.0, 190.0))
    assert found["known"]["refused"] == pytest.approx(0.05)
    assert found["unknown"]["refused"] == pytest.approx(0.95)
    assert found["known"]["refused_low"] < 0.05 < found["known"]["refused_high"]


def test_far_controls_show_no_coin():
    images = RNG.integers(60, 200, (3, 64, 128, 3)).astype(np.uint8)
    circle = {"obverse_x": 31.5, "obverse_y": 31.5, "obverse_r": 30,
              "reverse_x": 95.5, "reverse_y": 31.5, "reverse_r": 30}  # fmt: skip
    coins = CoinSet(pd.DataFrame({"id": list("abc"), "mint": "A", **circle}), images, ["A"])
    coin = coins.grid.coin
    controls = far.controls(coins, seed=1)
    assert set(controls) == {"blank", "noise", "object"}
    for name, shown in controls.items():
        np.testing.assert_array_equal(shown[~coin], images[~coin])
        assert (shown[coin] != images[coin]).mean() > 0.9, name
    assert np.ptp(controls["blank"][0][coin[0]], axis=0).max() == 0
    assert len({piece.tobytes() for piece in controls["object"]}) == 3
