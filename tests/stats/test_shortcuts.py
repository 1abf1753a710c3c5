"""The shortcut check finds what it is meant to find."""

import cv2
import numpy as np
import pandas as pd
import pytest

from mintmark.coin_types import competition
from mintmark.stats import shortcuts

TARGETS = np.arange(200) % 2
PART = np.array((["train"] * 3 + ["validation", "test"]) * 40)


def test_a_camera_that_differs_between_mints_is_found_out():
    rng = np.random.default_rng(0)
    features = {
        "colour": rng.normal(0, 1, (200, 6)),
        "file_size": rng.normal(0, 1, (200, 2)) + 3 * TARGETS[:, None],
    }
    found = shortcuts.check(features, TARGETS, part=PART, group=np.arange(200), seed=1)
    assert found["file_size"]["balanced_accuracy_low"] > 0.8
    assert found["colour"]["balanced_accuracy_low"] < 0.5
    assert found["best"] == "file_size"


def better_than_guessing(targets, groups_of, runs):
    """How often noise that is the same within a group seems to do better than guessing."""
    part = np.where(np.arange(len(targets)) // groups_of % 4 < 2, "train", "validation")
    part[np.arange(len(targets)) // groups_of % 4 == 3] = "test"
    group = np.arange(len(targets)) // groups_of
    well = 0
    for seed in range(runs):
        noise = np.random.default_rng(seed).normal(0, 1, (group.max() + 1, 1))[group]
        found = shortcuts.check({"noise": noise}, targets, part=part, group=group, seed=seed)
        well += found["noise"]["balanced_accuracy_low"] > 1 / len(np.unique(targets))
    return well


def test_guessing_among_many_types_is_no_shortcut():
    """One test photograph a type: a few lucky hits are no evidence."""
    assert better_than_guessing(np.repeat(np.arange(100), 4), 1, runs=20) <= 2


def test_what_all_coins_of_a_die_share_counts_once():
    """Eighty groups of five coins each: taken for 400 witnesses they would swear to anything."""
    assert better_than_guessing(np.repeat(np.arange(80) % 8 // 4, 5), 5, runs=20) <= 2


def test_a_missing_side_does_no_harm():
    values = np.random.default_rng(0).normal(0, 1, (200, 2))
    values[:20, 1] = np.nan
    found = shortcuts.check({"coin_size": values}, TARGETS, part=PART, group=np.arange(200), seed=1)
    assert 0.2 < found["coin_size"]["accuracy"] < 0.8


def test_measures_of_both_sides_belong_to_their_coin():
    rows = [
        ("100002", "obverse", 20.0, 200),
        ("100002", "reverse", 21.0, 210),
        ("100001", "obverse", 10.0, 100),
        ("100001", "reverse", 11.0, 110),
    ]
    crops = pd.DataFrame(rows, columns=["id", "side", "r", "bytes"])
    others = [name for kind in shortcuts.COLUMNS.values() for name in kind if name not in crops]
    crops[others] = 1.0
    found = shortcuts.coin_measures(pd.DataFrame({"id": ["100001", "100002"]}), crops)
    assert found["coin_size"].tolist() == [[10, 11], [20, 21]]
    assert found["file_size"].tolist() == [[100, 110], [200, 210]]
    assert {kind: values.shape[1] for kind, values in found.items()} == {
        "colour": 6, "coin_size": 2, "file_size": 2, "ground": 6, "outline": 24,
    }  # fmt: skip


def test_photographs_give_away_colour_and_size(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((8, 8, 3), (0, 0, 200), np.uint8))  # BGR: red
    found = shortcuts.photograph_measures(competition.measured(tmp_path, pd.Series(["a.png"])))
    assert found["colour"].tolist() == [[200, 0, 0]]
    assert found["file_size"] == pytest.approx((tmp_path / "a.png").stat().st_size)
