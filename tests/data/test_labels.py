"""The label table as it comes, and what its mints mean."""

import pandas as pd
import pytest
from conftest import ROOT, YAML_1_2

from mintmark.data import labels
from mintmark.pipeline.stage import InputError

ROWS = "100001,margin 1: بمصر,`,Misr\n100002,worn,missing,(Atarablus) \n"
HEADER = "IAA no,Varieties: obverse ,Varieties: reverse,mint"


@pytest.mark.parametrize(
    "text",
    [ROWS, f"{HEADER}\n{ROWS}", f"{ROWS}{HEADER}", f"\ufeff{ROWS}"],
    ids=["no header", "header first", "header last, no newline", "byte order mark"],
)
def test_every_coin_is_read_wherever_the_header_is(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    table = labels.read(tmp_path / "t.csv", "utf-8-sig")
    assert table["id"].tolist() == ["100001", "100002"]
    assert table["obverse"].tolist() == ["margin 1: بمصر", "worn"]
    assert table["reverse"].tolist() == ["`", "missing"]
    assert table["written"].tolist() == ["Misr", "(Atarablus)"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"100001,a,Misr\n", "has 3 columns; it needs four"),
        ("100001,بمصر,b,Misr\n".encode("cp1256"), "is not UTF-8"),
        (b"1,a,b,Misr\n2,a,b,c,d,Misr\n", "can't be read as CSV"),
        (HEADER.encode(), "lists no coin"),
    ],
)
def test_a_bad_table_is_one_sentence(tmp_path, content, said):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InputError, match=said) as error:
        labels.read(tmp_path / "t.csv", "utf-8-sig")
    assert "t.csv" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(InputError, match="t.csv is missing"):
        labels.read(tmp_path / "t.csv", "utf-8-sig")


@pytest.mark.parametrize(
    ("written", "name", "reason"),
    [
        ("Misr", "Misr", ""),
        ("m.", "", "no_mint"),
        ("No Mint", "", "no_mint"),
        ("", "", "no_mint"),
        ("al-Mansuriyah?", "", "doubtful"),
        ("(al-Qahirah al-Mahrusah)", "al-Qahirah al-Mahrusah", ""),
        ("(?)", "", "doubtful"),
    ],
)
def test_what_a_mint_means_by_default(written, name, reason):
    assert labels.mint(written, ["m.", "no mint"], "drop", "keep") == (name, reason)


def test_doubtful_can_be_kept_and_restored_dropped():
    assert labels.mint("Sur?", [], "keep", "drop") == ("Sur", "")
    assert labels.mint("(Sur)", [], "keep", "drop") == ("", "restored")


def test_folders_are_safe_and_never_shared():
    names = [
        "Sur",
        "SUR",
        "a/b",
        "a\\b",
        "São Tomé",
        "..",
        "مصر",
        "Madinat Rasul Allah?",
        "con aux",
    ]
    folders = labels.folders(names)
    assert folders.keys() == set(names)
    assert len({folder.casefold() for folder in folders.values()}) == len(names)
    for folder in folders.values():
        assert folder.replace("-", "").isalnum() and folder.isascii()


def test_varieties_are_shared_word_for_word_and_only_when_something_is_said():
    rows = [
        ("1", "Misr", "a", "b"),
        ("2", "Misr", "a", "b"),
        ("3", "Sur", "a", "b"),
        ("4", "Misr", "worn", "b"),
        ("5", "Misr", "Worn", "b"),
        ("6", "Misr", "a", ""),
    ]
    table = pd.DataFrame(rows, columns=["id", "mint", "obverse", "reverse"])
    variety = labels.varieties(table, leads=[], silent=["worn"], partial=[])
    assert variety[0] == variety[1]
    assert variety.nunique() == 5


def varieties(*obverses):
    """Numbers of the varieties of coins of one mint and one reverse, as the pipeline reads them."""
    rows = [(str(number), "Misr", obverse, "لا اله") for number, obverse in enumerate(obverses)]
    table = pd.DataFrame(rows, columns=["id", "mint", "obverse", "reverse"])
    settings = YAML_1_2.load(ROOT / "params.yaml")["organize"]
    return labels.varieties(table, **{key: settings[key] for key in ("leads", "silent", "partial")})


@pytest.mark.parametrize(
    "entry",
    [
        "margin 1: heavily clipped     ",
        "margin: worn",
        "Margin 2 :  Missing",
        "margin 1:",
        "margin 1:  ... واربعمائة",
        ".... بالمنصورية سنة",
        "margin 1: بمصر سنة …",
        "margin 1: بمصر سنة خمس؟",
        "margin 1: بمصر سنة خمس margin 2: worn",
    ],
)
def test_what_was_not_read_says_nothing_of_the_die(entry):
    assert varieties(entry, entry).nunique() == 2


def test_leads_blanks_and_brackets_make_no_variety():
    same = ["margin 1: بمصر سنة خمس", "margin:  بمصر  سنة خمس ", "بمصر سنة خمس", "(بمصر) سنة خمس"]
    assert varieties(*same).nunique() == 1
    assert varieties(*same, "margin 1: بمصر سنة ست").nunique() == 2


def test_a_word_that_only_begins_like_a_lead_stays():
    assert varieties("marginal: a", "b marginal: a", "a").nunique() == 3


def test_the_largest_variety_of_each_mint_is_counted_in_coins():
    rows = [("1", "Misr", 0), ("1", "Misr", 0), ("2", "Misr", 0), ("3", "Misr", 1), ("4", "Sur", 2)]
    table = pd.DataFrame(rows, columns=["id", "mint", "variety"])
    assert labels.largest_varieties(table).values.tolist() == [["Misr", 2, 2 / 3], ["Sur", 1, 1]]
