"""What somebody brings to be named: photographs, a folder of them, or a table of coins.

Whatever it is becomes a table, one row a coin: its id and its photographs.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mintmark.data.catalogue import by_stem
from mintmark.images import merging
from mintmark.pipeline import tables
from mintmark.pipeline.stage import InputError

SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"}
SIDES = list(merging.SIDES)
PHOTOGRAPH = "photograph"
# `100001.1`, `1944.100.39200_rev`, `coin 7-obverse`: an id, then the side that a photograph shows.
NAME = re.compile(r"(?P<id>.+)[._ -](?:(?P<obverse>1|a|o|obv|obverse)|(2|b|r|rev|reverse))", re.I)
FOLDERS = (".", "photos")  # beside a table that names no files


@dataclass(frozen=True)
class Brought:
    """Coins that somebody brings, row by row."""

    photographs: pd.DataFrame  # id; obverse and reverse, or photograph: files or ""
    carried: pd.DataFrame  # what goes through unchanged to what is written


def read(
    given: Sequence[Path], columns: dict[str, str], types: bool, together: bool = False
) -> Brought:
    """The coins that somebody brings.

    given: one folder, one table (.csv, .tsv, .xlsx), or photographs: obverse and perhaps reverse of one
    coin or, of coin types and of both sides together, any number. columns: the names that a table has
    for `id`, `obverse` and `reverse`, or for `photograph`. Of a coin whose photograph shows both sides
    together, both name it. Raises InputError when there is nothing to read, or when it is not what it
    should be.
    """
    found = _read(given, columns, types or together)
    if not together:
        return found
    both = {side: found.photographs[PHOTOGRAPH] for side in SIDES}
    return Brought(found.photographs.assign(**both).drop(columns=PHOTOGRAPH), found.carried)


def _read(given: Sequence[Path], columns: dict[str, str], single: bool) -> Brought:
    """See `read`. single: each coin has one photograph."""
    missing = [str(path) for path in given if not path.exists()]
    if missing:
        raise InputError(f"{missing[0]} does not exist; give a photograph, a folder or a table.")
    first = given[0]
    if first.is_dir():
        return _folder(first, single)
    if first.suffix.lower() in tables.SUFFIXES:
        return _table(first, columns, single)
    if single:
        return _by_files([[path.stem, path] for path in given], [PHOTOGRAPH])
    if len(given) > len(SIDES):
        raise InputError(
            f"{len(given)} photographs are given; a coin has an obverse and a reverse. Put the "
            "photographs of several coins into a folder."
        )
    ((coin, sides),) = _coins(given[:1]).items()
    return _by_files([[coin, *(given if len(given) == len(SIDES) else sides)]], SIDES)


def _folder(folder: Path, single: bool) -> Brought:
    """The coins whose photographs lie in a folder, by their names."""
    files = _photographs(folder)
    if not files:
        raise InputError(
            f"{folder} holds no photographs; it needs files such as 100001.1.jpg and 100001.2.jpg."
        )
    if single:
        return _by_files([[path.stem, path] for path in files], [PHOTOGRAPH])
    return _by_files([[coin, *sides] for coin, sides in _coins(files).items()], SIDES)


def _by_files(rows: list[list], names: list[str]) -> Brought:
    """Coins by their files; rows: an id and a file, or "", for each of `names`."""
    table = pd.DataFrame(rows, columns=["id", *names]).astype(str)
    return Brought(table, table[names].map(lambda path: Path(path).name))


def _table(path: Path, columns: dict[str, str], single: bool) -> Brought:
    """The coins of a table; where it names no files, those beside it that are named by the ids."""
    table = tables.spreadsheet(path)
    needed = [PHOTOGRAPH] if single else SIDES
    wrong = sorted(set(columns) - {"id", *needed})
    if wrong:
        raise InputError(f"--columns: {wrong[0]!r} is none of id, {', '.join(needed)}.")
    found = {name: tables.column(path, table, columns.get(name, name)) for name in ["id", *needed]}
    for name, column in found.items():
        if column is None and (name == "id" or name in columns):
            raise InputError(
                f"{path} has no column {columns.get(name, name)!r}; its columns are: "
                f"{', '.join(table.columns)}. Say which is which by --columns id=…,{needed[0]}=…"
            )
    rows = pd.DataFrame({"id": table[found["id"]]})
    for name in needed:
        cells = table[found[name]] if found[name] else pd.Series("", index=table.index)
        rows[name] = _named(path, cells.tolist())
    files = [file for name in needed for file in rows[name] if file]
    if not columns.keys() & set(needed) and not any(map(os.path.isfile, files)):
        rows[needed] = _beside(path, rows["id"], single)
    return Brought(rows, table.drop(columns=[found["id"]]))


def _named(table: Path, cells: list[str]) -> list[str]:
    """The photographs that cells of a table name. Raises InputError for one out of its folder."""
    files = _with_suffixes([str(table.parent / cell) if cell else "" for cell in cells])
    folder = Path(os.path.abspath(table.parent))
    for cell, file in zip(cells, files, strict=True):
        inside = Path(os.path.abspath(file)).is_relative_to(folder)
        if file and not inside and os.path.isfile(file):
            raise InputError(
                f"{table}: {cell!r} leads out of its folder; put the photographs beside the table."
            )
    return files


def _with_suffixes(files: list[str]) -> list[str]:
    """Files as they are called, where some are named without their suffix; see `catalogue.by_stem`."""
    folders = {Path(file).parent for file in files if file}
    called = {
        str(folder / stem): str(folder / name)
        for folder in folders
        if os.path.isdir(folder)
        for stem, name in by_stem(file.name for file in _photographs(folder)).items()
    }
    return [file if os.path.isfile(file) else called.get(file, file) for file in files]


def _beside(path: Path, ids: pd.Series, single: bool) -> list[list[str]]:
    """The photographs of each id that lie beside a table."""
    folders = [path.parent / name for name in FOLDERS if (path.parent / name).is_dir()]
    files = [file for folder in folders for file in _photographs(folder)]
    if single:
        photographs = {file.stem: [str(file)] for file in files}
        return [photographs.get(coin, [""]) for coin in ids]
    coins = _coins(files)
    return [coins.get(coin, ["", ""]) for coin in ids]


def _photographs(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    )


def _coins(files: Sequence[Path]) -> dict[str, list[str]]:
    """Obverse and reverse of each coin by its id, "" where there is none, from the names of files.

    A photograph whose name says no side counts as an obverse.
    """
    coins: dict[str, list[str]] = {}
    for path in files:
        named = NAME.fullmatch(path.stem)
        number = 0 if not named or named["obverse"] else 1
        sides = coins.setdefault(named["id"] if named else path.stem, ["", ""])
        if sides[number]:
            raise InputError(
                f"{sides[number]} and {path} show the same side of one coin; keep one."
            )
        sides[number] = str(path)
    return coins
