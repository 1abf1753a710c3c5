"""Pictures of how a training went, from what the training stage wrote."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mintmark import plotting
from mintmark.data import manifests
from mintmark.data.coins import CoinSet
from mintmark.pipeline import csv_files


def of_training(folder: Path, coins: CoinSet) -> dict[str, Figure]:
    """The pictures of a training stage by name: confusion, curves and mistakes.

    folder: the stage's plots, with predictions.csv and curves; coins: the test coins, row by row
    with the predictions.
    """
    answers = csv_files.read(folder / "predictions.csv")
    predicted = manifests.numbers(answers["predicted"], coins.names)
    return {
        "confusion": plotting.confusion(coins.targets, predicted, coins.names),
        "curves": plotting.curves(folder / "curves"),
        "mistakes": mistakes(answers, coins.images),
    }


def mistakes(answers: pd.DataFrame, images: np.ndarray) -> Figure:
    """The coins taken for another mint. answers: `evaluation.predictions`, row by row with images."""
    wrong = (answers["actual"] != answers["predicted"]).to_numpy()
    titles = [
        f"{row.id}: {row.actual}\ntaken for {row.predicted} ({row.confidence:.0%})"
        for row in answers[wrong].itertuples()
    ]
    title = f"{wrong.sum()} of {len(answers)} test coins taken for another mint"
    return plotting.grid(images[wrong], titles, columns=3, title=title, width=2.8)
