"""The conclusions say what the metrics say, and no more."""

import copy

import pytest
from conftest import ROOT
from report import snapshot

from mintmark.report import (
    conclusions,
    heat_findings,
    open_set_findings,
    sections,
    type_findings,
    zone_findings,
)

CONCLUSIONS = "reports/conclusions.md"


def said(details):
    """The conclusions from details."""
    return conclusions.write(conclusions.findings(details))


def joined(findings):
    """All that findings say."""
    return " ".join(map(str, findings))


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
    text = said(details)
    assert text in (snapshot.committed(CONCLUSIONS), (ROOT / CONCLUSIONS).read_text())
    assert text.count("Would be overturned by") > 15


def test_each_conclusion_is_a_plain_sentence_with_its_evidence_indented_below(details):
    text = said(details)
    found = [finding for some in conclusions.findings(details).values() for finding in some]
    assert len(found) > 40
    for finding in found:
        item = f"- {finding.plain}\n" + "".join(f"  - {behind}\n" for behind in finding.behind)
        assert f"\n{item}" in text
        assert not finding.plain[0].islower() and finding.plain.endswith(".")
        assert len(finding.plain) < 200 and "(McNemar" not in finding.plain
    assert "Would be overturned by" not in "".join(finding.plain for finding in found)
    paragraphs = [block for block in text.split("\n\n") if not block.startswith(("#", "-"))]
    assert paragraphs and all("\n" not in block.strip() for block in paragraphs)


def test_findings_name_pictures_that_their_stage_has(details):
    stages = {section.stage: section for section in sections.SECTIONS}
    for stage, found in conclusions.findings(details).items():
        assert {finding.picture for finding in found} - {""} <= set(stages[stage].pictures)


def test_cross_validation_comes_first_unless_it_was_of_other_mints(details):
    text = said(details)
    first = text.split("## Two mints\n\n")[1].split("\n- ")[0]
    value = details["crossval"]["two"]["balanced_accuracy"]
    assert f"names {100 * value:.0f} correctly" in first.split("\n")[0]
    assert "Cross-validation" in first and f"balanced accuracy {value:.3f} (" in first
    details["crossval"]["two"]["recall"] = {"Lugdunum": 0.9, "Treveri": 0.9}
    assert said(details).count("Cross-validation") == 1  # that of three mints


def test_folds_that_may_be_guessing_claim_nothing(details):
    details["crossval"]["two"]["balanced_accuracy_low"] = 0.49
    assert "no evidence that the network names coins it never saw better" in said(details)


def test_effects_are_stated_with_their_intervals_and_tests(details):
    drop = {"drop": 0.4, "drop_low": 0.3, "drop_high": 0.5, "p_value": 1e-9, "p_holm": 2e-8}
    details["mask"]["margin"] |= drop
    text = said(details)
    assert "a drop of 0.400 (0.300 to 0.500)" in text
    assert "McNemar, p < 0.001; after Holm's correction p < 0.001" in text
    assert "needs what stands there" in text


def test_an_interval_that_includes_no_effect_is_no_evidence(details):
    details["mask"]["centre"] |= {"drop": 0.01, "drop_low": -0.03, "drop_high": 0.05}
    assert "no evidence that the network needs the field" in said(details)


def test_a_drop_that_holm_takes_back_is_no_evidence(details):
    drop = {"drop": 0.1, "drop_low": 0.01, "drop_high": 0.2, "p_value": 0.03, "p_holm": 0.4}
    details["mask"]["centre"] |= drop
    details["mask"]["margin"] |= drop
    sentences = joined(zone_findings.masked(details["mask"]))
    assert sentences.count("no evidence that the network needs the") == 2


def test_the_place_is_where_one_zone_is_enough(mask):
    def plain():
        return zone_findings.decisive(mask).plain

    assert "stands in the margin: a network" in plain()
    adapted = mask["adapted"]
    adapted["centre"], adapted["margin"] = adapted["margin"], adapted["centre"]
    assert "stands in the field" in plain()
    adapted |= {"centre": rated(0.9), "margin": rated(0.8)}
    assert "Either zone is enough" in plain()
    adapted |= {"centre": rated(0.5), "margin": rated(0.55)}
    assert "Neither zone is enough" in plain()


