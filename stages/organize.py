"""Join label table and photographs: a folder per mint, file names that carry the mint."""

from pathlib import Path
from typing import Literal

import pandas as pd

from mintmark import plotting
from mintmark.data import catalogue, labels
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import InputError, run, writing

STAGE = "organize"


class Organize(params.Block):
    no_class: list[str]
    doubtful: Literal["keep", "drop"]
    restored: Literal["keep", "drop"]
    silent: list[str]


def main() -> None:
    rules = params.load(Organize, STAGE)
    source = Path(params.load(params.Data, "data").mints)
    photos, odd = catalogue.photographs(source / paths.PHOTOS)
    table = labelled(labels.read(source / paths.LABEL_TABLE), rules, set(photos["id"]))
    usable = table[table["reason"] == ""]
    if usable.empty:
        raise InputError(f"{source}: no coin has both a usable label and a photograph.")
    matched = photos.merge(usable[["id", "mint", "variety"]], on="id")
    matched["folder"] = matched["mint"].map(labels.folders(matched["mint"]))
    with writing(paths.ORGANIZED, paths.metrics(STAGE), paths.plots(STAGE)) as (
        folder,
        file,
        plots,
    ):
        manifest, unreadable = catalogue.sort(matched, source / paths.PHOTOS, folder)
        files = pd.concat([odd, catalogue.unmatched(photos, matched, table), unreadable])
        rows = table[table["reason"] != ""]
        manifest.to_csv(folder / paths.MANIFEST, index=False)
        catalogue.skipped(rows, files).to_csv(folder / "skipped.csv", index=False)
        summary = catalogue.summary(table, manifest, files)
        metrics_files.write(summary, file)
        mints = summary["mints"]
        plotting.save(plotting.counts(mints, "coins with a photograph"), plots / "mints.png")
    print(f"Organized {sum(mints.values())} of {len(table)} coins, {len(manifest)} photographs.")


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


if __name__ == "__main__":
    run(main)
