"""Pictures of whether heat maps can be believed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mintmark import figures

MAPS = {"random": "a random map", "gaussian": "the distance from the centre"}
FILLS = {"blur": "blurred", "linear": "linearly imputed, with noise"}
NAMES = {
    "gradcam": "Grad-CAM", "gradcam++": "Grad-CAM++", "layercam": "LayerCAM",
    "scorecam": "Score-CAM", "integrated_gradients": "integrated gradients",
}  # fmt: skip


def faithfulness(
    curves: dict[str, dict[str, dict[str, np.ndarray]]], shares: Sequence[float], method: str
) -> Figure:
    """Mean deletion and insertion curves. curves[fill][map][kind]: see `faithfulness.curves`."""
    labels = {"heat": NAMES[method], **MAPS}
    figure = Figure(figsize=(9, 2.9 * len(curves)), layout="constrained")
    axes = figure.subplots(len(curves), 2, squeeze=False, sharey=True)
    for row, (fill, maps) in zip(axes, curves.items(), strict=True):
        for axis, kind in zip(row, ("deletion", "insertion"), strict=True):
            for (name, of), colour, mark in zip(maps.items(), figures.COLOURS, "osD", strict=False):
                line = f"{mark}-"
                axis.plot(
                    shares, of[kind].mean(axis=1), line, ms=4, color=colour, label=labels[name]
                )
            axis.axhline(0, color="grey", lw=1)
            verb = "hidden" if kind == "deletion" else "shown"
            axis.set(title=f"{kind}, {FILLS[fill]}", xlabel=f"share of the coin {verb}, best first")
        row[0].set_ylabel("lead of the named mint\n(1: on the whole coin)")
    axes[0, 0].legend()
    return figure


def sanity(likeness: pd.DataFrame, method: str) -> Figure:
    """How alike the maps stay while layers become random. likeness: see `faithfulness.cascade`."""
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axis = figure.subplots()
    steps = np.arange(len(likeness) + 1)
    values = [1, *likeness["rank_correlation"]]
    axis.plot(steps, values, "o-", color=figures.COLOURS[0])
    band = [1, *likeness["rank_correlation_low"]], [1, *likeness["rank_correlation_high"]]
    axis.fill_between(steps, *band, color=figures.COLOURS[0], alpha=0.2, lw=0)
    axis.axhline(0, color="grey", lw=1)
    names = ["none", *likeness["layer"]]
    axis.set_xticks(steps, names, rotation=30, ha="right")
    axis.set(
        xlabel="random weights from the top down to this layer", ylim=(-0.6, 1.05),
        ylabel="rank correlation with\nthe trained network's map",
        title=f"{NAMES[method]} while the network forgets (band: 95 % over coins)",
    )  # fmt: skip
    return figure


def pointing(scores: dict[str, dict], chance: dict[str, float]) -> Figure:
    """How well each method's heat finds the mint's name. scores, chance: see `truth.scores`."""
    titles = {
        "pointing": "hottest point on the name",
        "on_name": "share of heat on the name",
        "auprc": "area under precision-recall",
    }
    figure = Figure(figsize=(10, 3.2), layout="constrained")
    methods = list(scores)[::-1]
    places = np.arange(len(methods))
    for axis, (key, title) in zip(figure.subplots(1, 3, sharey=True), titles.items(), strict=True):
        value = np.array([scores[method][key] for method in methods])
        ends = [[scores[method][f"{key}_{end}"] for method in methods] for end in ("low", "high")]
        error = np.abs(np.array(ends) - value)
        axis.errorbar(value, places, xerr=error, fmt="o", color=figures.COLOURS[0], capsize=3)
        axis.axvline(chance[key], color=figures.COLOURS[4], ls="--", label="a random map")
        axis.set(title=title, xlim=(0, 1.02))
        axis.set_yticks(places, [NAMES[method] for method in methods])
    axis.legend(loc="lower right")
    return figure
