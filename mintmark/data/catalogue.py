"""Joining label table and photographs: which photograph shows which side of which coin."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from mintmark.data import labels
from mintmark.pipeline import tables
from mintmark.pipeline.parallel import mapped
from mintmark.pipeline.stage import InputError

SUFFIX = r"\.(jpe?g|png|tiff?)"  # of photographs
SIDES = {"1": "obverse", "2": "reverse"}
FILES = ("obverse_file", "reverse_file")  # columns of a table that names its photographs
TIFF = (".tif", ".tiff")
UNREADABLE = {"broken": "unreadable_tif"}  # what a reason of the decoder is called here
LONGEST = 120  # bytes of an id in the name of a file


def pattern(names: str, ids: str, sides: Sequence[str]) -> re.Pattern[str]:
    """What the names of photographs look like; its groups are `id`, and `obverse` for that side.

    names: such as "{id}.{side}", without the suffix, or "{id}" where each photograph shows both sides;
    ids: what ids look like, a regular expression; sides: what stands for obverse and reverse in a name.
    Raises InputError when it can't be used.
    """
    if "{id}" not in names or ("{side}" in names and len(set(sides)) != len(SIDES)):
        raise InputError(
            f"{names!r} with the sides {', '.join(sides)} can't tell photographs apart; it needs {{id}}, "
            "and {side} with two different sides unless each photograph shows both."
        )
    places = {"{id}": f"(?P<id>{ids})"}
    if "{side}" in names:
        obverse, reverse = (re.escape(side) for side in sides)
        places["{side}"] = f"(?:(?P<obverse>{obverse})|{reverse})"
    parts = re.split(r"({id}|{side})", names)
    try:
        found = "".join(places.get(part, re.escape(part)) for part in parts)
        return re.compile(found + SUFFIX, re.IGNORECASE)
    except re.error as error:
        raise InputError(f"{ids!r} is no regular expression for ids: {error}.") from None


def photographs(folder: Path, name: re.Pattern[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List the photographs in a folder: (id, number, file) and those skipped (id, file, reason).

    name: see `pattern`; a photograph of both sides is listed for each. Raises InputError when there is no
    such folder or no file in it.
    """
    found: list[tuple[str, str, str]] = []
    skipped, seen = [], set()
    apart = "obverse" in name.groupindex
    for file in _files(folder):
        match = name.fullmatch(file)
        if not match or not _encodable(file):
            skipped.append(("", file, "bad_name"))
            continue
        coin = tables.plain(match["id"])
        numbers = list(SIDES) if not apart else ["1" if match["obverse"] else "2"]
        if not (folder / file).is_file():
            skipped.append((coin, file, "no_file"))
        elif (coin, numbers[0]) in seen:
            skipped.append((coin, file, "side_twice"))
        else:
            seen.add((coin, numbers[0]))
            found += [(coin, number, file) for number in numbers]
    return _photographs(found, skipped)


