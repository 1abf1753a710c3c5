"""The conclusions say what the metrics say, and no more."""

import copy

import pytest
from conftest import ROOT
from report import snapshot

from mintmark.report import conclusions, open_set_findings, type_findings, zone_findings

CONCLUSIONS = "reports/conclusions.md"


def rated(accuracy: float, width: float = 0.08) -> dict[str, float]:
    """An accuracy with its interval."""
    low, high = accuracy - width, accuracy + width
    return {"accuracy": accuracy, "accuracy_low": low, "accuracy_high": high}


@pytest.fixture
def mask(details):
    """Masks of a network that reads the margin."""
    mask = copy.deepcopy(details["mask"])
    mask |= {"majority_accuracy": 0.53, "original": rated(0.95)}
    mask["adapted"] |= {"centre": rated(0.95), "margin": rated(0.5)}
    return mask


def test_every_finding_is_written_from_the_committed_run(details):
    text = conclusions.write(details)
    assert text in (snapshot.committed(CONCLUSIONS), (ROOT / CONCLUSIONS).read_text())
    assert text.count("Would be overturned by") > 15


def test_cross_validation_comes_first_unless_it_was_of_other_mints(details):
    text = conclusions.write(details)
    first = text.split("## Two mints\n\n")[1].split("\n")[0]
    value = details["crossval"]["two"]["balanced_accuracy"]
    assert first.startswith("- Cross-validation") and f"balanced accuracy {value:.3f} (" in first
    details["crossval"]["two"]["recall"] = {"Lugdunum": 0.9, "Treveri": 0.9}
    assert conclusions.write(details).count("- Cross-validation") == 1  # that of three mints


def test_effects_are_stated_with_their_intervals_and_tests(details):
    drop = {"drop": 0.4, "drop_low": 0.3, "drop_high": 0.5, "p_value": 1e-9, "p_holm": 2e-8}
    details["mask"]["margin"] |= drop
    text = conclusions.write(details)
    assert "a drop of 0.400 (0.300 to 0.500)" in text
    assert "McNemar, p < 0.001; after Holm's correction p < 0.001" in text
    assert "needs what stands there" in text


def test_an_interval_that_includes_no_effect_is_no_evidence(details):
    details["mask"]["centre"] |= {"drop": 0.01, "drop_low": -0.03, "drop_high": 0.05}
    assert "no evidence that the network needs it" in conclusions.write(details)


def test_a_drop_that_holm_takes_back_is_no_evidence(details):
    drop = {"drop": 0.1, "drop_low": 0.01, "drop_high": 0.2, "p_value": 0.03, "p_holm": 0.4}
    details["mask"]["centre"] |= drop
    details["mask"]["margin"] |= drop
    sentences = " ".join(zone_findings.masked(details["mask"]))
    assert sentences.count("no evidence that the network needs it") == 2


def test_the_place_is_where_one_zone_is_enough(mask):
    assert "stands in the margin. Would" in zone_findings.decisive(mask)
    adapted = mask["adapted"]
    adapted["centre"], adapted["margin"] = adapted["margin"], adapted["centre"]
    assert "stands in the field" in zone_findings.decisive(mask)
    adapted |= {"centre": rated(0.9), "margin": rated(0.8)}
    assert "either zone is enough" in zone_findings.decisive(mask)
    adapted |= {"centre": rated(0.5), "margin": rated(0.55)}
    assert "neither zone is enough" in zone_findings.decisive(mask)


def test_without_an_adapted_network_the_trained_one_decides(mask):
    assert "a network adapted to masks reaches" in zone_findings.decisive(mask)
    del mask["adapted"]
    mask |= {"centre": rated(0.5), "margin": rated(0.95)}
    assert "the network reaches" in zone_findings.decisive(mask)
    assert "stands in the field" in zone_findings.decisive(mask)


def test_a_network_at_chance_allows_no_conclusion_about_zones(mask):
    mask["original"] = rated(0.56)
    sentences = zone_findings.masked(mask)
    assert len(sentences) == 1
    assert "no conclusion is drawn" in sentences[0]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((0.5, 0.2, 0.8), "it costs more than they do"),
        ((-0.5, -0.8, -0.2), "it costs less than they do"),
        ((0.1, -0.2, 0.4), "no evidence that it matters more than they do"),
    ],
)
def test_a_region_is_judged_by_its_equals_elsewhere(details, more, said):
    region = details["controls"]["regions"]["exergue"]
    region |= dict(zip(("more", "more_low", "more_high"), more, strict=True))
    sentence = next(
        sentence
        for sentence in zone_findings.masked(details["mask"], details["controls"])
        if "the region exergue (reverse, 5 to 7 o'clock, radii 0.55 to 0.95)" in sentence
    )
    assert said in sentence


def test_a_place_on_the_clock_is_named_where_there_is_one(details):
    gradcam = details["gradcam"]
    gradcam["clock"] = {"side": "reverse", "zone": "margin", "from": 5, "to": 7, "value": 3.14}
    named = "The heat is densest on the reverse, 5 to 7 o'clock, in the margin: 3.1 times"
    assert any(named in sentence for sentence in zone_findings.heat(gradcam))
    gradcam["clock"] = {}
    assert any("no evidence of where on the clock" in text for text in zone_findings.heat(gradcam))


