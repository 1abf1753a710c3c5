"""Pictures of what a network makes of coins of unknown mints."""

import numpy as np
from matplotlib.figure import Figure

from mintmark import plotting
from mintmark.explain import figures as heat_figures
from mintmark.occlusion.figures import LABELS, shares
from mintmark.open_set.analysis import SHOWN, UNKNOWN, Likeness, Looked, Noticed, Values
from mintmark.open_set.detection import ACCEPTED
from mintmark.open_set.scores import SCORES

GROUPS = {"test": "known mints (test coins)", UNKNOWN: "the unseen mint", "object": "other objects"}
MARKERS = "osD^v"


def of_inquiry(
    metrics: dict, likeness: Likeness, noticed: Noticed, looked: Looked
) -> dict[str, Figure]:
    """The pictures of the stage by name. metrics: its metrics."""
    mint = looked.unknown.coins.table["mint"].iloc[0]
    predicted = {"original": metrics["predicted"]}
    predicted |= {name: metrics["masked"][name]["predicted"] for name in ("centre", "margin")}
    predicted |= {
        f"{name} ({found['n']} coins)": found["predicted"]
        for name, found in metrics["minor"].items()
    }
    title = f"What {metrics['n']} coins of {mint} and those of minor mints are taken for"
    left_out = {f"coins of {name}": m["scores"] for name, m in metrics["leave_one_out"].items()}
    minor = {f"coins of {name}": found for name, found in metrics["minor_scores"].items()}
    controls = {f"control: {name}": found for name, found in metrics["far"].items()}
    return {
        "answers": shares(predicted, title),
        "consistency": consistency(metrics["consistency"], metrics["masked"]),
        "detection": detection({**left_out, **minor, **controls}),
        "scores": scores(noticed.values),
        "nearest": nearest(likeness),
        "gallery": heat_figures.gallery(
            looked.unknown, f"Coins of {mint}: where the network looks", each=SHOWN
        ),
        "features": heat_figures.feature_map(
            looked.features, looked.answers, "Unknown coins among the test coins"
        ),
    }


def scores(values: Values) -> Figure:
    """How known, unknown and far images spread over each score."""
    figure = Figure(figsize=(13, 3.4), layout="constrained")
    axes = figure.subplots(1, len(values), sharey=True)
    for axis, (score, groups) in zip(axes, values.items(), strict=True):
        shown = {name: groups[name] for name in GROUPS}
        bins = np.histogram_bin_edges(np.concatenate(list(shown.values())), 20)
        for (name, spread), colour in zip(shown.items(), plotting.COLOURS, strict=False):
            weights = np.full(len(spread), 1 / len(spread))
            axis.hist(spread, bins, weights=weights, color=colour, alpha=0.55, label=GROUPS[name])
        limit = np.quantile(groups["validation"], ACCEPTED)
        axis.axvline(limit, color="black", ls="--", lw=1, label="accepts 95 % of validation")
        axis.set(xlabel=f"{SCORES[score].label}\n(higher: less known)")
    axes[0].set_ylabel("share of coins")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=8)
    return figure


def detection(by_unknown: dict[str, dict[str, dict[str, float]]]) -> Figure:
    """AUROC of each score for each kind of unknown: by_unknown[name][score] with intervals."""
    figure = Figure(figsize=(8, 1.2 + 0.55 * len(by_unknown)), layout="constrained")
    axis = figure.subplots()
    names = list(by_unknown)[::-1]
    for number, (score, how) in enumerate(SCORES.items()):
        value, low, high = (
            np.array([by_unknown[name][score][f"auroc{end}"] for name in names])
            for end in ("", "_low", "_high")
        )
        axis.errorbar(
            value,
            np.arange(len(names)) + 0.3 - 0.15 * number,
            xerr=plotting.error_lengths(value, low, high),
            fmt=MARKERS[number % len(MARKERS)],
            ms=5,
            capsize=2,
            color=plotting.COLOURS[number % len(plotting.COLOURS)],
            label=how.label,
        )
    axis.axvline(0.5, color="grey", ls="--", lw=1, label="guessing")
    axis.set_yticks(range(len(names)), names)
    axis.set(xlim=(-0.02, 1.02), xlabel="AUROC against the test coins of known mints (bars: 95 %)")
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    return figure


def nearest(likeness: Likeness) -> Figure:
    """Unknown coins, each followed by its nearest known ones."""
    shown, known = likeness.shown, likeness.known
    panels, titles = [], []
    coins = zip(
        shown.images, shown.table.itertuples(), likeness.rows, likeness.distances, strict=True
    )
    for image, coin, rows, distances in coins:
        panels += [image, *known.images[rows]]
        titles.append(f"{coin.id}: {coin.mint}\n(never seen)")
        for other, distance in zip(known.table.iloc[rows].itertuples(), distances, strict=True):
            titles.append(f"{other.id}: {other.mint}\ndistance {distance:.3f}")
    title = "Unknown coins and the training coins nearest in feature space"
    return plotting.grid(panels, titles, columns=1 + likeness.rows.shape[1], title=title, width=2.4)


def consistency(changed: dict[str, dict], masked: dict[str, dict]) -> Figure:
    """Share of coins that keep their answer under each change."""
    shown = {
        name.replace("_", " ") + ("°" if "turned" in name else ""): found
        for name, found in changed.items()
    }
    shown |= {LABELS[name]: masked[name] for name in ("centre", "margin")}
    figure = Figure(figsize=(6.5, 0.9 + 0.32 * len(shown)), layout="constrained")
    axis = figure.subplots()
    value, low, high = (
        np.array([found[f"agreement{end}"] for found in shown.values()])
        for end in ("", "_low", "_high")
    )
    places = np.arange(len(shown))[::-1]
    error = plotting.error_lengths(value, low, high)
    axis.errorbar(value, places, xerr=error, fmt="o", capsize=3, color=plotting.COLOURS[0])
    axis.set_yticks(places, list(shown))
    axis.set(xlim=(0, 1.02), xlabel="share of coins that keep their answer (bars: 95 %)")
    return figure
