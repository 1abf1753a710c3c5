"""Show coins of unknown mints to the networks that know two: what do they make of them?"""

import own_checkout  # noqa: F401

from mintmark import plotting
from mintmark.data import coins, manifests
from mintmark.networks import serialization
from mintmark.open_set import analysis, figures, predictions
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "eval3rd"


def main() -> None:
    """Ask for answers, resemblance and doubt; draw."""
    settings, seed = params.load(analysis.Eval3rd, STAGE), params.seed()
    names = manifests.mints(manifests.read(paths.SPLIT / "two.csv"))
    three = coins.of_split("three")
    known, third = three.of_mints(names), three.unknown_to(names)
    merged = manifests.read(paths.MERGED / paths.MANIFEST)
    others = coins.load(merged[~merged["mint"].isin(three.names)], paths.MERGED, names)
    model = serialization.load(paths.model("train2"))
    mint = third.table["mint"].iloc[0]
    networks = {mint: model, **serialization.load_left_out(paths.LEFT_OUT, three.names)}
    parts, fills = predictions.masked(
        model, third, radius=settings.radius, fill=settings.fill, seed=seed
    )
    likeness = analysis.resemblance(model, third, others, train=known.part("train"), seed=seed)
    noticed = analysis.notice(
        networks, three, others, mint, neighbours=settings.neighbours, seed=seed
    )
    looked = analysis.look(model, third, known.part("test"), settings.method)
    metrics = {
        **predictions.answers(model, third, seed),
        "masked": parts,
        "fills": fills,
        "consistency": predictions.consistency(model, third),
        **likeness.metrics,
        **noticed.metrics,
    }
    with writing(paths.metrics(STAGE), paths.plots(STAGE)) as (file, plots):
        csv_files.write(looked.unknown.answers, plots / "predictions.csv")
        metrics_files.write(metrics, plots / metrics_files.DETAILS)
        metrics_files.write(analysis.headline(metrics), file)
        plotting.save_all(figures.of_inquiry(metrics, likeness, noticed, looked), plots)
    named = ", ".join(f"{name} {share:.0%}" for name, share in metrics["predicted"].items())
    print(f"{metrics['n']} coins of {mint} are taken for: {named}.")


if __name__ == "__main__":
    run(main)
