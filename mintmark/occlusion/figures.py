"""Pictures of masking: examples, heat, the curve over radii, controls, fills, and shares of answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mintmark import plotting
from mintmark.explain.figures import clock, overlay
from mintmark.occlusion.analysis import ADAPTED, TRAINED, Controlled, Masked
from mintmark.occlusion.controls import kinds
from mintmark.occlusion.places import COST

LABELS = {"original": "as it is", "centre": "field masked", "margin": "margin masked"}
NETWORKS = {TRAINED: "the network as trained", ADAPTED: "trained on masked coins as well"}
FILL_ALONE = "only the margin's fill"
CLOCK_COST = "fall of the true mint's logit when masked"
ASIDE = 0.015  # by which equal areas are drawn side by side, shares of the coin


@dataclass(frozen=True)
class Kind:
    """How a kind of masked region is drawn."""

    label: str
    marker: str
    colour: int  # of plotting.COLOURS


KINDS = {
    "centre": Kind("the field", "*", 0),
    "disc": Kind("a random disc", ".", 7),
    "ring": Kind("a ring", "o", 2),
    "sector": Kind("a sector", "^", 3),
    "margin": Kind("the margin", "*", 1),
    "all_but_ring": Kind("all but a ring", "o", 4),
    "all_but_sector": Kind("all but a sector", "^", 5),
    "obverse": Kind("the obverse", "<", 7),
    "reverse": Kind("the reverse", ">", 7),
    "coin": Kind("the coin", "X", 7),
}


def of_masks(masked: Masked) -> dict[str, Figure]:
    """The pictures of a stage that masks field and margin, by name."""
    overlays = {
        name: [overlay(*pair) for pair in zip(masked.images[name], heat, strict=True)]
        for name, heat in masked.heat.items()
    }
    title = "Where the network looks when part is masked"
    return {
        "examples": examples(masked.images, masked.titles, "What is masked"),
        "heat": examples(overlays, masked.titles, title),
    }


def of_controls(found: Controlled) -> dict[str, Figure]:
    """The pictures of a stage of controls, by name."""
    return {
        "curve": curve(found.curve, found.metrics),
        "controls": controls(found.table, found.metrics),
        "fills": fills(found.metrics),
        "clock": clock(
            found.clock, COST, found.metrics["radius"], "What is lost on the clock", CLOCK_COST
        ),
    }


def examples(
    variants: Mapping[str, Iterable[np.ndarray]], titles: Sequence[str], title: str
) -> Figure:
    """Show some coins in each variant, a coin a row. variants: images (H,W,3) by name."""
    images = [image for row in zip(*variants.values(), strict=True) for image in row]
    captions = [f"{name}\n{LABELS[variant]}" for name in titles for variant in variants]
    return plotting.grid(images, captions, columns=len(variants), title=title, width=2.9)


def curve(table: pd.DataFrame, metrics: dict) -> Figure:
    """Accuracy against the border's radius and against the share of area that is masked.

    table: see `curve.curve`; metrics: see `analysis.control`.
    """
    original, chance = metrics["whole"][TRAINED], metrics["majority_accuracy"]
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    against = {"radius": "border between field and margin (r)", "area": "share of the coin masked"}
    for axis, (column, label) in zip(axes, against.items(), strict=True):
        for (name, rows), colour in zip(table.groupby("masked"), plotting.COLOURS, strict=False):
            rows = rows.sort_values(column)
            axis.plot(rows[column], rows["accuracy"], "o-", ms=4, color=colour, label=LABELS[name])
            band = rows["accuracy_low"], rows["accuracy_high"]
            axis.fill_between(rows[column], *band, color=colour, alpha=0.15, lw=0)
            half = metrics["half"][name].get("radius")
            if column == "radius" and half is not None:
                axis.plot(half, (original + chance) / 2, "*", ms=13, color=colour)
        _levels(axis, original, chance)
        axis.set(xlabel=label, ylim=(0, 1.02))
    axes[0].set(ylabel="accuracy (band: 95 %; ★: half is lost)")
    axes[1].legend(loc="lower left", fontsize=8)
    figure.suptitle(
        f"Accuracy with part of the coin masked (fill: {metrics['fill']}, {metrics['n']} coins)"
    )
    return figure


def controls(table: pd.DataFrame, metrics: dict) -> Figure:
    """Accuracy with each region masked against its share of the coin.

    table: see `controls.table`; metrics: see `analysis.control`.
    """
    figure = Figure(figsize=(8, 4.6), layout="constrained")
    axis = figure.subplots()
    kind = np.array(kinds(table["masked"]))
    for number, (name, how) in enumerate(KINDS.items()):
        rows = table[kind == name]
        axis.errorbar(
            rows["area"] + (number % 4 - 1) * ASIDE,
            rows["accuracy"],
            yerr=_errors(rows),
            fmt=how.marker,
            color=plotting.COLOURS[how.colour],
            label=how.label,
            ms=14 if how.marker == "*" else 6,
            elinewidth=0.6,
        )
    _levels(axis, metrics["whole"][TRAINED], metrics["majority_accuracy"])
    axis.set(xlabel="share of the coin masked", ylabel="accuracy (bars: 95 %)", ylim=(0, 1.02))
    axis.set(title=f"What is lost with what is masked (fill: {metrics['fill']})")
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    return figure


def fills(metrics: dict) -> Figure:
    """Accuracy under each fill, by network. metrics: see `analysis.control`."""
    panels = metrics["fills"]
    figure = Figure(figsize=(4.6 * len(panels) + 1.4, 3.6), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    shown = {"centre": LABELS["centre"], "margin": LABELS["margin"], "mask_only": FILL_ALONE}
    for axis, (network, by_fill) in zip(axes, panels.items(), strict=True):
        offsets = zip((-0.2, 0, 0.2), shown.items(), plotting.COLOURS, strict=False)
        for offset, (key, label), colour in offsets:
            rows = pd.DataFrame([found[key] for found in by_fill.values()])
            places = np.arange(len(rows)) + offset
            axis.errorbar(
                places,
                rows["accuracy"],
                yerr=_errors(rows),
                fmt="o",
                capsize=2,
                color=colour,
                label=label,
            )
        _levels(axis, metrics["whole"][network], metrics["majority_accuracy"])
        axis.set_xticks(range(len(by_fill)), list(by_fill))
        axis.set(title=NETWORKS[network], ylim=(0, 1.02), xlabel="fill")
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
    mints = next(iter(predicted.values()))
    for mint, colour in zip(mints, plotting.COLOURS, strict=False):
        values = np.array([predicted[name][mint] for name in names])
        bars = axis.barh(labels, values, left=left, color=colour, label=mint)
        axis.bar_label(bars, [f"{v:.0%}" if v > 0.06 else "" for v in values], label_type="center")
        left += values
    axis.set(xlim=(0, 1), xlabel="share of coins", title=title)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _levels(axis: Axes, original: float, majority: float) -> None:
    axis.axhline(original, color="black", lw=1, label="nothing masked")
    axis.axhline(majority, color="grey", ls="--", lw=1, label="commonest mint")


def _errors(rows: pd.DataFrame) -> np.ndarray:
    return plotting.error_lengths(rows["accuracy"], rows["accuracy_low"], rows["accuracy_high"])
