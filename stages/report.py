"""Gather the figures and pictures of all stages on one page, and say what they mean."""

from mintmark.pipeline import paths
from mintmark.report import conclusions, page
from mintmark.pipeline.stage import run, writing

SECTIONS = [
    page.Section(
        "organize", "Coins and labels",
        "Label table and photographs are joined; labels that name no mint are left out.",
        {"mints.png": "Coins with a photograph, by mint"},
    ),
    page.Section(
        "clean", "Photographs",
        "The coin is found in each photograph, cropped as a circle, and its light evened out.",
        {
            "crops.png": "A sample of the crops",
            "rejected.png": "Rejected photographs with the reason; grey where a file is broken",
        },
    ),
    page.Section(
        "train2", "Two mints", "Can a network tell two mints apart on coins it never saw?",
        {
            "confusion.png": "Test coins by mint and answer",
            "curves.png": "Training; the epoch with the lowest validation loss is kept",
            "mistakes.png": "Test coins taken for the other mint",
        },
    ),
    page.Section(
        "gradcam", "Where the network looks",
        "Heat shows what speaks for the mint that the network names; hot is bright.",
        {
            "gallery.png": "Test coins and their heat, named rightly and wrongly",
            "contrast.png": "Heat for the true mint, for the strongest other, and the difference",
            "mean_maps.png": "Mean heat over one coin for orientation",
            "polar.png": "The mean coin and the mean heat, unrolled",
            "zones.png": "Share of each coin's heat in the margin over the margin's share of area",
            "faithfulness.png": "Deletion and insertion curves under two fillers",
            "sanity.png": "How maps change when layers are given random weights, from the top",
            page.POINTING: "Every method against the pixels of the mint's name (drawn coins)",
            "features.png": "Test coins by their features; rings mark wrong answers",
        },
    ),
    page.Section(
        "mask", "What the network loses",
        "The same test coins with the field, the margin, or other parts hidden on both sides.",
        {
            "curve.png": "Accuracy over the border's radius and over the share of area hidden",
            "controls.png": "Every hidden part against its share of the coin's area",
            "fills.png": "The same under every fill, and for a network that has learnt with masks",
            "examples.png": "What is hidden",
            "heat.png": "Where the network looks when part of the coin is hidden",
        },
    ),
    page.Section(
        "eval3rd", "A mint it never saw",
        "Every coin of the third mint, shown to the network that knows the other two.",
        {
            "answers.png": "What the coins are taken for, as they are and masked; minor mints",
            "scores.png": "Five scores that should tell unknown coins from known ones",
            "detection.png": "How well they do: each mint left out in turn, and far controls",
            "nearest.png": "Unknown coins and the training coins nearest in feature space",
            "consistency.png": "Unknown coins that keep their answer when something changes",
            "features.png": "The unknown coins among the test coins, by features",
            "gallery.png": "Where the network looks on unknown coins",
        },
    ),
    page.Section(
        "train3", "Three mints", "A network trained on all three mints, asked the same questions.",
        {
            "confusion.png": "Test coins by mint and answer",
            "curves.png": "Training; the epoch with the lowest validation loss is kept",
            "mistakes.png": "Test coins taken for another mint",
            "gallery.png": "Test coins and their heat",
            "contrast.png": "Heat for the true mint, for the strongest other, and the difference",
            "mean_maps.png": "Mean heat by mint",
            "polar.png": "The mean coin and the mean heat, unrolled",
            "zones.png": "Share of each coin's heat in the margin over the margin's share of area",
            "curve.png": "Accuracy with the field or the margin hidden",
            "controls.png": "Every hidden part against its share of the coin's area",
            "fills.png": "The same under every fill",
            "examples.png": "What is hidden",
            "heat.png": "Where the network looks when part of the coin is hidden",
        },
    ),
    page.Section(
        "features315", "Coin types: photographs",
        "Photographs of modern coin types, brought to features of a frozen backbone once.",
        {"views.png": "Training photographs, and views such as the head learns from besides"},
    ),
    page.Section(
        "labels315", "Coin types: labels to check",
        "Labels that models which never saw the photograph find unlikely; nothing is dropped.",
        {"suspected.png": "The least likely labels, for a person to check"},
    ),
    page.Section(
        "transfer315", "Coin types", "Modern coin types, told apart by a head on those features.",
        {
            "frequency.png": "Accuracy of types with few, some and many training photographs",
            page.HEADS: "Heads compared on the validation part",
            "calibration.png": "Whether confidence is to be believed, before and after scaling",
            "confusion.png": "Test photographs by type and answer",
            "confused_pairs.png": "The types most often taken for each other",
        },
    ),
]  # fmt: skip
OTHERS = ["merge", "split"]  # stages with figures and without pictures


def main() -> None:
    figures = page.metrics([section.stage for section in SECTIONS] + OTHERS)
    text = conclusions.write(figures)
    page = page.page(page.available(SECTIONS, figures), figures, text)
    with writing(paths.REPORT, paths.CONCLUSIONS) as (page_file, text_file):
        page_file.write_text(page, encoding="utf-8")
        text_file.write_text(text, encoding="utf-8")
    print(f"Wrote {paths.REPORT} and {paths.CONCLUSIONS}.")


if __name__ == "__main__":
    run(main)
