"""Coins of unknown mints put to networks that know two: the whole inquiry, in figures and pictures."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd

from mintmark import plotting
from mintmark.data import manifests
from mintmark.explain import attribution, figures as explain_figures
from mintmark.networks import evaluation, models
from mintmark.occlusion import figures as occlusion_figures
from mintmark.open_set import figures as open_set_figures, predictions, scores
from mintmark.stats import classification
from mintmark.data.splitting import PARTS
from mintmark.open_set.predictions import Coins

SHOWN = 6  # coins in the galleries
NEAREST = 3  # known coins beside each


def parts(coins: Coins) -> dict[str, Coins]:
    """Coins by the part of the split they belong to."""
    return {part: coins.of((coins.table["part"] == part).to_numpy()) for part in PARTS}


def resemblance(
    model: keras.Model, third: Coins, others: Coins, train: Coins, names: list[str], seed: int,
    plots: Path,
) -> dict:  # fmt: skip
    """To which known mint each unknown one is more like; writes nearest.png.

    third: coins of the third mint; others: of all further ones; train: the network's training coins.
    """
    features, known = (models.pooled(model, of.images) for of in (third, train))
    mints = train.table["mint"].to_numpy()
    rows, distances = predictions.nearest(features[:SHOWN], known, NEAREST)
    drawn = open_set_figures.nearest(
        third.images[:SHOWN], third.table.head(SHOWN), train.images, train.table, rows, distances
    )
    plotting.save(drawn, plots / "nearest.png")
    groups = third.table["group"].to_numpy()
    return {
        "likeness": predictions.likeness(features, groups, known, mints, seed),
        "minor": predictions.minor(model, others, known, mints, names, seed),
    }


def notice(
    models: dict[str, keras.Model], coins: Coins, third: str, neighbours: int, seed: int,
    plots: Path,
) -> dict:  # fmt: skip
    """Whether networks notice coins of the mint they never saw; writes scores.png and detection.png.

    models: the network that never saw a mint, by that mint; coins: of all three mints, by part;
    third: the study's choice, for which the thresholds and the far controls are reported too.
    """
    found = {mint: _noticed(model, coins, mint, neighbours, seed) for mint, model in models.items()}
    known, stranger = _known_and_not(coins, third)
    far = scores.far(known["test"].images, known["test"].places, seed)
    values = predictions.strangeness(models[third], known, {"third": stranger.images, **far}, neighbours)
    scores = {
        score: {
            **found[third]["scores"][score],
            "threshold": scores.refusal(of["validation"], of["test"], of["third"]),
        }
        for score, of in values.items()
    }
    controls = {
        name: {score: scores.detection(of["test"], of[name], seed) for score, of in values.items()}
        for name in far
    }
    unknown = {f"coins of {mint}": of["scores"] for mint, of in found.items()}
    unknown |= {f"control: {name}": of for name, of in controls.items()}
    plotting.save(open_set_figures.scores(values), plots / "scores.png")
    plotting.save(open_set_figures.detection(unknown), plots / "detection.png")
    return {"scores": scores, "far": controls, "leave_one_out": found}


def _known_and_not(coins: Coins, mint: str) -> tuple[dict[str, Coins], Coins]:
    """The coins of all mints but one by part, and that one's."""
    left_out = (coins.table["mint"] == mint).to_numpy()
    return parts(coins.of(~left_out)), coins.of(left_out)


def _noticed(
    model: keras.Model, coins: Coins, mint: str, neighbours: int, seed: int
) -> dict[str, object]:
    """How a network does on the mints it knows, and on the one it never saw."""
    known, stranger = _known_and_not(coins, mint)
    test, names = known["test"], manifests.mints(known["train"].table)
    values = predictions.strangeness(model, known, {"third": stranger.images}, neighbours)
    actual = manifests.numbers(test.table["mint"], names)
    return {
        "known": classification.classification(
            actual, models.logits(model, test.images).argmax(axis=1), names
        ),
        **predictions.answers(model, stranger, names, seed),
        "scores": {
            score: scores.detection(of["test"], of["third"], seed) for score, of in values.items()
        },
    }


def draw(
    model: keras.Model, third: Coins, test: Coins, names: list[str], method: str, metrics: dict,
    plots: Path,
) -> None:  # fmt: skip
    """Draw what the third mint's coins are taken for, where the network looks, and their features.

    metrics: of the stage so far. Writes answers.png, consistency.png, gallery.png, features.png and
    predictions.csv.
    """
    mint = third.table["mint"].iloc[0]
    judged = evaluation.judge(model, third.images, third.table, names)
    judged.to_csv(plots / "predictions.csv", index=False)
    heat = attribution.heat(model, third.images, manifests.numbers(judged["predicted"], names), method)
    title = f"Coins of {mint}: where the network looks"
    known = evaluation.judge(model, test.images, test.table, names)
    none_right = judged.assign(predicted=judged["actual"])  # so that none is marked as an error
    features = np.concatenate([models.pooled(model, of.images) for of in (test, third)])
    shares = {"original": metrics["predicted"]}
    shares |= {name: metrics["masked"][name]["predicted"] for name in ("centre", "margin")}
    shares |= {
        f"{name} ({of['n']} coins)": of["predicted"] for name, of in metrics["minor"].items()
    }
    drawn = {
        "answers": occlusion_figures.shares(
            shares, f"What {len(judged)} coins of {mint} and those of minor mints are taken for"
        ),
        "consistency": open_set_figures.consistency(metrics["consistency"], metrics["masked"]),
        "gallery": explain_figures.gallery(third.images, heat, judged, title, each=SHOWN),
        "features": explain_figures.feature_map(
            features, pd.concat([known, none_right]), "Unknown coins among the test coins"
        ),
    }
    for name, figure in drawn.items():
        plotting.save(figure, plots / f"{name}.png")
