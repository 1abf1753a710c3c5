"""The first screen says what the metrics say."""

import re

from mintmark.report import summary

DRAWN = {"mints": True, "types": True}


def sentences(details):
    return summary.write(details, DRAWN).sentences


def test_what_is_drawn_is_said_and_of_that_alone(details):
    for mints, types, said in (
        (True, True, "The coins are drawn by the program"),
        (True, False, "The coins of the mints, other than those of the coin types, are drawn"),
        (False, True, "The coin types, other than the coins of the mints, are drawn"),
    ):
        assert summary.write(details, {"mints": mints, "types": types}).caveat.startswith(said)
    assert summary.write(details, {"mints": False, "types": False}).caveat == ""


def test_each_sentence_has_its_number_and_ends(details):
    said = sentences(details)
    assert 3 <= len(said) <= 6
    assert all(sentence.endswith(".") for sentence in said)
    assert all(re.search(r"\d", sentence) for sentence in said[:-1])
    value = details["crossval"]["two"]["balanced_accuracy"]
    assert f"names {100 * value:.0f} correctly" in said[0]


def test_cross_validation_of_other_mints_is_not_quoted(details):
    details["crossval"]["two"]["recall"] = {"Lugdunum": 0.5, "Treveri": 0.5}
    details["train2"] |= {"balanced_accuracy": 0.81, "n": 77}
    details["train2"] |= {"balanced_accuracy_low": 0.7, "balanced_accuracy_high": 0.9}
    assert "names 81 correctly (70 to 90; 77 coins that were held out)" in sentences(details)[0]


def test_the_zone_that_is_read_follows_the_masks(details):
    mask, clock = details["mask"], details["controls"]["clock"]
    clock |= {"zone": "field", "side": "reverse", "from": 3, "to": 4}
    mask["original"]["accuracy"] = 0.9
    mask["centre"] |= {"accuracy": 0.5, "p_holm": 1e-9}
    mask["margin"] |= {"accuracy": 0.88, "p_holm": 1.0}
    said = sentences(details)
    assert "It reads the field, above all the field of the reverse from 3 to 4 o'clock" in said[1]
    assert "names 50 of 100 coins instead of 90, with the margin masked 88" in said[1]
    assert "learns to name the mint from the margin alone" in said[-1]
    for low, high, agrees in (
        (1.1, 1.3, "does not agree"),
        (0.7, 0.9, "agrees"),
        (0.9, 1.1, "favours neither zone"),
    ):
        details["gradcam"]["ratio"] |= {"margin_low": low, "margin_high": high}
        assert f"Its heat {agrees}: " in sentences(details)[2]


def test_what_may_be_chance_is_not_claimed(details):
    for variant in ("centre", "margin"):
        details["mask"][variant]["p_holm"] = 0.4
    assert sentences(details)[1].startswith("Neither field nor margin is needed")
    for auroc, low, said in (
        (0.6, 0.45, "does not notice"),
        (0.6, 0.52, "hardly"),
        (0.9, 0.8, "it notices"),
    ):
        for score in details["eval3rd"]["scores"].values():
            score |= {"auroc": auroc, "auroc_low": low}
        assert said in sentences(details)[3]
