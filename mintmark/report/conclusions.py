"""What the figures say, in sentences: each computed from the metrics with its interval and its test.

An effect whose interval includes none is reported as no evidence, never as its absence. Each finding
ends with what would overturn it.
"""

from mintmark.report import open_set_findings, type_findings, zone_findings
from mintmark.report.phrases import Metrics, finding, interval

INTRODUCTION = """# Conclusions

Intervals are 95 %. Those of accuracies, recalls and shares of coins are Wilson's, those of balanced
accuracies of mints are made of the recalls'; those of drops, means and AUROC are bootstraps over coins,
those of coin types and of shortcut checks bootstraps over groups. Drops are tested with McNemar's exact test on
the same coins. Figures on drawn coins say nothing about history.
"""


def write(metrics: Metrics) -> str:
    """Write the conclusions as Markdown.

    metrics: the content of metrics/<stage>.json for each stage, by the stage's name.
    """
    two, three = metrics["train2"], metrics["train3"]
    sections = {
        "The data": [_data(metrics)],
        "Two mints": [
            *_network(two, "two mints"),
            *zone_findings.hidden(metrics["mask"]),
            *zone_findings.heat(metrics["gradcam"]),
            *zone_findings.trust(metrics["gradcam"]),
        ],
        "A mint it never saw": open_set_findings.write(metrics["eval3rd"]),
        "Three mints": [
            *_network(three, "three mints"),
            _hardest(three),
            *zone_findings.hidden(three["mask"]),
            *zone_findings.heat(three["gradcam"]),
        ],
        "Coin types": [
            *type_findings.write(metrics["transfer315"], metrics["labels315"]),
            _shortcuts(metrics["transfer315"]),
        ],
    }
    text = INTRODUCTION
    for heading, sentences in sections.items():
        text += f"\n## {heading}\n\n" + "".join(f"- {sentence}\n" for sentence in sentences)
    return text


def _data(metrics: Metrics) -> str:
    coins, photos = metrics["organize"]["coins"], metrics["clean"]["photos"]
    twins = metrics["clean"]["duplicates"]
    return (
        f"{coins['organized']} of {coins['listed']} listed coins have a usable label and a "
        f"photograph; {photos['kept']} of {photos['read']} photographs were usable, "
        f"{twins['exact']} are exact and {twins['near']} near copies of another. "
        f"{metrics['split']['groups_across_parts']} groups of copies or of coins from one die "
        "cross from one part to another."
    )


def _network(figures: dict, task: str) -> list[str]:
    sentences = [_accuracy(figures, task), _shortcuts(figures)]
    repeats = figures["repeats"]
    if repeats["networks"] > 1:
        spread = repeats["balanced_accuracy"]
        sentences.append(
            f"{repeats['networks']} networks trained with different seeds on the same split reach "
            f"balanced accuracies of {spread['least']:.3f} to {spread['greatest']:.3f} (mean "
            f"{spread['mean']:.3f}, standard deviation {spread['deviation']:.3f})."
        )
    return sentences


def _accuracy(figures: dict, task: str) -> str:
    recall = ", ".join(
        f"{mint} {value:.3f} ({figures['recall_low'][mint]:.3f} to {figures['recall_high'][mint]:.3f})"
        for mint, value in figures["recall"].items()
    )
    beats = figures["accuracy_low"] > figures["majority_accuracy"]
    verdict = "better than" if beats else "with no evidence of doing better than"
    return finding(
        f"The network tells {task} apart with balanced accuracy "
        f"{interval(figures, 'balanced_accuracy')} on {figures['n']} test coins; recall {recall}; "
        f"accuracy {interval(figures, 'accuracy')}, {verdict} always naming the commonest mint "
        f"({figures['majority_accuracy']:.3f})",
        "another split, or coins of other collections, on which the interval includes the share of "
        "the commonest mint",
    )


def _shortcuts(figures: dict) -> str:
    kinds = {name: of for name, of in figures["shortcuts"].items() if name != "best"}
    if "recall" in figures:
        guess = 1 / len(figures["recall"])
    else:
        guess = 1 / (figures["classes"] - figures["classes_without_test"])
    well = [
        name.replace("_", " ") for name, of in kinds.items() if of["balanced_accuracy_low"] > guess
    ]
    shown = ", ".join(
        f"{name.replace('_', ' ')} {interval(of, 'balanced_accuracy')}"
        for name, of in kinds.items()
    )
    verdict = (
        f"better than guessing by itself: {', '.join(well)}, which a network may have used"
        if well
        else "no evidence that any of them alone does better than guessing"
    )
    return finding(
        f"Shortcut check, balanced accuracy from a single feature of the photographs: {shown}; "
        f"guessing gets {guess:.3f}; {verdict}",
        "a feature not listed here that differs between the classes, such as the background",
    )


def _hardest(train3: dict) -> str:
    recall = train3["recall"]
    mint = min(recall, key=recall.get)
    low, high = train3["recall_low"][mint], train3["recall_high"][mint]
    return f"Of the three mints {mint} is recognised least: recall {recall[mint]:.3f} ({low:.3f} to {high:.3f})."
