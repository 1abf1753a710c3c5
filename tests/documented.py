"""Pages of documentation as tests read them: their commands, and what these are said to print."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command of a page, the heading that it stands under, and the lines that follow it there."""

    section: str
    line: str
    shown: tuple[str, ...]


def commands(page: Path) -> list[Command]:
    """The commands in the console blocks of a page: lines that begin with `$ `, in their order."""
    found = []
    for part in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
        section = part.splitlines()[0].lstrip("# ")
        for block in CONSOLE.findall(part):
            block = textwrap.dedent(block).replace("\\\n", " ")
            for text in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                line, *shown = text.rstrip().splitlines()
                found.append(Command(section, plain(line), tuple(shown)))
    return found


def plain(line: str) -> str:
    """A command without the comment after it, single-spaced."""
    return " ".join(re.sub(r"\s+# .*", "", line).split())
