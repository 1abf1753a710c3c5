"""Pictures of heat maps: over coins, averaged by mint, and by zone."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.figure import Figure
from sklearn.decomposition import PCA

from mintmark import plotting


def overlay(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Lay heat (H,W), 0 to 1, over a coin (uint8 RGB): the coin in grey, heat in colour."""
    grey = image.mean(axis=2, keepdims=True).repeat(3, axis=2)
    colour = colormaps[plotting.HEAT](heat)[..., :3] * 255
    strength = 0.65 * heat[..., None]
    return (grey * (1 - strength) + colour * strength).astype(np.uint8)


def gallery(
    images: np.ndarray, heat: np.ndarray, judged: pd.DataFrame, title: str, each: int = 3
) -> Figure:
    """Show coins and their heat, `each` per mint named rightly and wrongly.

    judged: columns id, actual, predicted and confidence, row by row with images (N,H,W,3) and heat
    (N,H,W).
    """
    order = chosen(judged, each)
    pairs = [np.vstack([images[k], overlay(images[k], heat[k])]) for k in order]
    titles = _titles(judged.iloc[order])
    return plotting.grid(
        pairs, titles, columns=3, title=f"{title} (for the mint it names)", width=2.9
    )


def chosen(judged: pd.DataFrame, each: int) -> list[int]:
    """Rows of coins to show: `each` per mint named rightly, then as many named wrongly."""
    judged = judged.reset_index(drop=True)
    right = (judged["actual"] == judged["predicted"]).rename("right")
    shown = judged.assign(right=right).groupby(["actual", right], sort=True).head(each)
    return list(shown.sort_values(["actual", "right"], ascending=[True, False]).index)


def contrast(
    images: np.ndarray, true: np.ndarray, other: np.ndarray, judged: pd.DataFrame,
    rivals: np.ndarray,
) -> Figure:  # fmt: skip
    """Coins with the heat for their true mint, for the strongest other, and the difference.

    true, other: maps (N,H,W) on the scale of logits; rivals: the strongest other mints (N,).
    """
    panels, titles = [], []
    for image, first, second, title, rival in zip(
        images, true, other, _titles(judged), rivals, strict=True
    ):
        top = max(first.max(), second.max(), 1e-9)
        difference = colormaps[plotting.DIFFERENCE](0.5 + (first - second) / top / 2)[..., :3]
        panels += [overlay(image, first / top), overlay(image, second / top)]
        panels.append((difference * 255).astype(np.uint8))
        titles += [f"{title}\nfor its mint", f"for {rival}", "purple: for its mint, orange: other"]
    title = "What speaks for the true mint, and what for the strongest other"
    return plotting.grid(panels, titles, columns=3, title=title, width=2.9)


def _titles(judged: pd.DataFrame) -> list[str]:
    return [
        f"{row.id}: {row.actual}\n{'named rightly' if row.actual == row.predicted else f'named {row.predicted}'}"
        f" ({row.confidence:.0%})"
        for row in judged.itertuples()
    ]


def mean_maps(heat: np.ndarray, image: np.ndarray, groups: pd.Series, title: str) -> Figure:
    """The mean heat of each group of coins, over one coin (uint8 RGB) for orientation."""
    groups = groups.reset_index(drop=True)
    pictures, titles = [], []
    for name, members in groups.groupby(groups):
        mean = heat[members.index].mean(axis=0)
        pictures.append(overlay(image, mean / max(mean.max(), 1e-9)))
        titles.append(f"{name} ({len(members)} coins)")
    return plotting.grid(pictures, titles, columns=3, title=title, width=3.2)


def zones(shares: pd.DataFrame, summary: dict, judged: pd.DataFrame, radius: float) -> Figure:
    """Each coin's share of heat in the margin over the margin's share of area, by mint and answer.

    shares, summary: see `explanation`; judged: columns actual and predicted, row by row.
    """
    ratio = shares["margin"].to_numpy() / summary["area"]["margin"]
    right = np.where(judged["actual"] == judged["predicted"], "right", "wrong")
    names = [(mint, answer) for mint, of in summary["ratio_by_mint"].items() for answer in of]
    figure = Figure(figsize=(7.5, 1.6 + 0.5 * len(names)), layout="constrained")
    axis = figure.subplots()
    jitter = np.random.default_rng(0).uniform(-0.18, 0.18, len(ratio))
    for row, (mint, answer) in enumerate(names):
        of = ((judged["actual"] == mint) & (right == answer)).to_numpy()
        axis.scatter(ratio[of], row + jitter[of], s=12, color=plotting.COLOURS[row % 8], alpha=0.6)
        summed = summary["ratio_by_mint"][mint][answer]
        low, mean, high = (summed[key] for key in ("margin_low", "margin", "margin_high"))
        axis.errorbar(mean, row, xerr=[[mean - low], [high - mean]], fmt="k|", ms=14, capsize=4)
    axis.axvline(1, color="grey", ls="--", label="as much as its share of area")
    axis.set_yticks(range(len(names)), [f"{mint}, {answer}" for mint, answer in names])
    axis.set(
        xlabel="share of heat over share of area (bar: mean and 95 %)",
        title=f"Heat in the margin (r ≥ {radius:g})",
    )
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def unrolled(views: dict[str, tuple[np.ndarray, np.ndarray]], radius: float) -> Figure:
    """Mean coins and mean heat, unrolled (see `polar`), by side; a line marks the border."""
    figure = Figure(figsize=(10, 1.9 * 2 * len(views)), layout="constrained")
    axes = figure.subplots(2 * len(views), 1)
    top = max(heat.max() for _, heat in views.values())
    for row, (title, (coin, heat)) in enumerate(views.items()):
        of_side = axes[2 * row], axes[2 * row + 1]
        of_side[0].imshow(coin, cmap="gray", aspect="auto", extent=(0, 360, 1, 0))
        shown = of_side[1].imshow(
            heat, cmap=plotting.HEAT, aspect="auto", extent=(0, 360, 1, 0), vmin=0, vmax=top
        )
        of_side[0].set(title=f"mean coin: {title}")
        of_side[1].set(title="mean heat", xlabel="degrees clockwise from twelve o'clock")
        figure.colorbar(shown, ax=of_side[1], pad=0.01)
        for axis in of_side:
            axis.axhline(radius, color="white", lw=1, ls="--")
            axis.set(ylabel="radius", xticks=range(0, 361, 45))
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
    for name, colour, marker in zip(sorted(set(groups)), plotting.COLOURS, "osD^vP", strict=False):
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
