"""Tables as people and their programs write them."""

import pandas as pd
import pytest

from mintmark.pipeline import tables
from mintmark.pipeline.stage import InputError

ROWS = [["1", "al-Manṣūriyah"], ["2", "Misr"], ["3", ""]]


def read(tmp_path, text, header=False, encoding="utf-8"):
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    return tables.read(tmp_path / "t.csv", "two columns", header).to_numpy().tolist()


@pytest.mark.parametrize(
    "written",
    [
        "1,al-Manṣūriyah\n2,Misr\n3,\n",
        "1;al-Manṣūriyah\r\n2;Misr\r\n3;\r\n",
        "1\tal-Manṣūriyah\r2\tMisr\r3\t\r",
        "sep=;\n1;al-Manṣūriyah\n2;Misr\n\n3\n",
        "1,al-Manṣūriyah,,\n2,Misr,,\n3,,,\n",
        "1,al\u2011Mans\u0323u\u0304riyah\u200f\n\ufeff2,\u00a0Mi\u00adsr\u202f\n3,\u200e\n",
    ],
    ids=[
        "plain",
        "semicolons",
        "tabs",
        "sep line, short row",
        "trailing commas",
        "invisible marks",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_same_table_however_it_is_written(tmp_path, written, encoding):
    assert read(tmp_path, written, encoding=encoding) == ROWS


def test_line_breaks_in_cells_stay_and_swallowed_lines_are_named(tmp_path):
    assert read(tmp_path, '1,"two\nlines"\n2,b\n') == [["1", "two\nlines"], ["2", "b"]]
    with pytest.raises(InputError, match="quotation mark in line 2 swallows"):
        read(tmp_path, '1,a,x\n2,",y\n3,c,z\n4,",w\n5,e,v\n')


def test_a_row_with_more_cells_than_names_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="line 3 has 3 cells, the others 2"):
        read(tmp_path, "id,mint\n1,a\n2,b,c\n", header=True)


def test_names_that_look_like_data_stay_names(tmp_path):
    assert read(tmp_path, "1,NA\n2,None\n3,01\n") == [["1", "NA"], ["2", "None"], ["3", "01"]]


def test_a_line_is_named_as_an_editor_numbers_it(tmp_path):
    with pytest.raises(InputError, match="line 6 has 3 cells"):
        read(tmp_path, '\n1,"two\nlines"\n\n2,b\n3,c,d\n')
    for last in ('3,",",z\n', '3,",y,z'):
        with pytest.raises(InputError, match="mark in line 3 swallows the cells after it"):
            read(tmp_path, f"1,a,x,k\n2,b,y,l\n{last}")


def test_a_mark_that_swallows_a_long_table_is_named(tmp_path):
    rows = "".join(f"{number},b,c\n" for number in range(30_000))
    with pytest.raises(InputError, match="mark in line 2 swallows the lines"):
        read(tmp_path, f'1,a,x\n2,",y\n{rows}')


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_noticed(tmp_path, encoding):
    (tmp_path / "t.csv").write_bytes("1,Misr\n2,دمشق\n".encode(encoding))
    table = tables.read(tmp_path / "t.csv", "two columns", False)
    assert table.to_numpy().tolist() == [["1", "Misr"], ["2", "دمشق"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\0\0", "is a workbook, not text"),
        (b"%PDF-1.4\n", "is a PDF, not text"),
        (b"1,a\n2,b\0\n", "zero bytes"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(tmp_path, content, said):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InputError, match=said):
        tables.read(tmp_path / "t.csv", "two columns", False)


def test_nothing_invisible_is_compared(tmp_path):
    assert {tables.plain(f"Mi{mark}sr") for mark in "\u200f\u00ad\u0007\u034f\ufe0f\x85"} == {
        "Misr"
    }
    assert tables.plain("al\u2028M\u00a0\tx") == "al M \tx"


def test_what_was_joined_is_told(tmp_path):
    (tmp_path / "t.csv").write_text("1,Misr\n2,Misr\u200f\n3, Misr \n4,S\u0323ur\n5,\u1e62ur\n")
    assert tables.spellings(tmp_path / "t.csv") == {
        "Misr": {"Misr": 2, "Misr\u200f": 1},
        "\u1e62ur": {"S\u0323ur": 1, "\u1e62ur": 1},
    }


def test_a_column_is_found_whatever_its_capitals_unless_several_are_meant(tmp_path):
    table = pd.DataFrame([["1", "a", "b"]], columns=["ID", "Mint", "MINT"])
    assert tables.column(tmp_path, table, "id") == "ID"
    assert tables.column(tmp_path, table, "Mint") == "Mint"
    assert tables.column(tmp_path, table, "legend") is None
    with pytest.raises(InputError, match=r"2 columns 'mint' \(Mint, MINT\); rename"):
        tables.column(tmp_path, table, "mint")


def test_ids_without_their_zeros_are_named_unless_few(tmp_path):
    ids = pd.Series([str(number) for number in range(80, 120)])
    known = ids.str.zfill(3)
    with pytest.raises(InputError, match="20 of 40 ids have lost the zeros .* '80' for '080'"):
        tables.check_zeros(tmp_path, ids, known)
    tables.check_zeros(tmp_path, ids[19:], known)
    tables.check_zeros(tmp_path, known, known)
    with pytest.raises(InputError, match="3 of 40 ids are none of those, such as '117'"):
        tables.unmatched(tmp_path, ids, set(ids[:37]), "those")
    assert tables.unmatched(tmp_path, ids, set(ids[:39]), "those") == 1


@pytest.mark.sweep
def test_two_hundred_thousand_rows_are_read(tmp_path):
    rows = [f"{number:06d},بسم الله,,Miṣr" for number in range(200_000)]
    assert len(read(tmp_path, "\n".join(rows))) == 200_000


def test_a_workbook_that_is_none_or_too_large_is_one_sentence(tmp_path, monkeypatch):
    book = tmp_path / "t.xlsx"
    book.write_text("<html>")
    with pytest.raises(InputError, match="t.xlsx can't be read; save it again as XLSX"):
        tables.spreadsheet(book)
    pd.DataFrame({"id": ["1"]}).to_excel(book, index=False)
    content = book.read_bytes()
    for end in (30, len(content) // 2, len(content) - 30):
        book.write_bytes(content[:end])
        with pytest.raises(InputError, match="save it again as XLSX"):
            tables.spreadsheet(book)
    book.write_bytes(content)
    monkeypatch.setattr(tables, "UNPACKED", 100)
    with pytest.raises(InputError, match="it is too large"):
        tables.spreadsheet(book)
