"""The strongest check goes on: the mint's name in both zones, and on no coin at all."""

from pathlib import Path

import pandas as pd
from conftest import run_stage
from moved_name import above_chance, details

from mintmark.networks import evaluation
from mintmark.report import zone_findings


def test_with_the_name_in_both_zones_either_is_enough(tmp_path):
    train2, mask = details(tmp_path, "both")
    assert above_chance(train2, train2["majority_accuracy"])
    assert "Either zone is enough" in " ".join(map(str, zone_findings.masked(mask)))
    for variant in ("margin", "centre"):
        assert above_chance(mask["adapted"][variant], mask["majority_accuracy"])


def test_without_a_name_nothing_is_learnt_and_nothing_concluded(tmp_path):
    _, mask = details(tmp_path, "nowhere")
    named = every_coin_named(tmp_path)
    learnt = evaluation.evaluate(named, sorted(named["actual"].unique()))
    assert not above_chance(learnt, learnt["majority_accuracy"])
    assert learnt["balanced_accuracy_low"] < 0.5 < learnt["balanced_accuracy_high"]
    sentences = " ".join(map(str, zone_findings.masked(mask)))
    assert "no conclusion is drawn about" in sentences
    assert "stands in the" not in sentences and "stands in both" not in sentences
    assert not above_chance(mask["adapted"]["original"], mask["majority_accuracy"])


def every_coin_named(folder: Path) -> pd.DataFrame:
    """What networks of two mints name the coins that they never saw, over all folds.

    So few coins as one split tests may do better than guessing by luck.
    """
    (folder / "crossval" / "folds").mkdir(parents=True)
    for fold in range(1, 6):
        done = run_stage(folder, "crossval_fold", "1", str(fold))
        assert done.returncode == 0, done.stderr
    files = (folder / "crossval" / "folds").glob("*.answers.csv")
    answers = pd.concat([pd.read_csv(file) for file in files])
    return answers[answers["task"] == "two"]
