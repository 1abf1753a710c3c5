"""Pictures of masking: examples, the curve over radii, controls, fills, and where answers go."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mintmark import plotting

LABELS = {"original": "as it is", "centre": "field hidden", "margin": "margin hidden"}
# The kinds of hidden parts: how their names begin, what they are called, marker and colour.
KINDS = {
    "centre": ("the field", "*", 0), "disc": ("a random disc", ".", 7), "ring": ("a ring", "o", 2),
    "sector": ("a sector", "^", 3), "margin": ("the margin", "*", 1),
    "all_but_ring": ("all but a ring", "o", 4), "all_but_sector": ("all but a sector", "^", 5),
    "obverse": ("the obverse", "<", 7), "reverse": ("the reverse", ">", 7),
    "coin": ("the coin", "X", 7),
}  # fmt: skip
ASIDE = 0.015


def examples(variants: dict[str, np.ndarray], titles: Sequence[str], title: str) -> Figure:
    """Show some coins in each variant, a coin a row. variants: images (N,H,W,3) by name."""
    images = [image for row in zip(*variants.values(), strict=True) for image in row]
    captions = [f"{name}\n{LABELS[variant]}" for name in titles for variant in variants]
    return plotting.grid(images, captions, columns=len(variants), title=title, width=2.9)


def curve(
    table: pd.DataFrame, original: float, majority: float, half: dict[str, dict], title: str
) -> Figure:
    """Accuracy against the border's radius and against the share of area that is hidden.

    table, half: see `maskcurve`; original: accuracy with nothing hidden; majority: of the commonest
    mint.
    """
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    against = {"radius": "border between field and margin (r)", "area": "share of the coin hidden"}
    for axis, (column, label) in zip(axes, against.items(), strict=True):
        for (name, rows), colour in zip(table.groupby("hidden"), plotting.COLOURS, strict=False):
            rows = rows.sort_values(column)
            axis.plot(rows[column], rows["accuracy"], "o-", ms=4, color=colour, label=LABELS[name])
            band = rows["accuracy_low"], rows["accuracy_high"]
            axis.fill_between(rows[column], *band, color=colour, alpha=0.15, lw=0)
            if column == "radius" and "radius" in half[name]:
                axis.plot(half[name]["radius"], (original + majority) / 2, "*", ms=13, color=colour)
        _levels(axis, original, majority)
        axis.set(xlabel=label, ylim=(0, 1.02))
    axes[0].set(ylabel="accuracy (band: 95 %; ★: half is lost)")
    axes[1].legend(loc="lower left", fontsize=8)
    figure.suptitle(title)
    return figure


def controls(table: pd.DataFrame, original: float, majority: float, fill: str) -> Figure:
    """Accuracy with each part hidden against its share of the coin. table: `masking.measured`."""
    figure = Figure(figsize=(8, 4.6), layout="constrained")
    axis = figure.subplots()
    kind = table["hidden"].str.replace(r"_\d+$", "", regex=True)
    for number, (name, (label, marker, colour)) in enumerate(KINDS.items()):
        aside = (number % 4 - 1) * ASIDE  # equal areas lie side by side
        _bars(axis, table[kind == name], label, marker, plotting.COLOURS[colour], aside)
    _levels(axis, original, majority)
    axis.set(
        xlabel="share of the coin hidden", ylabel="accuracy (bars: 95 %)", ylim=(0, 1.02),
        title=f"What is lost with what is hidden (fill: {fill})",
    )  # fmt: skip
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    return figure


def fills(result: dict, majority: float) -> Figure:
    """Accuracy under each fill, and of a network adapted to masks. result: see `occlusion`."""
    panels = {"the network as trained": result}
    if "adapted" in result:
        panels["trained on masked coins as well"] = result["adapted"]
    figure = Figure(figsize=(4.6 * len(panels) + 1.4, 3.6), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    shown = {**LABELS, "mask_only": "only the margin's fill"}
    for axis, (title, network) in zip(axes, panels.items(), strict=True):
        names = list(network["fills"])
        for offset, key, colour in zip(
            (-0.2, 0, 0.2), list(shown)[1:], plotting.COLOURS, strict=False
        ):
            rows = pd.DataFrame([network["fills"][name][key] for name in names])
            error = [
                rows["accuracy"] - rows["accuracy_low"],
                rows["accuracy_high"] - rows["accuracy"],
            ]
            axis.errorbar(
                np.arange(len(names)) + offset, rows["accuracy"], yerr=error, fmt="o", capsize=2,
                color=colour, label=shown[key],
            )  # fmt: skip
        _levels(axis, network["original"]["accuracy"], majority)
        axis.set_xticks(range(len(names)), names)
        axis.set(title=title, ylim=(0, 1.02), xlabel="fill")
    axes[0].set_ylabel("accuracy (bars: 95 %)")
    axes[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    return figure


def shares(predicted: dict[str, dict[str, float]], title: str) -> Figure:
    """What coins are taken for in each variant, as stacked bars. predicted: shares by variant."""
    figure = Figure(figsize=(7, 0.9 + 0.42 * len(predicted)), layout="constrained")
    axis = figure.subplots()
    names = list(predicted)[::-1]
    labels = [LABELS.get(name, name) for name in names]
    left = np.zeros(len(names))
    for mint, colour in zip(next(iter(predicted.values())), plotting.COLOURS, strict=False):
        values = np.array([predicted[name][mint] for name in names])
        bars = axis.barh(labels, values, left=left, color=colour, label=mint)
        axis.bar_label(bars, [f"{v:.0%}" if v > 0.06 else "" for v in values], label_type="center")
        left += values
    axis.set(xlim=(0, 1), xlabel="share of coins", title=title)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _levels(axis: Axes, original: float, majority: float) -> None:
    axis.axhline(original, color="black", lw=1, label="nothing hidden")
    axis.axhline(majority, color="grey", ls="--", lw=1, label="commonest mint")


def _bars(
    axis: Axes, rows: pd.DataFrame, label: str, marker: str, colour: str, aside: float
) -> None:
    error = [rows["accuracy"] - rows["accuracy_low"], rows["accuracy_high"] - rows["accuracy"]]
    axis.errorbar(
        rows["area"] + aside, rows["accuracy"], yerr=error, fmt=marker, color=colour, label=label,
        ms=14 if marker == "*" else 6, elinewidth=0.6,
    )  # fmt: skip
