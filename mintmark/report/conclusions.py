"""What the metrics say, in sentences: each number with its interval and its test.

An effect whose interval includes none is reported as no evidence, never as its absence. Each
finding ends with what would overturn it.
"""

from mintmark.report import network_findings, open_set_findings, type_findings, zone_findings
from mintmark.report.phrases import Details

INTRODUCTION = """# Conclusions

Intervals are 95 %. Those of accuracies, recalls and shares of coins are Wilson's; those of balanced
accuracies of mints are made of the recalls'; those of drops, means and AUROC are bootstraps over
coins; those of coin types, of shortcut checks and of cross-validation are bootstraps over groups.
Drops are tested with McNemar's exact test on the same coins. Numbers measured on drawn coins say
nothing about history.
"""


def write(details: dict[str, Details]) -> str:
    """Write the conclusions as Markdown: headings, and a list of findings under each.

    details: the content of plots/<stage>/details.json by the stage's name, and of
    metrics/split.json and metrics/crossval.json as "split" and "crossval".
    """
    folds = details["crossval"]
    sections = {
        "The data": [_data(details)],
        "Two mints": [
            *network_findings.over_folds(folds["two"], "two mints", details["train2"]["recall"]),
            *network_findings.write(details["train2"], "two mints"),
            *zone_findings.masked(details["mask"], details["controls"]),
            *zone_findings.heat(details["gradcam"]),
            *zone_findings.trust(details["gradcam"]),
        ],
        "An unknown mint": open_set_findings.write(details["eval3rd"]),
        "Three mints": [
            *network_findings.over_folds(
                folds["three"], "three mints", details["train3"]["recall"]
            ),
            *network_findings.write(details["train3"], "three mints"),
            network_findings.hardest(details["train3"]),
            *zone_findings.masked(details["mask3"], details["controls3"]),
            *zone_findings.heat(details["gradcam3"]),
        ],
        "Coin types": type_findings.write(details["transfer315"], details["labels315"]),
    }
    text = INTRODUCTION
    for heading, sentences in sections.items():
        text += f"\n## {heading}\n\n" + "".join(f"- {sentence}\n" for sentence in sentences)
    return text


def _data(details: dict[str, Details]) -> str:
    coins, photos = details["organize"]["coins"], details["clean"]["photos"]
    copies = details["clean"]["duplicates"]
    return (
        f"{coins['organized']} of {coins['listed']} listed coins have a usable label and a "
        f"photograph; {photos['kept']} of {photos['read']} photographs were usable, "
        f"{copies['exact']} are exact and {copies['near']} near duplicates of another. "
        f"{details['split']['groups_across_parts']} groups of duplicates or of coins from one die "
        "are in more than one split." + _corrected(details)
    )


def _corrected(details: dict[str, Details]) -> str:
    """How many labels somebody corrected, of coins and of coin types; "" where nobody did."""
    counts = [details[stage].get("corrections", {}) for stage in ("organize", "features315")]
    applied = sum(count.get("applied", 0) for count in counts)
    asked = sum(sum(count.values()) for count in counts)
    return f" {applied} of {asked} corrections of labels were applied." if asked else ""