def test_heat_that_falls_by_area_is_no_evidence(details):
    gradcam = details["gradcam"]
    gradcam["ratio"] |= {"margin_low": 0.95, "margin": 1.0, "margin_high": 1.05}
    assert "no evidence that more heat" in zone_findings.heat(gradcam)[0]
    gradcam["ratio"] |= {"margin_low": 1.01}
    assert "the heat lies in the margin" in zone_findings.heat(gradcam)[0]
    gradcam["ratio"] |= {"margin_low": 0.8, "margin_high": 0.99}
    assert "the heat lies in the field" in zone_findings.heat(gradcam)[0]


def test_heat_that_means_nothing_is_said_to_mean_nothing(details):
    gradcam = details["gradcam"]
    gradcam["faithfulness"]["linear"]["heat"]["deletion_high"] = 0.9
    gradcam["randomisation"]["rank_correlation_high"] = 0.9
    text = " ".join(zone_findings.trust(gradcam))
    assert "gives no evidence of pointing at what the network uses" in text
    assert "FLAGGED" in text


def test_without_a_truth_none_is_claimed(details):
    assert "mint's name" in " ".join(zone_findings.trust(details["gradcam"]))
    del details["gradcam"]["localisation"]
    assert "mint's name" not in " ".join(zone_findings.trust(details["gradcam"]))


def test_an_accuracy_near_the_majority_is_no_evidence(details):
    details["train3"].update(accuracy=0.56, accuracy_low=0.46, accuracy_high=0.66)
    assert "no evidence of doing better" in conclusions.write(details)


def test_a_shortcut_that_works_is_named(details):
    alone = details["train2"]["shortcuts"]
    assert "no evidence that any of them alone does better" in conclusions.write(details)
    alone["file_size"]["balanced_accuracy_low"] = 0.6
    assert "better than guessing by itself: file size," in conclusions.write(details)


def test_repeats_are_reported_where_there_are_any(details):
    assert "different seeds" not in conclusions.write(details)
    details["train2"]["repeats"]["networks"] = 5
    assert "5 networks trained with different seeds" in conclusions.write(details)


def test_scores_that_tell_nothing_apart_are_said_to(details):
    for score in details["eval3rd"]["scores"].values():
        score |= {"auroc": 0.55, "auroc_low": 0.45}
    text = " ".join(open_set_findings.write(details["eval3rd"]))
    assert "No evidence that any score tells them from known coins" in text


def test_scores_go_by_their_labels(details):
    details["eval3rd"]["scores"]["energy"] |= {"label": "free energy", "auroc": 0.999}
    details["eval3rd"]["far"]["blank"]["energy"]["auroc"] = 0.123
    text = " ".join(open_set_findings.write(details["eval3rd"]))
    assert "Best by free energy" in text
    assert "A threshold on free energy" in text
    assert "0.123 by free energy" in text


def test_a_likeness_that_may_be_chance_is_none(details):
    details["eval3rd"]["likeness"]["p_value"] = 0.3
    text = " ".join(open_set_findings.write(details["eval3rd"]))
    assert "no nearer to one known mint, by evidence" in text


def test_mints_left_out_in_turn_are_reported_where_there_are_several(details):
    left_out = details["eval3rd"]["leave_one_out"]
    assert "left out in turn" not in conclusions.write(details)
    (known,) = left_out.values()
    left_out["Misr"] = copy.deepcopy(known)
    assert "Each mint left out in turn: al-Mahdiyah unknown" in conclusions.write(details)


def test_rare_types_are_worse_only_where_the_intervals_are_apart(details):
    transfer = details["transfer315"]
    counts = {"n": 90, "least": 1, "most": 9}
    kinds = {"rare": {**rated(0.6), **counts}, "frequent": {**rated(0.9), **counts}}
    transfer["by_frequency"] = kinds
    said = " ".join(type_findings.write(transfer, details["labels315"]))
    assert "; types with few photographs are told apart less well" in said
    kinds["rare"] |= rated(0.85)
    said = " ".join(type_findings.write(transfer, details["labels315"]))
    assert "no evidence that types with few photographs are told apart less well" in said


def test_types_that_all_can_be_told_apart_set_no_ceiling(details):
    transfer = details["transfer315"]
    transfer["confusable"] |= {"groups": 2, "types": 5, "ceiling": 0.9}
    assert "5 types in 2 groups are confusable" in conclusions.write(details)
    transfer["confusable"] |= {"groups": 0, "types": 0, "ceiling": 1.0}
    assert "No evidence of confusable types" in conclusions.write(details)


def test_a_temperature_that_makes_it_worse_is_not_praised(details):
    details["transfer315"]["calibration"] |= {"error_before": 0.05, "error": 0.04}
    assert "; scaling helped" in conclusions.write(details)
    details["transfer315"]["calibration"]["error"] = 0.06
    assert "no evidence that scaling helped" in conclusions.write(details)


def test_corrections_of_labels_are_told_where_there_are_any(details):
    assert "corrections" not in conclusions.write(details)
    details["organize"]["corrections"] = {"applied": 3, "no_such_id": 1}
    details["features315"]["corrections"] = {"applied": 2}
    assert "5 of 6 corrections of labels were applied" in conclusions.write(details)
