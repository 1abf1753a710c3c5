"""Small real inputs that several tests share."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stage_server
from filelock import FileLock
from hypothesis import settings
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMES = ("chromium", "google-chrome")
ROOT = Path(__file__).resolve().parent.parent
YAML_1_2 = YAML()
# Seeded examples, the same each time: a few in `make test`, many in `make test-all`.
settings.register_profile("sample", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("sweep", settings.get_profile("sample"), max_examples=1_500)
settings.load_profile("sample")


def set_params(folder: Path, **changes: object) -> None:
    """Change parameters in folder/params.yaml; `a__b=1` sets a.b."""
    values = YAML_1_2.load(folder / "params.yaml")
    for name, value in changes.items():
        *blocks, key = name.split("__")
        block = values
        for part in blocks:
            block = block[part]
        block[key] = value
    YAML_1_2.dump(values, folder / "params.yaml")


def run_stage(folder: Path, stage: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run a stage script in `folder`, as DVC does."""
    command = ["python", ROOT / "stages" / f"{stage}.py", *arguments]
    return subprocess.run(
        command, check=False, cwd=folder, capture_output=True, text=True,
        env=stage_server.environment(),
    )  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """An empty folder with the repository's params.yaml."""
    shutil.copy(ROOT / "params.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def stage(workspace: Path) -> Callable[..., subprocess.CompletedProcess]:
    """Run a stage in the workspace after changing parameters: stage("mask", mask__radius=0.4)."""

    def run(name: str, **changes: object) -> subprocess.CompletedProcess:
        set_params(workspace, **changes)
        return run_stage(workspace, name)

    return run


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A small project that has run, made once for all workers; none may change it."""
    import small_run  # which needs this module

    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "small_project"
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            making = folder.with_name("small_project.partial")
            small_run.make(making)
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A browser without a window, the one of all tests: Playwright starts but once in a process."""
    playwright = pytest.importorskip("playwright.sync_api")
    found = next(filter(None, map(shutil.which, CHROMES)), None)
    if not found:
        pytest.skip(f"There is no browser here: none of {', '.join(CHROMES)}.")
    with playwright.sync_playwright() as started:
        chrome = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chrome
        chrome.close()


# The files that take longest, which workers must begin with: each goes to one worker as a whole.
LONGEST = ("test_small_run", "test_conclusions_turn", "test_conclusions_extremes",
           "test_experiments", "test_stages",
           "test_stages_mints", "test_benchmarks", "test_training",
           "test_documented_commands")  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, in the order of LONGEST."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))
