"""The published recipe against features made once: wall time and accuracy, on the same photographs.

    python benchmarks/transfer.py [--types data/sample/types] [--seeds 42 43 44] [--epochs 50]

The recipe pushes every photograph through the frozen backbone in every epoch, augmented afresh. Ours
does so once for each photograph and each view, and fits the head to what came out. All run from
the photographs to the test part's accuracy and take turns in every seed. `recipe's features` is ours
with nothing but the recipe's mean of the last maps, its augmentation and its head, so that nothing
but extracting features once is compared: both learn for the same number of epochs, without stopping
early, in the same batches and at the same rate, and keep the epoch with the best validation accuracy.
`pipeline` is ours with the backbones, features and head of params.yaml. All learn from the training part
alone. What is reported is over the test parts of all seeds, which differ in the groups they hold.
"""

import argparse
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers

from mintmark.coin_types import (
    competition,
    extraction,
    extractor,
    fine_tuning,
    head_training,
    heads,
    store,
)
from mintmark.data import manifests
from mintmark.networks import autodiff, backbones, fitting
from mintmark.pipeline import params
from mintmark.stats import classification, intervals

BATCH, RATE, DROPOUT = 64, 0.001, 0.3  # the recipe's
SEED = 42  # of the intervals
NONE = pd.DataFrame({"Id": [], "path": [], "readable": np.zeros(0, bool)})  # no test photographs
STRONG = store.Views(
    number=2, below=10**9, flip=True, turn=72, zoom=0.2, contrast=0.2, brightness=0.2
)
RECIPES = {"views": STRONG, "crop": [False]}  # one backbone sees whole photographs


def main() -> None:
    """Let the ways take turns."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--types", type=Path, default=Path("data/sample/types"))
    arguments.add_argument("--seeds", type=int, nargs="+", default=[42, 43, 44])
    arguments.add_argument("--epochs", type=int, default=50)
    chosen = arguments.parse_args()
    ways = {"recipe": recipe, "recipe's features": recipes_features, "pipeline": pipeline}
    table, _ = competition.checked(chosen.types)
    table["group"] = competition.groups(table, chosen.types)
    fractions = params.load(store.SplitFractions, "features315", partly=True)
    times, answers = [], []
    for seed in chosen.seeds:
        table["part"] = competition.split(table, fractions.test, fractions.validation, seed)
        test = (table["part"] == "test").to_numpy()
        asked = table.loc[test, ["group"]].assign(actual=manifests.classes(table["Class"])[0][test])
        for name, way in ways.items():
            start = time.perf_counter()
            asked[name] = way(chosen.types, table, chosen.epochs, seed) == asked["actual"]
            times.append({"way": name, "seed": seed, "seconds": time.perf_counter() - start})
            print(
                f"{name}, seed {seed}: {times[-1]['seconds']:.0f} s, "
                f"accuracy {asked[name].mean():.3f}",
                flush=True,
            )
        answers.append(asked)
    report_times(pd.DataFrame(times))
    report_scores(pd.concat(answers), list(ways))


def report_times(found: pd.DataFrame) -> None:
    """Say how many times as long as ours the recipe took."""
    times = found.pivot(index="seed", columns="way", values="seconds")
    for way in times.columns.drop("recipe"):
        ratio = times["recipe"] / times[way]
        print(
            f"the recipe took {ratio.median():.1f} times as long as {way} "
            f"({ratio.min():.1f} to {ratio.max():.1f})"
        )


def report_scores(answers: pd.DataFrame, ways: list[str]) -> None:
    """Say how often each way was right, and by how much the others are better than the recipe.

    answers: the group and the actual class of each photograph of the test parts, and whether each way
    named it. Intervals are of groups, drawn with all their photographs, seeds and ways.
    """
    group, _ = pd.factorize(answers["group"])
    actual = answers["actual"].to_numpy()
    right = {way: answers[way].to_numpy() for way in ways}

    def scores(weights: np.ndarray) -> dict[str, float]:
        found = {}
        for way, hits in right.items():
            measured = {
                "accuracy": float(np.average(hits, weights=weights)),
                "balanced accuracy": classification.mean_recall(actual, hits, weights),
            }
            for metric, value in measured.items():
                found[f"{metric} of {way}"] = value
                if way != "recipe":
                    gained = value - found[f"{metric} of recipe"]
                    found[f"{metric} of {way}, above the recipe's"] = gained
        return found

    found = intervals.over_groups(scores, group, SEED)
    for name in [name for name in found if f"{name}_low" in found]:
        value, low, high = (found[f"{name}{end}"] for end in intervals.ENDS)
        print(f"{name}: {value:.3f} ({low:.3f} to {high:.3f})")


def recipe(root: Path, table: pd.DataFrame, epochs: int, seed: int) -> np.ndarray:
    """The recipe as published: every photograph through the network in every epoch."""
    fitting.reproducible(seed)
    settings = default_extraction().model_copy(update=RECIPES)
    targets, names = manifests.classes(table["Class"])
    averaging = mean_of_last_maps(settings.size)
    head = heads.recipe(averaging.output_shape[-1], len(names), DROPOUT)
    inputs = keras.Input((settings.size, settings.size, 3))
    augmentation = extraction.augmentation(STRONG, seed, 1)
    model = keras.Sequential([inputs, augmentation, heads.join(averaging, head)])
    model.compile(
        keras.optimizers.Adam(RATE),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    files = np.array([root / path for path in table["path"]])

    def batches(
        part: str, balance: str, order: np.random.Generator | None = None
    ) -> fitting.Batches:
        rows = np.flatnonzero(table["part"] == part)
        weights = head_training.balancing_weights(targets[rows], np.ones(len(rows)), balance)
        photographs = fine_tuning.Photographs(files[rows], targets[rows], settings)
        return photographs.batches(weights, BATCH, order)

    with tempfile.TemporaryDirectory() as curves:
        fitting.fit(
            model,
            batches("train", "weights", np.random.default_rng(seed)),
            batches("validation", "none"),
            epochs=epochs,
            curves=Path(curves),
            best="val_accuracy",
        )
    test = (table["part"] == "test").to_numpy()
    network = autodiff.inference(averaging)
    vectors = extraction.through(network, root, table["path"][test], settings)
    return heads.logits(head, vectors, np.arange(len(vectors))).argmax(axis=1)


def recipes_features(root: Path, table: pd.DataFrame, epochs: int, seed: int) -> np.ndarray:
    """The recipe's own features, augmentation and head, but features extracted once."""
    fitting.reproducible(seed)
    how = default_extraction().model_copy(update=RECIPES)
    settings = default_head().model_copy(
        update={
            "head": "recipe",
            "dropout": DROPOUT,
            "epochs": epochs,
            "patience": epochs,
            "batch": BATCH,
            "learning_rate": RATE,
        }
    )
    averaging = mean_of_last_maps(how.size)
    network, dimensions = autodiff.inference(averaging), averaging.output_shape[-1]
    known = np.zeros(0, int), np.zeros((0, dimensions), np.float32)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        extraction.write_unlabelled(network, root, NONE, dimensions, settings=how, folder=folder)
        extraction.write(network, root, table, known=known, settings=how, seed=seed, folder=folder)
        return trained(folder, table, settings, seed)


