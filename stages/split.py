"""Split the coins of two and of three mints into training, validation and test."""

from typing import Annotated

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

from pydantic import Field

from mintmark.data import manifests, splitting
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "split"


class Split(splitting.Mints):
    """Which mints are told apart, and how many of their coins are held out."""

    test: Annotated[float, Field(gt=0, lt=0.5)]


def main() -> None:
    """Write the manifests of both tasks, the counts by mint and part, and the metrics."""
    settings = params.load(Split, STAGE)
    coins = manifests.read(paths.MERGED / paths.MANIFEST)
    classes, third = splitting.chosen_mints(coins["mint"], settings)
    three = coins[coins["mint"].isin([*classes, third])].copy()
    fractions = {"test": settings.test, "validation": settings.validation}
    three["part"] = splitting.parts(three["mint"], three["group"], fractions, settings.seed)
    splitting.check(three)
    counts = splitting.counts(three)
    with writing(paths.SPLIT, paths.metrics(STAGE)) as (folder, file):
        csv_files.write(three[three["mint"] != third], folder / "two.csv")
        csv_files.write(three, folder / "three.csv")
        csv_files.write(counts.reset_index(), folder / paths.COUNTS)
        crossing = splitting.groups_across_parts(three)
        metrics = {"coins": counts.sum().to_dict(), "groups_across_parts": crossing}
        metrics_files.write(metrics, file)
    sizes = counts.loc[classes].sum()
    print(f"Two mints: {', '.join(f'{sizes[part]} {part}' for part in splitting.PARTS)} coins.")


if __name__ == "__main__":
    run(main)
