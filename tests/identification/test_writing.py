"""Answers as files: whole or absent, and nothing that a spreadsheet would calculate."""

import csv

import numpy as np
import openpyxl
import pandas as pd
import pytest

from mintmark.identification import writing

TABLE = pd.DataFrame({"id": ["=1+1", "7"], "answer": ["@Misr", "-5"], "=note": ["+49 1", "-x"]})
INERT = [["id", "answer", "'=note"], ["'=1+1", "'@Misr", "'+49 1"], ["7", "-5", "'-x"]]


def test_no_answer_is_a_formula(tmp_path):
    writing.as_csv(TABLE, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == INERT
    writing.as_workbook(TABLE, {}, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [[cell.value for cell in row] for row in sheet] == INERT
    assert {cell.data_type for row in sheet for cell in row} == {"s"}


def test_what_can_not_be_written_leaves_the_earlier_file(tmp_path, monkeypatch):
    image = np.zeros((4, 4, 3), np.uint8)
    writing.as_csv(TABLE, tmp_path / "a.csv")
    writing.as_picture(image, tmp_path / "a.png")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.csv_files, "write", full)
    monkeypatch.setattr(writing.Image.Image, "save", full)
    with pytest.raises(OSError):
        writing.as_csv(TABLE, tmp_path / "a.csv")
    with pytest.raises(OSError):
        writing.as_picture(image, tmp_path / "a.png")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
