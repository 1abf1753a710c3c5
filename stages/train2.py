"""Train a network to tell the two mints apart, and judge it on the test coins."""

from typing import Annotated

from pydantic import Field

from mintmark.data import manifests
from mintmark.networks import evaluation, replicates, serialization, training
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "train2"


class Train2(training.Training):
    leave_one_out: Annotated[int, Field(ge=0)]


def main() -> None:
    settings, seed = params.load(Train2, STAGE), params.seed()
    repeats = params.load(replicates.Repeats, "train").repeats
    table = manifests.read(paths.SPLIT / "two.csv")
    images = manifests.images(table, paths.MERGED)
    outputs = (paths.model(STAGE), paths.LEFT_OUT, paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (model_file, left_out, metrics_file, plots):
        model = training.train(table, images, settings, seed, plots / "curves")
        metrics = evaluation.assess(model, images, table, plots)
        crops = manifests.read(paths.CLEAN / paths.MANIFEST)
        metrics["shortcuts"] = evaluation.shortcut_check(table, crops, seed)
        metrics["repeats"] = replicates.spread(table, images, settings, seed, repeats, metrics)
        serialization.save(model, model_file)
        if settings.leave_one_out:
            three, longer = manifests.read(paths.SPLIT / "three.csv"), settings.leave_one_out
            others = replicates.leave_one_out(three, manifests.mints(table), settings, longer, seed)
            serialization.save_left_out(others, manifests.mints(three), left_out)
        metrics_files.write(metrics, metrics_file)
    print(
        f"Told {metrics['n']} test coins of two mints apart: accuracy {metrics['accuracy']:.3f} "
        f"({metrics['accuracy_low']:.3f} to {metrics['accuracy_high']:.3f}), "
        f"majority {metrics['majority_accuracy']:.3f}."
    )


if __name__ == "__main__":
    run(main)
