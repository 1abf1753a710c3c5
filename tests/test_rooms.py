"""The library's rooms: imports run one way, and the picture in CONTRIBUTING.md shows them."""

import ast
import re
from pathlib import Path

import pytest
from conftest import ROOT, YAML_1_2

LIBRARY = ROOT / "mintmark"
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([a-z_]+) \| ", re.MULTILINE)
ARROWS = re.compile(r"^ +(\w+) --> ([\w &]+)$", re.MULTILINE)

BLOCKS = set(YAML_1_2.load(ROOT / "params.yaml"))  # of the parameters
Arrows = set[tuple[str, str]]


def documented_order() -> list[str]:
    """The rooms in the order of the table, from the ground up."""
    start = CONTRIBUTING.index("| room |")
    rows = ROW.findall(CONTRIBUTING[start : CONTRIBUTING.index("\n\n", start)])
    return [name for name in rows if name != "room"]


def room(file: Path) -> str:
    """The room of a file of the library: a folder of it, or a module beside them."""
    return file.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imported(file: Path) -> set[str]:
    """The rooms that a file imports from."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide what a stage reaches"
            parts = (node.module or "").split(".")
            if parts == ["mintmark"]:
                found |= {alias.name for alias in node.names}
            elif parts[0] == "mintmark":
                found.add(parts[1])
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            found |= {name[1] for name in names if name[0] == "mintmark" and len(name) > 1}
    return found


def imports() -> Arrows:
    """Pairs of rooms of which the first imports from the second."""
    files = [
        file for file in LIBRARY.rglob("*.py") if file.parent != LIBRARY or room(file) != "__init__"
    ]
    pairs = {(room(file), other) for file in files for other in imported(file)}
    return {(importing, other) for importing, other in pairs if importing != other}


def reached(start: str, arrows: Arrows) -> set[str]:
    """The rooms that arrows lead to from one."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        onward = {end for begin, end in arrows if begin == here} - found
        found |= onward
        waiting += onward
    return found


def needed(arrows: Arrows) -> Arrows:
    """The arrows whose end can't be reached without them."""
    return {arrow for arrow in arrows if arrow[1] not in reached(arrow[0], arrows - {arrow})}


def drawn() -> Arrows:
    """The arrows of the picture."""
    picture = CONTRIBUTING[CONTRIBUTING.index("flowchart TD") :]
    lines = ARROWS.findall(picture[: picture.index("```")])
    return {(start, end) for start, ends in lines for end in ends.split(" & ")}


def test_every_room_is_in_the_table():
    there = {room(file) for file in LIBRARY.rglob("*.py")} - {"__init__"}
    assert sorted(documented_order()) == sorted(there)


def test_rooms_import_only_from_rooms_above_them():
    place = {name: number for number, name in enumerate(documented_order())}
    upward = {(start, end) for start, end in imports() if place[end] > place[start]}
    assert not upward


def test_the_picture_shows_the_imports():
    found = needed(imports())
    assert drawn() == found, f"to draw: {found - drawn()}; to rub out: {drawn() - found}"


def test_every_room_is_in_the_picture():
    assert {name for arrow in drawn() for name in arrow} == set(documented_order())


@pytest.mark.parametrize(
    "file", sorted(LIBRARY.rglob("__init__.py")), ids=lambda file: file.parent.name
)
def test_packages_hold_a_docstring_alone(file):
    module = ast.parse(file.read_text(encoding="utf-8"))
    assert ast.get_docstring(module)
    assert len(module.body) == 1


def test_no_module_of_the_library_imports_a_stage():
    for file in LIBRARY.rglob("*.py"):
        assert not re.search(r"^\s*(from|import) stages\b", file.read_text(), re.MULTILINE), file


@pytest.mark.parametrize("row", re.findall(r"^\| (\*\*.*)$", CONTRIBUTING, re.MULTILINE))
def test_the_table_of_changes_names_what_there_is(row):
    told = re.findall(r"`([^`]+)`", row)
    files = [name for name in told if "/" in name and " " not in name]
    assert files or "none, where" in row or "params.yaml" in told
    text = "".join((ROOT / file).read_text() for file in files if (ROOT / file).is_file())
    assert all((ROOT / file).exists() for file in files)
    names = [name for name in told if re.fullmatch(r"[A-Za-z_]+", name) and name not in BLOCKS]
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []
