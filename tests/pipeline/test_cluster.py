"""Work on a Dask cluster of two worker processes: what it makes, and what is said where it can't."""

import contextlib
import json
import operator
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import ROOT, run_stage, set_params

from mintmark.pipeline import cluster, params
from mintmark.pipeline.parallel import FEW, mapped
from mintmark.pipeline.stage import InputError
from mintmark.synthetic import mints, procedural

DASK = [sys.executable, "-m", "dask"]
QUIETLY = ["--no-dashboard", "--host", "127.0.0.1"]
NUMBER = 120
COINS = 9
CONDITIONS = mints.Conditions(wear=0.3, turn=5, widths=(200, 260))
MISSING = "Dask is missing: pip install -e '.[cluster]'"
NOWHERE = "tcp://127.0.0.1:9"  # a port that nothing listens to


def scheduler(folder):
    """Start a scheduler: its process and its address."""
    file = folder / "scheduler.json"
    process = start("scheduler", "--port", "0", "--scheduler-file", str(file))
    while not file.is_file() or not file.read_text().endswith("}"):
        assert process.poll() is None
        time.sleep(0.05)
    return process, json.loads(file.read_text())["address"]


def worker(address, library=ROOT):
    return start("worker", address, "--nthreads", "1", "--no-nanny", library=library)


def start(*words, library=ROOT):
    found = [str(library), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(found)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([*DASK, *words, *QUIETLY], env=environment, **quiet)


@contextlib.contextmanager
def running(folder, workers):
    """A cluster of so many workers: its address and their processes, the scheduler last."""
    pytest.importorskip("distributed", reason=MISSING)
    last, address = scheduler(folder)
    processes = [*(worker(address) for _ in range(workers)), last]
    try:
        yield address, processes
    finally:
        if client := cluster._clients.pop(address, None):
            client.close()
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """The address of a cluster of two workers."""
    with running(tmp_path_factory.mktemp("dask"), 2) as (address, _):
        yield address


@pytest.fixture
def ask(workspace, monkeypatch):
    """Make things in a workspace with a scheduler: ask("local", operator.add, [1, 2], [3, 4])."""
    monkeypatch.chdir(workspace)

    def made(address, make, *columns):
        set_params(workspace, compute__scheduler=address)
        return list(mapped(make, *columns))

    return made


def test_things_are_the_same_and_in_order(ask, dask):
    numbers = range(NUMBER)
    assert ask(dask, operator.sub, numbers, numbers[::-1]) == list(range(-NUMBER + 1, NUMBER, 2))
    drawn = [ask(where, procedural.photographed, range(20), [48] * 20, range(20))
             for where in (params.LOCAL, dask)]  # fmt: skip
    np.testing.assert_array_equal(*drawn)


def test_an_error_of_the_work_is_raised_here(ask, dask):
    with pytest.raises(ZeroDivisionError):
        ask(dask, operator.truediv, range(10), [0] * 10)


def test_a_worker_that_is_killed_loses_nothing(workspace, monkeypatch, tmp_path):
    monkeypatch.chdir(workspace)
    with running(tmp_path, 2) as (address, (first, *_)):
        set_params(workspace, compute__scheduler=address)
        kinds = [number % 7 for number in range(NUMBER)]
        columns = kinds, [32] * NUMBER, range(NUMBER)
        found = []
        for image in mapped(procedural.photographed, *columns):
            found.append(image)
            if len(found) == NUMBER // 4:
                first.send_signal(signal.SIGKILL)
                first.wait()
    set_params(workspace, compute__scheduler=params.LOCAL)
    np.testing.assert_array_equal(found, list(mapped(procedural.photographed, *columns)))


def test_coins_are_drawn_organized_and_cleaned_to_the_same_bytes(tmp_path, dask, monkeypatch):
    found = []
    for name, where in (("here", params.LOCAL), ("there", dask)):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        shutil.copy(ROOT / "params.yaml", folder)
        set_params(folder, compute__scheduler=where, data__mints="mints")
        how = {"number": COINS, "coins_per_die": 1.3, "conditions": CONDITIONS, "seed": 8}
        mints.draw(folder / "mints", folder / "truth", **how)
        for stage in ("organize", "clean"):
            done = run_stage(folder, stage)
            assert done.returncode == 0, done.stderr
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        found.append({path.relative_to(folder): path.read_bytes() for path in files})
    here, there = found
    assert len(list((folder / "data" / "clean").rglob("*.jpg"))) > FEW
    assert here.keys() == there.keys()
    assert {path.name for path in here if here[path] != there[path]} == {"params.yaml"}


def test_a_few_things_are_made_here_whoever_answers(ask):
    assert ask(NOWHERE, operator.add, range(FEW), range(FEW)) == [0, 2, 4, 6]


@pytest.mark.parametrize("value", ["here", "", "host:8786", "tcp://host", "http://host:8786", 8786])
def test_a_wrong_setting_is_one_sentence(ask, value):
    with pytest.raises(InputError, match=r"^params\.yaml: compute\.scheduler is .*\.$"):
        ask(value, operator.neg, range(9))


def test_no_scheduler_is_one_sentence(ask, monkeypatch):
    pytest.importorskip("distributed", reason=MISSING)
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with pytest.raises(InputError, match=f"^No Dask scheduler answers at {NOWHERE}; start one"):
        ask(NOWHERE, operator.neg, range(9))


def test_no_dask_is_one_sentence(ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"^Dask is missing; run make setup, or .*\[cluster\]"):
        ask(NOWHERE, operator.neg, range(9))


def test_workers_must_see_the_same_files(ask, dask, monkeypatch):
    elsewhere = contextlib.nullcontext(SimpleNamespace(name="/elsewhere/mark.partial"))
    monkeypatch.setattr(cluster.tempfile, "NamedTemporaryFile", lambda **_: elsewhere)
    with pytest.raises(InputError, match="does not see .*; give it the same files"):
        ask(dask, operator.neg, range(9))


def test_workers_must_be_there_and_run_the_same_code(ask, monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with running(tmp_path, 0) as (address, processes):
        with pytest.raises(InputError, match=f"has no workers; start some: dask worker {address}"):
            ask(address, operator.neg, range(9))
        monkeypatch.setattr(cluster, "PATIENCE", 20)
        shutil.copytree(ROOT / "mintmark", tmp_path / "mintmark")
        with (tmp_path / "mintmark" / "plotting.py").open("a") as file:
            file.write("# another version\n")
        processes.insert(0, worker(address, tmp_path))
        with pytest.raises(InputError, match="runs another mintmark, or other packages"):
            ask(address, operator.neg, range(9))


def test_workers_that_go_while_they_work_are_one_sentence(ask, monkeypatch, tmp_path):
    with running(tmp_path, 1) as (address, (only, _)):
        threading.Timer(2, only.kill).start()
        monkeypatch.setattr(cluster, "PATIENCE", 3)
        with pytest.raises(InputError, match="has no workers; start some"):
            ask(address, time.sleep, [1] * 40)


def test_a_worker_does_one_thing_at_a_time(ask, tmp_path):
    with running(tmp_path, 0) as (address, processes):
        processes.insert(0, start("worker", address, "--nthreads", "2", "--no-nanny"))
        with pytest.raises(InputError, match="start it with --nthreads 1"):
            ask(address, operator.neg, range(9))


def test_a_connection_that_was_lost_is_made_again(ask, dask):
    for _ in range(2):
        assert ask(dask, operator.neg, range(9)) == list(range(0, -9, -1))
        cluster._client(dask).close()
