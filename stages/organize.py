"""Join label table and photographs: a folder per mint, file names that carry the mint."""

from pathlib import Path
from typing import Literal

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

import pandas as pd

from mintmark import plotting
from mintmark.data import catalogue, corrections, labels
from mintmark.images import decoding
from mintmark.pipeline import metrics_files, params, paths, tables
from mintmark.pipeline.stage import InputError, run, writing

STAGE = "organize"
CARRIED = "carried.csv"  # the columns of the label table that are carried through
REASONS = 2  # at most, among the metrics; all of them are in the details
LARGE = 0.1  # of a mint's coins: a variety so large is hardly one die


class Columns(params.Block):
    """What a table calls its columns; inscriptions and files are optional."""

    id: str
    mint: str
    obverse: str | None = None
    reverse: str | None = None
    obverse_file: str | None = None
    reverse_file: str | None = None


class Organize(params.Block):
    """How table and photographs are named, what labels mean, and which inscriptions say nothing."""

    table: str
    columns: Literal["none"] | Columns
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
        manifest.to_csv(folder / paths.MANIFEST, index=False)
        others.to_csv(folder / CARRIED, index=False)
        corrected.to_csv(folder / corrections.FILE, index=False)
        catalogue.skipped(table, files).to_csv(folder / paths.SKIPPED, index=False)
        counts = catalogue.summary(table, manifest, files)
        counts["corrections"] = corrections.counts(corrected)
        largest = labels.largest_varieties(manifest)
        metrics_files.write(metrics(counts), file)
        largest.round(6).to_csv(plots / "largest_varieties.csv", index=False)
        metrics_files.write(counts, plots / metrics_files.DETAILS)
        bars = plotting.counts(counts["mints"], "coins with a photograph")
        plotting.save(bars, plots / "mints.png")
    organized = counts["coins"]["organized"]
    print(f"Organized {organized} of {len(table)} coins, {len(manifest)} photographs.")
    warn(largest)
    if idle := corrections.warning(corrected):
        print(idle)


def read(path: Path, rules: Organize) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The label table, and the columns of it that are carried through."""
    encoding = tables.encoding_of(rules.encoding)
    if isinstance(rules.columns, Columns):
        return labels.read_named(path, rules.columns.model_dump(exclude_none=True), encoding)
    table = labels.read(path, encoding)
    return table, table[["id"]]


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


def metrics(counts: dict) -> dict:
    """The few counts among the metrics, of all those of `catalogue.summary`; one mint's, the commonest."""
    mint = max(counts["mints"], key=counts["mints"].get)
    reasons = metrics_files.commonest(counts["coins"]["skipped"], REASONS)
    return {
        "coins": {**counts["coins"], "skipped": reasons},
        "mints": {mint: counts["mints"][mint]},
    }


if __name__ == "__main__":
    run(main)
