"""The answers: what is said of each coin that somebody brought, one row a coin."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import keras
import numpy as np
import pandas as pd

from mintmark.explain import attribution
from mintmark.identification import calibration, photographs
from mintmark.identification.analysis import Identify
from mintmark.identification.calibration import VIEWS, Judged
from mintmark.identification.index import Collection, Index
from mintmark.open_set import predictions, scores
from mintmark.open_set.scores import Output
from mintmark.stats import conformal

JOINED = conformal.JOINED  # between ids, as between the members of a set
SAID = ["answer", "probability", "set", "second", "similar"]
COLUMNS = ["id", "status", *SAID, "second_probability", "shown", "remark"]
ANSWERED, UNCERTAIN, UNKNOWN = "answered", "uncertain", "unknown"
METHOD = "hirescam"  # of heat


@dataclass
class Answers:
    """What is said of some coins, and what the network saw of those that have an answer.

    rows: by COLUMNS, one a coin; probabilities: of every class, NaN where there is no answer; images and
    heat (for the answer, 0 to 1) by row.
    """

    rows: list[dict[str, object]]
    probabilities: pd.DataFrame
    images: dict[int, np.ndarray] = field(default_factory=dict)
    heat: dict[int, np.ndarray] = field(default_factory=dict)

    @classmethod
    def unusable(cls, ids: Sequence[str], reasons: pd.DataFrame, names: list[str]) -> "Answers":
        """What is said before any photograph is seen. reasons: by photograph, "" where there is none."""
        rows = []
        for coin, (_, why) in zip(ids, reasons.iterrows(), strict=True):
            wrong = {name: reason for name, reason in why.items() if reason}
            status = next(iter(wrong.values()), photographs.MISSING)
            remark = "; ".join(f"{name}: {reason}" for name, reason in wrong.items())
            blank = dict.fromkeys([*SAID, "second_probability", "shown"], "")
            rows.append({"id": coin, "status": status, **blank, "remark": remark})
        return cls(rows, pd.DataFrame(np.nan, index=range(len(rows)), columns=names))

    @property
    def table(self) -> pd.DataFrame:
        """All that is said, by COLUMNS."""
        return pd.DataFrame(self.rows, columns=COLUMNS)

    def add(self, rows: Sequence[int], judged: Judged, similar: list[list[str]], view: str) -> None:
        """Say what was found of some rows, which all show the same view."""
        names = list(self.probabilities.columns)
        self.probabilities.loc[list(rows)] = judged.probabilities
        for number, row in enumerate(rows):
            said = _said(judged, number, names) | {"similar": JOINED.join(similar[number])}
            self.rows[row] |= said | {"shown": view}


def of_coins(
    photographed: pd.DataFrame, model: keras.Model, index: Index, settings: Identify, *, heat: bool
) -> Answers:
    """Name the mints of coins.

    photographed: columns id, obverse and reverse, see `brought.Brought`; heat: whether it is wanted.
    """
    prepared = photographs.prepare(photographed, index.names, index.tidy, index.laid)
    answers = Answers.unusable(photographed["id"].tolist(), prepared.reasons, index.names)
    for view in VIEWS:
        shown = (prepared.views == view).to_numpy()
        if prepared.coins is not None and shown.any():
            rows, images = prepared.views.index[shown].tolist(), prepared.coins.images[shown]
            output = scores.output(model, images)
            judged = judge(output, index, view, settings)
            answers.add(rows, judged, nearest(output, index, view, settings.similar), view)
            answers.images |= dict(zip(rows, images, strict=True))
            if heat:
                maps = attribution.heat(model, images, judged.answers, METHOD)
                answers.heat |= dict(zip(rows, maps, strict=True))
    return answers


def judge(output: Output, collection: Collection, view: str, settings: Identify) -> Judged:
    """What is said of what a network makes of coins that show a view."""
    known = collection.known(view, settings.neighbours)
    calibrated = collection.views[view].calibrated
    return calibration.judge(output, known, calibrated, settings.confidence)


def nearest(output: Output, collection: Collection, view: str, count: int) -> list[list[str]]:
    """The ids of the coins of a collection that are most like each coin, the nearest first."""
    features = collection.views[view].features
    rows, _ = predictions.nearest(output.features, features, min(count, len(features)))
    return [collection.table["id"].iloc[row].tolist() for row in rows]


def _said(judged: Judged, number: int, names: list[str]) -> dict[str, object]:
    """What is said of one coin of those that were judged."""
    probabilities = judged.probabilities[number]
    answer, second = judged.answers[number], judged.second[number]
    several = judged.sets[number].sum() > 1
    status = UNKNOWN if judged.unknown[number] else UNCERTAIN if several else ANSWERED
    return {
        "status": status,
        "answer": names[answer],
        "probability": round(float(probabilities[answer]), 6),
        "set": conformal.named(judged.sets[number], probabilities, names),
        "second": names[second],
        "second_probability": round(float(probabilities[second]), 6),
    }
