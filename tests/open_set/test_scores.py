"""Scores for coins of unknown mints, and how well they tell."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from mintmark.geometry import grid
from mintmark.open_set import scores

RNG = np.random.default_rng(0)


def test_energy_and_its_kin_are_lower_for_surer_coins():
    known = scores.Output(np.array([[9.0, 0.0], [0.0, 9.0]] * 5), RNG.normal(0, 1, (10, 4)))
    coins = scores.Output(np.array([[9.0, 0.0], [0.1, 0.0]]), RNG.normal(0, 1, (2, 4)))
    found = scores.scores(coins, known, np.array([0, 1] * 5), 3)
    assert set(found) == set(scores.LABELS)
    for score in ("max_softmax", "max_logit", "energy"):
        assert found[score][0] < found[score][1]
    assert found["energy"][1] == pytest.approx(-np.log(np.exp(0.1) + 1))


def test_distance_grows_away_from_the_known_coins():
    known = RNG.normal([5, 0, 0], 0.1, (20, 3))
    near, far = scores.distance(np.array([[5.0, 0, 0], [0, 5.0, 0]]), known, neighbours=5)
    assert near < 0.01 and far == pytest.approx(1, abs=0.1)


def test_mahalanobis_counts_in_deviations_from_the_nearest_mint():
    mints = np.repeat([0, 1], 2_000)
    known = RNG.normal(0, [1, 5], (4_000, 2)) + np.outer(mints, [20, 0])
    found = scores.mahalanobis(np.array([[20.0, 0], [3, 0], [0, 15]]), known, mints)
    assert found == pytest.approx([0, 3, 3], abs=0.2)


@pytest.mark.parametrize("ties", [False, True])
def test_detection_agrees_with_scikit_learn(ties):
    known, unknown = RNG.normal(0, 1, 80), RNG.normal(0.8, 1, 50)
    if ties:
        known, unknown = known.round(), unknown.round()
    figures = scores.detection(known, unknown, seed=1)
    truth, strange = [0] * 80 + [1] * 50, [*known, *unknown]
    assert figures["auroc"] == pytest.approx(roc_auc_score(truth, strange))
    assert figures["aupr"] == pytest.approx(average_precision_score(truth, strange))
    fpr, tpr, _ = roc_curve(truth, strange, drop_intermediate=False)
    assert figures["fpr95"] == pytest.approx(1 - tpr[fpr <= 0.05].max())
    assert figures["prevalence"] == pytest.approx(50 / 130)
    for name in ("auroc", "fpr95", "aupr"):
        assert figures[f"{name}_low"] <= figures[name] <= figures[f"{name}_high"]


def test_the_interval_narrows_with_more_coins():
    few, many = (
        scores.detection(RNG.normal(0, 1, n), RNG.normal(1, 1, n), seed=1) for n in (20, 500)
    )
    width = [of["auroc_high"] - of["auroc_low"] for of in (few, many)]
    assert width[1] < 0.4 * width[0]


def test_a_threshold_accepts_most_validation_coins_and_refuses_what_is_strange():
    figures = scores.refusal(np.arange(100.0), np.arange(100.0), np.arange(90.0, 190.0))
    assert figures["known"]["refused"] == pytest.approx(0.05)
    assert figures["unknown"]["refused"] == pytest.approx(0.95)
    assert figures["known"]["refused_low"] < 0.05 < figures["known"]["refused_high"]


def test_far_controls_show_no_coin():
    circles = np.tile(np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]]), (3, 1, 1))
    places = grid.locate(circles, (64, 128))
    images = RNG.integers(60, 200, (3, 64, 128, 3)).astype(np.uint8)
    far = scores.far(images, places, seed=1)
    assert set(far) == {"blank", "noise", "object"}
    for name, shown in far.items():
        np.testing.assert_array_equal(shown[~places.coin], images[~places.coin])
        assert (shown[places.coin] != images[places.coin]).mean() > 0.9, name
    assert np.ptp(far["blank"][0][places.coin[0]], axis=0).max() == 0
    assert len({piece.tobytes() for piece in far["object"]}) == 3
