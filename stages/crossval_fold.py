"""Train on all folds but one and name the mints of that one's coins: `crossval_fold.py REPEAT FOLD`."""

import argparse
import tempfile
from pathlib import Path

import own_checkout  # noqa: F401

import keras
import pandas as pd

from mintmark.cross_validation import folds
from mintmark.data import coins, manifests, splitting
from mintmark.networks import training
from mintmark.pipeline import csv_files, params, paths
from mintmark.pipeline.stage import run, writing


def main() -> None:
    """Train the network of two mints and then that of three; write their answers."""
    rounds = params.load(folds.Rounds, "crossval")
    repeat, fold = asked(rounds)
    every = of_fold(repeat, fold, count=len(rounds.folds))
    known, third = chosen(every.table)
    masks = params.load(folds.Masks, "mask", partly=True)
    told = params.load(folds.Doubt, "identify", partly=True)
    goes_on = params.load(folds.Start, "train3", partly=True).start == "train2"
    seed = params.seed() + repeat - 1
    network: keras.Model | None = None
    named, doubted = [], []
    for task, mints in {"two": known, "three": [*known, third]}.items():
        some, others = every.of_mints(mints), every.unknown_to(mints)
        settings = params.load(training.Training, f"train{len(mints)}", partly=True)
        start = network if goes_on else None
        with tempfile.TemporaryDirectory() as curves:
            network = training.train(some, settings, seed=seed, curves=Path(curves), start=start)
        place = {"task": task, "repeat": repeat, "fold": fold}
        named.append(folds.answers(network, some.part("test"), masks, seed).assign(**place))
        doubted.append(folds.doubt(network, some, others, told).assign(**place))
    with writing(folds.file(repeat, fold), folds.file(repeat, fold, "doubt")) as files:
        for file, rows in zip(files, (named, doubted), strict=True):
            csv_files.write(pd.concat(rows).round(6), file)
    print(f"Repeat {repeat}, fold {fold}: named {len(named[1])} coins.")


def asked(rounds: folds.Rounds) -> tuple[int, int]:
    """The repeat and the fold that the command names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repeat", type=int, choices=rounds.repeats)
    parser.add_argument("fold", type=int, choices=rounds.folds)
    named = parser.parse_args()
    return named.repeat, named.fold


def of_fold(repeat: int, fold: int, count: int) -> coins.CoinSet:
    """All coins; those of the three mints have the parts of a fold, of `count`, the others none."""
    settings = mints()
    table = manifests.read(paths.MERGED / paths.MANIFEST)
    classes, third = chosen(table)
    told_apart = table["mint"].isin([*classes, third])
    three = folds.parts(
        table[told_apart],
        number=fold,
        count=count,
        validation=settings.validation,
        seed=settings.seed + repeat - 1,
    )
    return coins.load(pd.concat([three, table[~told_apart].assign(part="")]), paths.MERGED)


def chosen(table: pd.DataFrame) -> tuple[list[str], str]:
    """The two mints and the third, of those in a table."""
    available = table["mint"].value_counts().sort_index()
    return splitting.chosen_mints(available, mints().classes, mints().third)


def mints() -> folds.Mints:
    """The parameters of the split."""
    return params.load(folds.Mints, "split", partly=True)


if __name__ == "__main__":
    run(main)
