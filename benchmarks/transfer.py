"""The published recipe against features made once: wall time and accuracy, on the same photographs.

    python benchmarks/transfer.py [--types data/sample/types] [--seeds 42 43 44] [--epochs 50]

The recipe pushes every photograph through the frozen backbone in every epoch, augmented anew. Ours
does so once for each photograph and each view, and makes the head from what came out. All run from
the photographs to the test part's accuracy and take turns in every seed. `recipe's features` is ours
with nothing but the recipe's mean of the last maps, its augmentation and its head, so that nothing
but making features once is compared: both learn for the same number of epochs, without stopping
early, in the same batches and at the same rate, and keep the epoch with the best validation accuracy.
`pipeline` is ours with the features and the head of params.yaml. All learn from the training part
alone.
"""

import argparse
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers

from mintmark.coin_types import competition, extraction, fine_tuning, head_training, heads, store
from mintmark.data import manifests
from mintmark.networks import backbones, fitting
from mintmark.pipeline import params

BATCH, RATE, DROPOUT = 64, 0.001, 0.3  # the recipe's
STRONG = store.Views(number=2, flip=True, turn=72, zoom=0.2, contrast=0.2, brightness=0.2)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--types", type=Path, default=Path("data/sample/types"))
    arguments.add_argument("--seeds", type=int, nargs="+", default=[42, 43, 44])
    arguments.add_argument("--epochs", type=int, default=50)
    chosen = arguments.parse_args()
    ways = {"recipe": recipe, "recipe's features": recipes_features, "pipeline": pipeline}
    rows = []
    for seed in chosen.seeds:
        table, _ = competition.checked(chosen.types)
        table["group"] = competition.groups(table, chosen.types)
        of = params.load(store.Parting, "features315", partly=True)
        table["part"] = competition.part(table, of.test, of.validation, seed)
        for name, way in ways.items():
            start = time.perf_counter()
            test = way(chosen.types, table, chosen.epochs, seed)
            seconds = time.perf_counter() - start
            rows.append({"way": name, "seed": seed, "seconds": seconds, **test})
            print(f"{name}, seed {seed}: {seconds:.0f} s, accuracy {test['accuracy']:.3f}, "
                  f"balanced {test['balanced_accuracy']:.3f}", flush=True)  # fmt: skip
    report(pd.DataFrame(rows))


def report(found: pd.DataFrame) -> None:
    """Say how many times our time the recipe took, and how far the accuracies lie apart."""
    times = found.pivot(index="seed", columns="way", values="seconds")
    for way in times.columns.drop("recipe"):
        ratio = times["recipe"] / times[way]
        print(f"the recipe took {ratio.median():.1f} times as long as {way} "
              f"({ratio.min():.1f} to {ratio.max():.1f})")  # fmt: skip
    for figure in ("accuracy", "balanced_accuracy"):
        by_way = found.groupby("way")[figure]
        for way, mean in by_way.mean().items():
            seeds = by_way.size()[way]
            error = by_way.std()[way] / np.sqrt(seeds)
            spread = f" ± {error:.3f} (standard error over {seeds} seeds)" if seeds > 1 else ""
            print(f"{figure} of {way}: {mean:.3f}{spread}")


def recipe(root: Path, table: pd.DataFrame, epochs: int, seed: int) -> dict[str, float]:
    """The recipe as published: every photograph through the network in every epoch."""
    fitting.reproducible(seed)
    making = default_making().model_copy(update={"views": STRONG})
    targets, names = manifests.classes(table["Class"])
    extractor = mean_of_last_maps(making.size)
    head = heads.recipe(extractor.output_shape[-1], len(names), DROPOUT)
    network = heads.joined(extractor, head)
    augmented = [
        keras.Input((making.size, making.size, 3)),
        extraction.augmentation(STRONG, seed),
        network,
    ]
    model = keras.Sequential(augmented)
    model.compile(
        keras.optimizers.Adam(RATE),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    files = np.array([root / path for path in table["path"]])
    of = {}
    shown = {"train": ("weights", np.random.default_rng(seed)), "validation": ("none", None)}
    for part, (balance, order) in shown.items():
        rows = np.flatnonzero(table["part"] == part)
        weights = head_training.balancing(targets[rows], np.ones(len(rows)), balance)
        photographs = fine_tuning.Photographs(files[rows], targets[rows], making)
        of[part] = photographs.batches(weights, BATCH, order)
    with tempfile.TemporaryDirectory() as curves:
        fitting.fit(model, of["train"], of["validation"], epochs, epochs, Path(curves),
                     best="val_accuracy")  # fmt: skip
    test = (table["part"] == "test").to_numpy()
    vectors = extraction.through(extractor, root, table["path"][test], making)
    return head_training.scores(head, store.Examples.every(vectors, targets[test]))


def recipes_features(root: Path, table: pd.DataFrame, epochs: int, seed: int) -> dict[str, float]:
    """The recipe's own features, augmentation and head, but features made once."""
    fitting.reproducible(seed)
    making = default_making().model_copy(update={"views": STRONG})
    settings = default_settings().model_copy(
        update={"head": "recipe", "dropout": DROPOUT, "epochs": epochs, "patience": epochs,
                "batch": BATCH, "learning_rate": RATE}
    )  # fmt: skip
    return once(mean_of_last_maps(making.size), root, table, making, settings, seed)


def mean_of_last_maps(size: int) -> keras.Model:
    """The recipe's extractor: a frozen backbone with its last maps averaged."""
    backbone = backbones.build(backbones.COINS, (size, size, 3), "coins", frozen=True)
    return keras.Model(backbone.input, layers.GlobalAveragePooling2D()(backbone.output))


def pipeline(root: Path, table: pd.DataFrame, epochs: int, seed: int) -> dict[str, float]:
    """The pipeline's features, views and head, as in params.yaml; that says how many epochs, if any."""
    fitting.reproducible(seed)
    making = default_making()
    shape = (making.size, making.size, 3)
    backbone = backbones.build(backbones.COINS, shape, "coins", frozen=True)
    extractor = extraction.extractor(backbone, root, table, making, seed)
    return once(extractor, root, table, making, default_settings(), seed)


def default_making() -> store.Making:
    """How the pipeline brings photographs to features."""
    return params.load(store.Making, "features315", partly=True)


def default_settings() -> head_training.HeadTraining:
    """How the pipeline trains its head."""
    return params.load(head_training.HeadTraining, "transfer315", partly=True)


def once(
    model: keras.Model, root: Path, table: pd.DataFrame, making: store.Making,
    settings: head_training.HeadTraining, seed: int,
) -> dict[str, float]:  # fmt: skip
    """Make features once, train a head on them, and judge it on the test part."""
    targets, names = manifests.classes(table["Class"])
    none = pd.DataFrame({"Id": [], "path": [], "readable": np.zeros(0, bool)})
    with tempfile.TemporaryDirectory() as folder:
        extraction.store(model, root, table, none, making, seed, Path(folder))
        stored = store.load(Path(folder))
        train, validation = (store.part(stored, targets, p) for p in ("train", "validation"))
        chosen, _ = head_training.best(
            train, validation.photographs, len(names), settings, seed, Path(folder) / "curves"
        )
        test = np.flatnonzero(table["part"] == "test")
        examples = store.Examples(stored.vectors, test, targets[test])
        return head_training.scores(chosen.head, examples)


if __name__ == "__main__":
    main()
