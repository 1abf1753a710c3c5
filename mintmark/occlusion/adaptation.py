"""A copy of a network that has learnt with parts of the coins hidden.

Hooker et al. (2019), "A Benchmark for Interpretability Methods in Deep Neural Networks" (remove and
retrain): a network that never saw a hidden part may fail because the image looks strange, and not
because what was hidden mattered. For a network that has seen such images in training, hidden parts
are nothing strange, and what it still loses was in them.
"""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
from sklearn.utils.class_weight import compute_sample_weight

from mintmark.data import manifests
from mintmark.geometry import fills, grid
from mintmark.networks import fitting
from mintmark.occlusion import effects

WHOLE = 1 / 3  # share of the coins of which nothing is hidden


def hiding(
    images: np.ndarray, places: grid.CoinGrid, targets: np.ndarray, batch: int, seed: int
) -> fitting.Batches:
    """Batches of coins, random parts hidden under random fills anew in each epoch."""
    weights = compute_sample_weight("balanced", targets)
    rng = np.random.default_rng([seed, 11])

    def of(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        hidden = [partly_hidden(images[r], places.of(np.s_[r : r + 1]), rng) for r in rows]
        return np.stack(hidden).astype(np.float32), targets[rows], weights[rows]

    return fitting.Batches(len(images), batch, of, rng)


def partly_hidden(image: np.ndarray, places: grid.CoinGrid, rng: np.random.Generator) -> np.ndarray:
    """Hide a random part of a coin (uint8 (H,W,3)) under a random fill, or, at times, nothing."""
    if rng.random() < WHOLE:
        return image
    part, fill = effects.random_part(places, rng), rng.choice(fills.FILLS)
    return fills.occlude(image[None], part, places, fill, int(rng.integers(2**31)))[0]


def adapt(
    model: keras.Model, images: np.ndarray, table: pd.DataFrame, settings: effects.Adaptation,
    seed: int, curves: Path,
) -> keras.Model:  # fmt: skip
    """Train a copy of a network further on the training coins with random parts hidden.

    images: uint8 (N,H,W,3), row by row with table (columns mint, part and the circles). Batch
    normalisation keeps its statistics. The epoch is chosen on validation coins hidden alike.
    """
    fitting.reproducible(seed)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    copy.compile(
        keras.optimizers.Adam(settings.learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    targets = manifests.numbers(table["mint"], manifests.mints(table))
    places = grid.locate(manifests.circles(table), images.shape[1:3])
    part = table["part"].to_numpy()
    train, validation = (np.flatnonzero(part == name) for name in ("train", "validation"))
    batches = hiding(images[train], places.of(train), targets[train], settings.batch, seed)
    rng = np.random.default_rng([seed, 12])
    shown = [
        partly_hidden(images[r], places.of(np.s_[r : r + 1]), rng)
        for r in validation
        for _ in range(2)
    ]
    known = np.stack(shown), targets[validation].repeat(2)
    fitting.fit(copy, batches, known, settings.epochs, settings.epochs, curves)
    return copy
