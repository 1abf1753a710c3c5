"""Tell coin types apart: a head on the features of a backbone, and on request fine-tuning."""

from pathlib import Path

import numpy as np
import pandas as pd

from mintmark import (
    backbones,
    calibration,
    dataset,
    evaluation,
    featureset,
    figures,
    finetuning,
    heads,
    networks,
    params,
    paths,
    training,
    typeassessment,
    typefigures,
)
from mintmark.stage import run, writing

STAGE = "transfer315"


class Transfer315(backbones.Chosen, heads.HeadTraining):
    frequency: typeassessment.Frequency
    finetune: finetuning.Finetune


def main() -> None:
    settings, seed = params.load(Transfer315, STAGE), params.seed()
    root = Path(params.load(params.Data, "data").types)
    stored = featureset.load(paths.TYPE_FEATURES)
    targets, names = dataset.classes(stored.labelled["Class"])
    same = pd.read_csv(paths.TYPE_LABELS / "alike.csv")["group"].to_numpy()
    outputs = (paths.model(STAGE), paths.TRANSFER, paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (model_file, data, metrics_file, plots):
        training.reproducible(seed)
        curves, parts = plots / "curves", featureset.parted(stored, targets)
        kind, head, scores = heads.best(parts, len(names), settings, seed, curves)
        extractor = networks.load(paths.model("features315"))
        if settings.finetune.epochs:
            network = heads.joined(extractor, heads.tempered(head, parts.validation))
            logits, submitted = finetuning.tune(
                network, stored, targets, root, settings.finetune, settings.balance, seed,
                curves / "finetune",
            )  # fmt: skip
        else:
            network = heads.joined(extractor, head)
            logits, submitted = heads.answers(kind, head, stored, targets, settings)
        networks.save(network, model_file)
        classes = stored.labelled["Class"]
        answers = typeassessment.submission(stored.unlabelled, submitted, classes)
        answers.to_csv(data / "submission.csv", index=False)
        metrics, judged = typeassessment.assess(
            stored.labelled, targets, logits, same, settings.frequency, seed
        )
        trained = classes[stored.labelled["part"] == "train"]
        typeassessment.report(judged, trained).to_csv(plots / "report.csv")
        judged.drop(columns="path").to_csv(plots / "predictions.csv", index=False)
        draw(plots, stored, targets, logits, judged, metrics, scores, root)
        evaluation.write({**metrics, "head": kind, "heads": scores}, metrics_file)
    print(
        f"Told {metrics['classes']} types apart on {metrics['n']} test photographs: accuracy "
        f"{metrics['accuracy']:.3f}, top five {metrics['top5_accuracy']:.3f}, balanced "
        f"{metrics['balanced_accuracy']:.3f}; head: {kind}."
    )


def draw(
    plots: Path, stored: featureset.FeatureSet, targets: np.ndarray, logits: np.ndarray,
    judged: pd.DataFrame, metrics: dict, scores: dict, root: Path,
) -> None:  # fmt: skip
    """Draw what the report shows of the test part."""
    table = stored.labelled
    test, names = (table["part"] == "test").to_numpy(), sorted(table["Class"].unique())
    of = metrics["calibration"]
    rows = [
        calibration.reliability(logits[test] / t, targets[test]) for t in (1, of["temperature"])
    ]
    errors = of["error_before"], of["error"]
    predicted = dataset.numbers(judged["predicted"], names)
    drawn = {
        "confusion": typefigures.confusion(targets[test], predicted, names),
        "confused_pairs": typefigures.confused_pairs(judged, table, root),
        "heads": typefigures.heads(scores),
        "calibration": typefigures.calibrated(*rows, errors),
        "frequency": typefigures.frequency(metrics["by_frequency"], len(names)),
    }
    for name, figure in drawn.items():
        figures.save(figure, plots / f"{name}.png")


if __name__ == "__main__":
    run(main)
