"""The label table: reading it as it comes, and what a mint as written means."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mintmark.pipeline import tables
from mintmark.pipeline.stage import InputError

COLUMNS = ["id", "obverse", "reverse", "written"]
NEEDED = "one row a coin: id, obverse inscription, reverse inscription, mint"


def read(path: Path) -> pd.DataFrame:
    """Read a label table: text columns id, obverse, reverse, written, stripped of blanks.

    The table is UTF-8 and has no header; one in any line, such as the first or the last, is left
    out. Raises InputError for a table that is missing, empty, in another encoding or of another
    number of columns.
    """
    table = tables.read(path, NEEDED, header=None)
    if table.shape[1] != len(COLUMNS):
        raise InputError(f"{path} has {table.shape[1]} columns; it needs four, {NEEDED}.")
    table = table.set_axis(COLUMNS, axis=1)
    header = (table["written"].str.casefold() == "mint") & ~table["id"].str.isdigit()
    if header.all():
        raise InputError(f"{path} lists no coin; it needs {NEEDED}.")
    return table[~header].reset_index(drop=True)


def mint(written: str, no_class: Iterable[str], doubtful: str, restored: str) -> tuple[str, str]:
    """What a mint as written means: the mint's name, or else the reason why it is no label.

    written: such as `Misr`, `(Atarablus)`, `al-Mansuriyah?`; no_class: what counts as a gap;
    doubtful, restored: "keep" or "drop". Returns (name, "") or ("", reason).
    """
    if not written or written.casefold() in {gap.casefold() for gap in no_class}:
        return "", "no_mint"
    if "?" in written and doubtful == "drop":
        return "", "doubtful"
    if "(" in written and restored == "drop":
        return "", "restored"
    name = " ".join(re.sub(r"[?()\[\]]", " ", written).split())
    return (name, "") if name else ("", "no_mint")


def folders(names: Iterable[str]) -> dict[str, str]:
    """Give each name a folder that is safe on every file system and shared with no other name.

    Accents fall, other signs become hyphens; names that then differ in nothing or only in case are
    numbered.
    """
    given: dict[str, str] = {}
    for name in sorted(set(names)):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        stem = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-") or "unnamed"
        taken = {folder.casefold() for folder in given.values()}
        folder, number = stem, 1
        while folder.casefold() in taken:
            number += 1
            folder = f"{stem}-{number}"
        given[name] = folder
    return given


def varieties(table: pd.DataFrame, silent: Iterable[str]) -> pd.Series:
    """Number the die varieties: rows whose mint and two inscriptions agree word for word share one.

    table: columns id, mint, obverse, reverse; silent: entries that say nothing of the die, such as
    `worn`. A coin with such an entry is a variety of its own.
    """
    silent = {entry.casefold() for entry in silent} | {""}
    told = ~(
        table["obverse"].str.casefold().isin(silent) | table["reverse"].str.casefold().isin(silent)
    )
    words = table["mint"] + "\n" + table["obverse"] + "\n" + table["reverse"]
    return pd.Series(pd.factorize(words.where(told, table["id"]))[0], index=table.index)
