"""Two folders, two users, two numbers of cores: the same bytes in every output."""

import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT, set_params

EARLY = ("sample", "organize", "clean", "merge", "split")
SETTINGS = {
    "one": {"TZ": "UTC", "LANG": "C.UTF-8", "PYTHONHASHSEED": "1"},
    # Text in files is UTF-8 even where the locale knows ASCII alone.
    "zwei Ordner ß": {
        "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "2",
    },
}  # fmt: skip
SMALL = {
    "sample__mints__coins": 130, "sample__mints__wear": 0.2, "sample__mints__smallest": 200,
    "sample__mints__largest": 240,
    "sample__types__types": 2, "sample__types__photos": 3, "sample__types__test": 0,
    "sample__types__size": 32, "clean__size": 128, "merge__size": 64, "train2__epochs": 1, "train2__views": 1,
}  # fmt: skip


def run(folder, stages, environment, cores):
    """Run the first stages in a folder; the hash of every file that they make."""
    for stage in stages:
        done = subprocess.run(
            [sys.executable, ROOT / "stages" / f"{stage}.py"], cwd=folder, check=False,
            env={**os.environ, **environment}, capture_output=True, text=True, errors="replace",
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "params.yaml"
    }


@pytest.mark.parametrize(
    "stages",
    [EARLY, pytest.param((*EARLY, "train2"), marks=pytest.mark.sweep)],
    ids=["early", "trained"],
)
def test_every_output_has_the_same_bytes(tmp_path, stages):
    there = os.sched_getaffinity(0)
    cores = (there, {min(there)})
    folders = [tmp_path / name for name in SETTINGS]
    for folder in folders:
        folder.mkdir()
        shutil.copy(ROOT / "params.yaml", folder)
        set_params(folder, **SMALL)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(run, folders, (stages, stages), SETTINGS.values(), cores)
    assert first == second
    assert len(first) > 300 and ("models/train2.keras" in first) == ("train2" in stages)
