"""Gather the pictures and metrics of all stages on one page, and say what they mean."""

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

from mintmark.pipeline import paths
from mintmark.pipeline.stage import run, writing
from mintmark.report import cards, conclusions, inputs, layout, page, sections, summary

OUTPUTS = (paths.REPORT, paths.CONCLUSIONS, paths.MODEL_CARD, paths.DATA_SHEET)


def main() -> None:
    """Read the details of the stages; write page, conclusions, model card and data sheet."""
    details = inputs.read(section.stage for section in sections.SECTIONS)
    shown = layout.available(sections.SECTIONS, details)
    found, made = conclusions.findings(details), cards.read()
    first = summary.write(details, made.drawn)
    texts = (
        page.render(shown, details, found, first, conclusions.INTRODUCTION),
        conclusions.write(found),
        cards.model_card(details, found, made),
        cards.data_sheet(details, found, made),
    )
    with writing(*OUTPUTS) as files:
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8")
    print(f"Wrote {', '.join(map(str, OUTPUTS))}.")


if __name__ == "__main__":
    run(main)
