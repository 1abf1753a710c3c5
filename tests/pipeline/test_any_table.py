"""Whatever a table holds and however it is written: the right table, or one sentence that says why not."""

import csv
import io
import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mintmark.data import catalogue, labels
from mintmark.pipeline import csv_files, tables
from mintmark.pipeline.stage import InputError

SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TAME = st.text(st.sampled_from("abz 017.-?()'[]ṣūمصر\u200f\u00a0é"), max_size=8)
WILD = st.text(st.sampled_from('ab 0,;\t"\nمṣ='), max_size=8) | st.text(SIGNS, max_size=8)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
HEAD = ["id", "obverse", "reverse", "mint"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "t.csv"


def written(rows, separator, quoting, end):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end).writerows(rows)
    return text.getvalue()


def rows_of(cells, least=1):
    return st.lists(st.lists(cells, min_size=4, max_size=4), min_size=least, max_size=8)


HOW = {
    "separator": st.sampled_from(",;\t"),
    "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    "end": st.sampled_from(["\n", "\r\n", "\r"]),
    "encoding": ENCODINGS,
}


def expected(rows):
    plain = [[tables.plain(cell) for cell in row] for row in rows]
    return [row for row in plain if any(row) and not row[0].startswith("sep=")]


@given(rows=rows_of(TAME), **HOW)
def test_a_tame_table_is_read_right_however_it_is_written(
    file, rows, separator, quoting, end, encoding
):
    file.write_bytes(written([HEAD, *rows], separator, quoting, end).encode(encoding))
    assert tables.read(file, "coins", True).to_numpy().tolist() == expected(rows)


@given(rows=rows_of(WILD), **HOW)
def test_a_wild_table_is_read_right_or_a_line_is_named(
    file, rows, separator, quoting, end, encoding
):
    if quoting == csv.QUOTE_MINIMAL:
        end = "\r\n"  # Python's writer does not quote line ends other than its own
    file.write_bytes(written([HEAD, *rows], separator, quoting, end).encode(encoding))
    try:
        found = tables.read(file, "coins", True).to_numpy().tolist()
    except InputError as error:
        assert "line " in str(error) and "\n" not in str(error)
    else:
        assert found == expected(rows)


@given(
    rows=st.lists(st.lists(WILD, max_size=6), max_size=8), seed=st.integers(0, 2**32), header=st.booleans(),
    cut=st.booleans(), **HOW,
)  # fmt: skip
def test_a_ragged_or_damaged_table_is_a_table_or_one_sentence(
    file, rows, seed, header, cut, separator, quoting, end, encoding
):
    content = bytearray(written(rows, separator, quoting, end).encode(encoding))
    rng = random.Random(seed)
    for _ in range(rng.randrange(4) if content else 0):
        content[rng.randrange(len(content))] = rng.choice([34, 44, 59, 10, 13, rng.randrange(256)])
    file.write_bytes(content[: rng.randrange(len(content) + 1)] if cut else content)
    try:
        assert isinstance(tables.read(file, "coins", header), pd.DataFrame)
        labels.read(file, tables.UTF_8)
    except InputError as error:
        assert str(file) in str(error) and "\n" not in str(error)


@given(st.lists(st.text(SIGNS, max_size=300), min_size=1, unique=True))
def test_names_of_files_lead_nowhere_else(names):
    for given_names in (catalogue.file_stems(pd.Series(names)), labels.folders(names)):
        assert set(given_names) == set(names)
        found = list(given_names.values())
        assert len({name.casefold() for name in found}) == len(names)
        for name in found:
            assert not set(name) & set("/\\\0:\n") and name not in ("", ".", "..")
            assert len(name.encode()) <= 126


@given(st.lists(st.text(SIGNS, max_size=20), min_size=1))
def test_what_stages_write_is_read_back_and_calculates_nothing(file, texts):
    table = pd.DataFrame({"id": texts, "number": range(len(texts))})
    csv_files.write(table, file)
    ended = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    assert csv_files.read(file)["id"].tolist() == ended
    for row in csv.reader(io.StringIO(file.read_bytes().decode(), newline="")):
        assert row[0][:1] not in tuple("=@\t\r")
        assert row[0][:1] not in tuple("+-") or csv_files.NUMBER.fullmatch(row[0])
