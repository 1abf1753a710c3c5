"""Train a network on three mints and put the same questions to it: where it looks, what it loses."""

from typing import Literal

from mintmark.data import manifests
from mintmark.explain import analysis as explain_analysis, attribution
from mintmark.networks import evaluation, replicates, serialization, training
from mintmark.occlusion import analysis as occlusion_analysis, effects
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "train3"


class Train3(training.Training):
    method: Literal[attribution.METHODS]
    masking: effects.Masking


def main() -> None:
    settings, seed = params.load(Train3, STAGE), params.seed()
    repeats = params.load(replicates.Repeats, "train").repeats
    table = manifests.read(paths.SPLIT / "three.csv")
    images = manifests.images(table, paths.MERGED)
    test, names = (table["part"] == "test").to_numpy(), manifests.mints(table)
    masks = settings.masking
    outputs = (paths.model(STAGE), paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (model_file, metrics_file, plots):
        model = training.train(table, images, settings, seed, plots / "curves")
        metrics = evaluation.assess(model, images, table, plots)
        crops = manifests.read(paths.CLEAN / paths.MANIFEST)
        metrics["shortcuts"] = evaluation.shortcut_check(table, crops, seed)
        metrics["repeats"] = replicates.spread(table, images, settings, seed, repeats, metrics)
        metrics["gradcam"] = explain_analysis.look(
            model, images[test], table[test], names, masks.radius, settings.method, seed, plots
        )
        metrics["mask"] = occlusion_analysis.occlude(model, images, table, names, masks, seed, plots)
        serialization.save(model, model_file)
        metrics_files.write(metrics, metrics_file)
    recall = ", ".join(f"{mint} {share:.2f}" for mint, share in metrics["recall"].items())
    print(
        f"Told {metrics['n']} test coins of three mints apart: accuracy {metrics['accuracy']:.3f}, "
        f"balanced {metrics['balanced_accuracy']:.3f}; recall {recall}."
    )


if __name__ == "__main__":
    run(main)
