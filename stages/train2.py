"""Train a network to tell the two mints apart, and evaluate it on the test coins."""

from typing import Annotated

import own_checkout  # noqa: F401

from pydantic import Field

from mintmark.data import coins, manifests
from mintmark.networks import assessment, replicates, resuming, serialization, training
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "train2"


class Train2(training.Training):
    """The parameters of this stage."""

    leave_one_out: Annotated[int, Field(ge=0)]


def main() -> None:
    """Train, evaluate, save."""
    settings, seed = params.load(Train2, STAGE), params.seed()
    repeats = params.load(replicates.Repeats, "train").repeats
    crops = manifests.read(paths.CLEAN / paths.MANIFEST)
    two = coins.of_split("two")
    outputs = (paths.model(STAGE), paths.LEFT_OUT, paths.metrics(STAGE), paths.plots(STAGE))
    with (
        resuming.resumable(paths.backups(STAGE), __file__, settings),
        writing(*outputs) as (model_file, left_out, metrics_file, plots),
    ):
        model = training.train(two, settings, seed=seed, curves=plots / "curves")
        serialization.save(model, model_file)
        answers, metrics = assessment.assess(
            model, two, settings, crops=crops, repeats=repeats, seed=seed
        )
        csv_files.write(answers, plots / "predictions.csv")
        metrics_files.write(metrics, plots / metrics_files.DETAILS)
        metrics_files.write(assessment.headline(metrics), metrics_file)
        if settings.leave_one_out:
            three = coins.of_split("three")
            others = replicates.leave_one_out(
                three, two.names, settings, epochs=settings.leave_one_out, seed=seed
            )
            serialization.save_left_out(others, three.names, left_out)
    print(assessment.sentence(metrics))


if __name__ == "__main__":
    run(main)
