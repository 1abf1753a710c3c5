"""Metrics of coin types by hand, their intervals, the per-class report and the submission."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, top_k_accuracy_score

from mintmark.coin_types import evaluation, figures

CLASSES = 6
FREQUENCY = evaluation.Frequency(medium=10, frequent=30)


def assessed(table, targets, logits):
    return evaluation.assess(
        table,
        targets,
        logits,
        confusable_group=np.arange(CLASSES),
        frequency=FREQUENCY,
        seed=1,
    )


@pytest.fixture(scope="module")
def judged():
    """Random logits that lean to the true class, on a table of three parts."""
    rng = np.random.default_rng(0)
    shares = [0.4, 0.3, 0.12, 0.1, 0.05, 0.03]
    targets = rng.choice(CLASSES, 600, p=shares)
    logits = rng.normal(0, 1, (600, CLASSES)) + 1.5 * np.eye(CLASSES)[targets]
    table = pd.DataFrame(
        {
            "Id": [str(k) for k in range(600)], "Class": np.take(list("abcdef"), targets),
            "path": "x.jpg", "group": np.arange(600) // 2,
            "part": np.repeat(["train", "validation", "test"], [300, 100, 200]),
            "red": rng.normal(0, 1, 600), "green": 0.0, "blue": 0.0, "bytes": 1.0,
        }
    )  # fmt: skip
    answers = {"validation": logits[300:400], "test": logits[400:]}
    return table, targets, logits, assessed(table, targets, answers)


def test_metrics_are_those_of_scikit_learn_on_the_test_part(judged):
    _, targets, logits, found = judged
    metrics = found.metrics
    actual, scores = targets[400:], logits[400:]
    named = scores.argmax(axis=1)
    assert metrics["accuracy"] == pytest.approx((named == actual).mean())
    assert metrics["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(actual, named))
    assert metrics["macro_f1"] == pytest.approx(
        f1_score(actual, named, labels=np.unique(actual), average="macro")
    )
    for k in (3, 5):
        expected = top_k_accuracy_score(actual, scores, k=k, labels=range(CLASSES))
        assert metrics[f"top{k}_accuracy"] == pytest.approx(expected)
    assert (metrics["n"], metrics["classes"]) == (200, CLASSES)


def test_every_metric_lies_in_its_interval(judged):
    metrics = judged[3].metrics
    for name in ("accuracy", "top3_accuracy", "top5_accuracy", "balanced_accuracy", "macro_f1"):
        assert metrics[f"{name}_low"] < metrics[name] < metrics[f"{name}_high"]


def test_rare_and_frequent_types_are_counted_by_their_training_photographs():
    trained = np.array([2, 12, 40])
    actual = np.array([0, 0, 1, 1, 2, 2])
    predicted = np.array([0, 1, 1, 1, 2, 2])
    found = evaluation.by_frequency(actual, predicted, trained, FREQUENCY)
    assert {kind: metrics["accuracy"] for kind, metrics in found.items()} == {
        "rare": 0.5, "medium": 1.0, "frequent": 1.0
    }  # fmt: skip
    assert [metrics["types"] for metrics in found.values()] == [1, 1, 1]
    table = evaluation.frequency_table(found)
    assert table["least"].tolist() == [1, 10, 30]
    assert table["most"].dropna().tolist() == [9, 29] and pd.isna(table["most"].iloc[2])
    drawn = figures.frequency(table, 3).axes[0].get_xticklabels()
    said = [label.get_text().split(" to learn")[0] for label in drawn]
    assert said == ["rare: 1 to 9", "medium: 10 to 29", "frequent: 30 or more"]
    none = evaluation.by_frequency(actual[2:], predicted[2:], trained, FREQUENCY)
    assert set(none) == {"medium", "frequent"}


def test_frequent_types_have_more_photographs_than_medium_ones():
    with pytest.raises(ValueError, match="frequent must be above medium"):
        evaluation.Frequency(medium=10, frequent=10)


def test_the_temperature_is_chosen_without_the_test_part(judged):
    table, targets, logits, found = judged
    spoilt = {"validation": logits[300:400], "test": 50 * logits[400:]}
    again = assessed(table, targets, spoilt)
    temperatures = [of_run.metrics["calibration"]["temperature"] for of_run in (found, again)]
    assert temperatures[0] == temperatures[1]


def test_the_report_has_every_class_also_those_without_a_test_photograph():
    answers = pd.DataFrame({"actual": ["a", "a", "b"], "predicted": ["a", "b", "b"]})
    report = evaluation.report(answers, pd.Series(list("aabbbc")))
    assert list(report.index) == ["a", "b", "c"]
    assert report.loc["a", "recall"] == 0.5 and report.loc["b", "precision"] == 0.5
    assert report["support"].tolist() == [2, 1, 0] and report["trained"].tolist() == [2, 3, 1]


def test_an_unreadable_photograph_gets_the_commonest_type():
    unlabelled = pd.DataFrame({"Id": ["7", "8", "9"], "readable": [True, False, True]})
    classes = pd.Series(list("abbb"))
    found = evaluation.submission(unlabelled, np.array([[2.0, 1.0], [0.0, 1.0]]), classes)
    assert found.to_dict("list") == {"Id": ["7", "8", "9"], "Class": ["a", "b", "b"]}


def test_pairs_are_counted_in_both_directions_and_shown_by_an_example():
    judged = pd.DataFrame(
        {"actual": ["a", "b", "c", "c", "a"], "predicted": ["b", "a", "a", "c", "b"]}
    )
    table = pd.DataFrame({"Class": list("abca"), "path": ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]})
    found = evaluation.confused_pairs(judged, table)
    assert found[["first", "second", "count"]].to_numpy().tolist() == [["a", "b", 3], ["a", "c", 1]]
    assert found["first_example"].tolist() == ["1.jpg", "1.jpg"]
    assert found["second_example"].tolist() == ["2.jpg", "3.jpg"]
    assert evaluation.confused_pairs(judged[3:4], table).empty


def test_the_reliability_table_gives_the_calibration_errors(judged):
    found = judged[3]
    errors = [
        np.average(abs(rows["confidence"] - rows["accuracy"]), weights=rows["count"])
        for _, rows in found.reliability.groupby("scaling", sort=False)
    ]
    metrics = found.metrics["calibration"]
    assert errors == pytest.approx([metrics["error_before"], metrics["error"]])
    assert found.reliability.groupby("scaling")["count"].sum().tolist() == [200, 200]
