"""What README.md and docs/ say is true: results, stages, parameters, links."""

import re
from pathlib import Path

import pytest
from conftest import ROOT, YAML_1_2
from report import snapshot

from mintmark.report import readme, sections

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")
PARAMETER = re.compile(r"-S '?([a-z0-9_.]+)=")


def metrics() -> dict[str, dict]:
    """The metrics of the working tree."""
    return readme.read(lambda path: (ROOT / path).read_text(encoding="utf-8"))


def committed() -> dict[str, dict]:
    """The metrics as committed; of the working tree where there is no git."""
    return readme.read(lambda path: snapshot.committed(str(path)) or (ROOT / path).read_text())


def test_the_results_are_those_of_the_metrics():
    """They are filled in by `make readme`, after the committed run or after another one here."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text in (readme.filled(text, committed()), readme.filled(text, metrics()))


def test_metrics_that_change_change_the_results():
    found = metrics()
    found["train2"] |= {"accuracy": 0.1234, "accuracy_low": 0.1, "accuracy_high": 0.2, "n": 17}
    text = readme.filled("Before\n<!-- results -->\nstale\n<!-- /results -->\nafter\n", found)
    assert "on 17 test coins" in text and "| 0.123 | 0.100 to 0.200 |" in text
    assert "stale" not in text
    assert text.startswith("Before\n<!-- results -->\n| question |")
    assert text.endswith("|\n<!-- /results -->\nafter\n")


def test_a_number_without_an_interval_has_none_and_a_missing_one_has_no_row():
    found = metrics()
    found["gradcam"] = {"mass": {"field": 0.25, "margin": 0.75}, "pointing": 0.875}
    assert "| hottest point on the mint's name | 0.875 |  |" in readme.table(found)
    del found["gradcam"]["pointing"]
    assert "mint's name" not in readme.table(found)


def test_a_readme_without_a_place_for_results_is_refused():
    with pytest.raises(ValueError, match="<!-- results -->"):
        readme.filled("No block here.\n", metrics())


def test_every_stage_is_in_the_readme_in_order():
    stages = list(YAML_1_2.load(ROOT / "dvc.yaml")["stages"])
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text[text.index("| stage | what it does |") :]
    rows = re.findall(r"^\| ([a-z0-9, ]+) \| ", table[: table.index("\n\n")], re.MULTILINE)
    named = [name for row in rows[1:] for name in row.split(", ")]
    assert named == stages


def test_every_picture_of_the_report_is_explained():
    text = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    for section in sections.SECTIONS:
        for picture in section.pictures:
            assert f"`{picture}`" in text, f"{section.stage}: {picture}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_parameters_that_pages_name_exist(page):
    parameters = YAML_1_2.load(ROOT / "params.yaml")
    for name in PARAMETER.findall(page.read_text(encoding="utf-8")):
        value = parameters
        for key in name.split("."):
            assert key in value, name
            value = value[key]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_scripts_that_pages_name_exist(page):
    text = page.read_text(encoding="utf-8")
    for script in re.findall(r"\b((?:stages|benchmarks|mintmark)/[\w/]+\.(?:py|j2))\b", text):
        assert (ROOT / Path(script)).exists(), script
