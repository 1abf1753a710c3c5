"""Folds of the mint study: which coins teach, choose and test, and the answers on those that test."""

from typing import Annotated

import keras
import pandas as pd
from pydantic import AfterValidator, Field

from mintmark.data import splitting
from mintmark.data.coins import CoinSet
from mintmark.identification import assessment, calibration
from mintmark.identification.calibration import Doubt
from mintmark.networks import evaluation
from mintmark.occlusion import effects, trials
from mintmark.occlusion.trials import Masks
from mintmark.open_set import scores
from mintmark.pipeline.params import Block

TASKS = ("two", "three")
CONFIDENCES = [0.9, 0.95]  # of the sets of answers that are checked

Numbers = Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]


def _counted(folds: list[int]) -> list[int]:
    if folds != list(range(1, len(folds) + 1)):
        raise ValueError("folds are numbered 1, 2, 3 and so on")
    return folds


class Rounds(Block):
    """The folds and repeats, by their numbers from 1."""

    folds: Annotated[Numbers, Field(min_length=2), AfterValidator(_counted)]
    repeats: Numbers


def parts(
    coins: pd.DataFrame, *, number: int, count: int, validation: float, seed: int
) -> pd.DataFrame:
    """Add the column `part` of a fold: its coins are the test part.

    coins: columns mint and group, whose coins stay together; number: the fold's, from 1 to `count`;
    validation: fraction of the others. Shares of the mints are kept as far as groups allow. Raises
    InputError when there are too few coins.
    """
    mints, groups = coins["mint"].to_numpy(), coins["group"].to_numpy()
    held = splitting.folds(mints, groups, count, seed)[number - 1]
    part = pd.Series("test", index=range(len(coins)), dtype=object)
    rest = part.index.difference(held)
    part[rest] = splitting.parts(mints[rest], groups[rest], {"validation": validation}, seed)
    table = coins.assign(part=part.to_numpy())
    splitting.check(table)
    return table


def answers(model: keras.Model, test: CoinSet, masks: Masks, seed: int) -> pd.DataFrame:
    """What a network names on test coins, as they are and masked.

    Columns id, group, actual, predicted, confidence, and `centre` and `margin`: what it names with
    the field and with the margin masked.
    """
    asked = effects.default_trials(masks.radius, masks.fill)
    found = trials.answers({"": model}, test, {"": list(asked.values())}, seed)[""]
    named = {name: evaluation.named(found[trial], test) for name, trial in asked.items()}
    answered = named.pop("original").assign(group=test.table["group"].to_numpy())
    masked = {name: answer["predicted"] for name, answer in named.items()}
    return answered.assign(**masked)


def doubt(model: keras.Model, coins: CoinSet, others: CoinSet, known_by: Doubt) -> pd.DataFrame:
    """How sure a network is of test coins, and of coins of mints that it never saw.

    coins: with the column `part`; others: see `CoinSet.unknown_to`. Returns what
    `assessment.judged` says of them.
    """
    known, calibrated = calibration.of_parts(scores.output(model, coins.images), coins, known_by)
    return pd.concat(
        assessment.judged(scores.output(model, some.images), some, known, calibrated, CONFIDENCES)
        for some in (coins.part("test"), others)
        if len(some)
    )
