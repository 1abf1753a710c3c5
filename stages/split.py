"""Part the coins of two and of three mints into training, validation and test."""

from typing import Annotated, Literal

from pydantic import Field

from mintmark.data import manifests, splitting
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "split"


class Split(params.Block):
    classes: Annotated[list[str], Field(min_length=2, max_length=2)] | Literal["auto"]
    third: str
    test: Annotated[float, Field(gt=0, lt=0.5)]
    validation: Annotated[float, Field(gt=0, lt=0.5)]
    seed: Annotated[int, Field(ge=0)]


def main() -> None:
    split = params.load(Split, STAGE)
    coins = manifests.read(paths.MERGED / paths.MANIFEST)
    counts = coins["mint"].value_counts().sort_index()
    classes, third = splitting.chosen_mints(counts, split.classes, split.third)
    three = coins[coins["mint"].isin([*classes, third])].copy()
    fractions = {"test": split.test, "validation": split.validation}
    three["part"] = splitting.parts(three["mint"], three["group"], fractions, split.seed)
    two = three[three["mint"] != third]
    splitting.check(three)
    with writing(paths.SPLIT, paths.metrics(STAGE)) as (folder, file):
        two.to_csv(folder / "two.csv", index=False)
        three.to_csv(folder / "three.csv", index=False)
        metrics = {"two": splitting.counts(two), "three": splitting.counts(three)}
        crossing = splitting.groups_across_parts(three)
        metrics_files.write({**metrics, "groups_across_parts": crossing}, file)
    sizes = two["part"].value_counts()
    print(f"Two mints: {', '.join(f'{sizes[part]} {part}' for part in splitting.PARTS)} coins.")


if __name__ == "__main__":
    run(main)
