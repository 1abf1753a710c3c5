"""Train a network to tell the three mints apart, and evaluate it on the test coins."""

import own_checkout  # noqa: F401

from mintmark.data import coins, manifests
from mintmark.networks import assessment, replicates, resuming, serialization, training
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "train3"


class Train3(training.Training, training.Start):
    """The parameters of this stage."""


def main() -> None:
    """Train, evaluate, save."""
    settings, seed = params.load(Train3, STAGE), params.seed()
    repeats = params.load(replicates.Repeats, "train").repeats
    crops = manifests.read(paths.CLEAN / paths.MANIFEST)
    three = coins.of_split("three")
    start = serialization.load(paths.model("train2")) if settings.start == "train2" else None
    outputs = (paths.model(STAGE), paths.metrics(STAGE), paths.plots(STAGE))
    with (
        resuming.resumable(paths.backups(STAGE), __file__, settings),
        writing(*outputs) as (model_file, metrics_file, plots),
    ):
        model = training.train(three, settings, seed=seed, curves=plots / "curves", start=start)
        serialization.save(model, model_file)
        answers, metrics = assessment.assess(
            model, three, settings, crops=crops, repeats=repeats, seed=seed, start=start
        )
        csv_files.write(answers, plots / "predictions.csv")
        metrics_files.write(metrics, plots / metrics_files.DETAILS)
        metrics_files.write(assessment.headline(metrics), metrics_file)
    print(assessment.sentence(metrics))


if __name__ == "__main__":
    run(main)
