"""How well a network tells classes apart, and what could be told without it, in sentences."""

from collections.abc import Collection

from mintmark.report.phrases import Details, Finding, hundred, interval, listed


def write(metrics: Details) -> list[Finding]:
    """Write the findings about a network of a training stage. metrics: details of the stage."""
    known = len(metrics["recall"])
    found = [_accuracy(metrics), shortcuts(metrics["shortcuts"], 1 / known, "mint")]
    if metrics["repeats"]["networks"] > 1:
        found.append(_repeats(metrics["repeats"]))
    return found


def over_folds(metrics: Details, mints: Collection[str]) -> list[Finding]:
    """Say what cross-validation gave, unless it was of other mints.

    metrics: of the task, from metrics/crossval.json; mints: those that the pipeline tells apart.
    """
    if set(metrics["recall"]) != set(mints):
        return []
    guess = 1 / len(mints)
    plain = (
        "There is no evidence that the network names coins it never saw better than by guessing."
    )
    if metrics["balanced_accuracy_low"] > guess:
        plain = (
            f"Of 100 coins that it never saw, as many of each mint, the network names "
            f"{hundred(metrics['balanced_accuracy'])} correctly; guessing names {hundred(guess)}."
        )
    recall = ", ".join(f"{mint} {value:.3f}" for mint, value in metrics["recall"].items())
    evidence = [
        "Cross-validation, every coin tested by networks that never saw one of its group: balanced "
        f"accuracy {interval(metrics, 'balanced_accuracy')} on {metrics['n']} coins (folds: "
        f"{metrics['folds']}, repeats: {metrics['repeats']}).",
        f"Recall: {recall}.",
    ]
    overturned_by = "coins of other collections on which the interval includes guessing"
    return [Finding(plain, evidence, overturned_by)]


def hardest(metrics: Details) -> Finding:
    """Say which mint is recognised least."""
    recall = metrics["recall"]
    mint = min(recall, key=recall.get)
    return Finding(
        f"Of the mints {mint} is recognised least: {hundred(recall[mint])} of 100 of its coins.",
        [f"Recall {recall_of(metrics, mint)}."],
        picture="mistakes.png",
    )


def shortcuts(checked: Details, guess: float, what: str) -> Finding:
    """Say whether a single feature of the photographs does better than guessing.

    checked: balanced accuracy by feature, beside the name of the best; guess: that of guessing;
    what: what is told apart, "mint" or "type".
    """
    alone, better = _alone(checked), open_shortcuts(checked, guess)
    shown = [f"{name} {interval(metrics, 'balanced_accuracy')}" for name, metrics in alone.items()]
    plain = f"There is no evidence that {listed(list(alone), 'or')} alone gives the {what} away."
    if better:
        does = "does" if len(better) == 1 else "do, each alone,"
        plain = (
            f"A shortcut is open, which the network may have used: {listed(better)} {does} better "
            f"than guessing the {what}."
        )
    evidence = [
        "Shortcut check, balanced accuracy from a single feature of the photographs: "
        f"{', '.join(shown)}; guessing gets {guess:.3f}."
    ]
    overturned_by = "a feature not listed here that differs between the classes, such as the wear"
    return Finding(plain, evidence, overturned_by)


def open_shortcuts(checked: Details, guess: float) -> list[str]:
    """The features that do better than guessing, each alone; see `shortcuts`."""
    return [
        name for name, found in _alone(checked).items() if found["balanced_accuracy_low"] > guess
    ]


def _alone(checked: Details) -> dict[str, Details]:
    return {name.replace("_", " "): found for name, found in checked.items() if name != "best"}


def _accuracy(metrics: Details) -> Finding:
    n, chance = metrics["n"], metrics["majority_accuracy"]
    plain = (
        f"On the {n} test coins of this run there is no evidence that it does better than always "
        "naming the commonest mint."
    )
    if metrics["accuracy_low"] > chance:
        plain = (
            f"Of the {n} test coins of this run it names {hundred(metrics['accuracy'])} in 100 "
            f"correctly; always naming the commonest mint would get {hundred(chance)}."
        )
    recall = ", ".join(f"{mint} {recall_of(metrics, mint)}" for mint in metrics["recall"])
    evidence = [
        f"One split: balanced accuracy {interval(metrics, 'balanced_accuracy')} on {n} test coins.",
        f"Recall: {recall}.",
        f"Accuracy {interval(metrics, 'accuracy')}; always predicting the commonest mint gets "
        f"{chance:.3f}.",
    ]
    overturned_by = (
        "another split, or coins of other collections, on which the interval includes the share of "
        "the commonest mint"
    )
    return Finding(plain, evidence, overturned_by, "confusion.png")


def recall_of(metrics: Details, mint: str) -> str:
    """The recall of a mint with its interval; see `phrases.interval`."""
    low, high = metrics["recall_low"][mint], metrics["recall_high"][mint]
    return f"{metrics['recall'][mint]:.3f} ({low:.3f} to {high:.3f})"


def _repeats(repeats: Details) -> Finding:
    spread = repeats["balanced_accuracy"]
    return Finding(
        f"Trained {repeats['networks']} times from different seeds, it names from "
        f"{hundred(spread['least'])} to {hundred(spread['greatest'])} of 100 coins correctly.",
        [
            f"{repeats['networks']} networks trained with different seeds on the same split: balanced "
            f"accuracies {spread['least']:.3f} to {spread['greatest']:.3f}, mean "
            f"{spread['mean']:.3f}, standard deviation {spread['deviation']:.3f}."
        ],
    )
