"""Pictures of what a network makes of coins it never saw."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mintmark import plotting
from mintmark.open_set import scores

GROUPS = {"test": "known mints (test coins)", "third": "the unseen mint", "object": "other objects"}


def scores(values: dict[str, dict[str, np.ndarray]]) -> Figure:
    """How known, unknown and far images spread over each score. values: `unseen.strangeness`."""
    figure = Figure(figsize=(13, 3.4), layout="constrained")
    axes = figure.subplots(1, len(values), sharey=True)
    for axis, (score, groups) in zip(axes, values.items(), strict=True):
        shown = {name: groups[name] for name in GROUPS}
        bins = np.histogram_bin_edges(np.concatenate(list(shown.values())), 20)
        for (name, strange), colour in zip(shown.items(), plotting.COLOURS, strict=False):
            weights = np.full(len(strange), 1 / len(strange))
            axis.hist(strange, bins, weights=weights, color=colour, alpha=0.55, label=GROUPS[name])
        limit = np.quantile(groups["validation"], scores.ACCEPTED)
        axis.axvline(limit, color="black", ls="--", lw=1, label="accepts 95 % of validation")
        axis.set(xlabel=f"{scores.LABELS[score]}\n(higher: stranger)")
    axes[0].set_ylabel("share of coins")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=8)
    return figure


def detection(by_unknown: dict[str, dict[str, dict[str, float]]]) -> Figure:
    """AUROC of each score for each kind of unknown: by_unknown[name][score] with intervals."""
    figure = Figure(figsize=(8, 1.2 + 0.55 * len(by_unknown)), layout="constrained")
    axis = figure.subplots()
    names = list(by_unknown)[::-1]
    for number, (score, label) in enumerate(scores.LABELS.items()):
        found = [by_unknown[name][score] for name in names]
        value = np.array([of["auroc"] for of in found])
        error = np.abs(
            [[of["auroc_low"] for of in found], [of["auroc_high"] for of in found]] - value
        )
        axis.errorbar(
            value, np.arange(len(names)) + 0.3 - 0.15 * number, xerr=error, fmt="osD^v"[number],
            ms=5, capsize=2, color=plotting.COLOURS[number], label=label,
        )  # fmt: skip
    axis.axvline(0.5, color="grey", ls="--", lw=1, label="guessing")
    axis.set_yticks(range(len(names)), names)
    axis.set(xlim=(-0.02, 1.02), xlabel="AUROC against the test coins of known mints (bars: 95 %)")
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    return figure


def nearest(
    images: np.ndarray, table: pd.DataFrame, known: np.ndarray, known_table: pd.DataFrame,
    rows: np.ndarray, distances: np.ndarray,
) -> Figure:  # fmt: skip
    """Unknown coins (N), each followed by its nearest known ones. rows, distances: (N,count)."""
    panels, titles = [], []
    for image, coin, near, far in zip(images, table.itertuples(), rows, distances, strict=True):
        panels += [image, *known[near]]
        titles.append(f"{coin.id}: {coin.mint}\n(never seen)")
        for other, distance in zip(known_table.iloc[near].itertuples(), far, strict=True):
            titles.append(f"{other.id}: {other.mint}\ndistance {distance:.3f}")
    title = "Unknown coins and the training coins nearest in feature space"
    return plotting.grid(panels, titles, columns=1 + rows.shape[1], title=title, width=2.4)


def consistency(figures_: dict[str, dict], masked: dict[str, dict]) -> Figure:
    """Share of coins that keep their answer under each change."""
    labels = {"centre": "field hidden", "margin": "margin hidden"}
    shown = {name.replace("_", " ") + ("°" if "turned" in name else ""): of
             for name, of in figures_.items()}  # fmt: skip
    shown |= {labels[name]: masked[name] for name in labels}
    figure = Figure(figsize=(6.5, 0.9 + 0.32 * len(shown)), layout="constrained")
    axis = figure.subplots()
    value = np.array([of["agreement"] for of in shown.values()])
    ends = [[of[f"agreement_{end}"] for of in shown.values()] for end in ("low", "high")]
    places = np.arange(len(shown))[::-1]
    axis.errorbar(
        value, places, xerr=np.abs(np.array(ends) - value), fmt="o", capsize=3,
        color=plotting.COLOURS[0],
    )  # fmt: skip
    axis.set_yticks(places, list(shown))
    axis.set(xlim=(0, 1.02), xlabel="share of coins that keep their answer (bars: 95 %)")
    return figure
