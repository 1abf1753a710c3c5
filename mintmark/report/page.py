"""The report: one self-contained page with the pictures and metrics of all stages."""

from pathlib import Path

import jinja2

from mintmark.report import inputs, pictures
from mintmark.report.phrases import Details
from mintmark.report.sections import Section
from mintmark.report.summary import First

TEMPLATE = Path(__file__).with_name("page.html.j2")
HEADINGS = {"# ": "h2", "## ": "h3"}


def render(
    sections: list[Section], details: dict[str, Details], conclusions: str, first: First
) -> str:
    """Lay out the page, its pictures embedded.

    details: of the stages, by their names; first: the first screen; conclusions: Markdown of headings,
    paragraphs and lists, as `conclusions.write` gives it. Raises InputError when a picture or table is
    missing.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    files = {file for section in sections for file in section.files} | set(first.pictures)
    return template.render(
        first=first,
        sections=sections,
        conclusions=_blocks(conclusions),
        metrics={section.stage: dict(_flat(details[section.stage])) for section in sections},
        tables={
            section.stage: inputs.table(section.table) for section in sections if section.table
        },
        embedded=pictures.embedded(sorted(files)),
    )


def _blocks(markdown: str) -> list[tuple[str, list[str]]]:
    """The blocks of a text: tag and content of each; the items of a list ("ul") are its content."""
    blocks = []
    for block in filter(None, (block.strip() for block in markdown.split("\n\n"))):
        mark = block[: block.find(" ") + 1]
        if mark in HEADINGS:
            blocks.append((HEADINGS[mark], [block.removeprefix(mark)]))
        elif mark == "- ":
            blocks.append(("ul", block.removeprefix(mark).split("\n- ")))
        else:
            blocks.append(("p", [block.replace("\n", " ")]))
    return blocks


def _flat(details: Details, prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, value in details.items():
        name = f"{prefix}{key}"
        rows += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, value)]
    return rows
