"""How well coin types are told apart: figures with intervals, calibration, reports, a submission."""

from typing import Annotated, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from scipy.special import softmax
from sklearn.metrics import classification_report

from mintmark.coin_types import confusable
from mintmark.pipeline.params import Block
from mintmark.stats import calibration, classification, intervals, shortcuts

FIRST = (1, 3, 5)  # guesses among which the type may be


class Frequency(Block):
    """How many training photographs make a type a medium or a frequent one; below it is rare."""

    medium: Annotated[int, Field(ge=2)]
    frequent: int

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.frequent <= self.medium:
            raise ValueError("frequent must be above medium")
        return self


def assess(
    table: pd.DataFrame,
    targets: np.ndarray,
    logits: dict[str, np.ndarray],
    same: np.ndarray,
    frequency: Frequency,
    seed: int,
) -> tuple[dict, pd.DataFrame]:
    """Judge logits on the test part: its figures, and a table of every test photograph's answer.

    table: columns Id, Class, path, part and group; targets: (N,); logits: of the parts "validation"
    and "test", row by row, (V,C) and (T,C); same: the group of each type, see `alike` (C,). The
    temperature is chosen on the validation part. Intervals are bootstraps over groups of photographs.
    """
    names = sorted(table["Class"].unique())
    test, validation = ((table["part"] == part).to_numpy() for part in ("test", "validation"))
    trained = np.bincount(targets[~test], minlength=len(names))
    temperature = calibration.temperature(logits["validation"], targets[validation])
    scaled = logits["test"] / temperature
    order = np.argsort(-scaled, axis=1, kind="stable")
    judged = table.loc[test, ["Id", "path"]].assign(
        actual=table["Class"][test],
        predicted=np.take(names, order[:, 0]),
        confidence=softmax(scaled, axis=1).max(axis=1).round(6),
    )
    group = np.unique(table["group"][test], return_inverse=True)[1]
    metrics = {
        **_figures(targets[test], order, len(names), group, seed),
        "n": int(test.sum()),
        "classes": len(names),
        "classes_without_test": int(len(names) - len(np.unique(targets[test]))),
        "majority_accuracy": np.bincount(targets[test]).max() / test.sum(),
        "by_frequency": by_frequency(targets[test], order[:, 0], trained, frequency),
        "alike": confusable.ceiling(same, targets[test], order[:, 0]),
        "calibration": {
            "temperature": temperature,
            "error_before": calibration.expected_error(logits["test"], targets[test]),
            "error": calibration.expected_error(scaled, targets[test]),
        },
        "shortcuts": shortcuts.check(
            shortcuts.of_photographs(table), targets, table["part"].to_numpy(), table["group"], seed
        ),
    }
    return metrics, judged


def _figures(
    actual: np.ndarray, order: np.ndarray, classes: int, group: np.ndarray, seed: int
) -> dict[str, float]:
    """Top-1, 3 and 5 accuracy, balanced accuracy and macro F1, each with its interval."""
    predicted = order[:, 0]
    hits = {k: (order[:, :k] == actual[:, None]).any(axis=1) for k in FIRST}

    def of(weights: np.ndarray) -> dict[str, float]:
        found, counted = (np.bincount(at, weights, classes) for at in (predicted, actual))
        right = np.bincount(actual, weights * hits[1], classes)
        there = counted > 0
        return {
            **{_top(k): np.average(hit, weights=weights) for k, hit in hits.items()},
            "balanced_accuracy": classification.mean_recall(actual, hits[1], weights),
            "macro_f1": (2 * right[there] / (found + counted)[there]).mean(),
        }

    return intervals.over_groups(of, group, seed)


def _top(guesses: int) -> str:
    return "accuracy" if guesses == 1 else f"top{guesses}_accuracy"


def by_frequency(
    actual: np.ndarray, predicted: np.ndarray, trained: np.ndarray, frequency: Frequency
) -> dict[str, dict[str, float]]:
    """Accuracy of rare, medium and frequent types apart, for those there are.

    actual, predicted: class numbers (N,); trained: photographs of each class that are learnt from (C,),
    of which those types have `least` at least and `most` at most, if there is an upper bound.
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
    rows = classification_report(
        judged["actual"], judged["predicted"], labels=names, output_dict=True, zero_division=0
    )
    table = pd.DataFrame(rows).T.loc[names].rename_axis("Class").round(6)
    return table.assign(support=table["support"].astype(int), trained=trained.value_counts())


def submission(
    unlabelled: pd.DataFrame, logits: np.ndarray | None, classes: pd.Series
) -> pd.DataFrame:
    """Name the type of every unlabelled photograph, an unreadable one's as the commonest: (Id, Class).

    unlabelled: columns Id and readable; logits: (M,C), of the readable, None where there are none;
    classes: of all labelled.
    """
    named = unlabelled[["Id"]].assign(Class=classes.value_counts().sort_index().idxmax())
    names = sorted(classes.unique())
    if logits is not None:
        named.loc[unlabelled["readable"], "Class"] = np.take(names, logits.argmax(axis=1))
    return named


def between(figures: dict) -> str:
    """How many there are of something, as in `10 to 19` or `20 or more`."""
    least = figures["least"]
    return f"{least} to {figures['most']}" if "most" in figures else f"{least} or more"
