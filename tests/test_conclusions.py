"""The conclusions say what the figures say, and no more."""

import copy

import pytest

from mintmark import conclusions

ACCURACY = {
    "accuracy": 0.9, "accuracy_low": 0.82, "accuracy_high": 0.95, "balanced_accuracy": 0.89,
    "macro_f1": 0.89, "majority_accuracy": 0.53, "n": 95,
}  # fmt: skip
COSTLY = {"accuracy": 0.5, "drop": 0.4, "drop_low": 0.3, "drop_high": 0.5, "p_value": 1e-9}
FREE = {"accuracy": 0.89, "drop": 0.01, "drop_low": -0.03, "drop_high": 0.05, "p_value": 1.0}
METRICS = {
    "organize": {"coins": {"listed": 677, "organized": 500}},
    "clean": {
        "photos": {"read": 1000, "kept": 990},
        "duplicates": {"exact": 6, "near": 8},
    },
    "split": {"groups_across_parts": 0},
    "train2": ACCURACY,
    "mask": {"radius": 0.5, "original": ACCURACY, "centre": FREE, "margin": COSTLY},
    "gradcam": {
        "mass": {"margin": 0.9, "margin_low": 0.88, "margin_high": 0.92},
        "area": {"margin": 0.75},
        "faithfulness": {"deletion_gradcam": 0.03, "deletion_random": 0.36},
        "sanity": {
            "rank_correlation": 0.1, "rank_correlation_low": 0.0, "rank_correlation_high": 0.2,
        },
    },
    "eval3rd": {
        "n": 38,
        "predicted": {"Misr": 0.1, "al-Mansuriyah": 0.9},
        "energy": {"auroc": 0.6, "auroc_low": 0.45, "auroc_high": 0.7},
        "distance": {"auroc": 0.8, "auroc_low": 0.7, "auroc_high": 0.9},
    },
    "train3": {**ACCURACY, "recall": {"Misr": 0.9, "al-Mansuriyah": 0.8, "al-Mahdiyah": 0.4}},
    "transfer315": {
        **ACCURACY, "top5_accuracy": 0.97, "top5_accuracy_low": 0.9, "top5_accuracy_high": 0.99,
        "classes": 315,
    },
}  # fmt: skip
METRICS["train3"] |= {"mask": METRICS["mask"], "gradcam": METRICS["gradcam"]}


@pytest.fixture
def metrics():
    return copy.deepcopy(METRICS)


def test_effects_are_stated_with_their_intervals(metrics):
    text = conclusions.write(metrics)
    assert "0.400 (0.300 to 0.500)" in text
    assert "p = 1e-09" in text
    assert "hiding it costs more than hiding the field does" in text
    assert "recall 0.400" in text and "al-Mahdiyah is recognised least" in text


def test_an_interval_that_includes_no_effect_is_no_evidence(metrics):
    text = conclusions.write(metrics)
    assert "-0.030 to 0.050" in text
    assert "no evidence that the network needs it" in text
    assert "no evidence of telling them from known coins by energy, AUROC 0.600" in text


def test_the_conclusion_turns_round_with_the_figures(metrics):
    mask = metrics["mask"]
    mask["centre"], mask["margin"] = mask["margin"], mask["centre"]
    metrics["gradcam"]["mass"] = {"margin": 0.5, "margin_low": 0.4, "margin_high": 0.6}
    text = conclusions.write(metrics)
    assert "The mint is read in the field" in text
    assert "the network looks at the field" in text


def test_heat_that_means_nothing_is_said_to_mean_nothing(metrics):
    metrics["gradcam"]["faithfulness"]["deletion_gradcam"] = 0.4
    metrics["gradcam"]["sanity"]["rank_correlation_high"] = 0.9
    text = conclusions.write(metrics)
    assert "does not point at what the network uses" in text
    assert "may not follow what the network has learnt" in text


def test_overlapping_drops_decide_nothing(metrics):
    metrics["mask"]["margin"] = metrics["mask"]["centre"]
    assert "no evidence which zone matters more" in conclusions.write(metrics)


def test_an_accuracy_near_the_majority_is_no_evidence(metrics):
    metrics["train3"].update(accuracy=0.56, accuracy_low=0.46, accuracy_high=0.66)
    assert "no evidence of doing better" in conclusions.write(metrics)
