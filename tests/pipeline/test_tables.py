"""Tables as people and their programs write them."""

import pytest

from mintmark.pipeline import tables
from mintmark.pipeline.stage import InputError

ROWS = [["1", "al-Manṣūriyah"], ["2", "Misr"], ["3", ""]]


def read(tmp_path, text, header=None, encoding="utf-8"):
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
    with pytest.raises(InputError, match="row 3 has 3 cells, the others 2"):
        read(tmp_path, "id,mint\n1,a\n2,b,c\n", header="infer")


def test_names_that_look_like_data_stay_names(tmp_path):
    assert read(tmp_path, "1,NA\n2,None\n3,01\n") == [["1", "NA"], ["2", "None"], ["3", "01"]]
