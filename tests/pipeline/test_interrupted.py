"""Killed at any moment, or out of room: nothing half-written has an output's name."""

import resource
import signal
import subprocess
import sys
import time

import pytest
from conftest import ROOT

FILES = 30
STAGE = f"""
import sys, time
from pathlib import Path
from mintmark.pipeline.stage import run, writing

def main():
    with writing(Path("out"), Path("out.json")) as (folder, file):
        print("begun", flush=True)
        for number in range({FILES}):
            (folder / f"{{number}}.txt").write_text("x" * 20_000)
            time.sleep(float(sys.argv[1]))
        file.write_text("x" * 20_000)

run(main)
"""


def begun(folder, pause):
    """A stage that has begun to write."""
    stage = subprocess.Popen(
        [sys.executable, "-c", STAGE, str(pause)], cwd=folder, env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # What a shell starts in the background ignores Ctrl-C, and so do its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert stage.stdout.readline() == "begun\n"
    return stage


def whole(folder):
    """Whether outputs are all there or not at all; what is begun is called so."""
    names = {path.name for path in folder.iterdir()}
    kept = {name for name in names if not name.endswith(".partial")}
    assert kept <= {"out", "out.json"}
    if "out" in kept:
        sizes = [path.stat().st_size for path in (folder / "out").iterdir()]
        assert sizes == [20_000] * FILES
    return kept == {"out", "out.json"}


def test_killed_at_any_moment_an_output_is_whole_or_absent(tmp_path):
    for number in range(8):
        stage = begun(tmp_path, 0.002)
        time.sleep(0.012 * number)
        stage.kill()
        stage.communicate()
        whole(tmp_path)
    begun(tmp_path, 0).communicate()
    assert whole(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"out", "out.json"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stage_that_is_stopped_clears_away_what_it_began(tmp_path, number):
    stage = begun(tmp_path, 0.1)
    stage.send_signal(number)
    _, said = stage.communicate()
    assert stage.returncode == 128 + number
    assert said == "" and not list(tmp_path.iterdir())


def test_without_room_an_earlier_output_stays_and_a_sentence_is_said(tmp_path):
    begun(tmp_path, 0).communicate()
    limit = 10_000  # of a file's bytes, as on a disk that is almost full
    done = subprocess.run(
        [sys.executable, "-c", STAGE, "0"], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert whole(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"out", "out.json"}
