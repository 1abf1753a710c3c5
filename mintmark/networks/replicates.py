"""The same training again: with other seeds, and with another mint left out."""

import tempfile
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
from pydantic import Field

from mintmark.data.coins import CoinSet
from mintmark.networks import evaluation, training
from mintmark.pipeline.params import Block

COMPARED = ("balanced_accuracy", "accuracy")  # what is reported of each network


class Repeats(Block):
    """How often a network is trained on the same split."""

    repeats: Annotated[int, Field(ge=1)]


def spread(
    coins: CoinSet,
    settings: training.Training,
    *,
    seed: int,
    repeats: int,
    first: dict,
    start: keras.Model | None = None,
) -> dict:
    """Train with the seeds that follow `seed`; how much the metrics on the test part vary.

    first: the metrics of the network already trained with `seed`; start: see `training.train`.
    Returns mean, standard deviation (0 for a single network), least and greatest of each metric, and
    how many networks there were.
    """
    found = [first]
    for number in range(1, repeats):
        with tempfile.TemporaryDirectory() as curves:
            model = training.train(
                coins, settings, seed=seed + number, curves=Path(curves), start=start
            )
        answers = evaluation.predictions(model, coins.part("test"))
        found.append(evaluation.evaluate(answers, coins.names))
    summary: dict = {"networks": repeats}
    for key in COMPARED:
        values = np.array([metrics[key] for metrics in found])
        summary[key] = {
            "mean": values.mean(),
            "deviation": values.std(ddof=1) if repeats > 1 else 0.0,
            "least": values.min(),
            "greatest": values.max(),
        }
    return summary


def leave_one_out(
    three: CoinSet, kept: list[str], settings: training.Training, *, epochs: int, seed: int
) -> dict[str, keras.Model]:
    """Train on each other pair of three mints: networks by the mint that they never see.

    kept: the pair for which a network exists already; epochs: of each training, as a rare mint is
    learnt late.
    """
    longer = settings.model_copy(update={"epochs": epochs})
    models = {}
    for mint in kept:
        pair = three.of_mints([name for name in three.names if name != mint])
        with tempfile.TemporaryDirectory() as curves:
            models[mint] = training.train(pair, longer, seed=seed, curves=Path(curves))
    return models
