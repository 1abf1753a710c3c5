"""Show coins of unknown mints to the networks that know two: what do they make of them?"""

from typing import Annotated, Literal

from pydantic import Field

from mintmark import (
    dataset,
    evaluation,
    gradcam,
    masking,
    masks,
    networks,
    params,
    paths,
    strangers,
    unseen,
)
from mintmark.stage import run, writing

STAGE = "eval3rd"


class Eval3rd(params.Block):
    radius: masking.Radius
    fill: Literal[masks.FILLS]
    method: Literal[gradcam.METHODS]
    neighbours: Annotated[int, Field(ge=1)]


def main() -> None:
    settings, seed = params.load(Eval3rd, STAGE), params.seed()
    merged = dataset.manifest(paths.MERGED / paths.MANIFEST)
    split = dataset.manifest(paths.SPLIT / "three.csv")
    names = dataset.mints(dataset.manifest(paths.SPLIT / "two.csv"))
    further = merged[~merged["mint"].isin(split["mint"])]
    coins, others = (
        unseen.Coins(table, dataset.images(table, paths.MERGED)) for table in (split, further)
    )
    third = coins.of((~split["mint"].isin(names)).to_numpy())
    known = strangers.parts(coins.of(split["mint"].isin(names).to_numpy()))
    model = networks.load(paths.model("train2"))
    mint = third.table["mint"].iloc[0]
    models = {mint: model, **networks.load_left_out(paths.LEFT_OUT, dataset.mints(split))}
    with writing(paths.metrics(STAGE), paths.plots(STAGE)) as (file, plots):
        parts, fills = unseen.masked(model, third, names, settings.radius, settings.fill, seed)
        metrics = {
            **unseen.answers(model, third, names, seed),
            "masked": parts,
            "fills": fills,
            "consistency": unseen.consistency(model, third),
            **strangers.resemblance(model, third, others, known["train"], names, seed, plots),
            **strangers.notice(models, coins, mint, settings.neighbours, seed, plots),
        }
        strangers.draw(model, third, known["test"], names, settings.method, metrics, plots)
        evaluation.write(metrics, file)
    named = ", ".join(f"{name} {share:.0%}" for name, share in metrics["predicted"].items())
    print(f"{metrics['n']} coins of {mint} are taken for: {named}.")


if __name__ == "__main__":
    run(main)
