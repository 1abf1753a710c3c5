"""What has been trained, as the page shows it, and coins to bring."""

import contextlib

import pytest

from mintmark.app import samples, trained


@pytest.fixture(scope="session")
def run(small_project):
    """The folder with what a small run has trained."""
    return small_project


@pytest.fixture(scope="session")
def loaded(run):
    """What the page knows."""
    with contextlib.chdir(run):
        return trained.load()


@pytest.fixture
def known(run, loaded, monkeypatch):
    """What the page knows, from within its folder."""
    monkeypatch.chdir(run)
    return loaded


@pytest.fixture
def coins(known):
    """Sample coins: two of each mint, and two of mints that the network never saw."""
    return samples.samples(known.index, 2)
