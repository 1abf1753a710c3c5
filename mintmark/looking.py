"""Where a network looks, on a whole set of coins, in figures and pictures."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd

from mintmark import (
    assessment,
    dataset,
    explanation,
    figures,
    gradcam,
    heatfigures,
    masks,
    networks,
    polar,
)


def look(
    model: keras.Model, images: np.ndarray, table: pd.DataFrame, names: list[str],
    radius: float, method: str, seed: int, plots: Path,
) -> dict:  # fmt: skip
    """Draw and sum up the heat on coins, for the mint that the network names.

    images: uint8 (N,H,W,3), row by row with table (columns id, mint and the circles); method: one
    of `gradcam.METHODS`. Writes gallery.png, contrast.png, mean_maps.png, polar.png, zones.png and
    zones.csv; returns `explanation.zone_summary` and how many coins could be aligned.
    """
    judged = assessment.judge(model, images, table, names)
    heat = gradcam.heat(model, images, dataset.numbers(judged["predicted"], names), method)
    places = masks.places(dataset.circles(table), images.shape[1:3])
    shares = explanation.zone_shares(heat, places, radius)
    pd.concat([judged, shares.round(6)], axis=1).to_csv(plots / "zones.csv", index=False)
    summary = explanation.zone_summary(shares, judged, places, radius, seed)
    aligned, views = _unrolled(heat, images, dataset.circles(table))
    drawn = {
        "gallery": heatfigures.gallery(images, heat, judged, "Where the network looks"),
        "contrast": _contrast(model, images, judged, names, method),
        "mean_maps": heatfigures.mean_maps(heat, images[0], judged["actual"], "Mean heat by mint"),
        "polar": heatfigures.unrolled(views, radius),
        "zones": heatfigures.zones(shares, summary, judged, radius),
    }
    for name, figure in drawn.items():
        figures.save(figure, plots / f"{name}.png")
    return {**summary, "aligned": aligned}


def _contrast(
    model: keras.Model, images: np.ndarray, judged: pd.DataFrame, names: list[str], method: str
) -> figures.Figure:
    """Heat for the true mint, for the strongest other, and what tells the two apart."""
    actual = dataset.numbers(judged["actual"], names)
    others = networks.logits(model, images)
    others[np.arange(len(actual)), actual] = -np.inf
    rival = others.argmax(axis=1)
    chosen = heatfigures.chosen(judged, each=2)
    true, other = (
        gradcam.raw(model, images[chosen], classes[chosen], method) for classes in (actual, rival)
    )
    maps = [gradcam.resized(raw, images.shape[1:3]) for raw in (true, other)]
    rivals = np.take(names, rival)[chosen]
    return heatfigures.contrast(images[chosen], *maps, judged.iloc[chosen], rivals)


def _unrolled(
    heat: np.ndarray, images: np.ndarray, circles: np.ndarray
) -> tuple[dict[str, int], dict[str, tuple[np.ndarray, np.ndarray]]]:
    """The mean coin and the mean heat unrolled, by side, coins turned alike where that is certain."""
    grey = images.mean(axis=3)
    aligned, views = {}, {}
    for number, side in enumerate(("obverse", "reverse")):
        coins, hot = (polar.unrolled(maps, circles[:, number]) for maps in (grey, heat))
        shift, certain = polar.turns(coins)
        aligned[side] = int(certain.sum())
        views[f"{side}, {certain.sum()} of {len(coins)} coins aligned"] = tuple(
            polar.turned(maps, shift).mean(axis=0) for maps in (coins, hot)
        )
    return aligned, views
