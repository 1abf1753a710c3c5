"""Train a network to tell the two mints apart, and judge it on the test coins."""

from typing import Annotated

from pydantic import Field

from mintmark import assessment, dataset, evaluation, networks, params, paths, repetition, training
from mintmark.stage import run, writing

STAGE = "train2"


class Train2(training.Training):
    leave_one_out: Annotated[int, Field(ge=0)]


def main() -> None:
    settings, seed = params.load(Train2, STAGE), params.seed()
    repeats = params.load(repetition.Repeats, "train").repeats
    table = dataset.manifest(paths.SPLIT / "two.csv")
    images = dataset.images(table, paths.MERGED)
    outputs = (paths.model(STAGE), paths.LEFT_OUT, paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (model_file, left_out, metrics_file, plots):
        model = training.train(table, images, settings, seed, plots / "curves")
        metrics = assessment.assess(model, images, table, plots)
        crops = dataset.manifest(paths.CLEAN / paths.MANIFEST)
        metrics["shortcuts"] = assessment.shortcut_check(table, crops, seed)
        metrics["repeats"] = repetition.spread(table, images, settings, seed, repeats, metrics)
        networks.save(model, model_file)
        if settings.leave_one_out:
            three, longer = dataset.manifest(paths.SPLIT / "three.csv"), settings.leave_one_out
            others = repetition.leave_one_out(three, dataset.mints(table), settings, longer, seed)
            networks.save_left_out(others, dataset.mints(three), left_out)
        evaluation.write(metrics, metrics_file)
    print(
        f"Told {metrics['n']} test coins of two mints apart: accuracy {metrics['accuracy']:.3f} "
        f"({metrics['accuracy_low']:.3f} to {metrics['accuracy_high']:.3f}), "
        f"majority {metrics['majority_accuracy']:.3f}."
    )


if __name__ == "__main__":
    run(main)
