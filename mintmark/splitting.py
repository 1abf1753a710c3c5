"""Training, validation and test parts in which what belongs together stays together."""

import warnings
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from mintmark.stage import InputError

PARTS = ("train", "validation", "test")
FINEST = 10  # parts are tenths or coarser, so that mints with few coins can be stratified


def parts(
    targets: Sequence, groups: Sequence, test: float, validation: float, seed: int
) -> np.ndarray:
    """Assign each item to a part: array of "train", "validation" or "test", (N,).

    targets: classes, whose shares are kept in each part as far as groups allow; groups: items of
    one group get one part; test, validation: fractions of all items. Raises InputError when no
    class has enough items.
    """
    targets, groups = np.asarray(targets), np.asarray(groups)
    part = np.full(len(targets), "train", dtype=object)
    rest = np.arange(len(targets))
    for name, fraction in (("test", test), ("validation", validation / (1 - test))):
        chosen = fold(targets[rest], groups[rest], fraction, seed)
        part[rest[chosen]] = name
        rest = rest[~chosen]
    return part


def fold(targets: np.ndarray, groups: np.ndarray, fraction: float, seed: int) -> np.ndarray:
    """Choose about `fraction` of the items, whole groups at a time: bool (N,)."""
    wanted, pieces = Fraction(fraction).limit_denominator(FINEST).as_integer_ratio()
    _, counts = np.unique(targets, return_counts=True)
    if counts.max() < pieces:
        raise InputError(
            f"No class has the {pieces} items that parts of {fraction:.0%} need; add photographs."
        )
    folds = StratifiedGroupKFold(pieces, shuffle=True, random_state=seed)
    chosen = np.zeros(len(targets), bool)
    with warnings.catch_warnings():  # classes with fewer items than pieces are no mishap here
        warnings.filterwarnings("ignore", message="The least populated class")
        for _, piece in islice(folds.split(targets, targets, groups), wanted):
            chosen[piece] = True
    return chosen


def chosen_mints(counts: pd.Series, classes: list[str] | str, third: str) -> tuple[list[str], str]:
    """The two mints to tell apart and the third: given by name, or `auto` the two largest.

    counts: coins by mint. Raises InputError for a mint without coins or named twice.
    """
    if classes == "auto":
        largest = counts.drop(third, errors="ignore").sort_values(ascending=False, kind="stable")
        classes = list(largest.index[:2])
    wanted = [*classes, third]
    for mint in wanted:
        if mint not in counts.index:
            raise InputError(
                f"split: no coin of {mint} is left; the mints are {', '.join(counts.index)}."
            )
    if len(set(wanted)) < 3:
        raise InputError(f"split: {', '.join(wanted)} are not three different mints.")
    return list(classes), third


def check(table: pd.DataFrame) -> None:
    """Raise InputError when a mint (columns mint, part) has no coin in one of the parts."""
    for mint, coins in table.groupby("mint"):
        missing = sorted(set(PARTS) - set(coins["part"]))
        if missing:
            raise InputError(
                f"split: {mint} has too few coins ({len(coins)} in {coins['group'].nunique()} "
                f"groups) to give the {missing[0]} part one; choose another mint or add coins."
            )


def counts(table: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Coins by mint and part."""
    crossed = pd.crosstab(table["mint"], table["part"])
    return crossed.reindex(columns=PARTS, fill_value=0).to_dict(orient="index")


def groups_across_parts(table: pd.DataFrame) -> int:
    """How many groups (columns group, part) have coins in more than one part."""
    return int((table.groupby("group")["part"].nunique() > 1).sum())
