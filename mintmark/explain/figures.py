"""Pictures of heat maps: over coins, averaged, unrolled, by zone, and whether to believe them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from sklearn.decomposition import PCA

from mintmark import plotting
from mintmark.explain.analysis import Contrast, Explained, Survey, Unrolled, chosen
from mintmark.explain.attribution import METHODS
from mintmark.explain.faithfulness import CENTRED, HEAT, RANDOM, Curves
from mintmark.geometry.regions import HOURS, SIDES
from mintmark.networks.evaluation import correct

MAPS = {RANDOM: "a random map", CENTRED: "the distance from the centre"}
FILLS = {"blur": "blurred", "linear": "linearly imputed, with noise"}
SCORES = {
    "pointing": "hottest point on the name",
    "on_name": "share of heat on the name",
    "auprc": "area under precision-recall",
}
CLOCK_HEAT = "share of heat over share of area"
TURN = (0, 360, 1, 0)  # the edges of an unrolled side: degrees, and radii from the edge inwards


def of_survey(survey: Survey, radius: float) -> dict[str, Figure]:
    """The pictures of where a network looks, by name. radius: the border of field and margin."""
    found = survey.found
    return {
        "gallery": gallery(found, "Where the network looks"),
        "contrast": contrast(found, survey.contrast),
        "mean_maps": mean_maps(found, "Mean heat by mint"),
        "polar": unrolled(survey.unrolled, radius),
        "zones": zones(survey.shares, survey.metrics, found.answers, radius),
        "clock": clock(survey.clock, "ratio", radius, "Heat on the clock", CLOCK_HEAT),
    }


def overlay(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Lay heat (H,W), 0 to 1, over a coin (uint8 RGB): the coin in grey, heat in colour."""
    grey = image.mean(axis=2, keepdims=True).repeat(3, axis=2)
    colour = colormaps[plotting.HEAT](heat)[..., :3] * 255
    strength = 0.65 * heat[..., None]
    return (grey * (1 - strength) + colour * strength).astype(np.uint8)


def gallery(found: Explained, title: str, each: int = 3) -> Figure:
    """Show coins and their heat, `each` per mint correctly and incorrectly classified."""
    rows = chosen(found.answers, each)
    images = found.coins.images
    pairs = [np.vstack([images[row], overlay(images[row], found.heat[row])]) for row in rows]
    titles = _titles(found.answers.iloc[rows])
    return plotting.grid(
        pairs, titles, columns=3, title=f"{title} (for the mint it names)", width=2.9
    )


def contrast(found: Explained, contrasted: Contrast) -> Figure:
    """Coins with the heat for their true mint, for the strongest other, and the difference."""
    panels, titles = [], []
    shown = found.coins.images[contrasted.rows]
    captions = _titles(found.answers.iloc[contrasted.rows])
    maps = zip(shown, contrasted.own, contrasted.other, strict=True)
    for (image, own, other), caption, rival in zip(maps, captions, contrasted.rivals, strict=True):
        top = max(own.max(), other.max(), 1e-9)
        difference = colormaps[plotting.DIFFERENCE](0.5 + (own - other) / top / 2)[..., :3]
        panels += [overlay(image, own / top), overlay(image, other / top)]
        panels.append((difference * 255).astype(np.uint8))
        titles += [
            f"{caption}\nfor its mint",
            f"for {rival}",
            "purple: for its mint, orange: other",
        ]
    title = "What speaks for the true mint, and what for the strongest other"
    return plotting.grid(panels, titles, columns=3, title=title, width=2.9)


def _titles(answers: pd.DataFrame) -> list[str]:
    said = np.where(correct(answers), "correct", "called " + answers["predicted"])
    return [
        f"{row.id}: {row.actual}\n{answer} ({row.confidence:.0%})"
        for row, answer in zip(answers.itertuples(), said, strict=True)
    ]


def mean_maps(found: Explained, title: str) -> Figure:
    """The mean heat of each mint's coins, over one coin for orientation."""
    mints = found.coins.table["mint"].to_numpy()
    pictures, titles = [], []
    for mint in sorted(set(mints)):
        mean = found.heat[mints == mint].mean(axis=0)
        pictures.append(overlay(found.coins.images[0], mean / max(mean.max(), 1e-9)))
        titles.append(f"{mint} ({(mints == mint).sum()} coins)")
    return plotting.grid(pictures, titles, columns=3, title=title, width=3.2)


