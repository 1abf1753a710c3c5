"""Train on all folds but one and name the mints of that one's coins: `crossval_fold.py REPEAT FOLD`."""

import argparse
import tempfile
from pathlib import Path

import own_checkout  # noqa: F401

import keras
import pandas as pd

from mintmark.cross_validation import folds
from mintmark.data import coins, manifests, splitting
from mintmark.identification import calibration
from mintmark.networks import resuming, training
from mintmark.occlusion import trials
from mintmark.pipeline import csv_files, params, paths
from mintmark.pipeline.stage import run, writing


def main() -> None:
    """Train the network of two mints and then that of three; write their answers."""
    rounds = params.load(folds.Rounds, "crossval")
    repeat, fold = asked(rounds)
    settings = params.load(splitting.Mints, "split", partly=True)
    merged = manifests.read(paths.MERGED / paths.MANIFEST)
    known, third = splitting.chosen_mints(merged["mint"], settings)
    every = of_fold(merged, [*known, third], settings, rounds=rounds, repeat=repeat, fold=fold)
    masks = params.load(trials.Masks, "mask", partly=True)
    told = params.load(calibration.Doubt, "identify", partly=True)
    goes_on = params.load(training.Start, "train3", partly=True).start == "train2"
    seed = params.seed() + repeat - 1
    network: keras.Model | None = None
    named, doubted = [], []
    hows = [params.load(training.Training, f"train{count}", partly=True) for count in (2, 3)]
    with resuming.resumable(paths.backups(f"fold{repeat}-{fold}"), __file__, *hows):
        for task, mints, how in zip(("two", "three"), (known, [*known, third]), hows, strict=True):
            some, others = every.of_mints(mints), every.unknown_to(mints)
            start = network if goes_on else None
            with tempfile.TemporaryDirectory() as curves:
                network = training.train(some, how, seed=seed, curves=Path(curves), start=start)
            place = {"task": task, "repeat": repeat, "fold": fold}
            named.append(folds.answers(network, some.part("test"), masks, seed).assign(**place))
            doubted.append(folds.doubt(network, some, others, told).assign(**place))
        with writing(paths.fold(repeat, fold), paths.fold(repeat, fold, "doubt")) as files:
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


def of_fold(
    merged: pd.DataFrame,
    told_apart: list[str],
    settings: splitting.Mints,
    *,
    rounds: folds.Rounds,
    repeat: int,
    fold: int,
) -> coins.CoinSet:
    """All coins; those of the mints that are told apart have the parts of a fold, the others none."""
    some = merged["mint"].isin(told_apart)
    three = folds.parts(
        merged[some],
        number=fold,
        count=len(rounds.folds),
        validation=settings.validation,
        seed=settings.seed + repeat - 1,
    )
    return coins.load(pd.concat([three, merged[~some].assign(part="")]), paths.MERGED)


if __name__ == "__main__":
    run(main)
