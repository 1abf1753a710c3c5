"""Reading tables that people wrote, every cell as text."""

import codecs
import csv
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pandas as pd

from mintmark.pipeline.stage import InputError, reading

UTF_8 = "utf-8-sig"  # with or without a mark of its byte order
SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx"}
SEPARATORS = ",;\t"
HYPHENS = "\u2010\u2011"
UNSEEN = {0x034F, *range(0xFE00, 0xFE10)}  # marks that are letters by their category
BINARY = {b"PK\x03\x04": "a workbook", b"\xd0\xcf\x11\xe0": "an old workbook", b"%PDF": "a PDF"}
LONGEST = 2**31 - 1  # characters of a cell; the library's own limit ends in an error
UNPACKED = 2**30  # bytes of a workbook, at most
FEW = 0.05  # of a table's rows, or one of them, may match nothing; else the table does not fit


class Row(NamedTuple):
    """A row of a text table."""

    line: int  # where it begins, from 1
    cells: list[str]


class _Seen(dict[int, int | str | None]):
    """What becomes of each sign in text that is compared; see `plain`."""

    def __missing__(self, code: int) -> int | str | None:
        kind = unicodedata.category(chr(code))
        seen: int | str | None = code
        if chr(code) in HYPHENS:
            seen = "-"
        elif kind in ("Zs", "Zl", "Zp"):
            seen = " "
        elif kind == "Cf" or code in UNSEEN or (kind == "Cc" and chr(code) not in "\t\r\n"):
            seen = None
        self[code] = seen
        return seen


_SEEN = _Seen()


