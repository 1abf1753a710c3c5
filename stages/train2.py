"""Train a network to tell the two mints apart, and judge it on the test coins."""

from mintmark import assessment, dataset, evaluation, networks, params, paths, training
from mintmark.stage import run, writing

STAGE = "train2"


def main() -> None:
    settings = params.load(training.Training, STAGE)
    table = dataset.manifest(paths.SPLIT / "two.csv")
    images = dataset.images(table, paths.MERGED)
    outputs = (paths.model(STAGE), paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (model_file, metrics_file, plots):
        model = training.train(table, images, settings, params.seed(), plots / "curves")
        metrics = assessment.assess(model, images, table, plots)
        networks.save(model, model_file)
        evaluation.write(metrics, metrics_file)
    print(
        f"Told {metrics['n']} test coins of two mints apart: accuracy {metrics['accuracy']:.3f} "
        f"({metrics['accuracy_low']:.3f} to {metrics['accuracy_high']:.3f}), "
        f"majority {metrics['majority_accuracy']:.3f}."
    )


if __name__ == "__main__":
    run(main)
