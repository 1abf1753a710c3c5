"""What a network loses when part of the coin is hidden, on the same coins."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from mintmark import evaluation, masks
from mintmark.params import Block

Predict = Callable[[np.ndarray], np.ndarray]  # images (N,H,W,3) to logits (N,classes)
VARIANTS = {"centre": masks.field, "margin": masks.margin}  # what each variant hides
KEYS = ("accuracy", "accuracy_low", "accuracy_high", "balanced_accuracy", "n", "recall")

Radius = Annotated[float, Field(gt=0, lt=1)]  # of the border between field and margin


class Masking(Block):
    """The parameters of a stage that hides parts of coins."""

    radius: Radius
    fill: Literal[masks.FILLS]
    radii: Annotated[list[Radius], Field(min_length=1)]


def variants(
    images: np.ndarray, radii: np.ndarray, radius: float, fill: str, seed: int
) -> dict[str, np.ndarray]:
    """The same coins as they are, with the field hidden ("centre") and with the margin hidden.

    images: uint8 (N,H,W,3); radii: (N,H,W), see `masks.radii`.
    """
    hidden = {name: zone(radii, radius) for name, zone in VARIANTS.items()}
    masked = {name: masks.hide(images, zone, radii, fill, seed) for name, zone in hidden.items()}
    return {"original": images, **masked}


def compare(
    predicted: dict[str, np.ndarray], actual: np.ndarray, names: Sequence[str], seed: int
) -> dict[str, dict]:
    """Accuracy of each variant, and how far it falls below that of the original.

    predicted: class numbers (N,) by variant, with "original"; actual: (N,). For each masked variant
    also recall by mint, and how many coins flow from one answer to the other.
    """
    right = {name: answer == actual for name, answer in predicted.items()}
    figures = {}
    for name, answer in predicted.items():
        judged = evaluation.classification(actual, answer, list(names))
        figures[name] = {key: judged[key] for key in KEYS}
        if name != "original":
            figures[name] |= evaluation.drop(right["original"], right[name], seed)
            figures[name]["flow"] = flow(predicted["original"], answer, names)
    return figures


def flow(before: np.ndarray, after: np.ndarray, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Coins by the mint named before (outer) and after (inner) hiding."""
    return {
        first: {second: int(((before == i) & (after == j)).sum()) for j, second in enumerate(names)}
        for i, first in enumerate(names)
    }


def curve(
    predict: Predict, images: np.ndarray, radii: np.ndarray, actual: np.ndarray,
    borders: Sequence[float], fill: str, seed: int,
) -> pd.DataFrame:  # fmt: skip
    """Accuracy with the field or the margin hidden, for a range of borders between them.

    Columns: hidden ("centre" or "margin"), radius, area (share of the coin that is hidden),
    accuracy, accuracy_low, accuracy_high, n.
    """
    coin = (radii <= 1).sum()
    rows = []
    for radius in borders:
        for name, zone in VARIANTS.items():
            hidden = zone(radii, radius)
            answer = predict(masks.hide(images, hidden, radii, fill, seed)).argmax(axis=1)
            judged = evaluation.accuracy(actual, answer)
            rows.append({"hidden": name, "radius": radius, "area": hidden.sum() / coin, **judged})
    return pd.DataFrame(rows).round(6)