def test_without_an_adapted_network_the_trained_one_decides(mask):
    assert "a network adapted to masks reaches" in str(zone_findings.decisive(mask))
    del mask["adapted"]
    mask |= {"centre": rated(0.5), "margin": rated(0.95)}
    found = zone_findings.decisive(mask)
    assert "the network reaches" in str(found)
    assert "stands in the field" in found.plain


def test_a_network_at_chance_allows_no_conclusion_about_zones(mask, details):
    assert zone_findings.controlled(details["controls"], mask)
    mask["original"] = rated(0.56)
    (found,) = zone_findings.masked(mask)
    assert "no conclusion is drawn" in found.plain
    assert zone_findings.controlled(details["controls"], mask) == []


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ((0.5, 0.2, 0.8), "costs more than masking such a region"),
        ((-0.5, -0.8, -0.2), "costs less than masking such a region"),
        ((0.1, -0.2, 0.4), "no evidence that the region exergue"),
    ],
)
def test_a_region_is_judged_by_its_equals_elsewhere(details, more, verdict):
    region = details["controls"]["regions"]["exergue"]
    region |= dict(zip(("more", "more_low", "more_high"), more, strict=True))
    (found,) = (
        finding
        for finding in zone_findings.controlled(details["controls"], details["mask"])
        if "the region exergue (reverse, 5 to 7 o'clock)" in finding.plain
    )
    assert verdict in found.plain


def test_a_place_on_the_clock_is_named_where_there_is_one(details):
    gradcam = details["gradcam"]
    gradcam["clock"] = {"side": "reverse", "zone": "margin", "from": 5, "to": 7, "value": 3.14}
    named = "The heat is densest on the reverse, 5 to 7 o'clock, in the margin. 3.1 times"
    assert named in joined(heat_findings.heat(gradcam))
    gradcam["clock"] = {}
    assert "no evidence of where on the clock" in joined(heat_findings.heat(gradcam))


def test_heat_that_falls_by_area_is_no_evidence(details):
    gradcam = details["gradcam"]
    gradcam["ratio"] |= {"margin_low": 0.95, "margin": 1.0, "margin_high": 1.05}
    assert "no evidence that more heat" in heat_findings.heat(gradcam)[0].plain
    gradcam["ratio"] |= {"margin_low": 1.01}
    assert "heat lies in the margin" in heat_findings.heat(gradcam)[0].plain
    gradcam["ratio"] |= {"margin_low": 0.8, "margin_high": 0.99}
    assert "heat lies in the field" in heat_findings.heat(gradcam)[0].plain


def test_heat_that_means_nothing_is_said_to_mean_nothing(details):
    gradcam = details["gradcam"]
    gradcam["faithfulness"]["linear"]["heat"]["deletion_high"] = 0.9
    gradcam["randomisation"]["rank_correlation_high"] = 0.9
    text = " ".join(finding.plain for finding in heat_findings.trust(gradcam))
    assert "gives no evidence of pointing at what the network uses" in text
    assert "FLAGGED" in text


def test_without_a_truth_none_is_claimed(details):
    assert "mint's name" in joined(heat_findings.trust(details["gradcam"]))
    del details["gradcam"]["localisation"]
    assert "mint's name" not in joined(heat_findings.trust(details["gradcam"]))


def test_an_accuracy_near_the_majority_is_no_evidence(details):
    details["train3"].update(accuracy=0.56, accuracy_low=0.46, accuracy_high=0.66)
    assert "no evidence that it does better" in said(details)


