"""Whether heat maps follow what the network has learnt: do they change when its weights are random?"""

import keras
import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from mintmark.explain import attribution
from mintmark.explain.analysis import Explained
from mintmark.stats import intervals

STEPS = 8  # at most so many along the curve of random weights
CORRELATION = "rank_correlation"


def cascade(model: keras.Model, found: Explained, seed: int) -> pd.DataFrame:
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
            maps = attribution.raw(copy, found.coins.images, found.named, found.method)
            summed = intervals.mean(CORRELATION, rank_correlation(found.raw, maps), seed)
            rows.append({"layer": name, "layers": number, **summed})
    return pd.DataFrame(rows).round(6)


def last(steps: pd.DataFrame) -> dict[str, float]:
    """The rank correlation with all layers random. steps: see `cascade`."""
    return {name: steps[name].iloc[-1] for name in steps if str(name).startswith(CORRELATION)}


def rank_correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Spearman's correlation between the maps of each coin: (N,); 0 where a map is constant."""
    flat = zip(first.reshape(len(first), -1), second.reshape(len(second), -1), strict=True)
    return np.array([spearmanr(a, b).statistic if np.ptp(a) and np.ptp(b) else 0 for a, b in flat])
