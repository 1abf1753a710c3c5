"""The label table: reading it as it comes, and what a mint as written means."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from mintmark.pipeline import tables
from mintmark.pipeline.stage import InputError

COLUMNS = ["id", "obverse", "reverse", "written"]
DOUBT = re.compile(r"[?؟？]")  # in Latin, Arabic and Chinese script
LONGEST = 60  # characters of a folder's name
NEEDED = "one row a coin: id, obverse inscription, reverse inscription, mint"


def read(path: Path, encoding: str) -> pd.DataFrame:
    """Read a label table without a header: text columns id, obverse, reverse, written, stripped of blanks.

    A header in any line, such as the first or the last, is left out. Raises InputError for a table that
    is missing, empty, in another encoding or of another number of columns.
    """
    table = tables.read(path, NEEDED, header=False, encoding=encoding)
    if table.shape[1] != len(COLUMNS):
        raise InputError(
            f"{path} has {table.shape[1]} columns; it needs four, {NEEDED}, or set organize.columns."
        )
    table = table.set_axis(COLUMNS, axis=1)
    header = (table["written"].str.casefold() == "mint") & ~table["id"].str.isdigit()
    if header.all():
        raise InputError(f"{path} lists no coin; it needs {NEEDED}.")
    return table[~header].reset_index(drop=True)


def read_named(
    path: Path, columns: Mapping[str, str], encoding: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a label table whose columns have names: the columns that are asked for, and all others.

    columns: what the table calls `id` and `mint` and perhaps `obverse`, `reverse` (inscriptions, empty
    where it has none) and `obverse_file`, `reverse_file`. The first table has the columns id, obverse,
    reverse, written, and those of files if any; the second id and the columns that are not asked for.
    Raises InputError for a table without such columns; see `tables.spreadsheet`.
    """
    table = tables.spreadsheet(path, encoding)
    found = {name: tables.column(path, table, column) for name, column in columns.items()}
    missing = [columns[name] for name, column in found.items() if column is None]
    if missing:
        raise InputError(
            f"{path} has no column {missing[0]!r}, which organize.columns names; its columns are: "
            f"{', '.join(table.columns)}."
        )
    told = pd.DataFrame({name: table[column] for name, column in found.items()})
    told = told.rename(columns={"mint": "written"})
    for side in ("obverse", "reverse"):
        if side not in told:
            told[side] = ""
    others = table.drop(columns=[column for column in found.values() if column])
    return told, pd.concat([told[["id"]], others], axis=1)


def mint(written: str, no_class: Iterable[str], doubtful: str, restored: str) -> tuple[str, str]:
    """What a mint as written means: the mint's name, or else the reason why it is no label.

    written: such as `Misr`, `(Atarablus)`, `al-Mansuriyah?`; no_class: what counts as a gap;
    doubtful, restored: "keep" or "drop". Returns (name, "") or ("", reason).
    """
    if not written or written.casefold() in {gap.casefold() for gap in no_class}:
        return "", "no_mint"
    if DOUBT.search(written) and doubtful == "drop":
        return "", "doubtful"
    if "(" in written and restored == "drop":
        return "", "restored"
    name = " ".join(re.sub(r"[()\[\]]", " ", DOUBT.sub(" ", written)).split())
    return (name, "") if name else ("", "no_mint")


def folders(names: Iterable[str]) -> dict[str, str]:
    """Give each name a folder that is safe on every file system and shared with no other name.

    Accents fall, other signs become hyphens; names that then differ in nothing or only in case are
    numbered.
    """
    given: dict[str, str] = {}
    for name in sorted(set(names)):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        stem = re.sub(r"[^A-Za-z0-9]+", "-", plain)[:LONGEST].strip("-") or "unnamed"
        taken = {folder.casefold() for folder in given.values()}
        folder, number = stem, 1
        while folder.casefold() in taken:
            number += 1
            folder = f"{stem}-{number}"
        given[name] = folder
    return given


def varieties(
    table: pd.DataFrame, *, leads: Iterable[str], silent: Iterable[str], partial: Iterable[str]
) -> pd.Series:
    """Number the die varieties: rows whose mint and two inscriptions agree word for word share one.

    table: columns id, mint, obverse, reverse; leads: what introduces an inscription, such as the
    `margin` of `margin 1:`; silent: entries that say nothing of the die, such as `worn`; partial:
    marks of what was not read for certain, such as `...`. A coin with a silent or partial entry is a
    variety of its own.
    """
    silent = {entry.casefold() for entry in silent} | {""}
    read = {side: inscriptions(table[side], leads) for side in ("obverse", "reverse")}
    told = pd.Series(True, index=table.index)
    for parts in read.values():
        told &= parts.map(lambda found: silent.isdisjoint(found) and bool(found))
        told &= ~parts.map(lambda found: any(mark in part for part in found for mark in partial))
    words = table["mint"] + "\n" + read["obverse"].map(str) + "\n" + read["reverse"].map(str)
    return pd.Series(pd.factorize(words.where(told, table["id"]))[0], index=table.index)


def inscriptions(cells: pd.Series, leads: Iterable[str]) -> pd.Series:
    """What cells say, without leads such as `margin 1:`: in each a list of inscriptions.

    They are in lower case and single-spaced, without the brackets around what was restored.
    """
    lead = "|".join(re.escape(word) for word in leads)
    introduced = re.compile(rf"\b(?:{lead})\b\s*\d*\s*:" if lead else r"(?!)", re.IGNORECASE)

    def parts(cell: str) -> list[str]:
        found = (re.sub(r"[()\[\]\s]+", " ", part).strip() for part in introduced.split(cell))
        return [part.casefold() for part in found if part]

    return cells.map(parts)


def largest_varieties(table: pd.DataFrame) -> pd.DataFrame:
    """The largest variety of each mint: columns mint, coins and share of the mint's coins, 0 to 1.

    table: columns id, mint and variety. The largest come first.
    """
    coins = table.drop_duplicates("id").groupby(["mint", "variety"]).size().groupby("mint")
    found = pd.DataFrame({"coins": coins.max(), "share": coins.max() / coins.sum()})
    return found.reset_index().sort_values(["coins", "mint"], ascending=[False, True])
