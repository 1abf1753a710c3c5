"""How well coin types are told apart: metrics with intervals, calibration, reports, a submission."""

from dataclasses import dataclass
from typing import Annotated, Any, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from scipy.special import softmax
from sklearn.metrics import precision_recall_fscore_support

from mintmark.coin_types import confusable
from mintmark.pipeline.params import Block
from mintmark.stats import calibration, classification, conformal, intervals, shortcuts

GUESSES = (1, 3, 5)  # among which the type may be
SCALINGS = ("as trained", "temperature scaled")  # of logits
HEADLINE = (
    "folds",
    "accuracy",
    "top5_accuracy",
    "balanced_accuracy",
    "macro_f1",
    "classes",
    "n",
)


class Frequency(Block):
    """How many training photographs make a type a medium or a frequent one; below it is rare."""

    medium: Annotated[int, Field(ge=2)]
    frequent: int

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.frequent <= self.medium:
            raise ValueError("frequent must be above medium")
        return self


@dataclass(frozen=True, eq=False)
class Assessment:
    """What is known of predictions of the test part."""

    metrics: dict[str, Any]  # nested; see `assess`
    judged: pd.DataFrame  # Id, actual, predicted and confidence (0 to 1) of every test photograph
    reliability: pd.DataFrame  # `calibration.reliability` by `scaling`


def assess(
    table: pd.DataFrame,
    targets: np.ndarray,
    logits: dict[str, np.ndarray],
    *,
    confusable_group: np.ndarray,
    frequency: Frequency,
    seed: int,
) -> Assessment:
    """Evaluate logits on the test part.

    table: columns Id, Class, part, group and what was measured; targets: (N,); logits: of the parts
    "validation" and "test", row by row, (V,C) and (T,C); confusable_group: of each type, see
    `confusable.groups` (C,). The temperature is chosen on the validation part. Intervals are
    bootstraps over groups of photographs.
    """
    names = sorted(table["Class"].unique())
    test, validation = ((table["part"] == part).to_numpy() for part in ("test", "validation"))
    actual = targets[test]
    temperature = calibration.temperature(logits["validation"], targets[validation])
    scaled = logits["test"] / temperature
    order = np.argsort(-scaled, axis=1, kind="stable")
    predicted = order[:, 0]
    judged = table.loc[test, ["Id"]].assign(
        actual=table["Class"][test],
        predicted=np.take(names, predicted),
        confidence=softmax(scaled, axis=1).max(axis=1).round(6),
    )
    trained = np.bincount(targets[~test], minlength=len(names))
    metrics = {
        **_accuracies(actual, order, table["group"][test], classes=len(names), seed=seed),
        **_counts(actual, len(names)),
        "by_frequency": by_frequency(actual, predicted, trained, frequency),
        "confusable": confusable.ceiling(confusable_group, actual, predicted),
        "calibration": _calibration(logits["test"], scaled, actual, temperature),
        "shortcuts": _shortcuts(table, targets, seed),
    }
    return Assessment(metrics, judged, _reliability(logits["test"], scaled, actual))


def _calibration(
    logits: np.ndarray, scaled: np.ndarray, actual: np.ndarray, temperature: float
) -> dict[str, float]:
    return {
        "temperature": temperature,
        "error_before": calibration.expected_error(logits, actual),
        "error": calibration.expected_error(scaled, actual),
    }


def _counts(actual: np.ndarray, classes: int) -> dict[str, Any]:
    there = np.bincount(actual, minlength=classes)
    return {
        "n": len(actual),
        "classes": classes,
        "classes_without_test": int((there == 0).sum()),
        "majority_accuracy": there.max() / len(actual),
    }


def _shortcuts(table: pd.DataFrame, targets: np.ndarray, seed: int) -> dict[str, Any]:
    return shortcuts.check(
        shortcuts.photograph_measures(table),
        targets,
        part=table["part"].to_numpy(),
        group=table["group"].to_numpy(),
        seed=seed,
    )


def _reliability(logits: np.ndarray, scaled: np.ndarray, actual: np.ndarray) -> pd.DataFrame:
    tables = {
        name: calibration.reliability(values, actual)
        for name, values in zip(SCALINGS, (logits, scaled), strict=True)
    }
    return pd.concat(tables, names=["scaling"]).reset_index("scaling").reset_index(drop=True)


def headline(metrics: dict[str, Any]) -> dict[str, Any]:
    """The metrics of `assess` that are tracked from run to run."""
    folds = {name: metrics["folds"][name] for name in ("accuracy", "balanced_accuracy")}
    return {name: folds if name == "folds" else metrics[name] for name in HEADLINE}


def _accuracies(
    actual: np.ndarray, order: np.ndarray, group: pd.Series, *, classes: int, seed: int
) -> dict[str, float]:
    """Top-1, 3 and 5 accuracy, balanced accuracy and macro F1, each with its interval."""
    predicted = order[:, 0]
    hits = {k: (order[:, :k] == actual[:, None]).any(axis=1) for k in GUESSES}

    def weighted(weights: np.ndarray) -> dict[str, float]:
        found, counted = (np.bincount(at, weights, classes) for at in (predicted, actual))
        correct = np.bincount(actual, weights * hits[1], classes)
        there = counted > 0
        return {
            **{_top(k): np.average(hit, weights=weights) for k, hit in hits.items()},
            "balanced_accuracy": classification.mean_recall(actual, hits[1], weights),
            "macro_f1": (2 * correct[there] / (found + counted)[there]).mean(),
        }

    return intervals.over_groups(weighted, pd.factorize(group, sort=True)[0], seed)


