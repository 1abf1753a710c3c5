"""How a trained network does on the test coins, in figures and pictures."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
from scipy.special import softmax

from mintmark import dataset, evaluation, figures


def assess(model: keras.Model, images: np.ndarray, table: pd.DataFrame, plots: Path) -> dict:
    """Judge a network on the test part of a manifest; draw its curves, confusion and mistakes.

    images: uint8 (N,H,W,3), row by row; plots: the stage's folder, which already holds dvclive's
    `curves`. Returns the figures of `evaluation.classification`.
    """
    test = (table["part"] == "test").to_numpy()
    names, actual = dataset.mints(table), dataset.targets(table)[test]
    logits = model.predict(images[test], verbose=0)
    predicted, confidence = logits.argmax(axis=1), softmax(logits, axis=1).max(axis=1)
    judged = pd.DataFrame(
        {
            "id": table["id"][test],
            "actual": table["mint"][test],
            "predicted": np.take(names, predicted),
            "confidence": confidence.round(6),
        }
    )
    judged.to_csv(plots / "predictions.csv", index=False)
    figures.save(figures.confusion(actual, predicted, names), plots / "confusion.png")
    figures.save(figures.curves(plots / "curves"), plots / "curves.png")
    figures.save(_mistakes(judged, images[test]), plots / "mistakes.png")
    return evaluation.classification(actual, predicted, names)


def _mistakes(judged: pd.DataFrame, images: np.ndarray) -> figures.Figure:
    wrong = (judged["actual"] != judged["predicted"]).to_numpy()
    titles = [
        f"{row.id}: {row.actual}\ntaken for {row.predicted} ({row.confidence:.0%})"
        for row in judged[wrong].itertuples()
    ]
    title = f"{wrong.sum()} of {len(judged)} test coins taken for another mint"
    return figures.grid(images[wrong], titles, columns=3, title=title, width=2.8)
