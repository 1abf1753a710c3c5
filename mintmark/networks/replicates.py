"""The same training again: with other seeds, and with another mint left out."""

import tempfile
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import pandas as pd
from pydantic import Field

from mintmark.data import manifests
from mintmark.networks import evaluation, training
from mintmark.pipeline import paths
from mintmark.pipeline.params import Block

SPREAD = ("balanced_accuracy", "accuracy")  # what is reported of each network


class Repeats(Block):
    """How often a network is trained on the same split."""

    repeats: Annotated[int, Field(ge=1)]


def spread(
    table: pd.DataFrame, images: np.ndarray, settings: training.Training, seed: int, repeats: int,
    first: dict,
) -> dict:  # fmt: skip
    """Train with the seeds that follow `seed`; how much the figures on the test part vary.

    first: the figures of the network already trained with `seed`. Returns mean, standard deviation
    (0 for a single network), least and greatest of each figure, and how many networks there were.
    """
    figures = [first]
    for number in range(1, repeats):
        with tempfile.TemporaryDirectory() as curves:
            model = training.train(table, images, settings, seed + number, Path(curves))
        figures.append(evaluation.classified(model, images, table))
    values = {key: np.array([of[key] for of in figures]) for key in SPREAD}
    return {"networks": repeats} | {
        key: {
            "mean": of.mean(), "deviation": of.std(ddof=1) if repeats > 1 else 0.0,
            "least": of.min(), "greatest": of.max(),
        }
        for key, of in values.items()
    }  # fmt: skip


def leave_one_out(
    three: pd.DataFrame, kept: list[str], settings: training.Training, epochs: int, seed: int
) -> dict[str, keras.Model]:
    """Train on each other pair of three mints: networks by the mint that they never see.

    three: manifest of the three mints; kept: the pair for which a network exists already; epochs:
    of each training, all of which are done, since a rare mint is learnt late.
    """
    models = {}
    settings = settings.model_copy(update={"epochs": epochs, "patience": epochs})
    for mint in kept:
        pair = three[three["mint"] != mint]
        with tempfile.TemporaryDirectory() as curves:
            models[mint] = training.train(
                pair, manifests.images(pair, paths.MERGED), settings, seed, Path(curves)
            )
    return models
