"""The conclusions say what the figures say, and no more."""

import copy
import json

import pytest
from conftest import ROOT

from mintmark.report import conclusions, open_set_findings, type_findings, zone_findings

STAGES = ("organize", "clean", "split", "train2", "gradcam", "mask", "eval3rd", "train3",
          "labels315", "transfer315")  # fmt: skip


@pytest.fixture
def metrics():
    """The committed figures, to be changed at will."""
    return {name: json.loads((ROOT / "metrics" / f"{name}.json").read_text()) for name in STAGES}


def rated(accuracy, width=0.08):
    return {
        "accuracy": accuracy, "accuracy_low": accuracy - width, "accuracy_high": accuracy + width
    }  # fmt: skip


@pytest.fixture
def mask(metrics):
    """Masks of a network that reads the margin."""
    mask = copy.deepcopy(metrics["mask"])
    mask |= {"majority_accuracy": 0.53, "original": rated(0.95)}
    mask["adapted"] |= {"centre": rated(0.95), "margin": rated(0.5)}
    return mask


def test_every_finding_is_written_from_the_committed_figures(metrics):
    text = conclusions.write(metrics)
    assert text == (ROOT / "reports" / "conclusions.md").read_text()
    assert text.count("Would be overturned by") > 15


def test_effects_are_stated_with_their_intervals_and_tests(metrics):
    drop = {"drop": 0.4, "drop_low": 0.3, "drop_high": 0.5, "p_value": 1e-9, "p_holm": 2e-8}
    metrics["mask"]["margin"] |= drop
    text = conclusions.write(metrics)
    assert "a drop of 0.400 (0.300 to 0.500)" in text
    assert "McNemar, p < 0.001; after Holm's correction p < 0.001" in text
    assert "needs what stands there" in text


def test_an_interval_that_includes_no_effect_is_no_evidence(metrics):
    metrics["mask"]["centre"] |= {"drop": 0.01, "drop_low": -0.03, "drop_high": 0.05}
    assert "no evidence that the network needs it" in conclusions.write(metrics)


def test_a_drop_that_holm_takes_back_is_no_evidence(metrics):
    drop = {"drop": 0.1, "drop_low": 0.01, "drop_high": 0.2, "p_value": 0.03, "p_holm": 0.4}
    metrics["mask"]["centre"] |= drop
    metrics["mask"]["margin"] |= drop
    sentences = " ".join(zone_findings.hidden(metrics["mask"]))
    assert sentences.count("no evidence that the network needs it") == 2


def test_the_place_is_where_one_zone_is_enough(mask):
    assert "stands in the margin." in zone_findings.place(mask).replace(". Would", ".. Would")
    adapted = mask["adapted"]
    adapted["centre"], adapted["margin"] = adapted["margin"], adapted["centre"]
    assert "stands in the field" in zone_findings.place(mask)
    adapted |= {"centre": rated(0.9), "margin": rated(0.8)}
    assert "either zone is enough" in zone_findings.place(mask)
    adapted |= {"centre": rated(0.5), "margin": rated(0.55)}
    assert "neither zone is enough" in zone_findings.place(mask)


def test_without_an_adapted_network_the_trained_one_decides(mask):
    del mask["adapted"]
    mask |= {"centre": rated(0.5), "margin": rated(0.95)}
    assert "the network reaches" in zone_findings.place(mask)
    assert "stands in the field" in zone_findings.place(mask)


def test_a_network_at_chance_allows_no_conclusion_about_zones(mask):
    mask["original"] = rated(0.56)
    sentences = zone_findings.hidden(mask)
    assert len(sentences) == 1
    assert "no conclusion is drawn" in sentences[0]


