"""A set of coin types in the layout of a competition: train.csv, train/ and perhaps test/."""

from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from mintmark import duplicates, photos, splitting, tables
from mintmark.stage import InputError

LAYOUT = "train.csv (Id,Class) and train/<Id>.jpg"
SUFFIXES = {".jpg", ".jpeg", ".png"}


def read(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the labelled photographs: (Id, Class, path), sorted by Id, and those skipped (Id, reason).

    path is relative to root. A row is skipped when its photograph is missing, its Id is no plain
    file name or has two classes; a photograph when no row names it. Raises InputError when there is
    nothing to read or the table has not the columns Id and Class.
    """
    table = _table(root / "train.csv", ["Id", "Class"])
    files = photographs(root / "train")
    reason = pd.Series("", index=table.index)
    reason[~table["Id"].isin(files.keys())] = "no_photograph"
    classes = table.groupby("Id")["Class"].transform("nunique")
    reason[classes > 1] = "two_classes"
    reason[(classes == 1) & table.duplicated("Id")] = "repeated_row"
    reason[table["Id"].str.contains(r"[/\\]") | (table["Class"] == "")] = "bad_row"
    kept = table[reason == ""].copy()
    if kept.empty:
        raise InputError(
            f"{root}: no row of train.csv has a photograph in train/; expected {LAYOUT}."
        )
    kept["path"] = "train/" + kept["Id"].map(files)
    strays = sorted(set(files) - set(table["Id"]))
    skipped = pd.concat(
        [
            table.loc[reason != "", ["Id"]].assign(reason=reason[reason != ""]),
            pd.DataFrame({"Id": strays, "reason": "no_row"}),
        ]
    )
    return by_id(kept), by_id(skipped)


def checked(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the labelled photographs as `read` does, and skip those that are broken as well.

    Raises InputError when fewer than two classes are left.
    """
    table, skipped = read(root)
    whole = readable(root, table["path"])
    broken = table.loc[~whole, ["Id"]].assign(reason="broken")
    table = table[whole].reset_index(drop=True)
    if table["Class"].nunique() < 2:
        raise InputError(f"{root}: fewer than two classes have a readable photograph.")
    return table, by_id(pd.concat([skipped, broken]))


def readable(root: Path, files: pd.Series) -> np.ndarray:
    """Which photographs can be decoded to their end: bool (N,)."""
    shown = tqdm(files, desc="checking photographs", disable=None)
    return np.array([photos.decode(root / file) is not None for file in shown], bool)


def photographs(folder: Path) -> dict[str, str]:
    """The photographs of a folder: file name by Id. Raises InputError when there are none."""
    if not folder.is_dir():
        raise InputError(f"{folder} is missing; put the photographs there ({LAYOUT}).")
    names = sorted(path.name for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not names:
        raise InputError(f"{folder} holds no photograph; put them there ({LAYOUT}).")
    return {Path(name).stem: name for name in names}


def groups(table: pd.DataFrame, root: Path) -> np.ndarray:
    """Number the groups of photographs that must stay together: int (N,).

    Exact copies do, and coins cut from one photograph where photos.csv (Id,Photo) names it.
    """
    ties = [[duplicates.digest(root / path) for path in table["path"]]]
    if (root / "photos.csv").is_file():
        source = _table(root / "photos.csv", ["Id", "Photo"]).drop_duplicates("Id")
        ties.append(table["Id"].map(source.set_index("Id")["Photo"]).fillna(table["Id"]).tolist())
    pairs = [pair for tie in ties for pair in duplicates.same(tie)]
    return duplicates.groups(pairs, len(table))


def part(table: pd.DataFrame, root: Path, test: float, validation: float, seed: int) -> pd.Series:
    """Assign each photograph to train, validation or test; each class has some in train."""
    group = groups(table, root)
    parts = pd.Series(
        splitting.parts(table["Class"], group, test, validation, seed), index=table.index
    )
    trained = (parts == "train").groupby(table["Class"]).transform("any")
    lonely = np.isin(group, group[~trained])
    parts[lonely] = "train"
    return parts


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    table = tables.read(path, f"the columns {', '.join(columns)}", header="infer")
    names = {name: name.strip().capitalize() for name in table.columns}
    table = table.rename(columns=names)
    if not set(columns) <= set(table.columns):
        raise InputError(
            f"{path} has the columns {', '.join(names)}; it needs {', '.join(columns)}."
        )
    return table[columns]


def by_id(table: pd.DataFrame) -> pd.DataFrame:
    """Sort a table by its column Id, numbers as numbers."""
    order = table["Id"].map(
        lambda name: (not name.isdigit(), name.zfill(12) if name.isdigit() else name)
    )
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
