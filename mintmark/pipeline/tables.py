"""Reading tables that people wrote, every cell as text."""

import codecs
import csv
import unicodedata
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import pandas as pd

from mintmark.pipeline.stage import InputError

UTF_8 = "utf-8-sig"  # with or without a mark of its byte order
HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011"), "-")


def plain(text: str) -> str:
    """Text as it is compared: composed, without invisible marks, unusual blanks and hyphens made usual.

    What nobody sees makes no two mints of one.
    """
    composed = unicodedata.normalize("NFC", text).translate(HYPHENS)
    signs = (
        " " if unicodedata.category(sign) == "Zs" else sign
        for sign in composed
        if unicodedata.category(sign) != "Cf"
    )
    return "".join(signs).strip()


def read(
    path: Path, needed: str, header: Literal["infer"] | None, encoding: str = UTF_8
) -> pd.DataFrame:
    """Read a CSV with every cell as text, stripped of blanks.

    needed: what the table must hold, for the error's sentence; header: "infer" where the first line
    names the columns, None where there is no such line. Raises InputError for a table that is
    missing, empty, in another encoding or no CSV.
    """
    try:
        table = pd.read_csv(
            path, header=header, dtype=str, keep_default_na=False, encoding=encoding
        )
    except FileNotFoundError:
        raise InputError(f"{path} is missing; put it there with {needed}.") from None
    except pd.errors.EmptyDataError:
        raise InputError(f"{path} is empty; it needs {needed}.") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not {_called(encoding)} (byte {error.start}); save the table again as UTF-8."
        ) from None
    except pd.errors.ParserError as error:
        raise InputError(f"{path} can't be read as CSV: {str(error).strip()}.") from None
    with path.open(encoding=encoding, newline="") as file:
        _check_quotes(path, list(csv.reader(file)), ",")
    return table.rename(columns=lambda name: plain(name) if isinstance(name, str) else name).map(
        plain
    )


SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx"}
SEPARATORS = ",;\t"


def spreadsheet(path: Path, encoding: str = UTF_8) -> pd.DataFrame:
    """Read a table with a header, as spreadsheets write them: every cell as text, stripped of blanks.

    XLSX, or text in an encoding (UTF-16 is noticed) whose columns are separated by commas, semicolons or
    tabs, whichever the first line has most of. Raises InputError for a table that is missing, empty, in
    another encoding, or not what its name says.
    """
    if path.suffix.lower() == ".xlsx":
        try:
            table = pd.read_excel(path, dtype=str, keep_default_na=False)
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise InputError(f"{path} can't be read as XLSX: {error}.") from None
        return table.rename(columns=lambda name: plain(str(name))).map(plain)
    try:
        if path.read_bytes()[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            encoding = "utf-16"
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline()
            file.seek(0)
            separator = max(SEPARATORS, key=first.count)
            rows = list(csv.reader(file, delimiter=separator))
    except FileNotFoundError:
        raise InputError(f"{path} is missing; put the table there.") from None
    except UnicodeError:
        raise InputError(
            f"{path} is not {_called(encoding)}; save the table again as UTF-8."
        ) from None
    _check_quotes(path, rows, separator)
    rows = [[plain(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise InputError(f"{path} lists nothing; it needs a line of column names and a row a coin.")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            raise InputError(
                f"{path}: row {number} has {len(row)} cells, the first line {len(rows[0])}; mend it."
            )
    return pd.DataFrame(rows[1:], columns=rows[0])


def encoding_of(name: str) -> str:
    """An encoding as Python calls it, UTF-8 with or without a byte order mark.

    Raises InputError for one that there is not.
    """
    try:
        found = codecs.lookup(name).name
    except LookupError:
        raise InputError(f"{name!r} is no encoding; give utf-8, utf-16 or, say, cp1256.") from None
    return UTF_8 if found == "utf-8" else found


def _called(encoding: str) -> str:
    return "UTF-8" if encoding == UTF_8 else encoding


def _check_quotes(path: Path, rows: list[list[str]], separator: str) -> None:
    """Raise InputError where a cell holds whole lines of the table.

    A quotation mark that opens a cell, such as a ditto mark, swallows all up to the next one.
    """
    columns = max((len(row) for row in rows), default=0)
    line = 1
    for row in rows:
        for cell in row:
            if any(part.count(separator) >= columns - 1 > 0 for part in cell.splitlines()[1:]):
                raise InputError(
                    f"{path}: a quotation mark in line {line} swallows the lines after it; "
                    "write what it stands for."
                )
        line += 1 + sum(len(cell.splitlines()) - 1 for cell in row if cell)
