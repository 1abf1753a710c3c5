"""Results in README.md, filled in from the metrics: `python -m mintmark.report.readme`.

A block between `<!-- name -->` and `<!-- /name -->` is replaced; the rest is written by hand.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mintmark.pipeline import paths
from mintmark.report.phrases import Details, p

README = Path("README.md")
STAGES = (
    "organize",
    "clean",
    "split",
    "train2",
    "gradcam",
    "mask",
    "eval3rd",
    "train3",
    "transfer315",
    "crossval",
)
HEADER = "| question | value | 95 % interval |\n|---|---|---|\n"


@dataclass(frozen=True)
class Row:
    """A row of the table: a question, and what it is answered by."""

    question: str
    value: str
    interval: str = ""

    def __str__(self) -> str:
        return f"| {self.question} | {self.value} | {self.interval} |\n"


def read(read_text: Callable[[Path], str] = Path.read_text) -> dict[str, Details]:
    """The metrics of the stages and of cross-validation. read_text: how a file is read, by its path."""
    return {stage: json.loads(read_text(paths.metrics(stage))) for stage in STAGES}


def filled(text: str, metrics: dict[str, Details]) -> str:
    """The text with its block `results` filled in. Raises ValueError when it has none."""
    pattern = re.compile(r"(<!-- results -->\n).*?(<!-- /results -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError("There is no block <!-- results --> … <!-- /results -->.")
    return pattern.sub(lambda block: block[1] + table(metrics) + block[2], text)


def table(metrics: dict[str, Details]) -> str:
    """The table of results, as Markdown. metrics: of the stages, by their names."""
    rows = [
        *_data(metrics),
        *_folds("two mints", metrics["crossval"]["two"]),
        *_folds("three mints", metrics["crossval"]["three"]),
        *_network("two mints", metrics["train2"]),
        *_heat(metrics["gradcam"]),
        *_masks(metrics["mask"]),
        *_unknown(metrics["eval3rd"]),
        *_network("three mints", metrics["train3"]),
        *_types(metrics["transfer315"]),
    ]
    return HEADER + "".join(map(str, rows))


def _row(question: str, metrics: Details, key: str) -> Row:
    """A row of one number, with its interval where it has one."""
    interval = ""
    if f"{key}_low" in metrics:
        interval = f"{_number(metrics[f'{key}_low'])} to {_number(metrics[f'{key}_high'])}"
    return Row(question, _number(metrics[key]), interval)


def _number(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")


def _data(metrics: dict[str, Details]) -> list[Row]:
    coins, photos = metrics["organize"]["coins"], metrics["clean"]["photos"]
    organized = f"{coins['organized']} of {coins['listed']}"
    crossing = str(metrics["split"]["groups_across_parts"])
    return [
        Row("listed coins with a usable label and a photograph", organized),
        Row("usable photographs", f"{photos['kept']} of {photos['read']}"),
        Row("groups of duplicates or of one die in more than one split", crossing),
    ]


def _folds(task: str, metrics: Details) -> list[Row]:
    times = f", {metrics['repeats']} times" if metrics["repeats"] > 1 else ""
    question = (
        f"{task}, {metrics['folds']} folds{times}: balanced accuracy on all {metrics['n']} coins"
    )
    return [
        _row(question, metrics, "balanced_accuracy"),
        Row("… recall", _recall(metrics)),
    ]


def _recall(metrics: Details) -> str:
    return ", ".join(f"{mint} {_number(value)}" for mint, value in metrics["recall"].items())


def _network(task: str, metrics: Details) -> list[Row]:
    chance = _number(metrics["majority_accuracy"])
    question = f"{task}, the split: accuracy on {metrics['n']} test coins (commonest mint {chance})"
    return [
        _row(question, metrics, "accuracy"),
        _row("… balanced accuracy", metrics, "balanced_accuracy"),
        Row("… recall", _recall(metrics)),
    ]


def _heat(gradcam: Details) -> list[Row]:
    rows = [Row("share of the heat in the margin", _number(gradcam["mass"]["margin"]))]
    if "pointing" in gradcam:  # where the truth is known
        rows.append(_row("hottest point on the mint's name", gradcam, "pointing"))
    return rows


def _masks(mask: Details) -> list[Row]:
    rows = []
    for variant, zone in {"centre": "field", "margin": "margin"}.items():
        test = f"McNemar, {p(mask[variant]['p_value'])}"
        question = f"drop of accuracy with the {zone} masked ({test})"
        rows.append(_row(question, mask[variant], "drop"))
    return rows


def _unknown(eval3rd: Details) -> list[Row]:
    mint, share = max(eval3rd["predicted"].items(), key=lambda item: item[1])
    rows = [Row(f"unknown mint: taken for {mint}", f"{share:.1%} of {eval3rd['n']} coins")]
    if "auroc" in eval3rd:
        rows.append(_row("… told from known coins: AUROC of the best score", eval3rd, "auroc"))
    return rows


def _types(transfer: Details) -> list[Row]:
    types = f"{transfer['classes']} coin types"
    task = f"{types}, the split: accuracy on {transfer['n']} test photographs"
    return [
        _row(f"{types}, folds of all photographs: accuracy", transfer["folds"], "accuracy"),
        _row("… balanced accuracy", transfer["folds"], "balanced_accuracy"),
        _row(task, transfer, "accuracy"),
        _row("… among the first five guesses", transfer, "top5_accuracy"),
        _row("… balanced accuracy", transfer, "balanced_accuracy"),
        _row("… macro F1", transfer, "macro_f1"),
    ]


def main() -> None:
    """Fill in README.md."""
    README.write_text(filled(README.read_text(encoding="utf-8"), read()), encoding="utf-8")
    print(f"Filled in {README}.")


if __name__ == "__main__":
    main()
