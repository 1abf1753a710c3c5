"""The two questions put to every mint network: where does it look, what does it lose?"""

from collections.abc import Sequence
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
    maskfigures,
    masking,
    masks,
)

SHOWN = 4  # coins of which the masked variants are shown


def look(
    model: keras.Model, images: np.ndarray, table: pd.DataFrame, names: list[str],
    radius: float, seed: int, plots: Path,
) -> dict:  # fmt: skip
    """Apply Grad-CAM to coins, for the mint that the network names; draw and sum up the heat.

    images: uint8 (N,H,W,3), row by row with table (columns id, mint and the circles). Writes
    gallery.png, mean_maps.png, zones.png and zones.csv; returns `explanation.zone_summary`.
    """
    judged = assessment.judge(model, images, table, names)
    heat = gradcam.heat(model, images, dataset.numbers(judged["predicted"], names))
    radii = masks.radii(dataset.circles(table), images.shape[1:3])
    shares = explanation.zone_shares(heat, radii, radius)
    pd.concat([judged, shares.round(6)], axis=1).to_csv(plots / "zones.csv", index=False)
    summary = explanation.zone_summary(shares, radii, radius, seed)
    title = "Where the network looks (Grad-CAM for the mint it names)"
    figures.save(heatfigures.gallery(images, heat, judged, title), plots / "gallery.png")
    mean = heatfigures.mean_maps(heat, images[0], judged["actual"], "Mean heat by mint")
    figures.save(mean, plots / "mean_maps.png")
    right = np.where(judged["actual"] == judged["predicted"], "right", "wrong")
    zones = heatfigures.zones(
        shares, summary["area"]["margin"], judged["actual"] + ", " + right,
        f"Heat in the margin (r ≥ {radius:g})",
    )  # fmt: skip
    figures.save(zones, plots / "zones.png")
    return summary


def hide(
    model: keras.Model, images: np.ndarray, table: pd.DataFrame, names: list[str],
    settings: masking.Masking, seed: int, plots: Path,
) -> dict:  # fmt: skip
    """Hide field and margin of coins and see what the network loses.

    Writes examples.png, curve.png, curve.csv and heat.png; returns `masking.compare` with radius,
    fill and n.
    """
    actual = dataset.numbers(table["mint"], names)
    radii = masks.radii(dataset.circles(table), images.shape[1:3])
    variants = masking.variants(images, radii, settings.radius, settings.fill, seed)
    answers = {name: predict(model, masked).argmax(axis=1) for name, masked in variants.items()}
    compared = masking.compare(answers, actual, names, seed)
    curve = masking.curve(
        lambda masked: predict(model, masked), images, radii, actual, settings.radii, settings.fill,
        seed,
    )  # fmt: skip
    curve.to_csv(plots / "curve.csv", index=False)
    majority = np.bincount(actual).max() / len(actual)
    title = f"Accuracy with part of the coin hidden (fill: {settings.fill}, {len(actual)} coins)"
    drawn = maskfigures.curve(curve, compared["original"], majority, title)
    figures.save(drawn, plots / "curve.png")
    _draw_examples(model, variants, answers, table, names, plots)
    return {"radius": settings.radius, "fill": settings.fill, "n": len(actual), **compared}


def predict(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """The network's logits for images (N,H,W,3): (N,classes)."""
    return model.predict(images, verbose=0)


def _draw_examples(
    model: keras.Model, variants: dict[str, np.ndarray], answers: dict[str, np.ndarray],
    table: pd.DataFrame, names: Sequence[str], plots: Path,
) -> None:  # fmt: skip
    chosen = np.linspace(0, len(table) - 1, min(SHOWN, len(table))).astype(int)
    titles = (table["id"] + " " + table["mint"]).iloc[chosen].tolist()
    shown = {name: masked[chosen] for name, masked in variants.items()}
    figures.save(maskfigures.examples(shown, titles, "What is hidden"), plots / "examples.png")
    heated = {}
    for name, masked in shown.items():
        heat = gradcam.heat(model, masked, answers[name][chosen])
        overlays = [heatfigures.overlay(*pair) for pair in zip(masked, heat, strict=True)]
        heated[name] = np.stack(overlays)
    title = "Where the network looks when part is hidden (Grad-CAM for the mint it names)"
    figures.save(maskfigures.examples(heated, titles, title), plots / "heat.png")
