"""How well a network tells classes apart, and what could be told without it, in sentences."""

from collections.abc import Collection

from mintmark.report.phrases import Details, finding, interval


def write(metrics: Details, task: str) -> list[str]:
    """Write the findings about a network of a training stage.

    metrics: details of the stage; task: what is told apart, such as "two mints".
    """
    known = len(metrics["recall"])
    found = [_accuracy(metrics, task), shortcuts(metrics["shortcuts"], 1 / known)]
    if metrics["repeats"]["networks"] > 1:
        found.append(_repeats(metrics["repeats"]))
    return found


def over_folds(metrics: Details, task: str, mints: Collection[str]) -> list[str]:
    """Say what cross-validation gave, unless it was of other mints.

    metrics: of the task, from metrics/crossval.json; mints: those that the pipeline tells apart.
    """
    if set(metrics["recall"]) != set(mints):
        return []
    recall = ", ".join(f"{mint} {value:.3f}" for mint, value in metrics["recall"].items())
    return [
        finding(
            f"Cross-validation, every coin tested by networks that never saw one of its group: "
            f"{task} are told apart with balanced accuracy {interval(metrics, 'balanced_accuracy')} "
            f"on {metrics['n']} coins (folds: {metrics['folds']}, repeats: {metrics['repeats']}); recall "
            f"{recall}",
            "coins of other collections on which the interval includes guessing",
        )
    ]


def hardest(metrics: Details) -> str:
    """Say which mint is recognised least."""
    recall = metrics["recall"]
    mint = min(recall, key=recall.get)
    return f"Of the mints {mint} is recognised least: recall {_recall(metrics, mint)}."


def shortcuts(checked: Details, guess: float) -> str:
    """Say whether a single feature of the photographs does better than guessing.

    checked: balanced accuracy by feature, beside the name of the best; guess: that of guessing.
    """
    alone = {name.replace("_", " "): metrics for name, metrics in checked.items() if name != "best"}
    better = [name for name, metrics in alone.items() if metrics["balanced_accuracy_low"] > guess]
    shown = [f"{name} {interval(metrics, 'balanced_accuracy')}" for name, metrics in alone.items()]
    verdict = "no evidence that any of them alone does better than guessing"
    if better:
        verdict = (
            f"better than guessing by itself: {', '.join(better)}, which a network may have used"
        )
    return finding(
        "Shortcut check, balanced accuracy from a single feature of the photographs: "
        f"{', '.join(shown)}; guessing gets {guess:.3f}; {verdict}",
        "a feature not listed here that differs between the classes, such as the wear",
    )


def _accuracy(metrics: Details, task: str) -> str:
    recall = ", ".join(f"{mint} {_recall(metrics, mint)}" for mint in metrics["recall"])
    better = metrics["accuracy_low"] > metrics["majority_accuracy"]
    verdict = "better than" if better else "with no evidence of doing better than"
    return finding(
        f"The network tells {task} apart with balanced accuracy "
        f"{interval(metrics, 'balanced_accuracy')} on {metrics['n']} test coins; recall {recall}; "
        f"accuracy {interval(metrics, 'accuracy')}, {verdict} always predicting the commonest mint "
        f"({metrics['majority_accuracy']:.3f})",
        "another split, or coins of other collections, on which the interval includes the share of "
        "the commonest mint",
    )


def _recall(metrics: Details, mint: str) -> str:
    low, high = metrics["recall_low"][mint], metrics["recall_high"][mint]
    return f"{metrics['recall'][mint]:.3f} ({low:.3f} to {high:.3f})"


def _repeats(repeats: Details) -> str:
    spread = repeats["balanced_accuracy"]
    return (
        f"{repeats['networks']} networks trained with different seeds on the same split reach "
        f"balanced accuracies of {spread['least']:.3f} to {spread['greatest']:.3f} (mean "
        f"{spread['mean']:.3f}, standard deviation {spread['deviation']:.3f})."
    )
