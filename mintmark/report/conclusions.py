"""What the metrics say, in sentences: a plain one first, then each number with interval and test.

An effect whose interval includes none is reported as no evidence, never as its absence. Each
finding ends with what would overturn it.
"""

from collections.abc import Mapping

from mintmark.report import (
    data_findings,
    heat_findings,
    identification_findings,
    network_findings,
    open_set_findings,
    type_findings,
    zone_findings,
)
from mintmark.report.phrases import Details, Finding

INTRODUCTION = (
    "Each conclusion is a sentence, and below it its evidence. Intervals are 95 %. Those of accuracies, "
    "recalls and shares of coins are Wilson's; those of balanced accuracies of mints are made of the "
    "recalls'; those of drops, means and AUROC are bootstraps over coins; those of coin types, of "
    "shortcut checks and of cross-validation are bootstraps over groups. Drops are tested with "
    "McNemar's exact test on the same coins. Numbers measured on drawn coins say nothing about history."
)
HEADINGS = {
    "The data": ["organize", "clean", "split"],
    "Two mints": ["train2", "mask", "gradcam", "controls"],
    "An unknown mint": ["eval3rd"],
    "Three mints": ["train3", "mask3", "gradcam3", "controls3"],
    "Naming a coin that somebody brings": ["identify"],
    "Coin types": ["features315", "labels315", "transfer315"],
}


def findings(details: Mapping[str, Details]) -> dict[str, list[Finding]]:
    """What was found, by the stage that found it.

    details: the content of plots/<stage>/details.json by the stage's name, and of
    metrics/split.json and metrics/crossval.json as "split" and "crossval".
    """
    folds, three = details["crossval"], details["train3"]
    return {
        "organize": data_findings.coins(details["organize"]),
        "clean": data_findings.photographs(details["clean"]),
        "split": data_findings.split(details["split"]),
        "train2": [
            *network_findings.over_folds(folds["two"], details["train2"]["recall"]),
            *network_findings.write(details["train2"]),
        ],
        "gradcam": [
            *heat_findings.heat(details["gradcam"]),
            *heat_findings.trust(details["gradcam"]),
        ],
        "mask": zone_findings.masked(details["mask"]),
        "controls": zone_findings.controlled(details["controls"], details["mask"]),
        "eval3rd": open_set_findings.write(details["eval3rd"]),
        "train3": [
            *network_findings.over_folds(folds["three"], three["recall"]),
            *network_findings.write(three),
            network_findings.hardest(three),
        ],
        "identify": identification_findings.write(details["identify"]),
        "gradcam3": heat_findings.heat(details["gradcam3"]),
        "mask3": zone_findings.masked(details["mask3"]),
        "controls3": zone_findings.controlled(details["controls3"], details["mask3"]),
        "features315": [
            *type_findings.photographs(details["features315"]),
            *data_findings.corrected(details["features315"]),
        ],
        "labels315": type_findings.label_issues(details["labels315"]),
        "transfer315": type_findings.write(details["transfer315"]),
    }


def write(found: Mapping[str, list[Finding]]) -> str:
    """Write the conclusions as Markdown: headings, findings under each, indented what is behind them.

    found: see `findings`.
    """
    text = f"# Conclusions\n\n{INTRODUCTION}\n"
    for heading, stages in HEADINGS.items():
        text += f"\n## {heading}\n\n"
        text += "".join(_item(finding) for stage in stages for finding in found[stage])
    return text


def _item(finding: Finding) -> str:
    return f"- {finding.plain}\n" + "".join(f"  - {sentence}\n" for sentence in finding.behind)
