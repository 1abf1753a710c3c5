"""Tell coin types apart: a head on the features of a backbone, and on request fine-tuning."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import own_checkout  # noqa: F401  (the library of this checkout; before TensorFlow is imported)

import keras
import numpy as np
import pandas as pd
from pydantic import Field

from mintmark.coin_types import evaluation, fine_tuning, head_training, heads, store
from mintmark.data import manifests
from mintmark.networks import backbones, fitting, resuming, serialization
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "transfer315"


class Transfer315(backbones.Chosen, head_training.HeadTraining):
    """The parameters of this stage."""

    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    frequency: evaluation.Frequency
    finetune: fine_tuning.FineTuning


@dataclass(frozen=True, eq=False)
class Fitted:
    """What was fitted, and what it predicts."""

    kind: str  # of the head
    scores: pd.DataFrame  # of the heads on the validation part
    network: keras.Model  # images to logits; predicts the test part
    logits: dict[str, np.ndarray]  # of each of `store.queries`
    out_of_fold: dict[str, float]  # how well the head does without the backbones learning on


def main() -> None:
    """Fit, evaluate, save."""
    settings, seed = params.load(Transfer315, STAGE), params.seed()
    stored = store.load(paths.TYPE_FEATURES)
    targets, _ = manifests.classes(stored.labelled["Class"])
    outputs = (paths.model(STAGE), paths.TRANSFER, paths.metrics(STAGE), paths.plots(STAGE))
    with (
        resuming.resumable(paths.backups(STAGE), __file__, settings),
        writing(*outputs) as (model_file, data, metrics_file, plots),
    ):
        fitting.reproducible(seed)
        fitted = fit(stored, targets, settings=settings, seed=seed, curves=plots / "curves")
        serialization.save(fitted.network, model_file)
        predict(fitted, stored, targets, settings.confidence, data)
        found = evaluation.assess(
            stored.labelled,
            targets,
            fitted.logits,
            confusable_group=csv_files.read(paths.TYPE_LABELS / "confusable.csv")[
                "group"
            ].to_numpy(),
            frequency=settings.frequency,
            seed=seed,
        )
        details = {**found.metrics, "folds": fitted.out_of_fold}
        write(found, details, fitted, stored.labelled, plots)
        metrics = evaluation.headline(details)
        metrics_files.write(metrics, metrics_file)
    print(
        f"Told {metrics['classes']} types apart on {metrics['n']} test photographs: accuracy "
        f"{metrics['accuracy']:.3f}, top five {metrics['top5_accuracy']:.3f}, balanced "
        f"{metrics['balanced_accuracy']:.3f}; in folds {metrics['folds']['accuracy']:.3f}, balanced "
        f"{metrics['folds']['balanced_accuracy']:.3f}; head: {fitted.kind}."
    )


def fit(
    stored: store.FeatureSet,
    targets: np.ndarray,
    *,
    settings: Transfer315,
    seed: int,
    curves: Path,
) -> Fitted:
    """Choose a head, refit it to all that may be learnt from, and on request fine-tune with it."""
    train, validation = (store.training_data(stored, targets, p) for p in ("train", "validation"))
    chosen, scores = head_training.choose(
        train,
        validation.photographs,
        classes=int(targets.max()) + 1,
        settings=settings,
        seed=seed,
        curves=curves,
    )
    refitted = head_training.refit_for_each(chosen, stored, targets, settings=settings, seed=seed)
    predicted, rows = head_training.out_of_fold(
        chosen, stored, targets, settings=settings, seed=seed
    )
    in_folds = evaluation.out_of_fold(stored.labelled, targets, predicted, rows, seed)
    extractor = paths.model("features315")
    if settings.finetune.epochs:
        network, logits = fine_tuning.for_each(
            refitted,
            extractor,
            stored,
            targets,
            root=Path(params.load(params.Data, "data").types),
            settings=settings.finetune,
            balance=settings.balance,
            seed=seed,
            curves=curves / "finetune",
        )
    else:
        network = heads.join(serialization.load(extractor), refitted["test"])
        logits = head_training.logits(refitted, stored)
    return Fitted(chosen.kind, scores, network, logits, in_folds)


def predict(
    fitted: Fitted,
    stored: store.FeatureSet,
    targets: np.ndarray,
    confidence: float,
    folder: Path,
) -> None:
    """Write the types of the unlabelled photographs, how sure they are, and what that is judged by."""
    asked, judging = fitted.logits.get("unlabelled"), fitted.logits["validation"]
    classes = stored.labelled["Class"]
    submitted = evaluation.submission(stored.unlabelled, asked, classes)
    submitted.to_csv(folder / "submission.csv", index=False)
    doubts = evaluation.doubts(
        submitted,
        stored.unlabelled["readable"],
        (judging, targets[stored.labelled["part"] == "validation"]),
        asked,
        names=sorted(classes.unique()),
        confidence=confidence,
    )
    csv_files.write(doubts, folder / "doubts.csv")
    with (folder / store.VALIDATION).open("wb") as file:
        np.savez(file, logits=judging)


def write(
    found: evaluation.Assessment, metrics: dict, fitted: Fitted, table: pd.DataFrame, plots: Path
) -> None:
    """Write what the report says and shows."""
    scores = fitted.scores.drop(columns="label").set_index("head").to_dict("index")
    details = {**metrics, "head": fitted.kind, "heads": scores}
    metrics_files.write(details, plots / metrics_files.DETAILS)
    trained = table.loc[table["part"] != "test", "Class"]
    csv_files.write(evaluation.report(found.judged, trained).reset_index(), plots / "report.csv")
    frequency = evaluation.frequency_table(found.metrics["by_frequency"])
    tables = {
        "predictions": found.judged,
        "reliability": found.reliability,
        "frequency": frequency,
        "confused_pairs": evaluation.confused_pairs(found.judged, table),
        "heads": fitted.scores,
    }
    for name, rows in tables.items():
        csv_files.write(rows.round(6), plots / f"{name}.csv")


if __name__ == "__main__":
    run(main)