def listed(folder: Path, table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The photographs that a table names; see `photographs`.

    table: columns id and FILES, "" for none; a file that stands in both shows both sides. Its suffix may
    be left out, see `by_stem`.
    """
    there = _files(folder)
    usable = [file for file in there if _encodable(file) and (folder / file).is_file()]
    pictures = [file for file in usable if re.search(SUFFIX + "$", file, re.IGNORECASE)]
    called = by_stem(pictures) | {file: file for file in usable}
    rows = [
        (coin, str(number), called[file])
        for number, column in enumerate(FILES, 1)
        for coin, file in zip(table["id"], table[column], strict=True)
        if file in called
    ]
    found = list({row[:2]: row for row in sorted(rows)}.values())
    used = {file for *_, file in found}
    return _photographs(found, [("", file, "not_listed") for file in there if file not in used])


def by_stem(files: Iterable[str]) -> dict[str, str]:
    """Photographs by their names without the suffix, those that share theirs with no other one."""
    names = list(files)
    stems = Counter(Path(name).stem for name in names)
    return {Path(name).stem: name for name in names if stems[Path(name).stem] == 1}


def _files(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise InputError(f"{folder} is missing; put the photographs there.")
    files = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    if not files:
        raise InputError(f"{folder} is empty; put the photographs there (<id>.1.jpg, <id>.2.jpg).")
    return files


def _encodable(file: str) -> bool:
    """Whether a file's name is text, and not bytes of another encoding."""
    return not any(0xD800 <= ord(sign) < 0xE000 for sign in file)


def _photographs(found: list, skipped: list) -> tuple[pd.DataFrame, pd.DataFrame]:
    left_out = pd.DataFrame(skipped, columns=["id", "file", "reason"])
    left_out["file"] = [
        file.encode("utf-8", "backslashreplace").decode() for file in left_out["file"]
    ]
    return pd.DataFrame(found, columns=["id", "number", "file"]), left_out


def rows_to_skip(table: pd.DataFrame, photographed: set[str], ids: str) -> pd.Series:
    """The reason why each row of a label table can't be used, or an empty text.

    table: columns id, mint, reason (of the label rules; empty where the mint is known); ids: what ids
    look like, a regular expression.
    """
    reason = table["reason"].copy()
    usable = reason == ""
    reason[usable & ~table["id"].isin(photographed)] = "no_photograph"
    reason[usable & ~table["id"].str.fullmatch(ids)] = "bad_id"
    mints = table[usable].groupby("id")["mint"].nunique()
    reason[usable & table["id"].isin(mints.index[mints > 1])] = "contradictory_rows"
    reason[usable & (reason == "") & table.duplicated("id")] = "repeated_row"
    return reason


def matched(photos: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The photographs of usable rows: columns id, number, file, mint, variety and folder.

    photos: see `photographs`; table: columns id, mint, variety, reason (empty for usable rows).
    """
    usable = table.loc[table["reason"] == "", ["id", "mint", "variety"]]
    joined = photos.merge(usable, on="id")
    return joined.assign(folder=joined["mint"].map(labels.folders(joined["mint"])))


def sort(
    photos: pd.DataFrame, source: Path, target: Path, to_png: Callable[[Path, Path], str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Copy photographs into a folder per mint, under names that carry the mint; turn tif into png.

    photos: see `matched`; their files are below `source`; to_png: writes a photograph as PNG, and gives
    the reason where it could not, or "". Returns the manifest (id, mint, side, path, variety; a
    photograph of both sides stands there twice) and what was skipped (id, file, reason).
    """
    table = photos.assign(path=_places(photos), side=photos["number"].map(SIDES))
    for folder in set(table["folder"]):
        (target / folder).mkdir(exist_ok=True)
    files = table.drop_duplicates("path")
    reasons = mapped(
        partial(_copied, to_png=to_png),
        [source / file for file in files["file"]],
        [target / path for path in files["path"]],
        desc="organizing",
        threads=True,
    )
    table["reason"] = table["path"].map(dict(zip(files["path"], reasons, strict=True)))
    there = table["reason"] == ""
    kept = table.loc[there, ["id", "mint", "side", "path", "variety"]]
    skipped = table.loc[~there, ["id", "file", "reason"]].drop_duplicates()
    return kept.reset_index(drop=True), skipped.reset_index(drop=True)


def _places(photos: pd.DataFrame) -> list[str]:
    """Where photographs go: <folder>/<id>_<folder>.<number>, or without a number where both sides show."""
    stems, both = file_stems(photos["id"]), photos.duplicated(["id", "file"], keep=False)
    paths = []
    for coin, number, file, folder, whole in zip(
        *(photos[name] for name in ("id", "number", "file", "folder")), both, strict=True
    ):
        side, suffix = "" if whole else f".{number}", Path(file).suffix.lower()
        suffix = ".png" if suffix in TIFF else suffix
        paths.append(f"{folder}/{stems[coin]}_{folder}{side}{suffix}")
    return paths


def _copied(source: Path, target: Path, *, to_png: Callable[[Path, Path], str]) -> str:
    """Copy a photograph, a TIFF as PNG; give the reason where that can't be done, or ""."""
    if source.suffix.lower() in TIFF:
        reason = to_png(source, target)
        return UNREADABLE.get(reason, reason)
    shutil.copyfile(source, target)
    return ""


def file_stems(ids: pd.Series) -> dict[str, str]:
    """What begins the names of each coin's files: its id, without what leads elsewhere, and not too long.

    Of ids that then agree but for their case, the later ones are numbered.
    """
    given: dict[str, str] = {}
    taken: set[str] = set()
    for coin in sorted(set(ids)):
        plain = re.sub(r"[/\\:\s]", "-", coin).lstrip(".")
        plain = plain.encode()[:LONGEST].decode(errors="ignore") or "coin"
        stem, number = plain, 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{plain}-{number}"
        given[coin] = stem
        taken.add(stem.casefold())
    return given


def as_photographed(ids: pd.Series, photographed: set[str]) -> pd.Series:
    """Ids in digits of another script than the photographs' names, written as these write them."""
    known = {tables.digits(coin): coin for coin in sorted(photographed)}
    return ids.map(
        lambda coin: coin if coin in photographed else known.get(tables.digits(coin), coin)
    )


def unmatched(photos: pd.DataFrame, matched: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Photographs that no row lists, or whose coin was skipped: (id, file, reason).

    photos: see `photographs`; matched: see `matched`; table: the label table.
    """
    left = photos[~photos["file"].isin(matched["file"])].drop_duplicates("file")
    listed = left["id"].isin(table["id"])
    reason = listed.map({True: "coin_skipped", False: "no_row"})
    return left.assign(reason=reason)[["id", "file", "reason"]]


def skipped(table: pd.DataFrame, files: pd.DataFrame) -> pd.DataFrame:
    """What was left out, coin by coin and file by file: (id, reason, detail), sorted.

    table: the label table, of whose rows those with a reason are skipped (detail: the mint as
    written); files: skipped photographs (detail: the file).
    """
    rows = table[table["reason"] != ""]
    both = [rows.rename(columns={"written": "detail"}), files.rename(columns={"file": "detail"})]
    return pd.concat([some[["id", "reason", "detail"]] for some in both]).sort_values(
        ["id", "reason", "detail"]
    )


def summary(table: pd.DataFrame, manifest: pd.DataFrame, files: pd.DataFrame) -> dict:
    """Counts of coins and photographs listed, organized and skipped by reason, and of each mint.

    table: the label table; manifest: see `sort`; files: skipped photographs, (id, file, reason).
    """
    coins = manifest.drop_duplicates("id")
    rows = table[table["reason"] != ""]
    without = len(table) - len(rows) - len(coins)  # their only photograph was an unreadable tif
    reasons = rows["reason"].value_counts().sort_index().to_dict()
    return {
        "coins": {
            "listed": len(table),
            "organized": len(coins),
            "skipped": reasons | ({"unreadable_tif": without} if without else {}),
        },
        "photos": {
            "found": manifest["path"].nunique() + len(files),
            "organized": manifest["path"].nunique(),
            "skipped": files["reason"].value_counts().sort_index().to_dict(),
        },
        "mints": coins["mint"].value_counts().sort_index().to_dict(),
    }
