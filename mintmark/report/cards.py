"""Model card and data sheet: what the networks and the data are, for whom, and for what not.

Mitchell et al. (2019), "Model Cards for Model Reporting"; Gebru et al. (2021), "Datasheets for Datasets".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from mintmark.pipeline import params, paths
from mintmark.pipeline.choices import ONE_OR_MORE
from mintmark.report import data_findings, inputs, network_findings, templates
from mintmark.report.phrases import Details, Finding

WEAK = 0.5  # a recall whose interval reaches below is not relied on

Found = Mapping[str, list[Finding]]


class OfMints(params.Block):
    """What a network of mints is made of."""

    network: str
    weights: str
    start: str = "none"


class OfTypes(params.Block):
    """What the network of coin types is made of."""

    backbone: Annotated[list[str], ONE_OR_MORE]
    weights: Annotated[list[str], ONE_OR_MORE]


@dataclass(frozen=True)
class Made:
    """What the networks were made of, and where the data lie."""

    two: OfMints
    three: OfMints
    types: OfTypes
    data: params.Data

    @property
    def drawn(self) -> dict[str, bool]:
        """Whether mints and coin types are those that the stage sample draws."""
        return {
            "mints": self.data.mints == paths.DRAWN_MINTS.as_posix(),
            "types": self.data.types == paths.DRAWN_TYPES.as_posix(),
        }


def read() -> Made:
    """What params.yaml says of networks and data. Raises InputError when it can't be used."""
    return Made(
        params.load(OfMints, "train2", partly=True),
        params.load(OfMints, "train3", partly=True),
        params.load(OfTypes, "transfer315", partly=True),
        params.load(params.Data, "data"),
    )


def model_card(details: Mapping[str, Details], findings: Found, made: Made) -> str:
    """Write the model card. details, findings: of the stages, by their names."""
    two, three = details["train2"], details["train3"]
    checked, guess = three["shortcuts"], 1 / len(three["recall"])
    return templates.render(
        "model-card.html.j2",
        details=details,
        findings=findings,
        made=made,
        shortcut=network_findings.shortcuts(checked, guess, "mint"),
        open=network_findings.open_shortcuts(checked, guess),
        counts=inputs.table(inputs.COUNTS),
        results={
            "Two mints": _result(two, details["crossval"]["two"], findings["train2"]),
            "Three mints": _result(three, details["crossval"]["three"], findings["train3"]),
        },
        weak=[mint for mint, low in three["recall_low"].items() if low < WEAK],
    )


def data_sheet(details: Mapping[str, Details], findings: Found, made: Made) -> str:
    """Write the data sheet. details, findings: of the stages, by their names."""
    corrected = [data_findings.corrected(details[stage]) for stage in ("organize", "features315")]
    return templates.render(
        "data-sheet.html.j2",
        details=details,
        findings=findings,
        made=made,
        corrections=sum(corrected, []),
    )


def _result(metrics: Details, folds: Details, findings: list[Finding]) -> dict:
    """What the card says of a network of mints: how well it does, and the recall of each mint."""
    same = set(folds["recall"]) == set(metrics["recall"])
    return {
        "findings": findings[: 1 + same],
        "recall": {mint: network_findings.recall_of(metrics, mint) for mint in metrics["recall"]},
        "folds": folds["recall"] if same else {},
    }
