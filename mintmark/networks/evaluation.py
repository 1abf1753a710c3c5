"""How a trained network does on coins: its answers, and metrics of them."""

import keras
import numpy as np
import pandas as pd
from scipy.special import softmax

from mintmark.data import manifests
from mintmark.data.coins import CoinSet
from mintmark.networks import models
from mintmark.stats import classification, shortcuts


def predictions(model: keras.Model, coins: CoinSet) -> pd.DataFrame:
    """Name the mint of coins: columns id, actual, predicted, confidence (0 to 1), row by row."""
    return named(models.logits(model, coins.images), coins)


def named(logits: np.ndarray, coins: CoinSet) -> pd.DataFrame:
    """The answers that logits (N,classes) give on coins; see `predictions`."""
    return pd.DataFrame(
        {
            "id": coins.table["id"].to_numpy(),
            "actual": coins.table["mint"].to_numpy(),
            "predicted": np.take(coins.names, logits.argmax(axis=1)),
            "confidence": softmax(logits, axis=1).max(axis=1).round(6),
        }
    )


def correct(answers: pd.DataFrame) -> np.ndarray:
    """Which coins are correctly classified: bool (N,). answers: see `predictions`."""
    return (answers["actual"] == answers["predicted"]).to_numpy()


def evaluate(answers: pd.DataFrame, names: list[str]) -> dict:
    """The metrics of answers, see `classification.classification`. answers: see `predictions`."""
    actual, predicted = (
        manifests.numbers(answers[column], names) for column in ("actual", "predicted")
    )
    return classification.classification(actual, predicted, names)


def shortcut_check(table: pd.DataFrame, crops: pd.DataFrame, seed: int) -> dict:
    """How well the mints of a manifest are told apart without their script; `shortcuts.check`.

    crops: manifest of crops, with what was measured on the photographs.
    """
    targets, _ = manifests.classes(table["mint"])
    return shortcuts.check(
        shortcuts.coin_measures(table, crops),
        targets,
        part=table["part"].to_numpy(),
        group=table["group"].to_numpy(),
        seed=seed,
    )
