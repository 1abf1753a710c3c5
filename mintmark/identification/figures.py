"""Pictures of identification: sets that hold the truth, risk against coverage, similar coins."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mintmark import plotting
from mintmark.data.coins import CoinSet
from mintmark.explain.figures import overlay
from mintmark.identification import assessment
from mintmark.identification.analysis import Examined
from mintmark.identification.calibration import BOTH, OBVERSE, REVERSE

ALL = "all coins"
LABELS = {BOTH: "both\nsides", OBVERSE: "obverse\nalone", REVERSE: "reverse\nalone"}


def sets(metrics: dict) -> Figure:
    """How often sets hold the truth, and how many answers they have. metrics: see `assess`."""
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    levels = metrics["sets"]
    width = 0.8 / len(levels)
    for number, (level, found) in enumerate(levels.items()):
        names = [ALL, *found["coverage_by_mint"]]
        places = np.arange(len(names)) + (number - (len(levels) - 1) / 2) * width
        colour, label = plotting.COLOURS[number], f"{level} % promised"
        held = [found["coverage"], *found["coverage_by_mint"].values()]
        left.bar(places, held, width, color=colour, label=label)
        ends = [found["coverage"]], [found["coverage_low"]], [found["coverage_high"]]
        lengths = plotting.error_lengths(*ends)
        left.errorbar(places[:1], ends[0], yerr=lengths, fmt="none", ecolor="black", capsize=3)
        left.axhline(float(level) / 100, color=colour, ls="--", lw=1)
        sizes = [found["size"], *found["size_by_mint"].values()]
        right.bar(places, sizes, width, color=colour, label=label)
    for axis in (left, right):
        axis.set_xticks(range(len(names)), names, rotation=20, ha="right")
    left.set(ylim=(0, 1.02), ylabel="share of sets (bar: 95 %)", title="Sets that hold the truth")
    right.set(ylabel="answers in a set (mean)", title="How many answers it takes")
    right.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8)
    return figure


def risk(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Wrong answers among the surest coins. tables: see `assessment.risk`, by label."""
    figure = Figure(figsize=(5.4, 3.4), layout="constrained")
    axis = figure.subplots()
    for (label, rows), colour in zip(tables.items(), plotting.COLOURS, strict=False):
        axis.plot(rows["coverage"], rows["risk"], color=colour, label=label)
    axis.set(xlabel="share of coins answered, the surest first", ylabel="wrong among them")
    axis.set(xlim=(0, 1), ylim=(0, None), title="Risk against coverage")
    axis.legend(loc="upper left", fontsize=8)
    return figure


def similar(coins: CoinSet, queries: np.ndarray, nearest: np.ndarray) -> Figure:
    """Coins with those of the collection that are most like them, a coin a row.

    queries: places in the collection (Q,); nearest: (Q,count).
    """
    table = coins.table
    images, titles = [], []
    for query, others in zip(queries, nearest, strict=True):
        images += [coins.images[place] for place in (query, *others)]
        titles.append(f"looked up: {table['id'].iloc[query]}\n{table['mint'].iloc[query]}")
        titles += [f"{table['id'].iloc[place]}\n{table['mint'].iloc[place]}" for place in others]
    title = "The most similar coins of other dies"
    return plotting.grid(images, titles, columns=nearest.shape[1] + 1, title=title, width=2.2)


def alike(coins: CoinSet, pairs: np.ndarray, heat: np.ndarray) -> Figure:
    """Coins with the one most like each, and what makes them alike on either.

    pairs: places in the collection (S,2); heat: (S,2,H,W), 0 to 1.
    """
    table, panels, titles = coins.table, [], []
    for pair, maps in zip(pairs, heat, strict=True):
        for role, place, hot in zip(("looked up", "most similar"), pair, maps, strict=True):
            image = coins.images[place]
            panels.append(np.vstack([image, overlay(image, hot)]))
            titles.append(f"{role}: {table['id'].iloc[place]}\n{table['mint'].iloc[place]}")
    title = "What makes the network take coins for alike"
    return plotting.grid(panels, titles, columns=4, title=title, width=2.6)


def of_identification(found: Examined, coins: CoinSet) -> dict[str, Figure]:
    """The pictures of the stage, by name. coins: the collection."""
    views = {LABELS[view]: metrics for view, metrics in found.metrics["views"].items()}
    queries, nearest = found.queries[found.shown], found.nearest[found.shown]
    pairs = np.stack([queries, nearest[:, 0]], axis=1)
    return {
        "sets": sets(found.metrics["views"][BOTH]),
        "views": by_view(views),
        "risk": risk({"three mints": assessment.risk(found.judged)}),
        "similar": similar(coins, queries, nearest),
        "alike": alike(coins, pairs, found.heat),
    }


def by_view(views: Mapping[str, dict]) -> Figure:
    """Accuracy, coverage and size of the sets, by the sides that are shown."""
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    found = [next(iter(metrics["sets"].values())) for metrics in views.values()]
    shares = {
        "accuracy": [metrics["accuracy"] for metrics in views.values()],
        "sets that hold the truth": [sets["coverage"] for sets in found],
    }
    places = np.arange(len(views))
    for number, (label, values) in enumerate(shares.items()):
        left.bar(
            places + (number - 0.5) * 0.4, values, 0.4, color=plotting.COLOURS[number], label=label
        )
    right.bar(places, [sets["size"] for sets in found], 0.6, color=plotting.COLOURS[2])
    for axis in (left, right):
        axis.set_xticks(places, list(views))
    left.set(ylim=(0, 1.3), yticks=np.arange(0, 1.01, 0.2), ylabel="share of test coins")
    left.legend(loc="upper center", fontsize=8)
    right.set(ylabel="answers in a set (mean)", ylim=(0, None))
    return figure
