"""A small run of the whole pipeline, which several files of tests share: it takes minutes to make."""

import shutil
import subprocess
from pathlib import Path

from conftest import ROOT, set_params

PROJECT, TRAINED = "project", "trained"
OF_A_RUN = shutil.ignore_patterns("__pycache__", "folds", "plots", "cache", "tmp", "dvc.lock")
KNOWN = ("data/identify", "data/merged", "data/organized")  # what identification rests on


def dvc(folder: Path, *arguments: str) -> str:
    """Run DVC in a folder and give back what it says."""
    done = subprocess.run(
        ["dvc", *arguments], check=False, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def make(folder: Path) -> None:
    """Make the run below a folder: PROJECT is a repository, TRAINED a copy of what names coins.

    Tests may change the first, and put it back; nobody changes the second.
    """
    shutil.rmtree(folder, ignore_errors=True)
    project, trained = folder / PROJECT, folder / TRAINED
    for name in ("stages", "mintmark", "data/weights", "crossval"):
        shutil.copytree(ROOT / name, project / name, ignore=OF_A_RUN)
    for name in ("dvc.yaml", "params.yaml", "requirements.txt", ".dvcignore"):
        shutil.copy(ROOT / name, project)
    (project / "metrics").mkdir()
    shutil.copy(ROOT / "metrics" / "crossval.json", project / "metrics")
    set_params(
        project, sample__mints__coins=150, sample__mints__wear=0.2, sample__types__types=8,
        sample__types__photos=8, sample__types__test=4, sample__types__size=64, merge__size=64,
        train2__epochs=2, train2__leave_one_out=1, train3__epochs=20, adapt__epochs=1,
        controls__radii=[0.5], controls__discs=2, controls3__radii=[0.5], controls3__discs=2,
        features315__size=64, labels315__epochs=2, labels315__folds=2, transfer315__epochs=2,
    )  # fmt: skip
    git(project, "init")
    dvc(project, "init", "-q")
    git(project, "add", "--all")
    git(project, "commit", "-m", "Small")
    dvc(project, "repro")
    git(project, "add", "--all")
    git(project, "commit", "-m", "Results")
    for name in KNOWN:
        shutil.copytree(project / name, trained / name)
    (trained / "models").mkdir()
    shutil.copy(project / "models" / "train3.keras", trained / "models")
    shutil.copy(project / "params.yaml", trained)
