"""Join label table and photographs: a folder per mint, file names that carry the mint."""

from pathlib import Path
from typing import Literal

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

import pandas as pd

from mintmark import plotting
from mintmark.data import catalogue, labels
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import InputError, run, writing

STAGE = "organize"
REASONS, MINTS = 2, 3  # at most, among the metrics; all of them are in the details


class Organize(params.Block):
    """What labels mean, and which inscriptions say nothing of the die."""

    no_class: list[str]
    doubtful: Literal["keep", "drop"]
    restored: Literal["keep", "drop"]
    silent: list[str]


def main() -> None:
    """Copy the usable photographs; write what was skipped, the metrics and a figure."""
    source = Path(params.load(params.Data, "data").mints)
    rules = params.load(Organize, STAGE)
    photos, odd = catalogue.photographs(source / paths.PHOTOS)
    table = labelled(labels.read(source / paths.LABEL_TABLE), rules, set(photos["id"]))
    matched = catalogue.matched(photos, table)
    if matched.empty:
        raise InputError(f"{source}: no coin has both a usable label and a photograph.")
    with writing(paths.ORGANIZED, paths.metrics(STAGE), paths.plots(STAGE)) as outputs:
        folder, file, plots = outputs
        manifest, unreadable = catalogue.sort(matched, source / paths.PHOTOS, folder)
        files = pd.concat([odd, catalogue.unmatched(photos, matched, table), unreadable])
        manifest.to_csv(folder / paths.MANIFEST, index=False)
        catalogue.skipped(table, files).to_csv(folder / paths.SKIPPED, index=False)
        counts = catalogue.summary(table, manifest, files)
        metrics_files.write(metrics(counts), file)
        metrics_files.write(counts, plots / metrics_files.DETAILS)
        bars = plotting.counts(counts["mints"], "coins with a photograph")
        plotting.save(bars, plots / "mints.png")
    organized = counts["coins"]["organized"]
    print(f"Organized {organized} of {len(table)} coins, {len(manifest)} photographs.")


def labelled(table: pd.DataFrame, rules: Organize, photographed: set[str]) -> pd.DataFrame:
    """Add to the label table what each row means: mint, reason to skip it, die variety."""
    meanings = [
        labels.mint(written, rules.no_class, rules.doubtful, rules.restored)
        for written in table["written"]
    ]
    table[["mint", "reason"]] = pd.DataFrame(meanings, index=table.index)
    table["reason"] = catalogue.rows_to_skip(table, photographed)
    table["variety"] = labels.varieties(table, rules.silent)
    return table


def metrics(counts: dict) -> dict:
    """The few counts among the metrics, of all those of `catalogue.summary`."""
    reasons = metrics_files.commonest(counts["coins"]["skipped"], REASONS)
    return {
        "coins": {**counts["coins"], "skipped": reasons},
        "mints": metrics_files.commonest(counts["mints"], MINTS),
    }


if __name__ == "__main__":
    run(main)
