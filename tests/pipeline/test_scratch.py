"""Arrays larger than a size lie in files, and nobody need know."""

import os
import pickle
import re
import resource
from pathlib import Path

import numpy as np
import pytest

from mintmark.pipeline import scratch

VALUES = np.random.default_rng(0).integers(0, 255, (50, 7, 3), np.uint8)


@pytest.fixture(params=[1, scratch.LARGE], ids=["in files", "in memory"])
def _where(request, monkeypatch):
    monkeypatch.setattr(scratch, "LARGE", request.param)
    monkeypatch.setattr(scratch, "CHUNK", 100)  # a few rows


@pytest.mark.usefixtures("_where")
def test_what_is_stacked_or_taken_is_as_numpy_has_it():
    stacked = scratch.stacked(50, iter(VALUES))
    np.testing.assert_array_equal(stacked, VALUES)
    places = np.array([3, 3, 49, 0, 17])
    np.testing.assert_array_equal(scratch.taken(stacked, places), VALUES[places])
    assert scratch.taken(stacked, places[:0]).shape == (0, 7, 3)
    assert type(stacked) is np.ndarray and stacked.flags.writeable


@pytest.mark.usefixtures("_where")
def test_another_number_of_arrays_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        scratch.stacked(49, iter(VALUES))
    with pytest.raises(ValueError, match="zip"):
        scratch.stacked(51, iter(VALUES))


def test_where_there_is_no_room_an_error_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (scratch.LARGE, limits[1]))
    try:
        with pytest.raises(OSError, match=re.escape(str(tmp_path))):
            scratch.empty((2 * scratch.LARGE,), np.uint8)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(tmp_path) == []


def test_a_large_array_takes_no_memory_of_its_own_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def anonymous() -> int:
        status = Path("/proc/self/status").read_text()
        lines = dict(line.split(":", 1) for line in status.splitlines())
        return int(lines["RssAnon"].split()[0]) * 1024

    before = anonymous()
    large = scratch.empty((3 * scratch.LARGE,), np.uint8)
    large[:] = 1
    assert anonymous() - before < scratch.LARGE // 4
    assert os.listdir(tmp_path) == []
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(large[:5])), np.ones(5, np.uint8))
    mapped = Path("/proc/self/maps")
    assert str(tmp_path) in mapped.read_text()
    del large
    assert str(tmp_path) not in mapped.read_text()
