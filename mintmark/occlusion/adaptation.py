"""A copy of a network that has learnt with regions of the coins masked.

Hooker et al. (2019), "A Benchmark for Interpretability Methods in Deep Neural Networks" (remove and
retrain): a network that never saw a masked region may fail because the image looks strange, and not
because what was masked mattered. For a network that has seen such images in training masks are
nothing strange, and what it still loses was in them.
"""

from pathlib import Path
from typing import Annotated

import keras
import numpy as np
from joblib import Parallel, delayed
from pydantic import Field
from sklearn.utils.class_weight import compute_sample_weight

from mintmark.data.coins import CoinSet
from mintmark.geometry import fills, regions
from mintmark.geometry.regions import Region
from mintmark.networks import fitting
from mintmark.occlusion.controls import QUARTERS, within
from mintmark.occlusion.trials import Trial, masked
from mintmark.pipeline.params import Block

WHOLE = 1 / 3  # share of the coins of which nothing is masked
BORDERS = (0.3, 0.7)  # radii between which a random border of field and margin lies
DISCS = (0.2, 0.9)  # radii of random discs


class Adaptation(Block):
    """How a copy of the network is trained on coins of which regions are masked."""

    epochs: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]


def adapt(
    model: keras.Model, coins: CoinSet, settings: Adaptation, *, seed: int, curves: Path
) -> keras.Model:
    """Train a copy of a network further on the training coins with random regions masked.

    coins: with the column `part`; curves: folder for dvclive's curves. Batch normalisation keeps its
    statistics. The epoch is chosen on validation coins masked alike.
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
    known = coins.part("validation")
    twice = np.arange(len(known)).repeat(2)
    shown = partly_masked(known, twice, np.random.default_rng([seed, 12]))
    fitting.fit(
        copy,
        masking(coins.part("train"), settings.batch, seed),
        (shown, known.targets[twice]),
        epochs=settings.epochs,
        curves=curves,
    )
    return copy


def masking(coins: CoinSet, size: int, seed: int) -> fitting.Batches:
    """Batches of coins, random regions masked under random fills anew in each epoch."""
    weights = compute_sample_weight("balanced", coins.targets)
    rng = np.random.default_rng([seed, 11])

    def batch(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        shown = partly_masked(coins, rows, rng)
        return shown.astype(np.float32), coins.targets[rows], weights[rows]

    return fitting.Batches(len(coins), size, batch, rng)


def partly_masked(coins: CoinSet, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Some coins with a random region masked under a random fill, or, at times, nothing.

    rows: int (M,), the coins' places, some perhaps more than once. Returns uint8 (M,H,W,3).
    """
    drawn = [_random_trial(rng) for _ in rows]
    shown = Parallel(n_jobs=-1, prefer="threads")(
        delayed(masked)(coins.images[row : row + 1], coins.grid.subset([row]), trial, seed)
        for row, (trial, seed) in zip(rows.tolist(), drawn, strict=True)
    )
    return np.concatenate(shown)


def random_region(rng: np.random.Generator) -> Region:
    """A random region, for training: half of the time the field or the margin.

    Else a ring, a sector, a side or a disc, or everything but it.
    """
    number = int(rng.integers(QUARTERS))
    if rng.random() < 0.5:
        region = regions.field(rng.uniform(*BORDERS))
    else:
        others = [
            regions.ring(number, QUARTERS),
            regions.sector(number, QUARTERS),
            regions.side(number % 2),
            regions.disc(within(1.0, rng), rng.uniform(*DISCS)),
        ]
        region = others[rng.integers(len(others))]
    return region if rng.random() < 0.5 else region.complement()


def _random_trial(rng: np.random.Generator) -> tuple[Trial, int]:
    """A random trial and the seed of its fill."""
    if rng.random() < WHOLE:
        return Trial(regions.NOTHING, "mean"), 0
    region, fill = random_region(rng), str(rng.choice(list(fills.FILLS)))
    return Trial(region, fill), int(rng.integers(2**31))
