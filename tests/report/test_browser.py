"""The report in a browser: on phone, tablet and desk, light and dark, and on paper."""

import re
from pathlib import Path

import pytest
from conftest import ROOT

from mintmark.pipeline import paths

PAGES = (paths.REPORT, paths.MODEL_CARD, paths.DATA_SHEET, paths.REVIEW_PAGE)
WIDTHS = (390, 800, 1280)  # pixels
SHEETS = 15  # on which the report is printed, at most
CONTRAST = 7  # of text, at least (WCAG 2.2, level AAA)
PAGE = re.compile(rb"/Type\s*/Page\b")
PICTURES = """() => Promise.all([...document.images].map(
    image => image.decode().then(() => image.naturalWidth > 0, () => false)))"""
SPREAD = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
COLOURS = """() => ["color", "background-color"].map(
    name => getComputedStyle(document.body).getPropertyValue(name))"""


@pytest.fixture(scope="session")
def project(request) -> Path:
    """The working tree with its report; before a run there is none, and a small run's is tested instead."""
    return ROOT if (ROOT / paths.REPORT).exists() else request.getfixturevalue("small_project")


@pytest.fixture(params=PAGES, ids=lambda page: page.stem)
def opened(request, browser, project):
    """A page of the report, all of it unfolded; and what the console says."""
    file = project / request.param
    page, said = browser.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    yield page, said
    page.close()


def luminance(colour: str) -> float:
    """Relative luminance of a colour such as `rgb(24, 24, 24)`, 0 to 1, as WCAG defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_nothing_overflows_at_any_width_and_no_picture_is_broken(opened):
    page, said = opened
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        needed, there = page.evaluate(SPREAD)
        assert needed <= there, width
    assert all(page.evaluate(PICTURES))
    assert said == []


def test_text_can_be_read_in_light_and_dark(opened):
    page, _ = opened
    papers = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        ink, paper = map(luminance, page.evaluate(COLOURS))
        assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= CONTRAST, scheme
        papers.append(paper)
    assert papers[0] > 0.5 > papers[1]


def test_links_between_the_pages_lead_somewhere(opened, project):
    page, _ = opened
    for link in page.evaluate("[...document.links].map(link => link.getAttribute('href'))"):
        file, _, place = link.partition("#")
        assert not file or (project / paths.REPORT.parent / Path(file)).exists(), link
        assert not place or page.locator(f'[id="{place}"]').count() == 1, link


def test_the_report_is_printed_on_few_sheets_in_ink_on_paper(browser, project):
    file = project / paths.REPORT
    page = browser.new_page(color_scheme="dark")
    page.goto(file.as_uri())
    sheets = len(PAGE.findall(page.pdf(prefer_css_page_size=True)))
    assert 1 < sheets <= SHEETS
    page.emulate_media(media="print")
    assert luminance(page.evaluate(COLOURS)[1]) == 1
    for finding in page.locator(".evidence li").all()[:5]:
        assert finding.is_visible()  # a printed page can't be unfolded
    page.close()
