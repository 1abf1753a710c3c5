"""TODO explain.randomisation."""

from collections.abc import Callable
from pathlib import Path
import keras
import numpy as np
import pandas as pd
from scipy.integrate import trapezoid
from scipy.stats import spearmanr
from mintmark import plotting
from mintmark.data import manifests
from mintmark.explain import attribution, figures
from mintmark.geometry import fills, grid
from mintmark.stats import intervals



def cascade(
    model: keras.Model, images: np.ndarray, targets: np.ndarray, raw: np.ndarray, method: str,
    seed: int,
) -> pd.DataFrame:  # fmt: skip
    """How alike maps stay while layers are given random weights, from the top down.

    Adebayo et al. (2018), "Sanity Checks for Saliency Maps", cascading randomisation. Columns:
    layer (the lowest random one), layers (how many are), rank_correlation with its interval.
    """
    keras.utils.set_random_seed(seed)
    fresh = keras.models.clone_model(model)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    layers = [layer.name for layer in model.layers if layer.get_weights()][::-1]
    stops = np.unique(np.linspace(1, len(layers), min(STEPS, len(layers))).astype(int))
    rows = []
    for number, name in enumerate(layers, 1):
        copy.get_layer(name).set_weights(fresh.get_layer(name).get_weights())
        if number in stops:
            likeness = rank_correlation(raw, attribution.raw(copy, images, targets, method))
            summed = intervals.mean("rank_correlation", likeness, seed)
            rows.append({"layer": name, "layers": number, **summed})
    return pd.DataFrame(rows).round(6)


def rank_correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Spearman's correlation between the maps of each coin: (N,); 0 where a map is constant."""
    flat = zip(first.reshape(len(first), -1), second.reshape(len(second), -1), strict=True)
    return np.array([spearmanr(a, b).statistic if np.ptp(a) and np.ptp(b) else 0 for a, b in flat])
