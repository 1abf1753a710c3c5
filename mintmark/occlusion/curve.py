"""How much of the coin must be hidden: accuracy over the border between field and margin."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mintmark.geometry import fills, grid
from mintmark.stats import classification
from mintmark.occlusion.effects import Predict, VARIANTS

RESAMPLES = 1_000


def curve(
    predict: Predict, images: np.ndarray, places: grid.CoinGrid, actual: np.ndarray,
    borders: Sequence[float], fill: str, seed: int,
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:  # fmt: skip
    """Accuracy with the field or the margin hidden, for a range of borders between them.

    Columns: hidden ("centre" or "margin"), radius, area (share of the coin that is hidden),
    accuracy, accuracy_low, accuracy_high, n. Beside it, which coins were named rightly at each
    border: bool (borders, N) by variant.
    """
    borders = sorted(borders)
    rows, right = [], {}
    for name, zone in VARIANTS.items():
        hits = []
        for radius in borders:
            hidden = zone(places, radius)
            answer = predict(fills.occlude(images, hidden, places, fill, seed)).argmax(axis=1)
            area = hidden.sum() / places.coin.sum()
            judged = classification.accuracy(actual, answer)
            rows.append({"hidden": name, "radius": radius, "area": area, **judged})
            hits.append(answer == actual)
        right[name] = np.array(hits)
    return pd.DataFrame(rows).round(6), right


def half_radii(
    right: dict[str, np.ndarray], original: np.ndarray, chance: float, borders: Sequence[float],
    seed: int,
) -> dict[str, dict]:  # fmt: skip
    """The border at which half of the advantage over chance is lost, for each variant.

    right: see `curve`; original: coins named rightly with nothing hidden (N,). For the field it is
    the smallest such border, for the margin the largest; its interval is a bootstrap over coins.
    `reached` is the share of the resamples in which there is one; without one no radius is given.
    """
    rng = np.random.default_rng([seed, 22])
    borders = np.sort(borders)
    draws = rng.integers(len(original), size=(RESAMPLES, len(original)))
    figures = {}
    for name, hits in right.items():
        outward = name == "centre"  # the wider the field, the more is hidden

        def crossing(rows: np.ndarray, hits=hits, outward=outward) -> float:
            half = chance + (original[rows].mean() - chance) / 2
            return _crossing(hits[:, rows].mean(axis=1), borders, half, outward)

        whole = crossing(np.arange(len(original)))
        resampled = np.array([crossing(rows) for rows in draws])
        reached = resampled[np.isfinite(resampled)]
        figures[name] = {"reached": len(reached) / RESAMPLES}
        if np.isfinite(whole) and original.mean() > chance:
            low, high = np.quantile(reached, [0.025, 0.975])
            figures[name] |= {"radius": whole, "radius_low": low, "radius_high": high}
    return figures


def _crossing(accuracy: np.ndarray, borders: np.ndarray, half: float, outward: bool) -> float:
    """Where accuracy first falls to `half` as more is hidden, between borders linearly; or NaN."""
    if not outward:
        accuracy, borders = accuracy[::-1], borders[::-1]
    below = np.flatnonzero(accuracy <= half)
    if not len(below):
        return np.nan
    first = below[0]
    if first == 0:
        return float(borders[0])
    drop = accuracy[first - 1] - accuracy[first]
    step = (accuracy[first - 1] - half) / drop
    return float(borders[first - 1] + step * (borders[first] - borders[first - 1]))
