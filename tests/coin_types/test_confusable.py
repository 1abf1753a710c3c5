"""Types that can't be told apart, and the ceiling that they set."""

import numpy as np
import pytest

from mintmark.coin_types import confusable


def test_types_that_trade_places_are_joined_and_others_are_not():
    actual = np.repeat([0, 1, 2, 3], 10)
    predicted = actual.copy()
    predicted[:5], predicted[10:15] = 1, 0  # 0 and 1 are taken for each other half of the time
    predicted[20:22] = 3  # now and then 2 is taken for 3
    group = confusable.groups(actual, predicted, 4)
    assert group[0] == group[1]
    assert len({group[0], group[2], group[3]}) == 3


def test_a_type_taken_for_another_that_keeps_its_name_is_not_joined():
    """All of type 0 is named 1, but 1 is never named 0: a weak spot, not two types that are one."""
    actual = np.repeat([0, 1], 10)
    assert len(set(confusable.groups(actual, np.ones(20, int), 2))) == 2


def test_the_ceiling_is_what_naming_the_commonest_of_a_group_would_reach():
    group = np.array([0, 0, 1])
    actual = np.array([0, 0, 0, 1, 2, 2])
    predicted = np.array([1, 1, 0, 0, 2, 0])
    found = confusable.ceiling(group, actual, predicted)
    assert (found["groups"], found["types"]) == (1, 2)
    assert found["ceiling"] == pytest.approx(5 / 6)  # three of four in the group, and both others
    assert found["group_accuracy"] == pytest.approx(5 / 6)
    assert found["group_accuracy_low"] < 5 / 6 < found["group_accuracy_high"]


def test_coins_that_are_the_same_by_construction_come_out_as_one_group():
    """Answers drawn at random between two types: only those two are joined."""
    rng = np.random.default_rng(0)
    actual = np.repeat(np.arange(5), 60)
    predicted = np.where(actual < 2, rng.integers(0, 2, 300), actual)
    group = confusable.groups(actual, predicted, 5)
    assert group[0] == group[1]
    assert len(set(group)) == 4
