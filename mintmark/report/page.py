"""The report: one self-contained page with the findings, pictures and metrics of all stages."""

from collections.abc import Mapping

from mintmark.report import inputs, pictures, templates
from mintmark.report.layout import Section
from mintmark.report.phrases import Details, Finding
from mintmark.report.summary import First


def render(
    sections: list[Section],
    details: Mapping[str, Details],
    findings: Mapping[str, list[Finding]],
    first: First,
    introduction: str,
) -> str:
    """Lay out the page, its pictures embedded.

    details, findings: of the stages, by their names; first: the first screen; introduction: how to read
    the evidence. Raises InputError when a picture or table is missing.
    """
    files = {section.path(name) for section in sections for name in section.pictures}
    return templates.render(
        "page.html.j2",
        first=first,
        introduction=introduction,
        sections=sections,
        findings=findings,
        metrics={section.stage: dict(_flat(details[section.stage])) for section in sections},
        tables={
            section.stage: inputs.table(section.table) for section in sections if section.table
        },
        embedded=pictures.embedded(sorted(files | set(first.pictures))),
    )


def _flat(details: Details, prefix: str = "") -> list[tuple[str, object]]:
    """The numbers and texts of details by their dotted names; lists are said elsewhere."""
    rows: list[tuple[str, object]] = []
    for key, value in details.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            rows += _flat(value, f"{name}.")
        elif not isinstance(value, list):
            rows.append((name, value))
    return rows
