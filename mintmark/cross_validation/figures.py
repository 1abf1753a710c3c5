"""Pictures of cross-validation: balanced accuracy, a point for each fold, coins always wrong."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mintmark import plotting
from mintmark.occlusion import figures as occlusion
from mintmark.occlusion.trials import VARIANTS

LABELS = {"two": "two mints", "three": "three mints"}


def balanced(metrics: dict[str, dict], spread: pd.DataFrame) -> Figure:
    """Balanced accuracy of each task, as it is and masked, with intervals; a point for each fold.

    metrics: see `summary.metrics`; spread: see `summary.spread`.
    """
    figure = Figure(figsize=(7.5, 3.6), layout="constrained")
    axis = figure.subplots()
    masked = {occlusion.LABELS[name]: name for name in VARIANTS}
    shown = {"nothing masked": None, **masked}
    for place, (task, found) in enumerate(metrics.items()):
        for number, (label, name) in enumerate(shown.items()):
            row = found if name is None else found[name]
            value, low, high = (row[f"balanced_accuracy{end}"] for end in ("", "_low", "_high"))
            axis.errorbar(
                place + (number - 1) * 0.2,
                value,
                yerr=plotting.error_lengths([value], [low], [high]),
                fmt="os^"[number],
                color=plotting.COLOURS[number],
                capsize=3,
                label=label if place == 0 else None,
            )
        folds = spread.loc[spread["task"] == task, "balanced_accuracy"]
        where = np.full(len(folds), place - 0.28)
        axis.plot(where, folds, "k.", ms=4, label="one fold" if place == 0 else None)
        level = 1 / len(found["recall"])
        chance = "guessing" if place == 0 else None
        axis.plot([place - 0.4, place + 0.4], [level, level], color="grey", ls="--", label=chance)
    axis.set_xticks(range(len(metrics)), [LABELS[task] for task in metrics])
    axis.set(ylim=(0, 1.02), ylabel="balanced accuracy (bars: 95 %)")
    axis.set(title="Every coin tested by networks that never saw its group")
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    return figure


def always_wrong(coins: pd.DataFrame, images: np.ndarray) -> Figure:
    """A contact sheet of the coins that are wrong in every repeat. coins: row by row with images."""
    titles = [
        f"{row.id}: {row.actual}\ntaken for {row.predicted} ({LABELS[row.task]})"
        for row in coins.itertuples()
    ]
    title = f"Wrong in every repeat: {len(coins)} answers"
    return plotting.grid(list(images), titles, columns=4, title=title, width=2.6)
