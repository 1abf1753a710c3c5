"""Model card and data sheet say what the metrics and parameters say."""

import html
import re

import pytest
from conftest import ROOT

from mintmark.pipeline import paths
from mintmark.report import cards, conclusions

SECTIONS = {
    cards.model_card: ["Model details", "Intended use", "Factors", "Metrics", "Evaluation data",
                       "Training data", "Results", "Doubt and refusal", "Ethical considerations",
                       "Caveats and recommendations", "How to run it again"],
    cards.data_sheet: ["Motivation", "Composition", "Collection process",
                       "Preprocessing, cleaning, labelling", "Uses", "Distribution",
                       "Maintenance"],
}  # fmt: skip


@pytest.fixture
def written(details, tmp_path, monkeypatch):
    """Write a card or sheet from details and parameters as they stand."""
    parameters = (ROOT / "params.yaml").read_text()
    monkeypatch.chdir(tmp_path)
    paths.SPLIT.mkdir(parents=True)
    (paths.SPLIT / "counts.csv").write_text("mint,train,validation,test\nMisr,146,37,4545\n")

    def write(card, **changes):
        text = parameters
        for before, after in changes.values():
            assert before in text
            text = text.replace(before, after)
        (tmp_path / "params.yaml").write_text(text)
        page = card(details, conclusions.findings(details), cards.read())
        return " ".join(html.unescape(re.sub(r"<(?!h2|/h2)[^>]*>", " ", page)).split())

    return write


@pytest.mark.parametrize("card", SECTIONS, ids=lambda card: card.__name__)
def test_the_usual_sections_are_there_in_order(written, card):
    assert re.findall("<h2>(.*?)</h2>", written(card)) == SECTIONS[card]


def test_the_card_follows_the_numbers(written, details):
    train3 = details["train3"]
    train3["recall"]["Misr"], train3["recall_low"]["Misr"] = 0.4321, 0.31
    details["transfer315"]["classes"] = 99
    text = written(cards.model_card)
    assert "Misr 0.432 (0.310 to" in text
    assert "4545" in text and "99 types" in text
    assert re.search(r"Have every answer checked that concerns Misr or al-Mahdiyah", text)
    train3["recall_low"] = dict.fromkeys(train3["recall_low"], 0.9)
    for found in train3["shortcuts"].values():
        if isinstance(found, dict):
            found["balanced_accuracy_low"] = 0.1
    text = written(cards.model_card)
    assert "Have every answer checked" not in text and "A shortcut is open" not in text


def test_the_card_follows_the_parameters(written):
    text = written(cards.model_card)
    assert "EfficientNetLite0" in text and "then the two-mint network" in text
    changed = written(
        cards.model_card,
        network=("network: EfficientNetLite0", "network: small"),
        start=("start: train2", "start: none"),
        types=("backbone: [EfficientNetB0, EfficientNetLite0]", "backbone: EfficientNetB0"),
        weights=("weights: [coins, imagenet]", "weights: coins"),
    )
    assert "EfficientNetLite0" not in changed and "then the two-mint network" not in changed


def test_drawn_coins_are_called_drawn_and_others_are_not(written):
    own = {
        "mints": ("mints: data/sample/mints", "mints: data/raw/mints"),
        "types": ("types: data/sample/types", "types: data/raw/types"),
    }
    for card in SECTIONS:
        assert "drawn" in written(card).casefold()
        text = written(card, **own)
        assert "drawn" not in text.casefold() and "data/raw/mints" in text
        assert "drawn" in written(card, mints=own["mints"]).casefold() or card is cards.model_card


def test_the_sheet_follows_the_counts_and_corrections(written, details):
    assert "No label was corrected by hand." in written(cards.data_sheet)
    details["organize"]["coins"] |= {"listed": 8765, "skipped": {"bad_id": 4321}}
    details["clean"]["photos"]["rejected"] = {"two_coins": 1234}
    details["organize"]["corrections"] = [
        {
            "id": "5",
            "from": "Misr",
            "to": "Sur",
            "who": "",
            "when": "",
            "why": "",
            "outcome": "applied",
        }
    ]
    text = written(cards.data_sheet)
    assert "8765 coins are listed" in text
    assert "bad id 4321" in text and "two coins 1234" in text
    assert "1 of 1 corrections of labels were applied. 5: Misr → Sur; applied." in text
