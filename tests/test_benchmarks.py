"""Benchmarks run: on a handful of drawn photographs, to see that they do, not how fast."""

import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, set_params

from mintmark.synthetic import coin_types


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A workspace with a few photographs of four types."""
    folder = tmp_path_factory.mktemp("benchmarks")
    coin_types.draw(folder / "types", types=4, photos=12, test=0, size=48, seed=3)
    (folder / "data").mkdir()
    (folder / "data" / "weights").symlink_to(ROOT / "data" / "weights")
    shutil.copy(ROOT / "params.yaml", folder)
    set_params(folder, features315__size=48)
    return folder


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["folds", "--types", "types", "--heads", "mean", "--seeds", "1", "--folds", "3"],
         "mean: accuracy "),
        (["transfer", "--types", "types", "--seeds", "1", "--epochs", "1"],
         "the recipe took"),
        (["copies", "--photos", "300", "--rounds", "1"], "300 photographs, 3 pairs"),
        (["coin_finding", "types/train", "--photos", "4", "--width", "200", "--rounds", "1"],
         "photographs a second and core"),
    ],
)  # fmt: skip
def test_a_benchmark_runs(folder, arguments, said):
    name, *options = arguments
    script = ROOT / "benchmarks" / f"{name}.py"
    done = subprocess.run(
        [sys.executable, script, *options], check=False, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stdout and "nan" not in done.stdout
