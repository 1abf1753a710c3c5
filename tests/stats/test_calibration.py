"""Calibration: the temperature that was put in comes out, and the error says how far it is off."""

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from mintmark.stats import calibration


@pytest.fixture
def honest():
    """Logits whose confidence is right, and the targets drawn from them."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (6_000, 5))
    likely = softmax(logits, axis=1)
    return logits, (likely.cumsum(axis=1) < rng.random((6_000, 1))).sum(axis=1)


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_the_temperature_undoes_what_was_multiplied(honest, factor):
    logits, targets = honest
    assert calibration.temperature(factor * logits, targets) == pytest.approx(factor, rel=0.05)


def test_answers_that_are_all_right_are_no_proof_of_certainty():
    """As sure as so few answers allow, whatever the size of the logits."""
    targets = np.arange(60) % 3
    for size in (0.01, 1, 1_000):
        logits = size * np.eye(3)[targets]
        sure = softmax(logits / calibration.temperature(logits, targets), axis=1).max()
        assert sure == pytest.approx(60 / 61, abs=1e-3)


def test_a_doubt_more_hardly_matters_where_there_are_mistakes(honest):
    logits, targets = (array[:200] for array in honest)
    found = calibration.temperature(logits, targets)
    likely = [log_softmax(logits / t, axis=1)[np.arange(200), targets].mean()
              for t in (0.97 * found, found, 1.03 * found)]  # fmt: skip
    assert max(likely) - likely[1] < 1e-3


def test_logits_that_say_nothing_stay_as_they_are():
    assert calibration.temperature(np.zeros((4, 3)), np.array([0, 1, 2, 0])) == 1


def test_the_error_is_small_for_honest_confidence_and_large_for_boasting(honest):
    logits, targets = honest
    assert calibration.expected_error(logits, targets) < 0.03
    assert calibration.expected_error(5 * logits, targets) > 0.15


def test_the_error_by_hand():
    """Four answers of confidence 0.9, of which half are right, lie 0.4 apart."""
    logits = np.log(np.tile([0.9, 0.1], (4, 1)))
    assert calibration.expected_error(logits, np.array([0, 0, 1, 1])) == pytest.approx(0.4)
    assert calibration.reliability(logits, np.array([0, 0, 1, 1])).to_numpy().tolist() == [
        pytest.approx([0.9, 0.5, 4])
    ]
