"""A coin on the page: the answer of `mintmark identify`, files that can't be used, parts that are hidden."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mintmark.app import examination, fragments, sentences
from mintmark.geometry.regions import SIDES
from mintmark.identification import command
from mintmark.images import decoding
from mintmark.images.cropping import FILL
from mintmark.pipeline import paths
from mintmark.pipeline.stage import InputError


def files(sample):
    """The photographs of a sample coin."""
    return [Path(file) for file in sample.brought[list(SIDES)].iloc[0]]


@pytest.mark.parametrize("sides", [slice(0, 2), slice(1, 2)], ids=["both sides", "the reverse"])
def test_the_answer_is_that_of_identify_to_the_last_digit(known, coins, tmp_path, sides):
    given = files(coins[0])[sides]
    examined = examination.examine(examination.read(given), known)
    outputs = {"csv": tmp_path / "a.csv", "json": tmp_path / "a.json"}
    command.identify(given, outputs, types_=False, together=False, columns={}, confidence=None)
    written = pd.read_csv(outputs["csv"], dtype={"id": str}, keep_default_na=False).iloc[0]
    assert examined.said == written[list(examined.said)].to_dict()
    chances = json.loads(outputs["json"].read_text())[0]["probabilities"]
    assert list(chances) == known.index.names
    assert examined.seen.probabilities.round(6).tolist() == list(chances.values())


def test_while_a_run_makes_coins_anew_the_page_says_so(known, coins, tmp_path, monkeypatch):
    examined = examination.examine(examination.read(files(coins[0])), known)
    assert "<img" in fragments.similar(examined, examined.seen, known)
    monkeypatch.setattr(paths, "MERGED", tmp_path)
    said = fragments.similar(examined, examined.seen, known)
    assert sentences.MADE_ANEW in said and "<img" not in said


def test_swapped_sides_are_those_of_swapped_photographs(known, coins):
    one = examination.examine(examination.swapped(coins[0].brought), known)
    other = examination.examine(examination.read(files(coins[0])[::-1]), known)
    assert (one.seen.probabilities == other.seen.probabilities).all()
    assert one.said["shown"] == "both"


def test_each_bad_photograph_is_a_sentence_and_costs_no_other_its_answer(known, coins, tmp_path):
    good = files(coins[0])[0]
    photograph = decoding.decode(good)
    Path(tmp_path / "text.jpg").write_text("no photograph")
    Path(tmp_path / "cut.jpg").write_bytes(good.read_bytes()[:2_000])
    Image.fromarray(np.hstack([photograph, photograph])).save(tmp_path / "pair.png")
    Image.fromarray(photograph).resize((60, 60)).save(tmp_path / "small.png")
    Image.new("RGB", (300, 300), "white").save(tmp_path / "blank.png")
    Image.linear_gradient("L").save(tmp_path / "sky.png")
    for name, said in {
        "text.jpg": "can't be read",
        "cut.jpg": "can't be read",
        "pair.png": "more than one coin",
        "small.png": "too small",
        "blank.png": "shows nothing",
        "sky.png": "shows no coin",
        "gone.png": "no longer there",
    }.items():
        row = pd.DataFrame({"id": ["x"], "obverse": [str(tmp_path / name)], "reverse": [""]})
        examined = examination.examine(row, known)
        (sentence,) = sentences.complaints(examined)
        assert examined.seen is None and said in sentence, name
        assert sentence.startswith(name) and sentence.endswith(".")
    examined = examination.examine(examination.read([good, tmp_path / "text.jpg"]), known)
    assert examined.seen.sides == ["obverse"] and examined.said["answer"]
    assert len(sentences.complaints(examined)) == 1
    assert any("the obverse alone" in line for line in sentences.lines(examined, 0.9))


def test_too_many_files_and_files_of_another_kind_are_one_sentence(tmp_path):
    with pytest.raises(InputError, match="3 files are given"):
        examination.read([tmp_path / "a.jpg"] * 3)
    with pytest.raises(InputError, match=r"notes\.txt is no photograph"):
        examination.read([tmp_path / "notes.txt"])


def test_hiding_the_margin_costs_more_than_hiding_the_field(known, coins):
    """The drawn coins name their mint in the margin."""
    field, margin = known.choices[:2]
    lost = {field.label: [], margin.label: []}
    for sample in [coin for coin in coins if coin.learnt]:
        seen = examination.examine(sample.brought, known).seen
        answer = seen.probabilities.argmax()
        for choice in (field, margin):
            _, chances = examination.hide(seen, choice, choice.standard, known)
            lost[choice.label].append(seen.probabilities[answer] - chances[answer])
    assert np.mean(lost[margin.label]) > np.mean(lost[field.label]) + 0.05


def test_nothing_hidden_changes_nothing(known, coins):
    seen = examination.examine(coins[0].brought, known).seen
    for choice in known.choices:
        image, chances = examination.hide(seen, choice, 0.0, known)
        assert (image == seen.coin.images[0]).all()
        assert chances == pytest.approx(seen.probabilities, abs=1e-5)


def test_a_side_that_is_not_there_stays_grey(known, coins):
    seen = examination.examine(examination.read(files(coins[0])[:1]), known).seen
    image, _ = examination.hide(seen, known.choices[0], 1.0, known)
    assert set(seen.halves(image)) == {"obverse"}
    assert (np.split(image, 2, axis=1)[1] == FILL).all()


def test_two_coins_in_turn_do_not_mix(known, coins):
    alone = [examination.examine(sample.brought, known).seen for sample in coins[:2]]
    margin = known.choices[1]
    before = [examination.hide(seen, margin, 0.3, known)[1] for seen in alone]
    for first, then in ((0, 1), (1, 0)):
        examination.hide(alone[then], margin, 0.8, known)
        assert (examination.hide(alone[first], margin, 0.3, known)[1] == before[first]).all()
    assert (before[0] != before[1]).any()


def test_the_likeness_to_one_side_lies_on_that_side(known, coins):
    seen = examination.examine(examination.read(files(coins[0])[1:]), known).seen
    both = examination.examine(coins[0].brought, known).seen
    shown = both.coin.images.repeat(2, axis=0)
    obverse, reverse = np.split(examination.likeness_of(shown, seen, known), 2, axis=2)
    assert not obverse.any() and reverse.any()
    assert examination.likeness_of(shown, both, known).max(axis=(1, 2)) == pytest.approx(1)
