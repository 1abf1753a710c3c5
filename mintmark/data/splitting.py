"""Training, validation and test parts in which what belongs together stays together."""

import warnings
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import Field
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from mintmark.pipeline.params import Block
from mintmark.pipeline.stage import InputError

PARTS = ("train", "validation", "test")
FINEST = 10  # parts are tenths if they can be: mints with few coins can be stratified


class Mints(Block):
    """Which mints are told apart, and how many of their coins choose the epoch."""

    classes: Annotated[list[str], Field(min_length=2, max_length=2)] | Literal["auto"]
    third: str
    validation: Annotated[float, Field(gt=0, lt=0.5)]
    seed: Annotated[int, Field(ge=0)]


def parts(
    targets: ArrayLike, groups: ArrayLike, fractions: dict[str, float], seed: int
) -> np.ndarray:
    """Assign each item to a part of the split: names (N,), "train" for those that are left.

    targets: classes (N,), whose shares are kept in each part as far as groups allow; groups: items
    of one group (N,) get one part; fractions: of all items, by the name of the part. Raises
    InputError when there are too few items.
    """
    classes, group = np.asarray(targets), np.asarray(groups)
    part = np.full(len(classes), "train", dtype=object)
    rest, left = np.arange(len(classes)), 1.0
    for name, fraction in fractions.items():
        share = fraction / left
        finest = max(FINEST, round(1 / share))
        wanted, pieces = Fraction(share).limit_denominator(finest).as_integer_ratio()
        held = folds(classes[rest], group[rest], pieces, seed)
        chosen = np.concatenate(held[:wanted])
        part[rest[chosen]] = name
        rest, left = np.delete(rest, chosen), left - fraction
    return part


def folds(targets: np.ndarray, groups: np.ndarray, number: int, seed: int) -> list[np.ndarray]:
    """Split items (N,) into folds of about the same size, whole groups at a time: the rows of each.

    Each has about the same shares of the classes, where a class has an item for each. Raises
    InputError when there is no group for each.
    """
    available, counts = len(np.unique(groups)), np.unique(targets, return_counts=True)[1]
    if available < number:
        raise InputError(
            f"{number} parts can't be made of {available} items or groups that must stay together; "
            "add some that belong to none of them."
        )
    method = StratifiedGroupKFold if counts.max() >= number else GroupKFold
    splitter = method(number, shuffle=True, random_state=seed)
    with warnings.catch_warnings():  # classes with fewer items than folds are no mishap here
        warnings.filterwarnings("ignore", message="The least populated class")
        return [held for _, held in splitter.split(targets, targets, groups)]


def held_out(
    targets: np.ndarray, groups: np.ndarray, number: int, seed: int
) -> Iterator[np.ndarray]:
    """The items held out of each of some `folds`, bool (N,), of which each class keeps some to learn from."""
    for fold in folds(targets, groups, number, seed):
        away = np.isin(np.arange(len(targets)), fold)
        alone = ~np.isin(targets, targets[~away])
        yield away & ~np.isin(groups, groups[alone])


def chosen_mints(mints: pd.Series, settings: Mints) -> tuple[list[str], str]:
    """The two mints to tell apart and the third: given by name, or `auto` the largest that are left.

    mints: of the coins that there are. Raises InputError for a mint without coins or named twice.
    """
    counts = mints.value_counts().sort_index()
    largest = counts.sort_values(ascending=False, kind="stable").index
    classes, third = settings.classes, settings.third
    if classes == "auto":
        classes = [mint for mint in largest if mint != third][:2]
    if third == "auto":
        left = [mint for mint in largest if mint not in classes]
        if not left:
            raise InputError(
                f"split: there are coins of {', '.join(counts.index)} alone, no third mint."
            )
        third = left[0]
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
    """Raise InputError when a mint has no coin in one of the parts.

    table: columns mint, part and group.
    """
    for mint, coins in table.groupby("mint"):
        missing = sorted(set(PARTS) - set(coins["part"]))
        if missing:
            raise InputError(
                f"split: {mint} has too few coins ({len(coins)} in {coins['group'].nunique()} "
                f"groups) to give the {missing[0]} part one; choose another mint or add coins."
            )


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Coins (columns mint, part) of each mint, a row each, in each part, a column each."""
    crossed = pd.crosstab(table["mint"], table["part"])
    return crossed.reindex(columns=list(PARTS), fill_value=0)


def groups_across_parts(table: pd.DataFrame) -> int:
    """How many groups (columns group, part) have coins in more than one part."""
    return int((table.groupby("group")["part"].nunique() > 1).sum())
