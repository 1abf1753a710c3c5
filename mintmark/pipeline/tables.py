"""Reading tables that people wrote, every cell as text."""

import codecs
import csv
import unicodedata
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import pandas as pd

from mintmark.pipeline.stage import InputError

UTF_8 = "utf-8-sig"  # with or without a mark of its byte order
SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx"}
SEPARATORS = ",;\t"
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
    """Read a text table, every cell as text; see `plain`.

    needed: what the table must hold, for the error's sentence; header: "infer" where the first line
    names the columns, None where there is no such line. Rows may end early. Raises InputError for a table
    that is missing, empty, in another encoding, or of which a row has more cells than the others.
    """
    rows = _rows(path, needed, encoding)
    if not rows:
        raise InputError(f"{path} is empty; it needs {needed}.")
    width = _filled(rows[0]) if header else Counter(map(len, rows)).most_common(1)[0][0]
    for number, row in enumerate(rows, 1):
        if _filled(row) > width:
            raise InputError(
                f"{path} can't be read as CSV: row {number} has {_filled(row)} cells, the others {width}."
            )
    if not header:
        width = max(map(_filled, rows))
    padded = [(row + [""] * width)[:width] for row in rows]
    return pd.DataFrame(padded[1:], columns=padded[0]) if header else pd.DataFrame(padded)


def spreadsheet(path: Path, encoding: str = UTF_8) -> pd.DataFrame:
    """Read a table with a header, as spreadsheets write them: every cell as text, stripped of blanks.

    XLSX, or text in an encoding (UTF-16 is noticed) whose columns are separated by commas, semicolons or
    tabs. Raises InputError for a table that is missing, empty, in
    another encoding, or not what its name says.
    """
    if path.suffix.lower() == ".xlsx":
        try:
            table = pd.read_excel(path, dtype=str, keep_default_na=False)
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise InputError(f"{path} can't be read as XLSX: {error}.") from None
        return table.rename(columns=lambda name: plain(str(name))).map(plain)
    rows = _rows(path, "a table", encoding)
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


def _rows(path: Path, needed: str, encoding: str) -> list[list[str]]:
    """The rows of a text table that hold anything, by the separator that parts most rows alike."""
    try:
        content = path.read_bytes()
        if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            encoding = "utf-16"
        text = content.decode(encoding).removeprefix("\ufeff")
    except FileNotFoundError:
        raise InputError(f"{path} is missing; put it there with {needed}.") from None
    except UnicodeError as error:
        place = f" (byte {error.start})" if isinstance(error, UnicodeDecodeError) else ""
        raise InputError(
            f"{path} is not {_called(encoding)}{place}; save the table again as UTF-8."
        ) from None
    found = {
        mark: list(csv.reader(StringIO(text, newline=""), delimiter=mark)) for mark in SEPARATORS
    }
    separator = max(SEPARATORS, key=lambda mark: _alike(found[mark]))
    _check_quotes(path, found[separator], separator)
    cells = [[plain(cell) for cell in row] for row in found[separator]]
    return [row for row in cells if any(row) and not row[0].startswith("sep=")]


def _filled(row: list[str]) -> int:
    """How many cells a row has, without empty ones at its end."""
    return max((number for number, cell in enumerate(row, 1) if cell), default=0)


def _alike(rows: list[list[str]]) -> tuple[float, int]:
    """The share of the rows that have the commonest number of cells, if that is not one; the number."""
    widths = Counter(len(row) for row in rows if row)
    width, count = widths.most_common(1)[0] if widths else (1, 0)
    return (count / widths.total() if width > 1 else 0.0), width


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
