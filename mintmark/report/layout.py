"""How the report lays out a stage: its heading, its findings, and the pictures beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from mintmark.pipeline import paths
from mintmark.report.phrases import Details, Finding


class Picture(NamedTuple):
    """What is said of a picture."""

    caption: str
    alt: str  # what can be seen, for who can't see it


@dataclass(frozen=True)
class Section:
    """A heading, what is asked, and pictures by file name."""

    stage: str
    heading: str
    lead: str
    pictures: dict[str, Picture] = field(default_factory=dict)
    drawn: bool = False  # whether the stage `figures` draws them, not the stage itself
    table: Path | None = None  # a CSV table to show
    only_if: dict[str, Callable[[Details], bool]] = field(default_factory=dict)  # by file name

    def path(self, name: str) -> Path:
        """Where a picture lies."""
        folder = paths.plots("figures") / self.stage if self.drawn else paths.plots(self.stage)
        return folder / name

    def beside(self, findings: Sequence[Finding]) -> list[str]:
        """The name of the picture that stands beside each finding, "" for none.

        A picture stands beside the first finding that it shows.
        """
        named = [finding.picture for finding in findings]
        return [
            name if name in self.pictures and name not in named[:place] else ""
            for place, name in enumerate(named)
        ]


def available(sections: list[Section], details: dict[str, Details]) -> list[Section]:
    """The sections without the pictures that there is nothing to draw for.

    details: of the stages, by their names.
    """
    return [
        replace(section, pictures=_available(section, details[section.stage]))
        for section in sections
    ]


def _available(section: Section, details: Details) -> dict[str, Picture]:
    missing = {name for name, there in section.only_if.items() if not there(details)}
    return {name: picture for name, picture in section.pictures.items() if name not in missing}
