"""Gather the pictures and metrics of all stages on one page, and say what they mean."""

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

from mintmark.pipeline import paths
from mintmark.pipeline.stage import run, writing
from mintmark.report import conclusions, inputs, page, sections, summary


def main() -> None:
    """Read the details of the stages, write page and conclusions."""
    details = inputs.read(section.stage for section in sections.SECTIONS)
    shown = sections.available(sections.SECTIONS, details)
    text = conclusions.write(details)
    with writing(paths.REPORT, paths.CONCLUSIONS) as (page_file, text_file):
        page_file.write_text(
            page.render(shown, details, text, summary.write(details)), encoding="utf-8"
        )
        text_file.write_text(text, encoding="utf-8")
    print(f"Wrote {paths.REPORT} and {paths.CONCLUSIONS}.")


if __name__ == "__main__":
    run(main)