def plain(text: str) -> str:
    """Text as it is compared: composed, without invisible marks; blanks, hyphens, line ends made usual.

    What nobody sees makes no two mints of one.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    seen = unicodedata.normalize("NFC", text.translate(_SEEN))
    return seen.replace("\r\n", "\n").replace("\r", "\n").strip()


def read(path: Path, needed: str, header: bool, encoding: str = UTF_8) -> pd.DataFrame:
    """Read a text table, every cell as text; see `plain`.

    needed: what the table must hold, for the error's sentence; header: whether the first line names the
    columns. Columns are separated by commas, semicolons or tabs; rows may end early. Raises InputError
    for a table that is missing, empty, in another encoding, or of which a row has more cells than the
    others.
    """
    rows = [
        Row(line, [plain(cell) for cell in cells]) for line, cells in _rows(path, needed, encoding)
    ]
    rows = [row for row in rows if any(row.cells) and not row.cells[0].startswith("sep=")]
    if not rows:
        raise InputError(f"{path} is empty; it needs {needed}.")
    width = _filled(rows[0]) if header else Counter(map(_length, rows)).most_common(1)[0][0]
    for row in rows:
        if _filled(row) > width:
            raise InputError(
                f"{path} can't be read as CSV: line {row.line} has {_filled(row)} cells, the others {width}."
            )
    if not header:
        width = max(map(_filled, rows))
    padded = [(row.cells + [""] * width)[:width] for row in rows]
    return pd.DataFrame(padded[1:], columns=padded[0]) if header else pd.DataFrame(padded)


def spreadsheet(path: Path, encoding: str = UTF_8) -> pd.DataFrame:
    """Read a table whose first line names the columns, XLSX or text; see `read`."""
    if path.suffix.lower() == ".xlsx":
        table = _workbook(path).map(plain)
    else:
        table = read(path, "a line of column names and a row a coin", True, encoding)
    if table.empty:
        raise InputError(f"{path} lists nothing; it needs a line of column names and a row a coin.")
    return table.rename(columns=lambda name: plain(str(name)))


def spellings(path: Path, encoding: str = UTF_8) -> dict[str, dict[str, int]]:
    """The texts of a table that look alike and are written in several ways: how often in each.

    By the text as it is compared; see `plain`. Blanks about a text are no other way of writing it.
    """
    if path.suffix.lower() == ".xlsx":
        cells: Iterable[str] = _workbook(path).to_numpy().ravel()
    else:
        cells = (cell for row in _rows(path, "a table", encoding) for cell in row.cells)
    ways: dict[str, Counter[str]] = {}
    for cell in cells:
        ways.setdefault(plain(cell), Counter())[cell.strip(" \t\r\n")] += 1
    return {text: dict(sorted(ways[text].items())) for text in sorted(ways) if len(ways[text]) > 1}


def column(path: Path, table: pd.DataFrame, name: str) -> str | None:
    """What a table calls a column, whatever its capitals; None where it has none.

    Raises InputError where several columns have this name.
    """
    exact = [str(other) for other in table.columns if other == plain(name)]
    alike = [str(other) for other in table.columns if other.casefold() == plain(name).casefold()]
    found = exact or alike
    if len(found) > 1:
        raise InputError(
            f"{path} has {len(found)} columns {name!r} ({', '.join(found)}); rename all but one."
        )
    return found[0] if found else None


def check_zeros(path: Path, ids: pd.Series, known: Iterable[str]) -> None:
    """Raise InputError where ids have lost the zeros they begin with, as in a spreadsheet.

    known: the ids that there are. A few such rows are let by: they match nothing.
    """
    whole = {coin.lstrip("0"): coin for coin in known if coin.startswith("0")}
    listed = set(ids)
    lost = [coin for coin in ids if coin in whole and whole[coin] not in listed]
    if _many(len(lost), len(ids)):
        raise InputError(
            f"{path}: {len(lost)} of {len(ids)} ids have lost the zeros they begin with, such as "
            f"{lost[0]!r} for {whole[lost[0]]!r}; a spreadsheet keeps them in columns of text."
        )


def unmatched(path: Path, ids: pd.Series, known: Container[str], what: str) -> int:
    """How many ids of a table are not among those that are known. what: those, in words.

    Raises InputError where they are more than a few: the table is of other photographs.
    """
    strange = [coin for coin in ids if coin not in known]
    if _many(len(strange), len(ids)):
        raise InputError(
            f"{path}: {len(strange)} of {len(ids)} ids are none of {what}, such as {strange[0]!r}; "
            "write them as they stand there."
        )
    return len(strange)


def digits(text: str) -> str:
    """A text with the digits of any script written as 0 to 9."""
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def encoding_of(name: str) -> str:
    """An encoding as Python calls it, UTF-8 with or without a byte order mark.

    Raises InputError for one that there is not.
    """
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except (LookupError, ValueError, TypeError):
        raise InputError(f"{name!r} is no encoding; give utf-8, utf-16 or, say, cp1256.") from None
    return UTF_8 if found == "utf-8" else found


def _many(count: int, all_: int) -> bool:
    return count > max(1, FEW * all_) or 0 < count == all_


def _workbook(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise InputError(f"{path} is missing; put it there.")
    with reading(path, "save it again as XLSX"):
        with ZipFile(path) as book:
            if sum(entry.file_size for entry in book.infolist()) > UNPACKED:
                raise ValueError("it is too large")
        return pd.read_excel(path, dtype=str, keep_default_na=False)


def _rows(path: Path, needed: str, encoding: str) -> list[Row]:
    """The rows of a text table as they are written, by the separator that parts most rows alike."""
    text = _text(path, needed, encoding)
    found = {mark: list(_parsed(text, mark)) for mark in SEPARATORS}
    separator = max(SEPARATORS, key=lambda mark: _alike(found[mark]))
    _check_quotes(path, found[separator], separator)
    return found[separator]


def _parsed(text: str, separator: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST)
    reader, line = csv.reader(StringIO(text, newline=""), delimiter=separator), 1
    for cells in reader:
        yield Row(line, cells)
        line = reader.line_num + 1


def _text(path: Path, needed: str, encoding: str) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} is missing; put it there with {needed}.") from None
    for beginning, what in BINARY.items():
        if content.startswith(beginning):
            raise InputError(f"{path} is {what}, not text; save it as CSV (UTF-8) or as .xlsx.")
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16"
    elif 0 in content[:2]:  # without its mark, where the first letter is a Latin one
        encoding = "utf-16-be" if content[0] == 0 else "utf-16-le"
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        place = f" (byte {error.start})" if isinstance(error, UnicodeDecodeError) else ""
        called = "UTF-8" if encoding == UTF_8 else encoding
        raise InputError(
            f"{path} is not {called}{place}; save the table again as UTF-8, or, if it is the label "
            "table, name its encoding in organize.encoding."
        ) from None
    if "\0" in text:
        raise InputError(f"{path} is not text: it holds zero bytes; save the table again as UTF-8.")
    return text


def _length(row: Row) -> int:
    return len(row.cells)


def _filled(row: Row) -> int:
    """How many cells a row has, without empty ones at its end."""
    return max((number for number, cell in enumerate(row.cells, 1) if cell), default=0)


def _alike(rows: list[Row]) -> tuple[float, int]:
    """The share of the rows that have the commonest number of cells, if that is not one; the number."""
    widths = Counter(len(row.cells) for row in rows if row.cells)
    width, count = widths.most_common(1)[0] if widths else (1, 0)
    return (count / widths.total() if width > 1 else 0.0), width


def _check_quotes(path: Path, rows: list[Row], separator: str) -> None:
    """Raise InputError where a cell holds lines of the table, or other cells of its row.

    A quotation mark that opens a cell, such as a ditto mark, swallows all up to the next one.
    """
    columns = Counter(map(_length, rows)).most_common(1)[0][0] if rows else 0
    for row in rows:
        inside = sum(cell.count(separator) for cell in row.cells)
        lines = (line for cell in row.cells for line in cell.splitlines()[1:])
        if any(line.count(separator) >= columns - 1 > 0 for line in lines):
            raise InputError(
                f"{path}: a quotation mark in line {row.line} swallows the lines after it; "
                "write what it stands for."
            )
        if len(row.cells) < columns <= len(row.cells) + inside:
            raise InputError(
                f"{path}: a quotation mark in line {row.line} swallows the cells after it; "
                "write what it stands for."
            )
