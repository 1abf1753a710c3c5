"""Pictures of masking: examples, the curve over radii, and what masked coins are taken for."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mintmark import figures

LABELS = {"original": "as it is", "centre": "field hidden", "margin": "margin hidden"}


def examples(variants: dict[str, np.ndarray], titles: Sequence[str], title: str) -> Figure:
    """Show some coins in each variant, a coin a row. variants: images (N,H,W,3) by name."""
    images = [image for row in zip(*variants.values(), strict=True) for image in row]
    captions = [f"{name}\n{LABELS[variant]}" for name in titles for variant in variants]
    return figures.grid(images, captions, columns=len(variants), title=title, width=2.9)


def curve(table: pd.DataFrame, original: dict, majority: float, title: str) -> Figure:
    """Accuracy against the border's radius and against the share of area that is hidden.

    table: see `masking.curve`; original: accuracy with its interval; majority: of the commonest
    mint.
    """
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    against = {"radius": "border between field and margin (r)", "area": "share of the coin hidden"}
    for axis, (column, label) in zip(axes, against.items(), strict=True):
        for (name, rows), colour in zip(table.groupby("hidden"), figures.COLOURS, strict=False):
            rows = rows.sort_values(column)
            axis.plot(rows[column], rows["accuracy"], "o-", ms=4, color=colour, label=LABELS[name])
            band = rows["accuracy_low"], rows["accuracy_high"]
            axis.fill_between(rows[column], *band, color=colour, alpha=0.15, lw=0)
        axis.axhline(original["accuracy"], color="black", lw=1, label="nothing hidden")
        axis.axhline(majority, color="grey", ls="--", lw=1, label="commonest mint")
        axis.set(xlabel=label, ylim=(0, 1.02))
    axes[0].set(ylabel="accuracy (band: 95 %)")
    axes[1].legend(loc="lower left", fontsize=8)
    figure.suptitle(title)
    return figure


def shares(predicted: dict[str, dict[str, float]], title: str) -> Figure:
    """What coins are taken for in each variant, as stacked bars. predicted: shares by variant."""
    figure = Figure(figsize=(7, 0.9 + 0.55 * len(predicted)), layout="constrained")
    axis = figure.subplots()
    names = list(predicted)[::-1]
    left = np.zeros(len(names))
    for mint, colour in zip(next(iter(predicted.values())), figures.COLOURS, strict=False):
        values = np.array([predicted[name][mint] for name in names])
        bars = axis.barh(
            [LABELS[name] for name in names], values, left=left, color=colour, label=mint
        )
        axis.bar_label(bars, [f"{v:.0%}" if v > 0.06 else "" for v in values], label_type="center")
        left += values
    axis.set(xlim=(0, 1), xlabel="share of coins", title=title)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure
