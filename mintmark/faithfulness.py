"""Whether heat maps can be believed: do they point at what matters, do they follow the weights?"""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.integrate import trapezoid

from mintmark import dataset, evaluation, explanation, figures, gradcam, masks


def check(
    model: keras.Model, images: np.ndarray, table: pd.DataFrame, seed: int, plots: Path
) -> dict[str, dict]:
    """Score Grad-CAM of the named mint on coins; writes deletion.png.

    faithfulness: area under the deletion curve (Petsiuk et al. 2018) of Grad-CAM and of random maps
    equally grainy; lower is better, and Grad-CAM is of use only where it lies below chance.
    sanity: rank correlation of the maps with those of the same network with random weights (Adebayo
    et al. 2018); a method that looks at the weights comes out near 0.
    """

    def predict(masked: np.ndarray) -> np.ndarray:
        return model.predict(masked, verbose=0)

    named = predict(images).argmax(axis=1)
    raw = gradcam.raw(model, images, named)
    heat = gradcam.upsampled(raw, images.shape[1:3])
    radii = masks.radii(dataset.circles(table), images.shape[1:3])
    chance = explanation.random_heat(heat.shape, raw.shape[1], seed)
    curves = {
        "gradcam": explanation.deletion(predict, images, heat, radii, named),
        "random": explanation.deletion(predict, images, chance, radii, named),
    }
    figures.save(_draw(curves), plots / "deletion.png")
    keras.utils.set_random_seed(seed)
    scrambled = gradcam.raw(keras.models.clone_model(model), images, named)
    likeness = explanation.rank_correlation(raw, scrambled)
    areas = {f"deletion_{name}": _area(curve) for name, curve in curves.items()}
    return {
        "faithfulness": areas,
        "sanity": evaluation.mean("rank_correlation", likeness, seed),
    }


def _area(curve: np.ndarray) -> float:
    """Area under a deletion curve, as a multiple of the lead on the whole coin."""
    return float(trapezoid(curve / curve[0], explanation.DELETED))


def _draw(curves: dict[str, np.ndarray]) -> Figure:
    labels = {"gradcam": "hottest by Grad-CAM first", "random": "hottest by a random map first"}
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    for (name, curve), colour in zip(curves.items(), figures.COLOURS, strict=False):
        axis.plot(explanation.DELETED, curve, "o-", ms=4, color=colour, label=labels[name])
    axis.axhline(0, color="grey", lw=1)
    axis.set(xlabel="share of the coin blurred away", ylabel="lead of the named mint (logits)",
             title="Deletion curve, mean over test coins")  # fmt: skip
    axis.legend()
    return figure
