"""Train a network on three mints and put the same questions to it: where it looks, what it loses."""

from typing import Literal

from mintmark import (
    assessment,
    dataset,
    evaluation,
    gradcam,
    looking,
    masking,
    networks,
    occlusion,
    params,
    paths,
    repetition,
    training,
)
from mintmark.stage import run, writing

STAGE = "train3"


class Train3(training.Training):
    method: Literal[gradcam.METHODS]
    masking: masking.Masking


def main() -> None:
    settings, seed = params.load(Train3, STAGE), params.seed()
    repeats = params.load(repetition.Repeats, "train").repeats
    table = dataset.manifest(paths.SPLIT / "three.csv")
    images = dataset.images(table, paths.MERGED)
    test, names = (table["part"] == "test").to_numpy(), dataset.mints(table)
    masks = settings.masking
    outputs = (paths.model(STAGE), paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (model_file, metrics_file, plots):
        model = training.train(table, images, settings, seed, plots / "curves")
        metrics = assessment.assess(model, images, table, plots)
        crops = dataset.manifest(paths.CLEAN / paths.MANIFEST)
        metrics["shortcuts"] = assessment.shortcut_check(table, crops, seed)
        metrics["repeats"] = repetition.spread(table, images, settings, seed, repeats, metrics)
        metrics["gradcam"] = looking.look(
            model, images[test], table[test], names, masks.radius, settings.method, seed, plots
        )
        metrics["mask"] = occlusion.occlude(model, images, table, names, masks, seed, plots)
        networks.save(model, model_file)
        evaluation.write(metrics, metrics_file)
    recall = ", ".join(f"{mint} {share:.2f}" for mint, share in metrics["recall"].items())
    print(
        f"Told {metrics['n']} test coins of three mints apart: accuracy {metrics['accuracy']:.3f}, "
        f"balanced {metrics['balanced_accuracy']:.3f}; recall {recall}."
    )


if __name__ == "__main__":
    run(main)
