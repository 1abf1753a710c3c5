"""A mint that the network never saw: what it is taken for, and whether the network notices."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.special import softmax

from mintmark import (
    analysis,
    assessment,
    dataset,
    evaluation,
    figures,
    gradcam,
    heatfigures,
    maskfigures,
    masking,
    masks,
    networks,
)

Coins = dict[str, np.ndarray]  # images (N,H,W,3) of the coins "third", "train" and "test"
SHOWN = 6  # coins in the gallery


def answers(
    model: keras.Model, images: np.ndarray, table: pd.DataFrame, names: list[str],
    radius: float, fill: str, seed: int, plots: Path,
) -> dict:  # fmt: skip
    """What coins of an unknown mint are taken for, as they are and masked; writes answers.png.

    Returns `predicted` (shares by mint), `confidence` (mean, with interval) and, for each masked
    variant, `predicted` and `agreement` with the answer on the whole coin (with interval).
    """
    radii = masks.radii(dataset.circles(table), images.shape[1:3])
    variants = masking.variants(images, radii, radius, fill, seed)
    logits = {name: analysis.predict(model, masked) for name, masked in variants.items()}
    named = {name: values.argmax(axis=1) for name, values in logits.items()}
    shares = {
        name: {mint: float((answer == k).mean()) for k, mint in enumerate(names)}
        for name, answer in named.items()
    }
    title = f"What {len(table)} coins of {table['mint'].iloc[0]} are taken for"
    figures.save(maskfigures.shares(shares, title), plots / "answers.png")
    masked = {
        name: {"predicted": shares[name], **_agreement(named["original"], named[name])}
        for name in masking.VARIANTS
    }
    confidence = softmax(logits["original"], axis=1).max(axis=1)
    return {
        "predicted": shares["original"],
        **evaluation.mean("confidence", confidence, seed),
        "masked": masked,
    }


def strangeness(
    model: keras.Model, coins: Coins, neighbours: int, seed: int, plots: Path
) -> dict[str, dict]:
    """How well energy and distance in feature space tell unknown coins from known test coins.

    Writes scores.png; returns AUROC with interval for each score.
    """
    pooled = {name: networks.pooled(model, images) for name, images in coins.items()}
    scores = {
        "energy": {
            name: evaluation.energy(analysis.predict(model, coins[name]))
            for name in ("test", "third")
        },
        "distance": {
            name: evaluation.distance(pooled[name], pooled["train"], neighbours)
            for name in ("test", "third")
        },
    }
    figures.save(_draw_scores(scores), plots / "scores.png")
    return {
        name: evaluation.auroc(values["test"], values["third"], seed)
        for name, values in scores.items()
    }


def draw(
    model: keras.Model, coins: Coins, tables: dict[str, pd.DataFrame], names: list[str], plots: Path
) -> None:
    """Draw gallery.png, the heat on unknown coins, and features.png, their place among the known."""
    table, images = tables["third"], coins["third"]
    judged = assessment.judge(model, images, table, names)
    judged.to_csv(plots / "predictions.csv", index=False)
    heat = gradcam.heat(model, images, dataset.numbers(judged["predicted"], names))
    title = f"Coins of {table['mint'].iloc[0]}: where the network looks"
    gallery = heatfigures.gallery(images, heat, judged, title, each=SHOWN)
    figures.save(gallery, plots / "gallery.png")
    both = [coins["test"], images]
    known = assessment.judge(model, coins["test"], tables["test"], names)
    judged["predicted"] = judged["actual"]  # no answer could have been right: none is an error
    features = np.concatenate([networks.pooled(model, part) for part in both])
    drawn = heatfigures.feature_map(
        features, pd.concat([known, judged]), "Unknown coins among the test coins, by features"
    )
    figures.save(drawn, plots / "features.png")


def _agreement(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    return evaluation.share("agreement", int((first == second).sum()), len(first))


def _draw_scores(scores: dict[str, dict[str, np.ndarray]]) -> Figure:
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    labels = {"test": "known mints (test coins)", "third": "the unseen mint"}
    axes = figure.subplots(1, len(scores))
    for axis, (score, parts) in zip(axes, scores.items(), strict=True):
        bins = np.histogram_bin_edges(np.concatenate(list(parts.values())), 20)
        for (part, values), colour in zip(parts.items(), figures.COLOURS, strict=False):
            weights = np.full(len(values), 1 / len(values))
            axis.hist(values, bins, weights=weights, color=colour, alpha=0.6, label=labels[part])
        axis.set(xlabel=f"{score} (higher: stranger)", ylabel="share of coins")
    axes[0].legend()
    return figure
