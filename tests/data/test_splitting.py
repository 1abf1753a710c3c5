"""Parts keep groups together and classes in proportion."""

import numpy as np
import pandas as pd
import pytest

from mintmark.data import splitting
from mintmark.pipeline.stage import InputError

FRACTIONS = {"test": 0.2, "validation": 0.16}


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    mint = np.repeat(["A", "B", "C"], [250, 220, 40])
    sizes = {0: 250, 1000: 220, 2000: 40}  # by the number of the mint's first group
    group = np.concatenate([rng.integers(n, n + 160, size) for n, size in sizes.items()])
    return pd.DataFrame({"mint": mint, "group": group})


def test_no_group_crosses_parts_and_shares_are_kept(table):
    table = table.assign(part=splitting.parts(table["mint"], table["group"], FRACTIONS, 42))
    assert splitting.groups_across_parts(table) == 0
    shares = table["part"].value_counts(normalize=True)
    assert shares["test"] == pytest.approx(0.2, abs=0.03)
    assert shares["validation"] == pytest.approx(0.16, abs=0.03)
    for mint, number in (("A", 50), ("B", 44), ("C", 8)):
        tested = splitting.counts(table).loc[mint, "test"]
        assert tested == pytest.approx(number, abs=0.3 * number)


def test_groups_across_parts_would_be_counted():
    table = pd.DataFrame({"group": [1, 1, 2], "part": ["train", "test", "test"]})
    assert splitting.groups_across_parts(table) == 1


def test_the_seed_decides(table):
    first, again, other = (
        splitting.parts(table["mint"], table["group"], FRACTIONS, seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def chosen(coins, classes, third):
    """The mints that the split's parameters choose of coins by mint."""
    mints = pd.Series([mint for mint, count in coins.items() for _ in range(count)])
    settings = splitting.Mints(classes=classes, third=third, validation=0.2, seed=0)
    return splitting.chosen_mints(mints, settings)


def test_auto_takes_the_two_largest_beside_the_third():
    coins = {"A": 5, "B": 9, "C": 30, "D": 12}
    assert chosen(coins, "auto", "C") == (["D", "B"], "C")


def test_the_third_may_be_the_largest_of_the_rest():
    coins = {"A": 5, "B": 9, "C": 30, "D": 12}
    assert chosen(coins, "auto", "auto") == (["C", "D"], "B")
    assert chosen(coins, ["A", "D"], "auto") == (["A", "D"], "C")
    with pytest.raises(InputError, match="coins of A, B alone"):
        chosen({"A": 5, "B": 9}, "auto", "auto")


def test_a_mint_that_is_not_there_is_named():
    with pytest.raises(InputError, match="no coin of X is left; the mints are A, B"):
        chosen({"A": 5, "B": 9}, ["A", "B"], "X")
    with pytest.raises(InputError, match="not three different"):
        chosen({"A": 5, "B": 9}, ["A", "A"], "B")


def test_a_mint_too_small_to_be_split_is_named():
    table = pd.DataFrame(
        {"mint": ["A"] * 3 + ["B"] * 2, "part": ["train", "test", "validation", "train", "test"]}
    ).assign(group=range(5))
    with pytest.raises(InputError, match="B has too few coins .2 in 2 groups.*validation part"):
        splitting.check(table)


def test_hardly_any_groups_is_one_sentence():
    with pytest.raises(InputError, match="5 parts can't be made of 2 items or groups"):
        splitting.parts(["A"] * 9 + ["B"] * 9, [0] * 9 + [1] * 9, FRACTIONS, 1)


def test_many_classes_of_few_items_are_split_all_the_same():
    targets, groups = np.arange(300) % 100, np.arange(300) // 2
    part = splitting.parts(targets, groups, FRACTIONS, 1)
    assert pd.Series(part).value_counts().to_dict() == pytest.approx(
        {"train": 192, "test": 60, "validation": 48}, abs=4
    )
    assert splitting.groups_across_parts(pd.DataFrame({"group": groups, "part": part})) == 0


@pytest.mark.parametrize("fraction", [0.02, 0.04, 0.08])
def test_a_part_may_be_small(table, fraction):
    part = splitting.parts(table["mint"], table["group"], {"test": fraction}, 1)
    assert (part == "test").mean() == pytest.approx(fraction, abs=0.01)


def test_folds_hold_every_item_once_and_no_group_twice(table):
    held = splitting.folds(table["mint"].to_numpy(), table["group"].to_numpy(), 4, 1)
    assert sorted(np.concatenate(held)) == list(range(len(table)))
    group = [set(table["group"].iloc[rows]) for rows in held]
    assert sum(map(len, group)) == table["group"].nunique()
