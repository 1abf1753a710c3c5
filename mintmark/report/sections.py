"""What the report shows of each stage, in order: one entry of SECTIONS a stage."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from mintmark.pipeline import paths
from mintmark.report.inputs import COUNTS
from mintmark.report.phrases import Details


@dataclass(frozen=True)
class Section:
    """A heading, what is asked, and pictures with their captions."""

    stage: str
    heading: str
    lead: str
    pictures: dict[str, str] = field(default_factory=dict)  # caption by file name
    drawn: bool = False  # whether the stage `figures` draws them, not the stage itself
    table: Path | None = None  # a CSV table to show
    only_if: dict[str, Callable[[Details], bool]] = field(default_factory=dict)  # by file name

    @property
    def files(self) -> dict[Path, str]:
        """The pictures' captions by their paths."""
        folder = paths.plots("figures") / self.stage if self.drawn else paths.plots(self.stage)
        return {folder / name: caption for name, caption in self.pictures.items()}


def available(sections: list[Section], details: dict[str, Details]) -> list[Section]:
    """The sections without the pictures that there is nothing to draw for.

    details: of the stages, by their names.
    """
    return [
        replace(section, pictures=_available(section, details[section.stage]))
        for section in sections
    ]


def _available(section: Section, details: Details) -> dict[str, str]:
    missing = {name for name, there in section.only_if.items() if not there(details)}
    return {name: caption for name, caption in section.pictures.items() if name not in missing}


def truth_is_known(details: Details) -> bool:
    """Whether heat was scored against the mint's name, which is known of drawn coins alone."""
    return "localisation" in details


def several_heads(details: Details) -> bool:
    """Whether there are heads to compare."""
    return len(details["heads"]) > 1


TRAINING = {
    "confusion.png": "Test coins by true and predicted mint",
    "curves.png": "Training, epoch by epoch",
    "mistakes.png": "Test coins taken for another mint",
}
HEAT = {
    "gallery.png": "Test coins and their heat, correctly and incorrectly classified",
    "contrast.png": "Heat for the true mint, for the strongest other, and the difference",
    "mean_maps.png": "Mean heat by mint, over one coin for orientation",
    "polar.png": "The mean coin and the mean heat, unrolled",
    "zones.png": "Share of each coin's heat in the margin over the margin's share of area",
    "clock.png": "Where on the clock the heat lies: share of heat over share of area",
}
MASKS = {
    "examples.png": "What is masked",
    "heat.png": "Where the network looks when part of the coin is masked",
}
CONTROLS = {
    "curve.png": "Accuracy over the border's radius and over the share of area masked",
    "controls.png": "Every masked region against its share of the coin's area",
    "fills.png": "Every fill, and a network adapted to masks where there is one",
    "clock.png": "Where on the clock masking costs most, hour by hour",
}
SECTIONS = [
    Section(
        stage="organize",
        heading="Coins and labels",
        lead="Label table and photographs are joined; labels that name no mint are left out.",
        pictures={"mints.png": "Coins with a photograph, by mint"},
    ),
    Section(
        stage="clean",
        heading="Photographs",
        lead="The coin is found in each photograph, cropped as a circle, and its light evened out.",
        pictures={
            "crops.png": "A sample of the crops",
            "rejected.png": "Rejected photographs with the reason; grey where a file is broken",
        },
    ),
    Section(
        stage="split",
        heading="Training, validation and test",
        lead="Coins of each mint by split; duplicates and coins of one die are never separated.",
        table=COUNTS,
    ),
    Section(
        stage="train2",
        heading="Two mints",
        lead="Can a network tell two mints apart on coins it never saw?",
        pictures=TRAINING,
        drawn=True,
    ),
    Section(
        stage="gradcam",
        heading="Where the network looks",
        lead="Heat shows what speaks for the mint that the network predicts; hot is bright.",
        pictures={
            **HEAT,
            "faithfulness.png": "Deletion and insertion curves under two fills",
            "randomisation.png": "How maps change when layers get random weights, from the top",
            "pointing.png": "Every method against the pixels of the mint's name (drawn coins)",
            "features.png": "Test coins by their features; rings mark incorrect predictions",
        },
        only_if={"pointing.png": truth_is_known},
    ),
    Section(
        stage="mask",
        heading="What the network loses",
        lead="The same test coins with the field or the margin masked on both sides.",
        pictures=MASKS,
    ),
    Section(
        stage="controls",
        heading="Is it the region, or the masking?",
        lead="Other regions, as large as the field or the margin; other borders; other fills.",
        pictures=CONTROLS,
    ),
    Section(
        stage="eval3rd",
        heading="An unknown mint",
        lead="Every coin of the third mint, shown to the network that knows the other two.",
        pictures={
            "answers.png": "What the coins are taken for, as they are and masked; minor mints",
            "scores.png": "Out-of-distribution scores, which should tell unknown coins from known",
            "detection.png": "How well they do: each mint left out in turn, and far controls",
            "nearest.png": "Unknown coins and the training coins nearest in feature space",
            "consistency.png": "Unknown coins that keep their prediction when something changes",
            "features.png": "The unknown coins among the test coins, by features",
            "gallery.png": "Where the network looks on unknown coins",
        },
    ),
    Section(
        stage="train3",
        heading="Three mints",
        lead="A network trained on all three mints.",
        pictures=TRAINING,
        drawn=True,
    ),
    Section(
        stage="identify",
        heading="Naming a coin that somebody brings",
        lead="Answers with doubt: sets that hold the true mint as often as promised, and similar coins.",
        pictures={
            "sets.png": "How often sets hold the truth, and how many answers that takes",
            "views.png": "What one side alone gives",
            "risk.png": "Wrong answers among the surest test coins",
            "similar.png": "Coins looked up, and the most similar ones of other dies",
        },
    ),
    Section(
        stage="gradcam3",
        heading="Three mints: where the network looks",
        lead="The heat of the network that knows all three.",
        pictures=HEAT,
    ),
    Section(
        stage="mask3",
        heading="Three mints: what the network loses",
        lead="Its test coins, masked as above.",
        pictures=MASKS,
    ),
    Section(
        stage="controls3",
        heading="Three mints: the region, or the masking?",
        lead="The same controls.",
        pictures=CONTROLS,
    ),
    Section(
        stage="features315",
        heading="Coin types: photographs",
        lead="Photographs of modern coin types; frozen backbones extract their features once.",
        pictures={
            "views.png": "Training photographs as the backbones see them, and augmented views, if any"
        },
        drawn=True,
    ),
    Section(
        stage="labels315",
        heading="Coin types: label issues",
        lead="Labels that models which never saw the photograph find unlikely; none is dropped.",
        pictures={"suspected.png": "The least likely labels, for a person to check"},
        drawn=True,
    ),
    Section(
        stage="transfer315",
        heading="Coin types",
        lead="Modern coin types, told apart by a head on those features.",
        pictures={
            "frequency.png": "Accuracy of types with few, some and many training photographs",
            "heads.png": "Heads compared on the validation split",
            "calibration.png": "Whether confidence is to be believed, before and after scaling",
            "confusion.png": "Test photographs by true and predicted type",
            "confused_pairs.png": "The types most often taken for each other",
        },
        drawn=True,
        only_if={"heads.png": several_heads},
    ),
]
