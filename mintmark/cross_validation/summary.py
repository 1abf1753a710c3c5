"""What the folds say together: metrics over all coins, their spread, and coins that are always wrong."""

import numpy as np
import pandas as pd
from sklearn.metrics import balanced_accuracy_score

from mintmark.cross_validation.folds import TASKS
from mintmark.data import manifests
from mintmark.occlusion.trials import VARIANTS
from mintmark.stats import classification, intervals

TRIALS = ("predicted", *VARIANTS)  # the columns of answers: as they are, and masked


def metrics(answers: pd.DataFrame, seed: int) -> dict[str, dict]:
    """The metrics of each task, over every coin as a test coin.

    answers: of all folds (see `folds.answers`), and columns task, repeat and fold. A coin counts by
    the share of the repeats in which it is correctly classified. Intervals are a bootstrap over groups.
    """
    return {task: _of_task(answers[answers["task"] == task], seed) for task in TASKS}


def _of_task(answers: pd.DataFrame, seed: int) -> dict:
    coins = shares(answers)
    names = sorted(coins["actual"].unique())
    actual = manifests.numbers(coins["actual"], names)
    groups = pd.factorize(coins["group"])[0]
    found: dict = {"n": len(coins)}
    found["accuracy"] = coins["predicted"].mean()
    for trial in TRIALS:
        right = coins[trial].to_numpy()

        def balanced(weights: np.ndarray, right: np.ndarray = right) -> dict[str, float]:
            return {"balanced_accuracy": classification.mean_recall(actual, right, weights)}

        summed = intervals.over_groups(balanced, groups, seed)
        if trial == "predicted":
            found |= summed
        else:
            found[trial] = summed
    found["recall"] = coins.groupby("actual")["predicted"].mean().to_dict()
    found["majority_accuracy"] = coins["actual"].value_counts(normalize=True).max()
    found |= {name: answers[name[:-1]].nunique() for name in ("repeats", "folds")}
    return found


def shares(answers: pd.DataFrame) -> pd.DataFrame:
    """The share of the repeats in which each coin of a task is correctly classified.

    Columns id, group and actual, and one for each of TRIALS, 0 to 1; a row a coin.
    """
    right = {trial: answers[trial] == answers["actual"] for trial in TRIALS}
    told = answers[["id", "group", "actual"]].assign(**right)
    return told.groupby(["id", "group", "actual"], as_index=False)[list(TRIALS)].mean()


def spread(answers: pd.DataFrame) -> pd.DataFrame:
    """Balanced accuracy fold by fold: columns task, repeat, fold, n, balanced_accuracy."""
    rows = []
    for key, fold in answers.groupby(["task", "repeat", "fold"]):
        balanced = balanced_accuracy_score(fold["actual"], fold["predicted"])
        rows.append((*key, len(fold), balanced))
    return pd.DataFrame(rows, columns=["task", "repeat", "fold", "n", "balanced_accuracy"])


def over_repeats(spread_: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Least and greatest balanced accuracy of the folds, and of the repeats' means, by task."""
    found = {}
    for task, rows in spread_.groupby("task"):
        folds, repeats = rows["balanced_accuracy"], rows.groupby("repeat")["balanced_accuracy"]
        found[str(task)] = {
            "folds_least": folds.min(),
            "folds_greatest": folds.max(),
            "repeats_least": repeats.mean().min(),
            "repeats_greatest": repeats.mean().max(),
        }
    return found


def always_wrong(answers: pd.DataFrame) -> pd.DataFrame:
    """The coins that are wrong in every repeat: task, id, actual, predicted most often, confidence."""
    wrong = answers.assign(right=answers["actual"] == answers["predicted"])
    by_coin = wrong.groupby(["task", "id", "actual"], as_index=False)
    found = by_coin.agg(
        right=("right", "any"),
        predicted=("predicted", lambda named: named.mode()[0]),
        confidence=("confidence", "mean"),
    )
    return found[~found["right"]].drop(columns="right").reset_index(drop=True)


def headline(metrics_: dict[str, dict]) -> dict[str, dict]:
    """The metrics that are compared between runs."""
    keys = ("n", "accuracy", "balanced_accuracy", "balanced_accuracy_low",
            "balanced_accuracy_high", "recall", "repeats", "folds")  # fmt: skip
    return {task: {key: found[key] for key in keys} for task, found in metrics_.items()}


def sentence(metrics_: dict) -> str:
    """What a person wants to read of a task."""
    recall = ", ".join(f"{mint} {share:.2f}" for mint, share in metrics_["recall"].items())
    return (
        f"{metrics_['n']} coins of {len(metrics_['recall'])} mints, each tested by networks that never "
        f"saw its group: accuracy {metrics_['accuracy']:.3f}, balanced "
        f"{metrics_['balanced_accuracy']:.3f} ({metrics_['balanced_accuracy_low']:.3f} to "
        f"{metrics_['balanced_accuracy_high']:.3f}); recall {recall}."
    )
