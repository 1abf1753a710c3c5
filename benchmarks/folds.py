"""Heads, and finding the coin first, compared in folds of the train and validation parts.

    python benchmarks/folds.py [--types data/sample/types] [--heads discriminant recipe linear cosine mean]
        [--crop no yes] [--seeds 42 43] [--folds 5]

These parts, as features315 makes them, fall into folds that keep together what belongs together; the
test part is left alone. Each head learns from all folds but one as the pipeline lets it
learn: a sixth of those photographs chooses its epoch, where it has epochs, and it is refitted to
all of them. It is judged on the fold left out. Every photograph has views; the projection of features
is fitted once, without labels, to photographs of all folds. The backbone is EfficientNetB0 with the
shipped weights; everything else is as in params.yaml.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, balanced_accuracy_score

from mintmark.coin_types import competition, extraction, head_training, heads, store
from mintmark.data import manifests, splitting
from mintmark.networks import backbones, fitting
from mintmark.pipeline import params

CHOOSING = 1 / 6  # of what a head learns from, to choose its epoch


def main() -> None:
    """Compare the heads that the command line names."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--types", type=Path, default=Path("data/sample/types"))
    arguments.add_argument("--heads", nargs="+", default=list(head_training.HEADS))
    arguments.add_argument("--crop", nargs="+", choices=["no", "yes"], default=["no"])
    arguments.add_argument("--seeds", type=int, nargs="+", default=[42, 43])
    arguments.add_argument("--folds", type=int, default=5)
    chosen = arguments.parse_args()
    table = learnt(chosen.types)
    print(f"{len(table)} photographs, {table['Class'].nunique()} types")
    for crop in chosen.crop:
        with tempfile.TemporaryDirectory() as folder:
            stored = featured(chosen.types, table, crop == "yes", Path(folder))
            for kind in chosen.heads:
                runs = [scores(stored, kind, chosen.folds, seed) for seed in chosen.seeds]
                found = pd.DataFrame(runs).mean()
                means = (
                    f"accuracy {found['accuracy']:.3f}, balanced {found['balanced_accuracy']:.3f}"
                )
                print(f"crop {crop}, {kind}: {means}", flush=True)


def learnt(root: Path) -> pd.DataFrame:
    """The photographs of the train and validation parts, as features315 splits them."""
    table, _ = competition.checked(root)
    table["group"] = competition.groups(table, root)
    fractions = params.load(store.SplitFractions, "features315", partly=True)
    part = competition.split(table, fractions.test, fractions.validation, params.seed())
    return table[part != "test"].reset_index(drop=True)


def featured(root: Path, table: pd.DataFrame, crop: bool, folder: Path) -> store.FeatureSet:
    """Extract features of photographs and of views of each."""
    seed = params.seed()
    fitting.reproducible(seed)
    settings = params.load(store.ExtractionSettings, "features315", partly=True)
    settings = settings.model_copy(update={"crop": crop})
    shape = (settings.size, settings.size, 3)
    backbone = backbones.build(backbones.COINS, shape, "coins", frozen=True)
    everything = table.assign(part="train")
    none = pd.DataFrame({"Id": [], "path": [], "readable": np.zeros(0, bool)})
    extraction.extract(
        backbone, root, everything, none, settings=settings, seed=seed, folder=folder
    )
    return store.load(folder)


def scores(stored: store.FeatureSet, kind: str, number: int, seed: int) -> dict[str, float]:
    """How well photographs are classified by heads of one kind that have not seen them."""
    settings = params.load(head_training.HeadTraining, "transfer315", partly=True)
    settings = settings.model_copy(update={"head": kind})
    table = stored.labelled
    targets, names = manifests.classes(table["Class"])
    predicted = np.full(len(table), -1)
    for held in splitting.folds(targets, table["group"].to_numpy(), number, seed):
        folded = replace(stored, labelled=table.assign(part=parts(table, held, seed)))
        train, validation, both, test = (
            store.training_data(folded, targets, *names_of_parts)
            for names_of_parts in (["train"], ["validation"], ["train", "validation"], ["test"])
        )
        with tempfile.TemporaryDirectory() as curves:
            chosen, _ = head_training.choose(
                train,
                validation.photographs,
                classes=len(names),
                settings=settings,
                seed=seed,
                curves=Path(curves),
            )
        head = head_training.refit(chosen, both, settings, seed)
        asked = test.photographs
        predicted[asked.rows] = heads.logits(head, asked.vectors, asked.rows).argmax(axis=1)
    judged = predicted >= 0
    return {
        "accuracy": accuracy_score(targets[judged], predicted[judged]),
        "balanced_accuracy": balanced_accuracy_score(targets[judged], predicted[judged]),
    }


def parts(table: pd.DataFrame, held: np.ndarray, seed: int) -> pd.Series:
    """The parts of a fold: those held out are its test part, but for types that stand there alone."""
    away = np.isin(np.arange(len(table)), held)
    alone = ~table["Class"].isin(table["Class"][~away])
    away &= ~table["group"].isin(table["group"][alone]).to_numpy()
    given = table.assign(Split=np.where(away, "test", "train"))
    return competition.split(given, CHOOSING, CHOOSING, seed)


if __name__ == "__main__":
    main()
