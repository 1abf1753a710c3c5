"""CSV files of the stages: names stay text, and no cell is a formula."""

import pandas as pd
import pytest

from mintmark.pipeline import csv_files

TRICKY = [
    "NA",
    "None",
    "01",
    "1e5",
    "True",
    "",
    "=1+1",
    "+49 1",
    "-x",
    "@SUM(A1)",
    "'=1",
    "'",
    "-71.06",
]


def test_what_is_written_is_read_back(tmp_path):
    table = pd.DataFrame(
        {"id": TRICKY, "mint": TRICKY[::-1], "size": range(len(TRICKY)), "r": -0.5, "kept": True}
    )
    csv_files.write(table, tmp_path / "t.csv")
    pd.testing.assert_frame_equal(csv_files.read(tmp_path / "t.csv"), table, check_dtype=False)
    assert csv_files.read(tmp_path / "t.csv")["size"].sum() == sum(range(len(TRICKY)))


def test_gaps_among_numbers_are_no_numbers(tmp_path):
    table = pd.DataFrame({"Id": ["1", "2"], "score": [0.5, None]})
    csv_files.write(table, tmp_path / "t.csv")
    assert csv_files.read(tmp_path / "t.csv")["score"].isna().tolist() == [False, True]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t="])
def test_no_spreadsheet_calculates(sign):
    found = csv_files.inert(pd.DataFrame({f"{sign}a": [f"{sign}cmd|' /C calc'!A0", "-5", "+1.5"]}))
    assert list(found) == [f"'{sign}a"]
    assert found.iloc[:, 0].tolist() == [f"'{sign}cmd|' /C calc'!A0", "-5", "+1.5"]


def test_columns_of_one_name_stay(tmp_path):
    found = csv_files.inert(pd.DataFrame([["=a", "b"]], columns=["x", "x"]))
    assert found.to_numpy().tolist() == [["'=a", "b"]] and list(found) == ["x", "x"]
