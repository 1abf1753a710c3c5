"""What the tests of the report share."""

import shutil

import pytest
from report import snapshot

CHROMES = ("chromium", "google-chrome")


@pytest.fixture
def details() -> dict[str, dict]:
    """The details of the committed run, to be changed at will."""
    return snapshot.details()


@pytest.fixture(scope="session")
def browser():
    """A browser without a window."""
    playwright = pytest.importorskip("playwright.sync_api")
    found = next(filter(None, map(shutil.which, CHROMES)), None)
    if not found:
        pytest.skip(f"There is no browser here: none of {', '.join(CHROMES)}.")
    with playwright.sync_playwright() as started:
        chrome = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chrome
        chrome.close()
