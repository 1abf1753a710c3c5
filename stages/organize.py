"""Join label table and photographs: a folder per mint, file names that carry the mint."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

import pandas as pd
from pydantic import BeforeValidator

from mintmark import plotting
from mintmark.data import catalogue, corrections, labels
from mintmark.images import decoding
from mintmark.pipeline import csv_files, metrics_files, params, paths, tables
from mintmark.pipeline.stage import InputError, run, writing

STAGE = "organize"
CARRIED = "carried.csv"  # the columns of the label table that are carried through
LARGE = 0.1  # of a mint's coins: a variety so large is hardly one die


class Columns(params.Block):
    """What a table calls its columns; inscriptions and files are optional."""

    id: str
    mint: str
    obverse: str | None = None
    reverse: str | None = None
    obverse_file: str | None = None
    reverse_file: str | None = None


def _named(value: object) -> object:
    if value == "none":
        return None
    if not isinstance(value, dict):
        raise ValueError("give none, or column names: {id: …, mint: …}")
    return value


class Organize(params.Block):
    """How table and photographs are named, what labels mean, and which inscriptions say nothing."""

    table: str
    columns: Annotated[Columns | None, BeforeValidator(_named)]
    encoding: str
    ids: str
    photos: str
    sides: list[str]
    no_class: list[str]
    doubtful: Literal["keep", "drop"]
    restored: Literal["keep", "drop"]
    leads: list[str]
    silent: list[str]
    partial: list[str]


def main() -> None:
    """Copy the usable photographs; write what was skipped, the metrics and a figure."""
    source = Path(params.load(params.Data, "data").mints)
    rules = params.load(Organize, STAGE)
    table, others = read(source / rules.table, rules)
    table, corrected = corrections.apply(table, corrections.read(source), key="id", label="written")
    photos, odd = photographs(source / paths.PHOTOS, table, rules)
    table["id"] = catalogue.as_photographed(table["id"], set(photos["id"]))
    tables.check_zeros(source / rules.table, table["id"], photos["id"])
    table = labelled(table, rules, set(photos["id"]))
    matched = catalogue.matched(photos, table)
    if matched.empty:
        raise InputError(f"{source}: no coin has both a usable label and a photograph.")
    with writing(paths.ORGANIZED, paths.metrics(STAGE), paths.plots(STAGE)) as outputs:
        folder, file, plots = outputs
        manifest, unreadable = catalogue.sort(
            matched, source / paths.PHOTOS, folder, decoding.to_png
        )
        files = pd.concat([odd, catalogue.unmatched(photos, matched, table), unreadable])
        csv_files.write(manifest, folder / paths.MANIFEST)
        csv_files.write(others, folder / CARRIED)
        csv_files.write(table[["id", "written", "mint", "reason"]], folder / paths.LABELS)
        csv_files.write(corrected, folder / corrections.FILE)
        csv_files.write(catalogue.skipped(table, files), folder / paths.SKIPPED)
        counts = catalogue.summary(table, manifest, files)
        counts["corrections"] = corrections.told(corrected)
        counts["joined"] = joined(source / rules.table, rules, set(manifest["mint"]))
        largest = labels.largest_varieties(manifest)
        metrics_files.write(metrics(counts, largest), file)
        csv_files.write(largest.round(6), plots / "largest_varieties.csv")
        metrics_files.write(counts, plots / metrics_files.DETAILS)
        bars = plotting.counts(counts["mints"], "coins with a photograph")
        plotting.save(bars, plots / "mints.png")
    say(counts)
    warn(largest)
    if idle := corrections.warning(corrected):
        print(idle)


def read(path: Path, rules: Organize) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The label table, and the columns of it that are carried through."""
    encoding = tables.encoding_of(rules.encoding)
    if rules.columns:
        return labels.read_named(path, rules.columns.model_dump(exclude_none=True), encoding)
    table = labels.read(path, encoding)
    return table, table[["id"]]


def joined(path: Path, rules: Organize, mints: set[str]) -> dict[str, dict[str, int]]:
    """The ways in which the table writes mints that look alike, and how often; see `tables.spellings`."""
    ways = tables.spellings(path, tables.encoding_of(rules.encoding))
    return {name: ways[name] for name in sorted(mints & ways.keys())}


def photographs(
    folder: Path, table: pd.DataFrame, rules: Organize
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The photographs by their names or, where the table names them, by the table."""
    named = [column for column in catalogue.FILES if column in table]
    if named:
        missing = dict.fromkeys(set(catalogue.FILES) - set(named), "")
        return catalogue.listed(folder, table.assign(**missing))
    return catalogue.photographs(folder, catalogue.pattern(rules.photos, rules.ids, rules.sides))


def labelled(table: pd.DataFrame, rules: Organize, photographed: set[str]) -> pd.DataFrame:
    """Add to the label table what each row means: mint, reason to skip it, die variety."""
    meanings = [
        labels.mint(written, rules.no_class, rules.doubtful, rules.restored)
        for written in table["written"]
    ]
    table[["mint", "reason"]] = pd.DataFrame(meanings, index=table.index)
    table["reason"] = catalogue.rows_to_skip(table, photographed, rules.ids)
    table["variety"] = labels.varieties(
        table, leads=rules.leads, silent=rules.silent, partial=rules.partial
    )
    return table


def say(counts: dict) -> None:
    """Say how many coins and photographs there are, and which spellings were joined."""
    coins, photos, joined = counts["coins"], counts["photos"], counts["joined"]
    print(
        f"Organized {coins['organized']} of {coins['listed']} coins, {photos['organized']} photographs."
    )
    if joined:
        print(
            f"Mints written in several ways that look alike are one: {', '.join(joined)}; see "
            f"{paths.plots(STAGE) / metrics_files.DETAILS}."
        )


def warn(largest: pd.DataFrame) -> None:
    """Say which mints have a variety that is too large to be of one die."""
    large = largest[(largest["share"] >= LARGE) & (largest["coins"] > 1)]
    if len(large):
        named = ", ".join(f"{row.mint} {row.coins}" for row in large.itertuples())
        print(
            f"Warning: coins of one variety are a tenth of their mint or more ({named}). Inscriptions "
            "that agree may be of one type, not of one die; `merge.group_varieties` keeps such coins "
            "in one part of the split all the same."
        )


def metrics(counts: dict, largest: pd.DataFrame) -> dict:
    """The few counts among the metrics, of all those of `catalogue.summary`.

    Of the reasons and of the mints the commonest alone. largest: see `labels.largest_varieties`.
    """
    skipped, mints = (
        dict(Counter(found).most_common(1))
        for found in (counts["coins"]["skipped"], counts["mints"])
    )
    return {
        "coins": {**counts["coins"], "skipped": skipped},
        "mints": mints,
        "largest_variety": int(largest["coins"].max()),
    }


if __name__ == "__main__":
    run(main)
