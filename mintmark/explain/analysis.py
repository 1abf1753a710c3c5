"""Where a network looks, on a whole set of coins, in figures and pictures."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd

from mintmark import plotting
from mintmark.data import manifests
from mintmark.explain import attribution, figures, polar, zones
from mintmark.geometry import grid
from mintmark.networks import evaluation, models


def look(
    model: keras.Model, images: np.ndarray, table: pd.DataFrame, names: list[str],
    radius: float, method: str, seed: int, plots: Path,
) -> dict:  # fmt: skip
    """Draw and sum up the heat on coins, for the mint that the network names.

    images: uint8 (N,H,W,3), row by row with table (columns id, mint and the circles); method: one
    of `attribution.METHODS`. Writes gallery.png, contrast.png, mean_maps.png, polar.png, zones.png and
    zones.csv; returns `zones.zone_summary` and how many coins could be aligned.
    """
    judged = evaluation.judge(model, images, table, names)
    heat = attribution.heat(model, images, manifests.numbers(judged["predicted"], names), method)
    places = grid.locate(manifests.circles(table), images.shape[1:3])
    shares = zones.zone_shares(heat, places, radius)
    pd.concat([judged, shares.round(6)], axis=1).to_csv(plots / "zones.csv", index=False)
    summary = zones.zone_summary(shares, judged, places, radius, seed)
    aligned, views = _unrolled(heat, images, manifests.circles(table))
    drawn = {
        "gallery": figures.gallery(images, heat, judged, "Where the network looks"),
        "contrast": _contrast(model, images, judged, names, method),
        "mean_maps": figures.mean_maps(heat, images[0], judged["actual"], "Mean heat by mint"),
        "polar": figures.unrolled(views, radius),
        "zones": figures.zones(shares, summary, judged, radius),
    }
    for name, figure in drawn.items():
        plotting.save(figure, plots / f"{name}.png")
    return {**summary, "aligned": aligned}


def _contrast(
    model: keras.Model, images: np.ndarray, judged: pd.DataFrame, names: list[str], method: str
) -> plotting.Figure:
    """Heat for the true mint, for the strongest other, and what tells the two apart."""
    actual = manifests.numbers(judged["actual"], names)
    others = models.logits(model, images)
    others[np.arange(len(actual)), actual] = -np.inf
    rival = others.argmax(axis=1)
    chosen = figures.chosen(judged, each=2)
    true, other = (
        attribution.raw(model, images[chosen], classes[chosen], method) for classes in (actual, rival)
    )
    maps = [attribution.resized(raw, images.shape[1:3]) for raw in (true, other)]
    rivals = np.take(names, rival)[chosen]
    return figures.contrast(images[chosen], *maps, judged.iloc[chosen], rivals)


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
