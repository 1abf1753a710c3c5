"""How well coin types are told apart: figures, report, pictures, and a submission."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.metrics import classification_report, top_k_accuracy_score

from mintmark import (
    competition,
    dataset,
    evaluation,
    figures,
    shortcuts,
    transfer,
    typefigures,
)

FIRST = 5  # guesses that count for the top-five accuracy


def assess(
    head: keras.Model, features: np.ndarray, table: pd.DataFrame, root: Path, plots: Path
) -> dict:
    """Judge a head on the test part; writes report.csv, predictions.csv and the pictures.

    features: (N,D), row by row with table (Id, Class, path, part); root: folder of the set.
    """
    test = (table["part"] == "test").to_numpy()
    names = sorted(table["Class"].unique())
    actual = dataset.numbers(table["Class"][test], names)
    logits = head.predict(features[test], verbose=0)
    predicted = logits.argmax(axis=1)
    judged = pd.DataFrame(
        {
            "Id": table["Id"][test],
            "path": table["path"][test],
            "actual": table["Class"][test],
            "predicted": np.take(names, predicted),
            "confidence": softmax(logits, axis=1).max(axis=1).round(6),
        }
    )
    judged.drop(columns="path").to_csv(plots / "predictions.csv", index=False)
    report = classification_report(
        judged["actual"], judged["predicted"], labels=names, output_dict=True, zero_division=0
    )
    rows = pd.DataFrame(report).T.loc[names]
    rows.rename_axis("Class").round(6).to_csv(plots / "report.csv")
    drawn = typefigures.confusion(actual, predicted, names)
    figures.save(drawn, plots / "confusion.png")
    figures.save(typefigures.confused_pairs(judged, root), plots / "confused_pairs.png")
    figures.save(figures.curves(plots / "curves"), plots / "curves.png")
    judgement = evaluation.classification(actual, predicted, names)
    judgement = {k: v for k, v in judgement.items() if not k.startswith("recall")}  # in report.csv
    first = min(FIRST, len(names) - 1)
    hits = top_k_accuracy_score(actual, logits, k=first, labels=range(len(names)), normalize=False)
    top5 = evaluation.share("top5_accuracy", int(hits), len(actual))
    alone = _shortcuts(table, root, names)
    return {**judgement, **top5, "classes": len(names), "shortcuts": alone}


def _shortcuts(table: pd.DataFrame, root: Path, names: list[str]) -> dict:
    """How well types are told apart without looking: see `shortcuts.check`."""
    given_away = shortcuts.of_photographs([root / path for path in table["path"]])
    targets = dataset.numbers(table["Class"], names)
    return shortcuts.check(given_away, targets, table["part"].to_numpy(), names)


def submit(
    head: keras.Model, extractor: keras.Model, table: pd.DataFrame, root: Path, folder: Path
) -> pd.DataFrame:
    """Write submission.csv (Id,Class) for the photographs in test/, if there are any.

    Every photograph gets a row; one that is unreadable the commonest type, and it is named in the
    table returned (Id, reason).
    """
    if not (root / "test").is_dir():
        return pd.DataFrame(columns=["Id", "reason"])
    names = sorted(table["Class"].unique())
    found = competition.by_id(
        pd.DataFrame(competition.photographs(root / "test").items(), columns=["Id", "file"])
    )
    found["path"] = "test/" + found["file"]
    readable = competition.readable(root, found["path"])
    found["Class"] = table["Class"].value_counts().sort_index().idxmax()
    features = transfer.features_of(extractor, root, found["path"][readable])
    logits = head.predict(features, verbose=0) if readable.any() else np.zeros((0, len(names)))
    found.loc[readable, "Class"] = np.take(names, logits.argmax(axis=1))
    found[["Id", "Class"]].to_csv(folder / "submission.csv", index=False)
    return found.loc[~readable, ["Id"]].assign(reason="broken_in_test")
