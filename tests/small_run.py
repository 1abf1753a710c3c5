"""A small run of the whole pipeline, which several files of tests begin with."""

import shutil
import subprocess
from pathlib import Path

import stage_server
from conftest import ROOT, set_params

OF_A_RUN = shutil.ignore_patterns("__pycache__", "folds", "plots", "cache", "tmp", "dvc.lock")
IDENTITY = {"user.name": "Tester", "user.email": "tester@example.org"}


def dvc(folder: Path, *arguments: str) -> str:
    """Run DVC in a folder and give back what it says."""
    done = subprocess.run(
        ["dvc", *arguments], check=False, cwd=folder, capture_output=True, text=True,
        env=stage_server.environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def make(folder: Path) -> None:
    """Run the repository's code with small parameters, in a git and DVC repository."""
    for name in ("stages", "mintmark", "data/weights", "crossval"):
        shutil.copytree(ROOT / name, folder / name, ignore=OF_A_RUN)
    for name in ("dvc.yaml", "params.yaml", "requirements.txt", ".dvcignore", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    (folder / "metrics").mkdir()
    for name in ("crossval.json", "always_wrong.csv"):
        shutil.copy(ROOT / "metrics" / name, folder / "metrics")
    set_params(
        folder, sample__mints__coins=150, sample__mints__wear=0.2, sample__types__types=8,
        sample__types__photos=8, sample__types__test=4, sample__types__size=64, merge__size=64,
        train2__epochs=2, train2__leave_one_out=1, train3__epochs=20, adapt__epochs=1,
        controls__radii=[0.5], controls__discs=2, controls3__radii=[0.5], controls3__discs=2,
        features315__size=64, labels315__epochs=2, labels315__folds=2, transfer315__epochs=2,
    )  # fmt: skip
    git(folder, "init", "--initial-branch=main")
    for name, value in IDENTITY.items():
        git(folder, "config", name, value)
    dvc(folder, "init", "-q")
    dvc(folder, "config", "core.analytics", "false")
    git(folder, "add", "--all")
    git(folder, "commit", "-m", "Small")
    dvc(folder, "repro")
    git(folder, "add", "--all")
    git(folder, "commit", "-m", "Results")


def copy(project: Path, folder: Path) -> Path:
    """A copy of a project, for tests that change it."""
    shutil.copytree(project, folder, ignore=lambda at, _: {"tmp"} if at.endswith(".dvc") else set())
    return folder
