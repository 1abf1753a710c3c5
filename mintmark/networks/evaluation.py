"""How a trained network does on the test coins, in figures and pictures."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
from scipy.special import softmax

from mintmark import plotting
from mintmark.data import manifests
from mintmark.networks import models
from mintmark.stats import classification, shortcuts


def judge(
    model: keras.Model, images: np.ndarray, table: pd.DataFrame, names: list[str]
) -> pd.DataFrame:
    """Name the mint of coins: columns id, actual, predicted, confidence (0 to 1), row by row.

    images: (N,H,W,3), row by row with table; names: the network's classes in order.
    """
    logits = models.logits(model, images)
    return pd.DataFrame(
        {
            "id": table["id"].to_numpy(),
            "actual": table["mint"].to_numpy(),
            "predicted": np.take(names, logits.argmax(axis=1)),
            "confidence": softmax(logits, axis=1).max(axis=1).round(6),
        }
    )


def assess(model: keras.Model, images: np.ndarray, table: pd.DataFrame, plots: Path) -> dict:
    """Judge a network on the test part of a manifest; draw its curves, confusion and mistakes.

    images: uint8 (N,H,W,3), row by row; plots: the stage's folder, which already holds dvclive's
    `curves`. Returns the figures of `classification.classification`.
    """
    test = (table["part"] == "test").to_numpy()
    names = manifests.mints(table)
    judged = judge(model, images[test], table[test], names)
    judged.to_csv(plots / "predictions.csv", index=False)
    actual, predicted = _numbers(judged, names)
    plotting.save(plotting.confusion(actual, predicted, names), plots / "confusion.png")
    plotting.save(plotting.curves(plots / "curves"), plots / "curves.png")
    plotting.save(_mistakes(judged, images[test]), plots / "mistakes.png")
    return classification.classification(actual, predicted, names)


def classified(model: keras.Model, images: np.ndarray, table: pd.DataFrame) -> dict:
    """The figures of `assess`, without pictures."""
    test = (table["part"] == "test").to_numpy()
    names = manifests.mints(table)
    judged = judge(model, images[test], table[test], names)
    return classification.classification(*_numbers(judged, names), names)


def shortcut_check(table: pd.DataFrame, crops: pd.DataFrame, seed: int) -> dict:
    """How well the mints of a manifest are told apart without their script: see `shortcuts.check`.

    crops: manifest of crops, with what was measured on the photographs.
    """
    targets, _ = manifests.classes(table["mint"])
    return shortcuts.check(
        shortcuts.of_coins(table, crops), targets, table["part"].to_numpy(), table["group"], seed
    )


def _numbers(judged: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    return tuple(manifests.numbers(judged[column], names) for column in ("actual", "predicted"))


def _mistakes(judged: pd.DataFrame, images: np.ndarray) -> plotting.Figure:
    wrong = (judged["actual"] != judged["predicted"]).to_numpy()
    titles = [
        f"{row.id}: {row.actual}\ntaken for {row.predicted} ({row.confidence:.0%})"
        for row in judged[wrong].itertuples()
    ]
    title = f"{wrong.sum()} of {len(judged)} test coins taken for another mint"
    return plotting.grid(images[wrong], titles, columns=3, title=title, width=2.8)