def test_a_shortcut_that_works_is_named(details):
    alone = details["train2"]["shortcuts"]
    (two,) = (found for found in conclusions.findings(details)["train2"] if "alone" in found.plain)
    assert two.plain.startswith("There is no evidence that colour, coin size, file size, ground or")
    alone["file_size"]["balanced_accuracy_low"] = 0.6
    alone["ground"]["balanced_accuracy_low"] = 0.7
    assert "file size and ground do, each alone, better than guessing the mint" in said(details)


def test_repeats_are_reported_where_there_are_any(details):
    assert "different seeds" not in said(details)
    details["train2"]["repeats"]["networks"] = 5
    assert "5 networks trained with different seeds" in said(details)


def test_scores_that_tell_nothing_apart_are_said_to(details):
    for score in details["eval3rd"]["scores"].values():
        score |= {"auroc": 0.55, "auroc_low": 0.45}
    text = joined(open_set_findings.write(details["eval3rd"]))
    assert "It does not notice that they are strange" in text
    assert "No evidence that any score tells them from known coins" in text


def test_scores_go_by_their_labels(details):
    details["eval3rd"]["scores"]["energy"] |= {"label": "free energy", "auroc": 0.999}
    details["eval3rd"]["far"]["blank"]["energy"]["auroc"] = 0.123
    text = joined(open_set_findings.write(details["eval3rd"]))
    assert "Best by free energy" in text
    assert "A threshold on free energy" in text
    assert "0.123 by free energy" in text


def test_a_likeness_that_may_be_chance_is_none(details):
    details["eval3rd"]["likeness"]["p_value"] = 0.3
    text = joined(open_set_findings.write(details["eval3rd"]))
    assert "no evidence that to the network these coins are more like" in text


def test_mints_left_out_in_turn_are_reported_where_there_are_several(details):
    left_out = details["eval3rd"]["leave_one_out"]
    assert "left out in turn" not in said(details)
    (known,) = left_out.values()
    left_out["Misr"] = copy.deepcopy(known)
    assert "Each mint left out in turn:\n  - al-Mahdiyah unknown" in said(details)


def test_rare_types_are_worse_only_where_the_intervals_are_apart(details):
    transfer = details["transfer315"]
    counts = {"n": 90, "least": 1, "most": 9}
    kinds = {"rare": {**rated(0.6), **counts}, "frequent": {**rated(0.9), **counts}}
    transfer["by_frequency"] = kinds
    text = joined(type_findings.write(transfer))
    assert "Types with few photographs to learn from are told apart less well" in text
    kinds["rare"] |= rated(0.85)
    text = joined(type_findings.write(transfer))
    assert "no evidence that types with few photographs to learn from are told apart" in text


def test_types_that_all_can_be_told_apart_set_no_ceiling(details):
    transfer = details["transfer315"]
    transfer["confusable"] |= {"groups": 2, "types": 5, "ceiling": 0.9}
    assert "5 types in 2 groups are confusable" in said(details)
    transfer["confusable"] |= {"groups": 0, "types": 0, "ceiling": 1.0}
    assert "No evidence of confusable types" in said(details)


def test_a_temperature_that_makes_it_worse_is_not_praised(details):
    details["transfer315"]["calibration"] |= {"error_before": 0.05, "error": 0.04}
    assert "Scaling helps to believe" in said(details)
    details["transfer315"]["calibration"]["error"] = 0.06
    assert "no evidence that scaling makes" in said(details)


def test_corrections_of_labels_are_told_one_by_one_where_there_are_any(details):
    assert "corrections" not in said(details)
    row = {"id": "100124", "from": "Misr", "to": "Sur", "who": "AB", "when": "", "why": "die link",
           "outcome": "applied"}  # fmt: skip
    other = row | {"id": "7", "who": "", "why": "", "outcome": "no_such_id"}
    details["organize"]["corrections"] = [row, other]
    details["features315"]["corrections"] = [row]
    text = said(details)
    assert (
        "- 1 of 2 corrections of labels were applied.\n"
        "  - 100124: Misr → Sur (AB, die link); applied.\n"
        "  - 7: Misr → Sur; no such id.\n"
    ) in text
    assert "- 1 of 1 corrections of labels were applied.\n" in text
