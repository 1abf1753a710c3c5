"""The answers: what is said of each coin that somebody brought, one row a coin."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import keras
import numpy as np
import pandas as pd

from mintmark.explain import attribution, likeness
from mintmark.identification import calibration, photographs
from mintmark.identification.analysis import Identify
from mintmark.identification.calibration import OBVERSE, REVERSE, VIEWS, Judged
from mintmark.identification.index import Collection, Index
from mintmark.identification.photographs import Prepared
from mintmark.images import decoding
from mintmark.images.reasons import REASONS
from mintmark.open_set import predictions, scores
from mintmark.open_set.scores import Output
from mintmark.stats import conformal

JOINED = conformal.JOINED  # between ids, as between the members of a set
SAID = ["answer", "probability", "set", "second", "similar"]
COLUMNS = ["id", "status", *SAID, "second_probability", "shown", "remark"]
ANSWERED, UNCERTAIN, UNKNOWN = "answered", "uncertain", "unknown"
METHOD = "hirescam"  # of heat
ALONE = "The answer rests on the {view} alone, and is less sure than of both sides."
HINTS = {"two_coins": "Give --together where a photograph shows both sides."}  # by status


@dataclass
class Answers:
    """What is said of some coins, and what the network saw of those that have an answer.

    rows: by COLUMNS, one a coin; probabilities: of every class, NaN where there is no answer; images by
    row, and heat, 0 to 1: for the answer, and for the likeness to the most similar coin.
    """

    rows: list[dict[str, object]]
    probabilities: pd.DataFrame
    images: dict[int, np.ndarray] = field(default_factory=dict)
    heat: dict[int, np.ndarray] = field(default_factory=dict)
    likeness: dict[int, np.ndarray] = field(default_factory=dict)

    @classmethod
    def unusable(cls, ids: Sequence[str], reasons: pd.DataFrame, names: list[str]) -> "Answers":
        """What is said before any photograph is seen. reasons: by photograph, "" where there is none."""
        rows = []
        for coin, (_, why) in zip(ids, reasons.iterrows(), strict=True):
            wrong = {name: reason for name, reason in why.items() if reason}
            status = next(iter(wrong.values()), decoding.MISSING)
            said = [f"The {name} {REASONS[reason]}." for name, reason in wrong.items()]
            remark = " ".join(
                said + [HINTS[reason] for reason in HINTS if reason in wrong.values()]
            )
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
            doubt = ALONE.format(view=view) if view in (OBVERSE, REVERSE) else ""
            remark = " ".join(filter(None, (str(self.rows[row]["remark"]), doubt)))
            self.rows[row] |= said | {"shown": view, "remark": remark}


def of_coins(
    photographed: pd.DataFrame, model: keras.Model, index: Index, settings: Identify, *, heat: bool
) -> Answers:
    """Name the mints of coins.

    photographed: columns id, obverse and reverse, see `brought.Brought`; heat: whether it is wanted.
    """
    prepared = photographs.prepare(photographed, index.names, index.tidy, index.laid)
    return of_prepared(photographed["id"].tolist(), prepared, model, index, settings, heat=heat)


def of_prepared(
    ids: Sequence[str],
    prepared: Prepared,
    model: keras.Model,
    index: Index,
    settings: Identify,
    *,
    heat: bool,
) -> Answers:
    """Name the mints of coins that are cropped and laid together. ids: of all that was brought."""
    answers = Answers.unusable(ids, prepared.reasons, index.names)
    for view in VIEWS:
        shown = (prepared.views == view).to_numpy()
        if prepared.coins is not None and shown.any():
            rows, images = prepared.views.index[shown].tolist(), prepared.coins.images[shown]
            output = scores.output(model, images)
            judged = judge(output, index, view, settings)
            similar = nearest(output, index, view, settings.similar)
            answers.add(rows, judged, index.ids(similar), view)
            answers.images |= dict(zip(rows, images, strict=True))
            if heat:
                maps = attribution.heat(model, images, judged.answers, METHOD)
                answers.heat |= dict(zip(rows, maps, strict=True))
                known = index.views[view].features
                maps = likeness.heat(model, images, known[similar[:, 0]], known.mean(axis=0))
                answers.likeness |= dict(zip(rows, maps, strict=True))
    return answers


def judge(output: Output, collection: Collection, view: str, settings: Identify) -> Judged:
    """What is said of what a network makes of coins that show a view."""
    known = collection.known(view, settings.neighbours)
    calibrated = collection.views[view].calibrated
    return calibration.judge(output, known, calibrated, settings.confidence)


def nearest(output: Output, collection: Collection, view: str, count: int) -> np.ndarray:
    """The coins of a collection that are most like each coin, the nearest first: places (N,count)."""
    features = collection.views[view].features
    places, _ = predictions.nearest(output.features, features, min(count, len(features)))
    return places


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
