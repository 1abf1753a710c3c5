"""Pictures of heat maps: over coins, averaged by mint, and by zone."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.figure import Figure
from sklearn.decomposition import PCA

from mintmark import figures


def overlay(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Lay heat (H,W), 0 to 1, over a coin (uint8 RGB): the coin in grey, heat in colour."""
    grey = image.mean(axis=2, keepdims=True).repeat(3, axis=2)
    colour = colormaps[figures.HEAT](heat)[..., :3] * 255
    strength = 0.65 * heat[..., None]
    return (grey * (1 - strength) + colour * strength).astype(np.uint8)


def gallery(
    images: np.ndarray, heat: np.ndarray, judged: pd.DataFrame, title: str, each: int = 3
) -> Figure:
    """Show coins and their heat, `each` per mint named rightly and wrongly.

    judged: columns id, actual, predicted and confidence, row by row with images (N,H,W,3) and heat
    (N,H,W).
    """
    judged = judged.reset_index(drop=True)
    right = judged["actual"] == judged["predicted"]
    shown = judged.groupby(["actual", right.rename("right")], sort=True).head(each)
    order = (
        shown.assign(right=right).sort_values(["actual", "right"], ascending=[True, False]).index
    )
    titles = [
        f"{row.id}: {row.actual}\n{'named rightly' if row.actual == row.predicted else f'named {row.predicted}'}"
        f" ({row.confidence:.0%})"
        for row in judged.loc[order].itertuples()
    ]
    pairs = [np.vstack([images[k], overlay(images[k], heat[k])]) for k in order]
    return figures.grid(pairs, titles, columns=3, title=title, width=2.9)


def mean_maps(heat: np.ndarray, image: np.ndarray, groups: pd.Series, title: str) -> Figure:
    """The mean heat of each group of coins, over one coin (uint8 RGB) for orientation."""
    groups = groups.reset_index(drop=True)
    pictures, titles = [], []
    for name, members in groups.groupby(groups):
        mean = heat[members.index].mean(axis=0)
        pictures.append(overlay(image, mean / max(mean.max(), 1e-9)))
        titles.append(f"{name} ({len(members)} coins)")
    return figures.grid(pictures, titles, columns=3, title=title, width=3.2)


def zones(shares: pd.DataFrame, area: float, groups: pd.Series, title: str) -> Figure:
    """Each coin's share of heat in the margin by group, beside the margin's share of area."""
    figure = Figure(figsize=(7, 1.2 + 0.6 * groups.nunique()), layout="constrained")
    axis = figure.subplots()
    values = shares["margin"].to_numpy()
    names = sorted(groups.unique())
    jitter = np.random.default_rng(0).uniform(-0.18, 0.18, len(values))
    for row, name in enumerate(names):
        of = (groups == name).to_numpy()
        axis.scatter(values[of], row + jitter[of], s=12, color=figures.COLOURS[row], alpha=0.6)
        axis.plot([np.nanmean(values[of])] * 2, [row - 0.32, row + 0.32], color="black", lw=2)
    axis.axvline(area, color=figures.COLOURS[4], ls="--", label="the margin's share of area")
    axis.set_yticks(range(len(names)), names)
    axis.set(xlim=(0, 1), xlabel="share of heat in the margin (bar: mean)", title=title)
    axis.legend(loc="upper left", bbox_to_anchor=(0, -0.28))
    return figure


def feature_map(features: np.ndarray, judged: pd.DataFrame, title: str) -> Figure:
    """Coins in the plane of their features' first two principal components, errors ringed.

    features: (N,D); judged: columns actual (colours the coins) and predicted, row by row.
    """
    groups = judged["actual"].to_numpy()
    wrong = groups != judged["predicted"].to_numpy()
    plane = PCA(2, random_state=0).fit(features)
    points = plane.transform(features).round(2)  # beyond that, sums differ from run to run
    figure = Figure(figsize=(6.5, 4.5), layout="constrained")
    axis = figure.subplots()
    for name, colour, marker in zip(sorted(set(groups)), figures.COLOURS, "osD^vP", strict=False):
        of = groups == name
        axis.scatter(*points[of].T, s=24, color=colour, marker=marker, label=name, alpha=0.8)
    if wrong.any():
        axis.scatter(
            *points[wrong].T, s=90, facecolors="none", edgecolors="black", label="named wrongly"
        )
    first, second = plane.explained_variance_ratio_
    axis.set(
        xlabel=f"first principal component ({first:.0%} of variance)",
        ylabel=f"second ({second:.0%})", title=title,
    )  # fmt: skip
    axis.legend()
    return figure