def zones(shares: pd.DataFrame, summary: dict, answers: pd.DataFrame, radius: float) -> Figure:
    """Each coin's share of heat in the margin over the margin's share of area, by mint and answer.

    shares, summary: see `zones`; answers: columns actual and predicted, row by row.
    """
    ratio = shares["margin"].to_numpy() / summary["area"]["margin"]
    answer = np.where(correct(answers), "correct", "incorrect")
    by_mint = summary["ratio_by_mint"]
    rows = [(mint, kind) for mint, kinds in by_mint.items() for kind in kinds]
    figure = Figure(figsize=(7.5, 1.6 + 0.5 * len(rows)), layout="constrained")
    axis = figure.subplots()
    jitter = np.random.default_rng(0).uniform(-0.18, 0.18, len(ratio))
    for row, (mint, kind) in enumerate(rows):
        shown = ((answers["actual"] == mint) & (answer == kind)).to_numpy()
        colour = plotting.COLOURS[row % len(plotting.COLOURS)]
        axis.scatter(ratio[shown], row + jitter[shown], s=12, color=colour, alpha=0.6)
        mean, low, high = (by_mint[mint][kind][f"margin{end}"] for end in ("", "_low", "_high"))
        error = plotting.error_lengths([mean], [low], [high])
        axis.errorbar(mean, row, xerr=error, fmt="k|", ms=14, capsize=4)
    axis.axvline(1, color="grey", ls="--", label="as much as its share of area")
    axis.set_yticks(range(len(rows)), [f"{mint}, {kind}" for mint, kind in rows])
    axis.set(
        xlabel="share of heat over share of area (bar: mean and 95 %)",
        title=f"Heat in the margin (r ≥ {radius:g})",
    )
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def unrolled(views: Sequence[Unrolled], radius: float) -> Figure:
    """Mean coins and mean heat, unrolled, by side; a line marks the border of field and margin."""
    figure = Figure(figsize=(10, 1.9 * 2 * len(views)), layout="constrained")
    axes = figure.subplots(2 * len(views), 1)
    top = max(view.heat.max() for view in views)
    for view, relief, heat in zip(views, axes[::2], axes[1::2], strict=True):
        relief.imshow(view.relief, cmap="gray", aspect="auto", extent=TURN)
        relief.set(title=f"mean coin: {view.side}, {view.aligned} of {view.coins} coins aligned")
        shown = heat.imshow(
            view.heat, cmap=plotting.HEAT, aspect="auto", extent=TURN, vmin=0, vmax=top
        )
        heat.set(title="mean heat", xlabel="degrees clockwise from twelve o'clock")
        figure.colorbar(shown, ax=heat, pad=0.01)
        for axis in (relief, heat):
            axis.axhline(radius, color="white", lw=1, ls="--")
            axis.set(ylabel="radius", xticks=range(0, 361, 45))
    return figure


def clock(table: pd.DataFrame, column: str, radius: float, title: str, label: str) -> Figure:
    """A column of `clock.cells` as two dials, obverse and reverse, twelve o'clock above.

    table: columns side, zone, hour and `column`; label: what the colours mean.
    """
    spaced = ConstrainedLayoutEngine(wspace=0.08, h_pad=0.2)
    figure = Figure(figsize=(9, 4.5), layout=spaced)
    axes = figure.subplots(1, len(SIDES), subplot_kw={"projection": "polar"})
    low, high = min(table[column].min(), 0), max(table[column].max(), 1e-9)
    colours = ScalarMappable(Normalize(low, high), plotting.HEAT)
    hour = 2 * np.pi / HOURS
    for axis, side in zip(axes, SIDES, strict=True):
        for zone, (inner, outer) in {"field": (0, radius), "margin": (radius, 1)}.items():
            rows = table[(table["side"] == side) & (table["zone"] == zone)]
            axis.bar(
                rows["hour"] * hour,
                outer - inner,
                hour,
                inner,
                align="edge",
                color=colours.to_rgba(rows[column]),
                edgecolor="white",
                linewidth=0.6,
            )
        axis.set_theta_zero_location("N")
        axis.set_theta_direction(-1)
        axis.set_xticks(np.arange(HOURS) * hour, [str(number or HOURS) for number in range(HOURS)])
        axis.set(ylim=(0, 1), yticks=[], title=side)
        axis.grid(visible=False)
    figure.colorbar(colours, ax=axes, pad=0.04, shrink=0.85, label=label)
    figure.suptitle(title)
    return figure


