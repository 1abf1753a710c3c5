"""Heads on features compared in folds of the train and validation parts.

    python benchmarks/folds.py [--types data/sample/types] [--heads discriminant recipe linear cosine mean]
        [--backbone EfficientNetB0 EfficientNetLite0] [--weights coins imagenet] [--crop no yes]
        [--shrinkage 0.2] [--seeds 42 43] [--folds 5]

These parts, as features315 makes them, fall into folds that keep together what belongs together; the
test part is left alone. Each head learns from all folds but one as the pipeline lets it
learn: a sixth of those photographs chooses its epoch, where it has epochs, and it is refitted to
all of them. It is judged on the fold left out. Every photograph has views; the projection of features
is fitted once, without labels, to photographs of all folds. Backbones stand side by side; what the
command line does not name is as in params.yaml.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, balanced_accuracy_score

from mintmark.coin_types import competition, extraction, extractor, head_training, heads, store
from mintmark.data import manifests, splitting
from mintmark.networks import backbones, fitting
from mintmark.pipeline import params
from mintmark.pipeline.params import AnyBlock

CROP = {"no": False, "yes": True}
CHOOSING = 1 / 6  # of what a head learns from, to choose its epoch


def main() -> None:
    """Compare the heads that the command line names."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--types", type=Path, default=Path("data/sample/types"))
    arguments.add_argument("--heads", nargs="+", default=list(head_training.HEADS))
    arguments.add_argument("--backbone", nargs="+")
    arguments.add_argument("--weights", nargs="+")
    arguments.add_argument("--crop", nargs="+", choices=CROP)
    arguments.add_argument("--shrinkage", type=float)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[42, 43])
    arguments.add_argument("--folds", type=int, default=5)
    chosen = arguments.parse_args()
    table = learnt(chosen.types)
    print(f"{len(table)} photographs, {table['Class'].nunique()} types")
    backbone = changed(
        params.load(backbones.Chosen, "transfer315", partly=True),
        backbone=chosen.backbone,
        weights=chosen.weights,
    )
    settings = changed(
        params.load(store.ExtractionSettings, "features315", partly=True),
        crop=chosen.crop and [CROP[word] for word in chosen.crop],
    )
    head = changed(
        params.load(head_training.HeadTraining, "transfer315", partly=True),
        shrinkage=chosen.shrinkage,
        folds=chosen.folds,
    )
    with tempfile.TemporaryDirectory() as folder:
        stored = featured(chosen.types, table, backbone, settings, Path(folder))
        for kind in chosen.heads:
            kindred = changed(head, head=kind)
            found = pd.DataFrame([scores(stored, kindred, seed) for seed in chosen.seeds]).mean()
            means = f"accuracy {found['accuracy']:.3f}, balanced {found['balanced_accuracy']:.3f}"
            print(f"{kind}: {means}", flush=True)


def changed(settings: AnyBlock, **given: object) -> AnyBlock:
    """Settings with what the command line gives."""
    return settings.model_copy(update={name: value for name, value in given.items() if value})


def learnt(root: Path) -> pd.DataFrame:
    """The photographs of the train and validation parts, as features315 splits them."""
    table, _ = competition.checked(root)
    table["group"] = competition.groups(table, root)
    fractions = params.load(store.SplitFractions, "features315", partly=True)
    part = competition.split(table, fractions.test, fractions.validation, params.seed())
    return table[part != "test"].reset_index(drop=True)


def featured(
    root: Path,
    table: pd.DataFrame,
    chosen: backbones.Chosen,
    settings: store.ExtractionSettings,
    folder: Path,
) -> store.FeatureSet:
    """Extract features of photographs and of views of each."""
    seed = params.seed()
    fitting.reproducible(seed)
    networks, settings = extractor.build(chosen, settings)
    everything = table.assign(part="train")
    none = pd.DataFrame({"Id": [], "path": [], "readable": np.zeros(0, bool)})
    extraction.extract(
        networks, root, everything, none, settings=settings, seed=seed, folder=folder
    )
    return store.load(folder)


def scores(
    stored: store.FeatureSet, settings: head_training.HeadTraining, seed: int
) -> dict[str, float]:
    """How well photographs are classified by heads of one kind that have not seen them."""
    table = stored.labelled
    targets, names = manifests.classes(table["Class"])
    predicted = np.full(len(table), -1)
    for away in splitting.held_out(targets, table["group"].to_numpy(), settings.folds, seed):
        given = table.assign(Split=np.where(away, "test", "train"))
        part = competition.split(given, CHOOSING, CHOOSING, seed)
        folded = replace(stored, labelled=table.assign(part=part))
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


if __name__ == "__main__":
    main()
