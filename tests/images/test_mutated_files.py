"""Of many damaged photographs of every kind none ends a stage, hangs, or takes much memory."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT

MEMORY = 2**30  # bytes, at most
SAMPLE, ALL, EACH = 150, 10_000, 1_000


def inspected(first, count, folder):
    """What became of the damaged files of some numbers; see mutated.py."""
    folder.mkdir(parents=True)
    script = ROOT / "tests" / "images" / "mutated.py"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", script, str(first), str(count), folder],
        cwd=ROOT, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    return json.loads(done.stdout)


def test_a_sample_of_damaged_photographs_costs_nothing_else(tmp_path):
    found = inspected(0, SAMPLE, tmp_path / "files")
    assert sum(found["outcomes"].values()) == SAMPLE
    assert found["bytes"] < MEMORY
    assert found["outcomes"]["kept"] > SAMPLE / 10 < found["outcomes"]["broken"]


@pytest.mark.sweep
def test_ten_thousand_damaged_photographs_cost_nothing_else(tmp_path):
    with ThreadPoolExecutor(2) as pool:
        parts = list(
            pool.map(
                lambda first: inspected(first, EACH, tmp_path / str(first)), range(0, ALL, EACH)
            )
        )
    assert sum(sum(part["outcomes"].values()) for part in parts) == ALL
    assert max(part["bytes"] for part in parts) < MEMORY
