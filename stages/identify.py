"""Prepare `mintmark identify`: index the collection, calibrate the answers, and test both."""

import own_checkout  # noqa: F401

from mintmark import plotting
from mintmark.data import coins, manifests
from mintmark.identification import analysis, figures, index
from mintmark.images import cleaning, merging
from mintmark.networks import serialization
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "identify"


def main() -> None:
    """See every coin through the three-mint network; judge the test part; draw."""
    settings = params.load(analysis.Identify, STAGE)
    collection = read()
    model = serialization.load(paths.model("train3"))
    with writing(paths.INDEX, paths.plots(STAGE)) as (folder, plots):
        seen = index.see(model, collection)
        known = index.build(
            seen,
            collection,
            settings,
            tidy=params.load(cleaning.Tidy, "clean", partly=True),
            laid=params.load(merging.Layout, "merge", partly=True),
        )
        index.save(known, folder)
        found = analysis.examine(model, seen, known, collection, settings)
        csv_files.write(found.judged.round(6), plots / "predictions.csv")
        metrics_files.write(found.metrics, plots / metrics_files.DETAILS)
        plotting.save_all(figures.of_identification(found, collection), plots)
    print(analysis.sentence(found.metrics))


def read() -> coins.CoinSet:
    """All merged coins, with the part of the split of those that the network tells apart."""
    three = manifests.read(paths.SPLIT / "three.csv")
    merged = manifests.read(paths.MERGED / paths.MANIFEST)
    parts = three.set_index("id")["part"]
    merged["part"] = merged["id"].map(parts).fillna("")
    return coins.load(merged, paths.MERGED, manifests.mints(three))


if __name__ == "__main__":
    run(main)
