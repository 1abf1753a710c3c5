"""Join label table and photographs: a folder per mint, file names that carry the mint."""

from pathlib import Path
from typing import Literal

import pandas as pd

from mintmark import catalogue, evaluation, figures, labels, params, paths
from mintmark.stage import InputError, run, writing

STAGE = "organize"


class Organize(params.Block):
    no_class: list[str]
    doubtful: Literal["keep", "drop"]
    restored: Literal["keep", "drop"]
    silent: list[str]


def main() -> None:
    rules = params.load(Organize, STAGE)
    source = Path(params.load(params.Data, "data").mints)
    photos, odd_files = catalogue.photographs(source / paths.PHOTOS)
    table = labelled(labels.read(source / paths.LABEL_TABLE), rules, set(photos["id"]))
    usable = table[table["reason"] == ""]
    if usable.empty:
        raise InputError(f"{source}: no coin has both a usable label and a photograph.")
    matched = photos.merge(usable[["id", "mint", "variety"]], on="id")
    matched["folder"] = matched["mint"].map(labels.folders(matched["mint"]))
    strays = photos[~photos["id"].isin(table["id"])].assign(reason="no_row")
    with writing(paths.ORGANIZED, paths.metrics(STAGE), paths.plots(STAGE)) as (folder, file, plots):
        manifest, unreadable = catalogue.sort(matched, source / paths.PHOTOS, folder)
        files = pd.concat([odd_files, strays[["id", "file", "reason"]], unreadable])
        manifest.to_csv(folder / paths.MANIFEST, index=False)
        rows = table[table["reason"] != ""].rename(columns={"written": "detail"})
        skipped = pd.concat([rows[["id", "reason", "detail"]], files.rename(columns={"file": "detail"})])
        skipped.sort_values(["id", "reason", "detail"]).to_csv(folder / "skipped.csv", index=False)
        coins = manifest.drop_duplicates("id")
        counts = coins["mint"].value_counts().sort_index().to_dict()
        figures.save(figures.counts(counts, "coins with a photograph"), plots / "mints.png")
        evaluation.write(
            {
                "coins": {
                    "listed": len(table),
                    "organized": len(coins),
                    "skipped": rows["reason"].value_counts().sort_index().to_dict(),
                },
                "photos": {
                    "found": len(photos) + len(odd_files),
                    "organized": len(manifest),
                    "skipped": files["reason"].value_counts().sort_index().to_dict(),
                },
                "mints": counts,
            },
            file,
        )
    print(f"Organized {len(coins)} of {len(table)} listed coins, {len(manifest)} photographs.")


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
