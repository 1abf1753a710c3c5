"""What a training stage says of its network: answers on the test part, metrics, other seeds."""

import keras
import pandas as pd

from mintmark.data.coins import CoinSet
from mintmark.networks import evaluation, replicates, training

# The metrics that are compared between runs; the others are details.
HEADLINE = ("accuracy", "accuracy_low", "accuracy_high", "balanced_accuracy", "macro_f1",
            "majority_accuracy", "n", "recall")  # fmt: skip


def assess(
    model: keras.Model,
    coins: CoinSet,
    settings: training.Training,
    *,
    crops: pd.DataFrame,
    repeats: int,
    seed: int,
    start: keras.Model | None = None,
) -> tuple[pd.DataFrame, dict]:
    """Evaluate a network trained with `seed` on the test part of its coins.

    crops: manifest of crops, for the shortcut check; repeats: networks trained in all, with
    successive seeds; start: see `training.train`. Returns `evaluation.predictions`, and the metrics:
    classification, shortcuts, and repeats (the spread over seeds).
    """
    answers = evaluation.predictions(model, coins.part("test"))
    metrics = evaluation.evaluate(answers, coins.names)
    shortcuts = evaluation.shortcut_check(coins.table, crops, seed)
    spread = replicates.spread(
        coins, settings, seed=seed, repeats=repeats, first=metrics, start=start
    )
    return answers, {**metrics, "shortcuts": shortcuts, "repeats": spread}


def headline(metrics: dict) -> dict:
    """The metrics that are compared between runs."""
    return {key: metrics[key] for key in HEADLINE}


def sentence(metrics: dict) -> str:
    """What a person wants to read after a training."""
    recall = ", ".join(f"{mint} {share:.2f}" for mint, share in metrics["recall"].items())
    return (
        f"{metrics['n']} test coins of {len(metrics['recall'])} mints: accuracy "
        f"{metrics['accuracy']:.3f} ({metrics['accuracy_low']:.3f} to "
        f"{metrics['accuracy_high']:.3f}; majority {metrics['majority_accuracy']:.3f}), balanced "
        f"{metrics['balanced_accuracy']:.3f}; recall {recall}."
    )
