"""The strongest check goes on: the mint's name in both zones, and on no coin at all."""

from moved_name import above_chance, details

from mintmark.report import zone_findings


def test_with_the_name_in_both_zones_either_is_enough(tmp_path):
    train2, mask = details(tmp_path, "both")
    assert above_chance(train2, train2["majority_accuracy"])
    assert "either zone is enough" in " ".join(zone_findings.masked(mask))
    for variant in ("margin", "centre"):
        assert above_chance(mask["adapted"][variant], mask["majority_accuracy"])


def test_without_a_name_nothing_is_learnt_and_nothing_concluded(tmp_path):
    train2, mask = details(tmp_path, "nowhere")
    assert not above_chance(train2, train2["majority_accuracy"])
    assert train2["balanced_accuracy_low"] < 0.5 < train2["balanced_accuracy_high"]
    (sentence,) = zone_findings.masked(mask)
    assert "no conclusion is drawn about field and margin" in sentence
    assert not above_chance(mask["adapted"]["original"], mask["majority_accuracy"])
