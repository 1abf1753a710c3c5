"""Folds of the mint study."""

import numpy as np
import pandas as pd
import pytest

from mintmark.cross_validation import folds, summary
from mintmark.data import splitting

COUNT = 4


@pytest.fixture
def coins():
    """Coins of three mints, one of them rare, in groups of up to three."""
    rng = np.random.default_rng(0)
    mints = ["A"] * 60 + ["B"] * 50 + ["C"] * 14
    groups = [f"{mint}{rng.integers(len(mints) // 3)}" for mint in mints]
    return pd.DataFrame({"mint": mints, "group": pd.factorize(np.array(groups))[0]})


def made(coins, number, seed=1):
    return folds.parts(coins, number=number, count=COUNT, validation=0.2, seed=seed)


def test_every_coin_tests_once_and_groups_stay_together(coins):
    found = [made(coins, number) for number in range(1, COUNT + 1)]
    tested = np.sum([(table["part"] == "test").to_numpy() for table in found], axis=0)
    assert (tested == 1).all()
    for table in found:
        assert splitting.groups_across_parts(table) == 0
        assert set(table["part"]) == {"train", "validation", "test"}
        assert set(table.loc[table["part"] == "test", "mint"]) == {"A", "B", "C"}


def test_another_repeat_has_other_folds(coins):
    assert (made(coins, 1)["part"] == made(coins, 1)["part"]).all()
    assert (made(coins, 1)["part"] != made(coins, 1, seed=2)["part"]).any()


def answers(predicted, task="two", repeat=1, fold=1):
    """Answers on six coins of mints A and B, each a group of its own but the last two."""
    table = pd.DataFrame({"id": [f"{k:06d}" for k in range(6)], "actual": list("AAABBB")})
    named = {"predicted": list(predicted), "centre": list(predicted), "margin": list("AAAAAA")}
    return table.assign(
        group=[0, 1, 2, 3, 4, 4], **named, confidence=0.9, task=task, repeat=repeat, fold=fold
    )


@pytest.fixture
def two_repeats():
    """Both tasks twice: coin 0 always wrong, coin 5 wrong once."""
    return pd.concat(
        [answers(named, task, repeat) for task in folds.TASKS
         for repeat, named in ((1, "BAABBB"), (2, "BAABBA"))],
        ignore_index=True,
    )  # fmt: skip


def test_a_coin_counts_by_the_share_of_repeats_in_which_it_is_right(two_repeats):
    found = summary.metrics(two_repeats, seed=1)["two"]
    assert found["n"] == 6 and found["repeats"] == 2 and found["folds"] == 1
    assert found["recall"] == pytest.approx({"A": 2 / 3, "B": 2.5 / 3})
    assert found["accuracy"] == pytest.approx(4.5 / 6)
    assert found["balanced_accuracy"] == pytest.approx(0.75)
    assert found["balanced_accuracy_low"] < 0.75 < found["balanced_accuracy_high"]
    assert found["centre"]["balanced_accuracy"] == pytest.approx(0.75)
    assert found["margin"]["balanced_accuracy"] == pytest.approx(0.5)


def test_the_spread_is_over_folds_and_repeats(two_repeats):
    spread = summary.spread(two_repeats)
    assert spread["n"].tolist() == [6] * 4
    found = summary.over_repeats(spread)["two"]
    assert found["repeats_greatest"] == pytest.approx((2 / 3 + 1) / 2)
    assert found["repeats_least"] == pytest.approx(2 / 3)


def test_only_coins_that_are_wrong_in_every_repeat_are_listed(two_repeats):
    found = summary.always_wrong(two_repeats)
    assert found["id"].tolist() == ["000000"] * 2
    assert found["task"].tolist() == ["three", "two"]
    assert found["predicted"].tolist() == ["B", "B"]
