"""Show coins of unknown mints to the networks that know two: what do they make of them?"""

from typing import Annotated, Literal

from pydantic import Field

from mintmark.data import manifests
from mintmark.explain import attribution
from mintmark.geometry import fills
from mintmark.networks import serialization
from mintmark.occlusion import effects
from mintmark.open_set import analysis, predictions
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "eval3rd"


class Eval3rd(params.Block):
    radius: effects.Radius
    fill: Literal[fills.FILLS]
    method: Literal[attribution.METHODS]
    neighbours: Annotated[int, Field(ge=1)]


def main() -> None:
    settings, seed = params.load(Eval3rd, STAGE), params.seed()
    merged = manifests.read(paths.MERGED / paths.MANIFEST)
    split = manifests.read(paths.SPLIT / "three.csv")
    names = manifests.mints(manifests.read(paths.SPLIT / "two.csv"))
    further = merged[~merged["mint"].isin(split["mint"])]
    coins, others = (
        predictions.Coins(table, manifests.images(table, paths.MERGED)) for table in (split, further)
    )
    third = coins.of((~split["mint"].isin(names)).to_numpy())
    known = analysis.parts(coins.of(split["mint"].isin(names).to_numpy()))
    model = serialization.load(paths.model("train2"))
    mint = third.table["mint"].iloc[0]
    models = {mint: model, **serialization.load_left_out(paths.LEFT_OUT, manifests.mints(split))}
    with writing(paths.metrics(STAGE), paths.plots(STAGE)) as (file, plots):
        parts, fills = predictions.masked(model, third, names, settings.radius, settings.fill, seed)
        metrics = {
            **predictions.answers(model, third, names, seed),
            "masked": parts,
            "fills": fills,
            "consistency": predictions.consistency(model, third),
            **analysis.resemblance(model, third, others, known["train"], names, seed, plots),
            **analysis.notice(models, coins, mint, settings.neighbours, seed, plots),
        }
        analysis.draw(model, third, known["test"], names, settings.method, metrics, plots)
        metrics_files.write(metrics, file)
    named = ", ".join(f"{name} {share:.0%}" for name, share in metrics["predicted"].items())
    print(f"{metrics['n']} coins of {mint} are taken for: {named}.")


if __name__ == "__main__":
    run(main)
