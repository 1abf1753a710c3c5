"""Metrics files: rounded, finite, and no more of them than can be read at a glance."""

import json

import numpy as np
import pytest

from mintmark.pipeline import metrics_files


def test_metrics_are_written_rounded_and_finite(tmp_path):
    file = tmp_path / "m.json"
    metrics_files.write({"a": np.float32(1 / 3), "n": np.int64(3), "b": {"c": 2}}, file)
    assert json.loads(file.read_text()) == {"a": 0.333333, "n": 3, "b": {"c": 2}}
    with pytest.raises(ValueError, match="the metric b.c is nan"):
        metrics_files.write({"a": 1, "b": {"c": float("nan")}}, file)


COUNTS = {"Atarablus": 3, "Barqa": 3, "Misr": 243, "al-Mahdiyah": 40, "al-Mansuriyah": 219}


def test_the_commonest_are_kept_in_their_order_and_the_others_are_summed_up():
    kept = metrics_files.commonest(COUNTS, most=3)
    assert list(kept.items()) == [("Misr", 243), ("al-Mansuriyah", 219), ("others", 46)]


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_nothing_is_lost_among_the_others(most):
    kept = metrics_files.commonest(COUNTS, most)
    assert len(kept) == most
    assert sum(kept.values()) == sum(COUNTS.values())


@pytest.mark.parametrize("counts", [{}, {"blank": 6}, COUNTS])
def test_few_counts_stay_as_they_are(counts):
    assert metrics_files.commonest(counts, most=5) == counts


def test_of_equally_common_ones_the_first_is_named():
    assert metrics_files.commonest({"a": 2, "b": 2, "c": 2}, most=2) == {"a": 2, "others": 4}
