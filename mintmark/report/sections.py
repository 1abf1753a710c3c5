"""What the report shows of each stage, in order: one entry of SECTIONS a stage."""

from mintmark.report.inputs import COUNTS
from mintmark.report.layout import Picture, Section
from mintmark.report.phrases import Details


def truth_is_known(details: Details) -> bool:
    """Whether heat was scored against the mint's name, which is known of drawn coins alone."""
    return "localisation" in details


def several_heads(details: Details) -> bool:
    """Whether there are heads to compare."""
    return len(details["heads"]) > 1


TRAINING = {
    "confusion.png": Picture(
        "Test coins by true and predicted mint",
        "Confusion matrix, a row for each true mint and a column for each predicted one",
    ),
    "curves.png": Picture(
        "Training, epoch by epoch",
        "Loss and accuracy over the epochs, of training and validation coins",
    ),
    "mistakes.png": Picture(
        "Test coins taken for another mint",
        "Photographs of coins with their true and their predicted mint",
    ),
}
HEAT = {
    "gallery.png": Picture(
        "Test coins and their heat, correctly and incorrectly classified",
        "Coins a row, obverse and reverse, beside them the same coins with heat as bright spots",
    ),
    "contrast.png": Picture(
        "Heat for the true mint, for the strongest other, and the difference",
        "Coins a row: heat for one mint, heat for another, and their difference in red and blue",
    ),
    "mean_maps.png": Picture(
        "Mean heat by mint, over one coin for orientation",
        "For each mint one grey coin, obverse and reverse, with the mean heat of its coins as bright spots",
    ),
    "polar.png": Picture(
        "The mean coin and the mean heat, unrolled",
        "Mean coin and mean heat with the circle of the coin unrolled to a strip, by mint and side",
    ),
    "zones.png": Picture(
        "Share of each coin's heat in the margin over the margin's share of area",
        "A point for each coin by mint, around a line at 1, where heat is as even as area",
    ),
    "clock.png": Picture(
        "Where on the clock the heat lies: share of heat over share of area",
        "Two dials, obverse and reverse, each with two rings of twelve cells coloured by heat",
    ),
}
MASKS = {
    "examples.png": Picture(
        "What is masked",
        "Coins a row: as they are, with the field masked, and with the margin masked",
    ),
    "heat.png": Picture(
        "Where the network looks when part of the coin is masked",
        "The same coins a row with heat: as they are, field masked, margin masked",
    ),
}
CONTROLS = {
    "curve.png": Picture(
        "Accuracy over the border's radius and over the share of area masked",
        "Two curves with bands: accuracy with the field masked and with the margin masked",
    ),
    "controls.png": Picture(
        "Every masked region against its share of the coin's area",
        "Points of accuracy over the share of the coin masked: field, margin, discs, rings, sectors, sides",
    ),
    "fills.png": Picture(
        "Every fill, and a network adapted to masks where there is one",
        "Points of accuracy by fill with nothing, the field or the margin masked, with intervals",
    ),
    "clock.png": Picture(
        "Where on the clock masking costs most, hour by hour",
        "Two dials, obverse and reverse, each with two rings of twelve cells coloured by what masking costs",
    ),
}
SECTIONS = [
    Section(
        stage="organize",
        heading="Coins and labels",
        lead="Label table and photographs are joined; labels that name no mint are left out.",
        pictures={
            "mints.png": Picture(
                "Coins with a photograph, by mint", "Bars of the number of coins of each mint"
            )
        },
    ),
    Section(
        stage="clean",
        heading="Photographs",
        lead="The coin is found in each photograph, cropped as a circle, and its light evened out.",
        pictures={
            "crops.png": Picture(
                "A sample of the crops", "Round crops of coins in rows, each with its id and mint"
            ),
            "rejected.png": Picture(
                "Rejected photographs with the reason; grey where a file is broken",
                "Photographs in rows, each with its id and the reason",
            ),
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
            "faithfulness.png": Picture(
                "Deletion and insertion curves under two fills",
                "Four panels, each with curves by heat, by a random map and by distance from the centre",
            ),
            "randomisation.png": Picture(
                "How maps change when layers get random weights, from the top",
                "A curve of correlation that starts at 1 with no layer random",
            ),
            "pointing.png": Picture(
                "Every method against the pixels of the mint's name (drawn coins)",
                "A row for each attribution method: hottest point and heat on the name, precision-recall",
            ),
            "features.png": Picture(
                "Test coins by their features; rings mark incorrect predictions",
                "Points of coins on two axes, coloured by mint; rings mark incorrect ones",
            ),
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
            "answers.png": Picture(
                "What the coins are taken for, as they are and masked; minor mints",
                "Bars of the shares of known mints that unknown coins are taken for",
            ),
            "scores.png": Picture(
                "Out-of-distribution scores, which should tell unknown coins from known",
                "Histograms of each score, of known and of unknown coins; they overlap where it fails",
            ),
            "detection.png": Picture(
                "How well they do: each mint left out in turn, and far controls",
                "Points of AUROC with intervals by score, for unknown mints and for blank, noise and objects",
            ),
            "nearest.png": Picture(
                "Unknown coins and the training coins nearest in feature space",
                "An unknown coin a row, beside it the most similar training coins",
            ),
            "consistency.png": Picture(
                "Unknown coins that keep their prediction when something changes",
                "Points, for each change, of the share of coins that keep their answer",
            ),
            "features.png": Picture(
                "The unknown coins among the test coins, by features",
                "Points of coins on two axes, coloured by known mint and unknown",
            ),
            "gallery.png": Picture(
                "Where the network looks on unknown coins",
                "Unknown coins a row with heat as bright spots",
            ),
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
            "sets.png": Picture(
                "How often sets hold the truth, and how many answers that takes",
                "Bars by mint: how often sets hold the truth, and how many answers they have",
            ),
            "views.png": Picture(
                "What one side alone gives",
                "Bars of accuracy and coverage for both sides, the obverse and the reverse",
            ),
            "risk.png": Picture(
                "Wrong answers among the surest test coins",
                "A curve of the share of wrong answers over the share of coins answered",
            ),
            "similar.png": Picture(
                "Coins looked up, and the most similar ones of other dies",
                "A coin looked up a row, beside it the most similar coins, with id and mint",
            ),
            "alike.png": Picture(
                "What makes the most similar coin similar: hot on both is what the two share",
                "Pairs of similar coins, each above its heat",
            ),
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
            "views.png": Picture(
                "Training photographs as the backbones see them, and augmented views, if any",
                "Photographs a row, beside each turned and lit differently",
            )
        },
        drawn=True,
    ),
    Section(
        stage="labels315",
        heading="Coin types: label issues",
        lead="Labels that models which never saw the photograph find unlikely; none is dropped.",
        pictures={
            "suspected.png": Picture(
                "The least likely labels, for a person to check",
                "Photographs with the label given and the label suggested, beside a photograph of the latter",
            )
        },
        drawn=True,
    ),
    Section(
        stage="transfer315",
        heading="Coin types",
        lead="Modern coin types, told apart by a head on those features.",
        pictures={
            "frequency.png": Picture(
                "Accuracy of types with few, some and many training photographs",
                "Points of accuracy with intervals for rare, medium and frequent types",
            ),
            "heads.png": Picture(
                "Heads compared on the validation split", "Bars of accuracy by head"
            ),
            "calibration.png": Picture(
                "Whether confidence is to be believed, before and after scaling",
                "Accuracy over confidence, before and after scaling, against the diagonal",
            ),
            "confusion.png": Picture(
                "Test photographs by true and predicted type",
                "Matrix of true against predicted types, dark on the diagonal",
            ),
            "confused_pairs.png": Picture(
                "The types most often taken for each other",
                "Pairs of photographs of types that are taken for each other",
            ),
        },
        drawn=True,
        only_if={"heads.png": several_heads},
    ),
]
