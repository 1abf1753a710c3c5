"""Tell coin types apart: a head on the features of a backbone, and on request fine-tuning."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd

from mintmark import plotting
from mintmark.coin_types import evaluation, figures, fine_tuning, head_training, heads, store
from mintmark.data import manifests
from mintmark.networks import backbones, fitting, serialization
from mintmark.pipeline import metrics_files, params, paths
from mintmark.stats import calibration
from mintmark.pipeline.stage import run, writing

STAGE = "transfer315"


class Transfer315(backbones.Chosen, head_training.HeadTraining):
    frequency: evaluation.Frequency
    finetune: fine_tuning.Finetune


def main() -> None:
    settings, seed = params.load(Transfer315, STAGE), params.seed()
    root = Path(params.load(params.Data, "data").types)
    stored = store.load(paths.TYPE_FEATURES)
    targets, names = manifests.classes(stored.labelled["Class"])
    same = pd.read_csv(paths.TYPE_LABELS / "alike.csv")["group"].to_numpy()
    outputs = (paths.model(STAGE), paths.TRANSFER, paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (model_file, data, metrics_file, plots):
        fitting.reproducible(seed)
        curves = plots / "curves"
        train, validation = (store.part(stored, targets, p) for p in ("train", "validation"))
        chosen, scores = head_training.best(
            train, validation.photographs, len(names), settings, seed, curves
        )
        network, logits = answers(chosen, stored, targets, root, settings, seed, curves)
        serialization.save(network, model_file)
        classes = stored.labelled["Class"]
        submitted = evaluation.submission(stored.unlabelled, logits.get("unlabelled"), classes)
        submitted.to_csv(data / "submission.csv", index=False)
        metrics, judged = evaluation.assess(
            stored.labelled, targets, logits, same, settings.frequency, seed
        )
        trained = classes[stored.labelled["part"] != "test"]
        evaluation.report(judged, trained).to_csv(plots / "report.csv")
        judged.drop(columns="path").to_csv(plots / "predictions.csv", index=False)
        draw(plots, stored, targets, logits["test"], judged, metrics, scores, root)
        metrics_files.write({**metrics, "head": chosen.kind, "heads": scores}, metrics_file)
    print(
        f"Told {metrics['classes']} types apart on {metrics['n']} test photographs: accuracy "
        f"{metrics['accuracy']:.3f}, top five {metrics['top5_accuracy']:.3f}, balanced "
        f"{metrics['balanced_accuracy']:.3f}; head: {chosen.kind}."
    )


def answers(
    chosen: head_training.Trained, stored: store.FeatureSet, targets: np.ndarray, root: Path,
    settings: Transfer315, seed: int, curves: Path,
) -> tuple[keras.Model, dict[str, np.ndarray]]:  # fmt: skip
    """The network that answers for the test part, and the logits of all that is to be answered."""
    made = head_training.for_each(chosen, stored, targets, settings, seed)
    extractor = paths.model("features315")
    if settings.finetune.epochs:
        return fine_tuning.for_each(
            made, extractor, stored, targets, root, settings.finetune, settings.balance, seed,
            curves / "finetune",
        )  # fmt: skip
    network = heads.joined(serialization.load(extractor), made["test"])
    return network, head_training.answers(made, stored)


def draw(
    plots: Path, stored: store.FeatureSet, targets: np.ndarray, logits: np.ndarray,
    judged: pd.DataFrame, metrics: dict, scores: dict, root: Path,
) -> None:  # fmt: skip
    """Draw what the report shows of the test part."""
    table = stored.labelled
    test, names = (table["part"] == "test").to_numpy(), sorted(table["Class"].unique())
    of = metrics["calibration"]
    rows = [calibration.reliability(logits / t, targets[test]) for t in (1, of["temperature"])]
    errors = of["error_before"], of["error"]
    predicted = manifests.numbers(judged["predicted"], names)
    drawn = {
        "confusion": figures.confusion(targets[test], predicted, names),
        "confused_pairs": figures.confused_pairs(judged, table, root),
        "calibration": figures.calibrated(*rows, errors),
        "frequency": figures.frequency(metrics["by_frequency"], len(names)),
    }
    if len(scores) > 1:
        drawn["heads"] = figures.heads(scores)
    for name, figure in drawn.items():
        plotting.save(figure, plots / f"{name}.png")


if __name__ == "__main__":
    run(main)