def test_heat_that_falls_by_area_is_no_evidence(metrics):
    gradcam = metrics["gradcam"]
    gradcam["ratio"] |= {"margin_low": 0.95, "margin": 1.0, "margin_high": 1.05}
    assert "no evidence that more heat" in zone_findings.heat(gradcam)[0]
    gradcam["ratio"] |= {"margin_low": 1.01}
    assert "the heat lies in the margin" in zone_findings.heat(gradcam)[0]
    gradcam["ratio"] |= {"margin_low": 0.8, "margin_high": 0.99}
    assert "the heat lies in the field" in zone_findings.heat(gradcam)[0]


def test_heat_that_means_nothing_is_said_to_mean_nothing(metrics):
    gradcam = metrics["gradcam"]
    gradcam["faithfulness"]["linear"]["heat"]["deletion_high"] = 0.9
    gradcam["sanity"]["rank_correlation_high"] = 0.9
    text = " ".join(zone_findings.trust(gradcam))
    assert "gives no evidence of pointing at what the network uses" in text
    assert "FLAGGED" in text


def test_without_a_truth_none_is_claimed(metrics):
    del metrics["gradcam"]["truth"]
    assert "mint's name" not in " ".join(zone_findings.trust(metrics["gradcam"]))


def test_an_accuracy_near_the_majority_is_no_evidence(metrics):
    metrics["train3"].update(accuracy=0.56, accuracy_low=0.46, accuracy_high=0.66)
    assert "no evidence of doing better" in conclusions.write(metrics)


def test_a_shortcut_that_works_is_named(metrics):
    alone = metrics["train2"]["shortcuts"]
    assert "no evidence that any of them alone does better" in conclusions.write(metrics)
    alone["file_size"]["balanced_accuracy_low"] = 0.6
    assert "better than guessing by itself: file size," in conclusions.write(metrics)


def test_repeats_are_reported_where_there_are_any(metrics):
    assert "different seeds" not in conclusions.write(metrics)
    metrics["train2"]["repeats"]["networks"] = 5
    assert "5 networks trained with different seeds" in conclusions.write(metrics)


def test_scores_that_notice_nothing_are_said_to(metrics):
    for score in metrics["eval3rd"]["scores"].values():
        score |= {"auroc": 0.55, "auroc_low": 0.45}
    assert "no evidence that any score notices" in " ".join(
        open_set_findings.write(metrics["eval3rd"])
    )


def test_a_likeness_that_may_be_chance_is_none(metrics):
    metrics["eval3rd"]["likeness"]["p_value"] = 0.3
    text = " ".join(open_set_findings.write(metrics["eval3rd"]))
    assert "no nearer to one known mint, by evidence" in text


def test_rare_types_are_worse_only_where_the_intervals_are_apart(metrics):
    transfer = metrics["transfer315"]
    of = {"n": 90, "least": 1, "most": 9}
    kinds = {"rare": {**rated(0.6), **of}, "frequent": {**rated(0.9), **of}}
    transfer["by_frequency"] = kinds
    said = " ".join(type_findings.write(transfer, metrics["labels315"]))
    assert "; types with few photographs are told apart less well" in said
    kinds["rare"] |= rated(0.85)
    said = " ".join(type_findings.write(transfer, metrics["labels315"]))
    assert "no evidence that types with few photographs are told apart less well" in said


def test_types_that_all_can_be_told_apart_set_no_ceiling(metrics):
    transfer = metrics["transfer315"]
    transfer["alike"] |= {"groups": 2, "types": 5, "ceiling": 0.9}
    assert "5 types in 2 groups can't be told apart" in conclusions.write(metrics)
    transfer["alike"] |= {"groups": 0, "types": 0, "ceiling": 1.0}
    assert "No evidence of types that can't be told apart" in conclusions.write(metrics)


def test_a_temperature_that_makes_it_worse_is_not_praised(metrics):
    metrics["transfer315"]["calibration"] |= {"error_before": 0.05, "error": 0.04}
    assert "; scaling helped" in conclusions.write(metrics)
    metrics["transfer315"]["calibration"]["error"] = 0.06
    assert "no evidence that scaling helped" in conclusions.write(metrics)
