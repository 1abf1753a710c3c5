"""docs/troubleshooting.md and the messages of the code: neither has what the other has not."""

import ast
import json
import re

import pytest
from conftest import ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
BEGINNING = re.compile(r"^\| ((?:`[^`]+`(?:, )?)+) \|", re.MULTILINE)  # of a table's row
ENTRIES = [entry for row in BEGINNING.findall(PAGE) for entry in re.findall("`([^`]+)`", row)]
MESSAGES = [entry for entry in ENTRIES if " " in entry]
REASONS = [entry for entry in ENTRIES if " " not in entry]
SOURCES = [*sorted((ROOT / "mintmark").rglob("*.py")), *sorted((ROOT / "stages").glob("*.py"))]
TREES = [ast.parse(source.read_text(encoding="utf-8")) for source in SOURCES]
NODES = [node for tree in TREES for node in ast.walk(tree)]


def template(node: ast.expr) -> str:
    """A string of the code, `…` for what is filled in; backticks, which Markdown lacks, left out."""
    if isinstance(node, ast.JoinedStr):
        return "".join(template(part) for part in node.values)
    text = str(node.value) if isinstance(node, ast.Constant) else "…"
    return text.replace("`", "")


ERRORS = [
    template(node.args[0])
    for node in NODES
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InputError"
]
TEXTS = {template(node) for node in NODES if isinstance(node, ast.JoinedStr | ast.Constant)}


def says(text: str, message: str) -> bool:
    """Whether a string of the code says what a message of the page says, in its order."""
    wanted = [re.escape(part.strip()) for part in message.split("…") if part.strip(" .")]
    return re.search(".*".join(wanted), text) is not None


def test_the_page_lists_messages_and_reasons():
    assert len(MESSAGES) > 40 and len(REASONS) > 25


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_of_the_page_is_one_of_the_code(message):
    assert any(says(text, message) for text in TEXTS)


@pytest.mark.parametrize("error", sorted(set(ERRORS) - {"…"}))
def test_every_error_of_the_code_is_on_the_page(error):
    assert any(says(error, message) for message in MESSAGES)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_the_page_is_one_of_the_code(reason):
    assert reason in TEXTS


@pytest.mark.parametrize("stage", ["organize", "clean", "features315"])
def test_the_reasons_that_a_run_gives_are_on_the_page(stage):
    found = json.loads((ROOT / "tests/report/details" / f"{stage}.json").read_text())
    given = {
        reason
        for counts in found.values()
        for key in ("skipped", "rejected")
        for reason in (counts.get(key, {}) if isinstance(counts, dict) else {})
    }
    assert given <= set(REASONS)
    assert given or stage == "features315"