def mean_of_last_maps(size: int) -> keras.Model:
    """The recipe's extractor: a frozen backbone with its last maps averaged."""
    backbone = backbones.build(backbones.COINS, (size, size, 3), "coins", frozen=True)
    return keras.Model(backbone.input, layers.GlobalAveragePooling2D()(backbone.output))


def pipeline(root: Path, table: pd.DataFrame, epochs: int, seed: int) -> np.ndarray:
    """The pipeline's features, views and head, as in params.yaml; that says how many epochs, if any."""
    fitting.reproducible(seed)
    chosen = params.load(backbones.Chosen, "transfer315", partly=True)
    networks, settings = extractor.build(chosen, default_extraction())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        extraction.extract(networks, root, table, NONE, settings=settings, seed=seed, folder=folder)
        return trained(folder, table, default_head(), seed)


def default_extraction() -> store.ExtractionSettings:
    """How the pipeline extracts features."""
    return params.load(store.ExtractionSettings, "features315", partly=True)


def default_head() -> head_training.HeadTraining:
    """How the pipeline trains its head."""
    return params.load(head_training.HeadTraining, "transfer315", partly=True)


def trained(
    folder: Path, table: pd.DataFrame, settings: head_training.HeadTraining, seed: int
) -> np.ndarray:
    """Train a head on the features in a folder, and name the test part: class numbers (T,)."""
    targets, names = manifests.classes(table["Class"])
    stored = store.load(folder)
    train, validation = (store.training_data(stored, targets, p) for p in ("train", "validation"))
    chosen, _ = head_training.choose(
        train,
        validation.photographs,
        classes=len(names),
        settings=settings,
        seed=seed,
        curves=folder / "curves",
    )
    test = np.flatnonzero(table["part"] == "test")
    return heads.logits(chosen.head, stored.vectors, test).argmax(axis=1)


if __name__ == "__main__":
    main()