def _top(guesses: int) -> str:
    return "accuracy" if guesses == 1 else f"top{guesses}_accuracy"


def by_frequency(
    actual: np.ndarray, predicted: np.ndarray, trained: np.ndarray, frequency: Frequency
) -> dict[str, dict[str, float]]:
    """Accuracy of rare, medium and frequent types apart, for those there are.

    actual, predicted: class numbers (N,); trained: photographs of each class that are learnt from (C,).
    Types of a kind have `least` of these at least and `most` at most, if there is an upper bound.
    """
    least = {"rare": 1, "medium": frequency.medium, "frequent": frequency.frequent}
    most = {"rare": frequency.medium - 1, "medium": frequency.frequent - 1}
    kinds = np.digitize(trained, list(least.values())) - 1
    found = {}
    for number, kind in enumerate(least):
        rows = kinds[actual] == number
        if rows.any():
            found[kind] = {
                "least": least[kind],
                **({"most": most[kind]} if kind in most else {}),
                "types": int((kinds == number).sum()),
                **classification.accuracy(actual[rows], predicted[rows]),
            }
    return found


def report(judged: pd.DataFrame, trained: pd.Series) -> pd.DataFrame:
    """Precision, recall, F1 and photographs of every class.

    judged: columns actual and predicted; trained: the class of each training photograph.
    """
    names = sorted(trained.unique())
    columns = precision_recall_fscore_support(
        judged["actual"], judged["predicted"], labels=names, zero_division=0
    )
    scores = dict(zip(("precision", "recall", "f1-score", "support"), columns, strict=True))
    table = pd.DataFrame(scores, pd.Index(names, name="Class")).round(6)
    return table.assign(trained=trained.value_counts())


def submission(
    unlabelled: pd.DataFrame, logits: np.ndarray | None, classes: pd.Series
) -> pd.DataFrame:
    """Predict the type of every unlabelled photograph, an unreadable one's as the commonest: (Id, Class).

    unlabelled: columns Id and readable; logits: (M,C), of the readable, None where there are none;
    classes: of all labelled.
    """
    predicted = unlabelled[["Id"]].assign(Class=classes.value_counts().sort_index().idxmax())
    names = sorted(classes.unique())
    if logits is not None:
        predicted.loc[unlabelled["readable"], "Class"] = np.take(names, logits.argmax(axis=1))
    return predicted


def doubts(
    submitted: pd.DataFrame,
    readable: pd.Series,
    known: tuple[np.ndarray, np.ndarray],
    logits: np.ndarray | None,
    *,
    names: list[str],
    confidence: float,
) -> pd.DataFrame:
    """How sure a submission is: (Id, Class, probability, set), empty where nothing could be read.

    submitted: see `submission`; readable: bool, row by row with it; known: logits (V,C) and class
    numbers (V,) of the validation part, which calibrate; logits: (M,C), of the readable; confidence:
    promised probability that a set holds the truth.
    """
    table = submitted.assign(probability=np.nan, set="")
    if logits is not None:
        temperature = calibration.temperature(*known)
        judging, found = (
            softmax(each.astype(float) / temperature, axis=1) for each in (known[0], logits)
        )
        sets = conformal.sets(conformal.nonconformity(judging, known[1]), found, confidence)
        table.loc[readable, "probability"] = found.max(axis=1).round(6)
        words = [conformal.named(*each, names) for each in zip(sets, found, strict=True)]
        table.loc[readable, "set"] = words
    return table


def out_of_fold(
    table: pd.DataFrame, targets: np.ndarray, predicted: np.ndarray, rows: np.ndarray, seed: int
) -> dict[str, float]:
    """Accuracy and balanced accuracy, with intervals, of photographs by heads that never saw their group.

    table: column group; targets: (N,); predicted, rows: class numbers and photographs (M,).
    """
    actual = targets[rows]
    right = predicted == actual

    def weighted(weights: np.ndarray) -> dict[str, float]:
        return {
            "accuracy": np.average(right, weights=weights),
            "balanced_accuracy": classification.mean_recall(actual, right, weights),
        }

    group = pd.factorize(table["group"].iloc[rows], sort=True)[0]
    return {**intervals.over_groups(weighted, group, seed), "n": len(rows)}


def frequency_table(by: dict[str, dict[str, float]]) -> pd.DataFrame:
    """The metrics of `by_frequency` as a table, one row a kind of type, in the column `frequency`."""
    table = pd.DataFrame(by).T.rename_axis("frequency").reset_index()
    whole = [name for name in ("least", "most", "types", "n") if name in table]
    return table.astype(dict.fromkeys(whole, "Int64"))


def confused_pairs(judged: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Pairs of types taken for each other, most often first: first, second, count and examples.

    judged: columns actual, predicted; table: columns Class and path of all photographs.
    first_example and second_example are the path of a photograph of each type.
    """
    wrong = judged.loc[judged["actual"] != judged["predicted"], ["actual", "predicted"]]
    pairs = pd.DataFrame(np.sort(wrong.to_numpy(str), axis=1), columns=["first", "second"])
    counts = pairs.value_counts().sort_index().rename("count").reset_index()
    example = table.groupby("Class")["path"].first()
    return counts.sort_values("count", ascending=False, kind="stable").assign(
        first_example=counts["first"].map(example), second_example=counts["second"].map(example)
    )
