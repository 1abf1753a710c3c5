"""Split the coins of two and of three mints into training, validation and test."""

from typing import Annotated, Literal

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

from pydantic import Field

from mintmark.data import manifests, splitting
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "split"


class Split(params.Block):
    """Which mints are told apart, and how many of their coins are held out."""

    classes: Annotated[list[str], Field(min_length=2, max_length=2)] | Literal["auto"]
    third: str
    test: Annotated[float, Field(gt=0, lt=0.5)]
    validation: Annotated[float, Field(gt=0, lt=0.5)]
    seed: Annotated[int, Field(ge=0)]


def main() -> None:
    """Write the manifests of both tasks, the counts by mint and part, and the metrics."""
    settings = params.load(Split, STAGE)
    coins = manifests.read(paths.MERGED / paths.MANIFEST)
    available = coins["mint"].value_counts().sort_index()
    classes, third = splitting.chosen_mints(available, settings.classes, settings.third)
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
