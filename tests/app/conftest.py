"""What has been trained, as the page shows it, and coins to bring."""

import pytest

from mintmark.app import samples, trained


@pytest.fixture(scope="session")
def run(small_project):
    """The folder with what a small run has trained."""
    return small_project


@pytest.fixture
def known(run, monkeypatch):
    """What the page knows, from within its folder."""
    monkeypatch.chdir(run)
    return trained.load()


@pytest.fixture
def coins(known):
    """Sample coins: two of each mint, and two of mints that the network never saw."""
    return samples.samples(known.index, 2)
