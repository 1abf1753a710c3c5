"""Show the coins of the third mint to the network that knows two: what does it make of them?"""

from typing import Annotated, Literal

from pydantic import Field

from mintmark import dataset, evaluation, masking, masks, networks, params, paths, unseen
from mintmark.stage import run, writing

STAGE = "eval3rd"


class Eval3rd(params.Block):
    radius: masking.Radius
    fill: Literal[masks.FILLS]
    neighbours: Annotated[int, Field(ge=1)]


def main() -> None:
    settings, seed = params.load(Eval3rd, STAGE), params.seed()
    two, three = (dataset.manifest(paths.SPLIT / f"{name}.csv") for name in ("two", "three"))
    third = three[~three["mint"].isin(two["mint"])]
    train, test = (two[two["part"] == part] for part in ("train", "test"))
    coins = {
        name: dataset.images(part, paths.MERGED)
        for name, part in {"third": third, "train": train, "test": test}.items()
    }
    model = networks.load(paths.model("train2"))
    names = dataset.mints(two)
    with writing(paths.metrics(STAGE), paths.plots(STAGE)) as (file, plots):
        answers = unseen.answers(
            model, coins["third"], third, names, settings.radius, settings.fill, seed, plots
        )
        strange = unseen.strangeness(model, coins, settings.neighbours, seed, plots)
        unseen.draw(model, coins, {"third": third, "test": test}, names, plots)
        evaluation.write({"n": len(third), **answers, **strange}, file)
    named = ", ".join(f"{mint} {share:.0%}" for mint, share in answers["predicted"].items())
    print(f"{len(third)} coins of {third['mint'].iloc[0]} are taken for: {named}.")


if __name__ == "__main__":
    run(main)