def feature_map(features: np.ndarray, answers: pd.DataFrame, title: str) -> Figure:
    """Coins in the plane of their features' first two principal components, errors ringed.

    features: (N,D); answers: columns actual (colours the coins) and predicted, row by row.
    """
    mints, wrong = answers["actual"].to_numpy(), ~correct(answers)
    plane = PCA(2, random_state=0).fit(features)
    points = plane.transform(features).round(2)  # beyond that, sums differ from run to run
    figure = Figure(figsize=(6.5, 4.5), layout="constrained")
    axis = figure.subplots()
    for mint, colour, marker in zip(sorted(set(mints)), plotting.COLOURS, "osD^vP", strict=False):
        x, y = points[mints == mint].T
        axis.scatter(x, y, s=24, color=colour, marker=marker, label=mint, alpha=0.8)
    if wrong.any():
        x, y = points[wrong].T
        axis.scatter(x, y, s=90, facecolors="none", edgecolors="black", label="incorrect")
    first, second = plane.explained_variance_ratio_
    axis.set(xlabel=f"first principal component ({first:.0%} of variance)", title=title)
    axis.set(ylabel=f"second ({second:.0%})")
    axis.legend()
    return figure


def faithfulness(found: dict[str, Curves], shares: Sequence[float], method: str) -> Figure:
    """Mean deletion and insertion curves. found: see `faithfulness.check`; shares: of the coin."""
    labels = {HEAT: METHODS[method].label, **MAPS}
    figure = Figure(figsize=(9, 2.9 * len(found)), layout="constrained")
    axes = figure.subplots(len(found), 2, squeeze=False, sharey=True)
    for row, (fill, maps) in zip(axes, found.items(), strict=True):
        for axis, kind in zip(row, ("deletion", "insertion"), strict=True):
            _mean_curves(axis, {labels[name]: maps[name][kind] for name in maps}, shares)
            verb = "masked" if kind == "deletion" else "shown"
            axis.set(title=f"{kind}, {FILLS[fill]}", xlabel=f"share of the coin {verb}, best first")
        row[0].set_ylabel("lead of the named mint\n(1: on the whole coin)")
    axes[0, 0].legend()
    return figure


def _mean_curves(axis: Axes, leads: dict[str, np.ndarray], shares: Sequence[float]) -> None:
    for (label, values), colour, mark in zip(leads.items(), plotting.COLOURS, "osD", strict=False):
        axis.plot(shares, values.mean(axis=1), f"{mark}-", ms=4, color=colour, label=label)
    axis.axhline(0, color="grey", lw=1)


def randomisation(steps: pd.DataFrame, method: str) -> Figure:
    """How alike the maps stay while layers become random. steps: see `randomisation.cascade`."""
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axis = figure.subplots()
    places = np.arange(len(steps) + 1)
    curve, low, high = ([1, *steps[f"rank_correlation{end}"]] for end in ("", "_low", "_high"))
    axis.plot(places, curve, "o-", color=plotting.COLOURS[0])
    axis.fill_between(places, low, high, color=plotting.COLOURS[0], alpha=0.2, lw=0)
    axis.axhline(0, color="grey", lw=1)
    axis.set_xticks(places, ["none", *steps["layer"]], rotation=30, ha="right")
    axis.set(ylim=(-0.6, 1.05), xlabel="random weights from the top down to this layer")
    axis.set(ylabel="rank correlation with\nthe trained network's map")
    axis.set(title=f"{METHODS[method].label} while the network forgets (band: 95 % over coins)")
    return figure


def pointing(scores: dict[str, dict]) -> Figure:
    """How well each method's heat finds the mint's name on coins that are correctly classified.

    scores: see `localisation.compare`.
    """
    figure = Figure(figsize=(10, 3.2), layout="constrained")
    methods = [method for method in METHODS if "correct" in scores[method]][::-1]
    places = np.arange(len(methods))
    for axis, (key, title) in zip(figure.subplots(1, 3, sharey=True), SCORES.items(), strict=True):
        value, low, high = (
            np.array([scores[method]["correct"][f"{key}{end}"] for method in methods])
            for end in ("", "_low", "_high")
        )
        error = plotting.error_lengths(value, low, high)
        axis.errorbar(value, places, xerr=error, fmt="o", color=plotting.COLOURS[0], capsize=3)
        axis.axvline(
            scores["chance"][key], color=plotting.COLOURS[4], ls="--", label="a random map"
        )
        axis.set(title=title, xlim=(0, 1.02))
        axis.set_yticks(places, [METHODS[method].label for method in methods])
    axis.legend(loc="lower right")
    return figure
