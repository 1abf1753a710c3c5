"""The strongest check goes on: the mint's name in both zones, and on no coin at all."""

from pathlib import Path

import pandas as pd
from conftest import run_stage
from moved_name import above_chance, details

from mintmark.report import zone_findings
from mintmark.stats import intervals


def test_with_the_name_in_both_zones_either_is_enough(tmp_path):
    train2, mask = details(tmp_path, "both")
    assert above_chance(train2, train2["majority_accuracy"])
    assert "either zone is enough" in " ".join(zone_findings.masked(mask))
    for variant in ("margin", "centre"):
        assert above_chance(mask["adapted"][variant], mask["majority_accuracy"])


def test_without_a_name_nothing_is_learnt_and_nothing_concluded(tmp_path):
    _, mask = details(tmp_path, "nowhere")
    named = every_coin_named(tmp_path)
    right = int((named["actual"] == named["predicted"]).sum())
    learnt = intervals.share("accuracy", right, len(named))
    assert not above_chance(learnt, named["actual"].value_counts(normalize=True).max())
    assert "no conclusion is drawn about" in " ".join(zone_findings.masked(mask))
    assert not above_chance(mask["adapted"]["original"], mask["majority_accuracy"])


def every_coin_named(folder: Path) -> pd.DataFrame:
    """What networks of two mints name the coins that they never saw, over all folds.

    A few dozen test coins of one split can be above chance by chance.
    """
    (folder / "crossval" / "folds").mkdir(parents=True)
    for fold in range(1, 6):
        done = run_stage(folder, "crossval_fold", "1", str(fold))
        assert done.returncode == 0, done.stderr
    files = (folder / "crossval" / "folds").glob("*.csv")
    answers = pd.concat([pd.read_csv(file) for file in files])
    return answers[answers["task"] == "two"]
