"""How many photographs of coin types that were never taught `mintmark identify --types` calls unknown.

    python benchmarks/unknown_types.py [--features data/features315] [--folds 5]

Types fall into folds; those of a fold are left out of all that is learnt, and every photograph of them is
asked about. Heads, limits and parts are the pipeline's; the projection of features was fitted without
labels to photographs of all types. Beside them stands how many test photographs of taught types are called
unknown: wrongly.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold

from mintmark.coin_types import head_training, heads, store
from mintmark.data import manifests
from mintmark.identification import calibration
from mintmark.networks import fitting
from mintmark.open_set.scores import SCORES, Known, Output
from mintmark.pipeline import params, paths
from mintmark.stats import intervals

COMPARED = (
    "energy",
    "max_logit",
    "distance",
    "max_softmax",
)  # of SCORES, but for one that takes minutes


def main() -> None:
    """Leave types out, fold by fold, and print what is said of their photographs."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--features", type=Path, default=paths.TYPE_FEATURES)
    arguments.add_argument("--folds", type=int, default=5)
    chosen = arguments.parse_args()
    stored, seed = store.load(chosen.features), params.seed()
    fitting.reproducible(seed)
    types = np.unique(stored.labelled["Class"])
    folds = KFold(chosen.folds, shuffle=True, random_state=seed).split(types)
    found = [asked(stored, set(types[away])) for _, away in folds]
    for name in ("known", "unknown"):
        refused = np.concatenate([said[name] for said in found])
        share = intervals.share("share", int(refused.sum()), len(refused))
        print(f"{name}: {{share:.3f}} ({{share_low:.3f}} to {{share_high:.3f}})".format(**share))
    for name in COMPARED:
        values = np.array([said[name] for said in found])
        label = SCORES[name].label
        print(f"{label}: AUROC {values.mean():.3f} ± {values.std(ddof=1):.3f} over folds")


def asked(stored: store.FeatureSet, away: set[str]) -> dict[str, np.ndarray | float]:
    """Teach all types but some; which known and unknown photographs are refused, and AUROC by score."""
    doubt = params.load(calibration.Doubt, "identify", partly=True)
    settings = params.load(head_training.HeadTraining, "transfer315", partly=True)
    classes, features = stored.labelled["Class"], np.asarray(stored.vectors, float)
    part = stored.labelled["part"].mask(classes.isin(away), "left out").to_numpy()
    taught = replace(stored, labelled=stored.labelled.assign(part=part))
    names = sorted(set(classes) - away)
    targets = manifests.numbers(classes, names)

    def output(asking: str, rows: np.ndarray) -> Output:
        data = store.training_data(taught, targets, *store.LEARNT_FROM[asking])
        head = head_training.HEADS[settings.head].make(data, len(names), settings)
        return Output(heads.logits(head, stored.vectors, rows), features[rows])

    train, validation, test, strange = (
        np.flatnonzero(part == name) for name in ("train", "validation", "test", "left out")
    )
    known = Known(features[train], targets[train], doubt.neighbours)
    judging = output("validation", validation)
    calibrated = calibration.calibrate(judging, targets[validation], known, doubt.accepted)
    said = output("test", np.concatenate([test, strange]))
    refused = calibration.unknown(said, known, calibrated)
    truth = np.repeat([0, 1], [len(test), len(strange)])
    by_score = {name: roc_auc_score(truth, SCORES[name].values(said, known)) for name in COMPARED}
    return {"known": refused[truth == 0], "unknown": refused[truth == 1], **by_score}


if __name__ == "__main__":
    main()
