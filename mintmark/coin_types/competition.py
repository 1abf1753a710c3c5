"""A set of coin types in the layout of a competition: train.csv, train/ and perhaps test/."""

import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mintmark.data import corrections, grouping, splitting
from mintmark.images import decoding, duplicates
from mintmark.pipeline import tables
from mintmark.pipeline.parallel import mapped
from mintmark.pipeline.stage import InputError

TABLE, SOURCES = "train.csv", "photos.csv"
LAYOUT = "train.csv (Id,Class) and train/<Id>.jpg"
SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"}
MEASURES = ("hash", "red", "green", "blue", "bytes")
_NONE_SKIPPED = pd.DataFrame({"Id": [], "reason": []}, dtype=str)


def read(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the labelled photographs: (Id, Class, path), sorted by Id, and those skipped (Id, reason).

    path is relative to root. A column `Split` (train, validation, test) is kept if there is one. A
    row is skipped when its photograph is missing, its Id is no plain file name or has two classes, or
    its Split is none of these; a file when no row names it, it is no photograph, or another one has
    its Id. Raises InputError when there is nothing to read or the table has not the columns Id and
    Class.
    """
    table, _ = _corrected(root)
    files, others = photographs(root / "train")
    tables.check_zeros(root / TABLE, table["Id"], files)
    reason = pd.Series("", index=table.index)
    reason[~table["Id"].isin(files.keys())] = "no_photograph"
    classes = table.groupby("Id")["Class"].transform("nunique")
    reason[classes > 1] = "two_classes"
    reason[(classes == 1) & table.duplicated("Id")] = "repeated_row"
    if "Split" in table:
        table["Split"] = table["Split"].str.lower()
        reason[~table["Split"].isin(splitting.PARTS)] = "unknown_split"
    reason[table["Id"].str.contains(r"[/\\]") | (table["Class"] == "")] = "bad_row"
    kept = table[reason == ""].copy()
    if kept.empty:
        raise InputError(
            f"{root}: no row of train.csv can be used "
            f"({in_words(reason)}); expected {LAYOUT}, and in a column Split train, validation or test."
        )
    kept["path"] = "train/" + kept["Id"].map(files)
    strays = sorted(set(files) - set(table["Id"]))
    skipped = pd.concat(
        [
            _skipped(table, reason),
            pd.DataFrame({"Id": strays, "reason": "no_row"}),
            others,
        ]
    )
    return by_id(kept), by_id(skipped)


def checked(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the labelled photographs as `read` does, with MEASURES, and skip broken ones as well.

    So are photographs of a class that has none in the train part, where the parts are given. Raises
    InputError when fewer than two classes are left.
    """
    table, skipped = read(root)
    table = table.join(measured(root, table["path"]))
    reason = pd.Series("", index=table.index)
    whole = table["hash"].notna()
    if "Split" in table:
        learnt = (whole & (table["Split"] == "train")).groupby(table["Class"]).transform("any")
        reason[~learnt] = "class_not_in_train"
    reason[~whole] = table["unread"]
    kept = table[reason == ""].drop(columns="unread").reset_index(drop=True)
    if kept["Class"].nunique() < 2:
        raise InputError(
            f"{root}: fewer than two classes have a readable photograph to learn from."
        )
    return kept, by_id(pd.concat([skipped, _skipped(table, reason)]))


def unlabelled(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The photographs of test/, if there are any: (Id, path, readable), and what is skipped (Id, reason).

    Both are sorted by Id. Those that can't be read are in both.
    """
    folder = root / "test"
    files, others = _files(folder) if folder.is_dir() else ({}, _NONE_SKIPPED)
    table = by_id(pd.DataFrame(files.items(), columns=["Id", "path"], dtype=str))
    table["path"] = "test/" + table["path"]
    reason = pd.Series(_for_each(root, table["path"], _unread), table.index, dtype=str)
    table["readable"] = reason == ""
    skipped = pd.concat([others, _skipped(table, reason)])
    return table, by_id(skipped.assign(reason=skipped["reason"] + "_in_test"))


def counts(table: pd.DataFrame, unlabelled: pd.DataFrame, skipped: pd.DataFrame) -> dict:
    """How many photographs are used, by part, and skipped, by reason; how many belong together."""
    classes = table["Class"].value_counts()
    return {
        "photos": {
            "used": len(table),
            "parts": table["part"].value_counts().reindex(splitting.PARTS, fill_value=0).to_dict(),
            "skipped": skipped["reason"].value_counts().sort_index().to_dict(),
            "unlabelled": int(unlabelled["readable"].sum()),
        },
        "classes": {"all": len(classes), "with_one_photograph": int((classes == 1).sum())},
        "groups": table["group"].nunique(),
        "groups_across_parts": splitting.groups_across_parts(table),
    }


def measured(root: Path, files: pd.Series) -> pd.DataFrame:
    """Decode photographs and take the MEASURES of each, row by row; all empty for a broken one.

    The column `unread` says why a photograph could not be decoded, "" where it was.
    """
    rows = _for_each(root, files, _measures)
    return pd.DataFrame(rows, columns=[*MEASURES, "unread"], index=files.index)


def _for_each(root: Path, files: pd.Series, look: Callable[[Path], Any]) -> list:
    """What `look` finds in each photograph, in their order; several are decoded at a time."""
    photos = [root / file for file in files]
    return list(mapped(look, photos, desc="checking photographs", threads=True))


def _unread(path: Path) -> str:
    return decoding.read(path)[1]


def _measures(path: Path) -> tuple:
    image, reason = decoding.read(path)
    if image is None:
        return *(None,) * len(MEASURES), reason
    colour = image.mean(axis=(0, 1)).round(3)
    return duplicates.long_hash(image), *colour, path.stat().st_size, ""


def photographs(folder: Path) -> tuple[dict[str, str], pd.DataFrame]:
    """The photographs of a folder, file name by Id, and other files (Id, reason).

    Raises InputError when there is no photograph.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is missing; put the photographs there ({LAYOUT}).")
    found, others = _files(folder)
    if not found:
        raise InputError(f"{folder} holds no photograph; put them there ({LAYOUT}).")
    return found, others


def _files(folder: Path) -> tuple[dict[str, str], pd.DataFrame]:
    """What a folder holds; hidden files, which systems leave behind, are none of ours."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    files = pd.DataFrame({"name": [name for name in names if not name.startswith(".")]}, dtype=str)
    files["Id"] = files["name"].map(_plain)
    shown = files["name"].map(_is_photograph).astype(bool)
    reason = pd.Series(np.where(shown, "", "other_file"), files.index)
    reason[shown & files["Id"].where(shown).duplicated()] = "same_id"
    kept = files[reason == ""]
    return dict(zip(kept["Id"], kept["name"], strict=True)), _skipped(files, reason)


def _skipped(table: pd.DataFrame, reason: pd.Series) -> pd.DataFrame:
    """What is skipped, (Id, reason): the rows whose reason is not empty."""
    return table.loc[reason != "", ["Id"]].assign(reason=reason[reason != ""])


def _is_photograph(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES


def _plain(name: str) -> str:
    """An Id as it is compared: without a photograph's suffix, accents composed."""
    stem = Path(name).stem if _is_photograph(name) and Path(name).name == name else name
    return unicodedata.normalize("NFC", stem)


def groups(table: pd.DataFrame, root: Path) -> np.ndarray:
    """Number the groups of photographs that must stay together: int (N,).

    Copies do, exact or near, and coins cut from one photograph where photos.csv (Id,Photo) names it.
    Raises InputError when photos.csv has rows, but none of a photograph.
    """
    pairs = grouping.same([duplicates.digest(root / path) for path in table["path"]])
    pairs += duplicates.copies(table["hash"])
    source, _ = cut_from(root)
    rows = source["Id"].map(pd.Series(range(len(table)), index=table["Id"].to_numpy()))
    there = rows.notna()
    rows = rows[there].astype(int)
    pairs += zip(rows.groupby(source["Photo"][there]).transform("first"), rows, strict=True)
    return grouping.groups(pairs, len(table))


def cut_from(root: Path) -> tuple[pd.DataFrame, int]:
    """What photos.csv says: (Id, Photo), without rows that name no photograph; none without the file.

    A coin may be in several photographs. Returns as well how many rows have an Id that is none of
    train.csv, train/ or test/. Raises InputError when these are more than a few.
    """
    path = root / SOURCES
    if not path.is_file():
        return pd.DataFrame({"Id": [], "Photo": []}, dtype=str), 0
    source = _table(path, ["Id", "Photo"])
    known = set(_corrected(root)[0]["Id"])
    for folder in filter(Path.is_dir, (root / "train", root / "test")):
        known |= _files(folder)[0].keys()
    tables.check_zeros(path, source["Id"], known)
    unmatched = tables.unmatched(path, source["Id"], known, "train.csv, train/ or test/")
    return source[source["Photo"] != ""], unmatched


def sources(table: pd.DataFrame, root: Path) -> dict[str, int]:
    """What became of photos.csv: rows that match nothing, and photographs in more than one part.

    table: columns Id and part. The parts are asked of the file, and not of the groups made of it.
    """
    source, unmatched = cut_from(root)
    parts = source.merge(table[["Id", "part"]], on="Id").groupby("Photo")["part"].nunique()
    return {"unmatched": unmatched, "across_parts": int((parts > 1).sum())}


def split(table: pd.DataFrame, test: float, validation: float, seed: int) -> pd.Series:
    """Split photographs into train, validation and test parts; those of one `group` stay together.

    table: columns Class and group; test, validation: fractions of the photographs. A column `Split` is
    respected; what it does not name, and without it both, is taken from the train part, which keeps
    photographs of each class. Returns the part of each. Raises InputError when a part stays empty.
    """
    parts = table.get("Split", pd.Series("train", table.index)).to_numpy(object, copy=True)
    fractions = {"test": test, "validation": validation}
    missing = {name: share for name, share in fractions.items() if name not in parts}
    rows = np.flatnonzero(parts == "train")
    classes, group = table["Class"].to_numpy()[rows], table["group"].to_numpy()[rows]
    taken = splitting.parts(classes, group, missing, seed)
    trained = np.isin(classes, classes[taken == "train"])
    parts[rows] = np.where(np.isin(group, group[~trained]), "train", taken)
    for name in missing:
        if name not in parts:
            raise InputError(
                f"No photograph is left for the {name} part: every type keeps one to learn from, "
                "copies and coins cut from one photograph stay together; add photographs."
            )
    return pd.Series(parts, table.index)


def corrected(root: Path) -> pd.DataFrame:
    """What became of the corrections of labels; see `corrections.apply`."""
    return _corrected(root)[1]


def _corrected(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = _table(root / TABLE, ["Id", "Class"], ["Split"])
    return corrections.apply(table, corrections.read(root), key="Id", label="Class")


def _table(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> pd.DataFrame:
    needed = f"the columns {', '.join(columns)}"
    table = tables.read(path, needed, header=True)
    found = {name: tables.column(path, table, name) for name in [*columns, *optional]}
    if any(found[name] is None for name in columns):
        raise InputError(
            f"{path} has the columns {', '.join(table.columns)}; it needs {', '.join(columns)}."
        )
    table = pd.DataFrame({name: table[of] for name, of in found.items() if of is not None})
    return table.assign(Id=table["Id"].map(_plain))


def in_words(reason: pd.Series) -> str:
    """Reasons and how often each occurs, in words; "" stands for none."""
    found = reason[reason != ""].value_counts().sort_index()
    return ", ".join(f"{count} {why}" for why, count in found.items()) or "none"


def by_id(table: pd.DataFrame) -> pd.DataFrame:
    """Sort a table by its column Id, numbers as numbers, and number its rows from 0."""
    table = table.reset_index(drop=True)
    order = table["Id"].map(
        lambda name: (not name.isdigit(), name.zfill(12) if name.isdigit() else name)
    )
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
