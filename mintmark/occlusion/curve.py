"""How much of the coin must be masked: accuracy over the border between field and margin."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mintmark.data.coins import CoinSet
from mintmark.occlusion import effects
from mintmark.occlusion.trials import VARIANTS, Answers, Trial
from mintmark.stats import classification

RESAMPLES = 1_000


def trials(borders: Sequence[float], fill: str) -> list[Trial]:
    """What `curve` needs answered."""
    return [Trial(zone(radius), fill) for zone in VARIANTS.values() for radius in sorted(borders)]


def curve(answers: Answers, coins: CoinSet, borders: Sequence[float], fill: str) -> pd.DataFrame:
    """Accuracy with the field or the margin masked, for a range of borders between them.

    Columns: masked ("centre" or "margin"), radius, area (share of the coin that is masked),
    accuracy, accuracy_low, accuracy_high, n.
    """
    rows = []
    for name, zone in VARIANTS.items():
        for radius in sorted(borders):
            answer = answers[Trial(zone(radius), fill)].argmax(axis=1)
            area = effects.area(zone(radius), coins.grid)
            metrics = classification.accuracy(coins.targets, answer)
            rows.append({"masked": name, "radius": radius, "area": area, **metrics})
    return pd.DataFrame(rows).round(6)


def wide(table: pd.DataFrame) -> pd.DataFrame:
    """`curve` with a row for each border and columns for each variant, such as field_masked."""
    names = {"centre": "field_masked", "margin": "margin_masked"}
    ends = {"accuracy": "", "accuracy_low": "_low", "accuracy_high": "_high", "area": "_area"}
    columns = {
        f"{names[name]}{end}": rows.set_index("radius")[column]
        for name, rows in table.groupby("masked")
        for column, end in ends.items()
    }
    return pd.DataFrame(columns).reset_index()


def correct(
    answers: Answers, targets: np.ndarray, borders: Sequence[float], fill: str
) -> dict[str, np.ndarray]:
    """Which coins are correctly classified at each border: bool (borders,N) by variant."""
    return {
        name: np.array(
            [effects.hits(answers[Trial(zone(r), fill)], targets) for r in sorted(borders)]
        )
        for name, zone in VARIANTS.items()
    }


def half_radii(
    correct: dict[str, np.ndarray],
    original: np.ndarray,
    *,
    chance: float,
    borders: Sequence[float],
    seed: int,
) -> dict[str, dict]:
    """The border at which half of the advantage over chance is lost, for each variant.

    correct: see `correct`; original: coins correctly classified with nothing masked (N,). For the
    field it is the smallest such border, for the margin the largest; its interval is a bootstrap
    over coins. `reached` is the share of the resamples in which there is one; without one no radius
    is given.
    """
    rng = np.random.default_rng([seed, 22])
    ordered = np.sort(borders)
    draws = rng.integers(len(original), size=(RESAMPLES, len(original)))
    found: dict[str, dict] = {}
    for name, hits in correct.items():
        outward = name == "centre"  # the wider the field, the more is masked

        def crossing(rows: np.ndarray, hits: np.ndarray = hits, outward: bool = outward) -> float:
            half = chance + (original[rows].mean() - chance) / 2
            return _crossing(hits[:, rows].mean(axis=1), ordered, half, outward)

        whole = crossing(np.arange(len(original)))
        resampled = np.array([crossing(rows) for rows in draws])
        reached = resampled[np.isfinite(resampled)]
        found[name] = {"reached": len(reached) / RESAMPLES}
        if np.isfinite(whole) and original.mean() > chance:
            low, high = np.quantile(reached, [0.025, 0.975])
            found[name] |= {"radius": whole, "radius_low": low, "radius_high": high}
    return found


def _crossing(accuracy: np.ndarray, borders: np.ndarray, half: float, outward: bool) -> float:
    """Where accuracy first falls to `half` as more is masked, between borders linearly; or NaN."""
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
