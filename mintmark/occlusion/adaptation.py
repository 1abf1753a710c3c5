"""A copy of a network that has learnt with regions of the coins masked.

Hooker et al. (2019), "A Benchmark for Interpretability Methods in Deep Neural Networks" (remove and
retrain): a network that never saw a masked region may fail because the image looks strange, and not
because what was masked mattered. For a network that has seen such images in training masks are
nothing strange, and what it still loses was in them.
"""

from functools import partial
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
from pydantic import Field
from sklearn.utils.class_weight import compute_sample_weight

from mintmark.data.coins import CoinSet
from mintmark.geometry import fills, regions
from mintmark.geometry.regions import Region
from mintmark.networks import fitting, models
from mintmark.occlusion.controls import QUARTERS, within
from mintmark.occlusion.trials import Trial, masked
from mintmark.pipeline import scratch
from mintmark.pipeline.parallel import threaded
from mintmark.pipeline.params import Block

WHOLE = 1 / 3  # share of the coins of which nothing is masked
BORDERS = (0.3, 0.7)  # radii between which a random border of field and margin lies
DISCS = (0.2, 0.9)  # radii of random discs
JUDGED = 2  # masked views of each validation coin


class Adaptation(Block):
    """How a copy of the network is trained on coins of which regions are masked."""

    views: Annotated[int, Field(ge=1)]
    epochs: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]


def adapt(
    model: keras.Model, coins: CoinSet, settings: Adaptation, *, seed: int, curves: Path
) -> keras.Model:
    """Train a copy of a network further on the training coins with random regions masked.

    coins: with the column `part`; curves: folder for dvclive's curves. A backbone that does not learn
    sees each masked view once; batch normalisation keeps its statistics. The epoch is chosen on
    validation coins masked alike.
    """
    fitting.reproducible(seed)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    learner, seen = copy, np.asarray
    backbone, head = models.backbone_and_head(copy)
    if not backbone.trainable_weights:
        learner, seen = head, partial(models.in_batches, backbone)
    learner.compile(
        keras.optimizers.Adam(settings.learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    train, validation = coins.part("train"), coins.part("validation")
    rng = np.random.default_rng([seed, 11])
    views = (seen(masked_view(train, rng)) for _ in range(settings.views))
    shown = scratch.stacked(settings.views, views)
    balanced = compute_sample_weight("balanced", train.targets)
    batches = fitting.of_views(shown, train.targets, balanced, size=settings.batch, rng=rng)
    judged = np.concatenate([seen(masked_view(validation, rng)) for _ in range(JUDGED)])
    known = judged, np.tile(validation.targets, JUDGED)
    fitting.fit(learner, batches, known, epochs=settings.epochs, curves=curves)
    return copy


def masked_view(coins: CoinSet, rng: np.random.Generator) -> np.ndarray:
    """Each coin with a random region masked under a random fill, or, at times, nothing.

    Returns uint8 (N,H,W,3).
    """
    drawn = [_random_trial(rng) for _ in range(len(coins))]

    def view(row: int) -> np.ndarray:
        return masked(coins.images[row : row + 1], coins.grid.subset([row]), *drawn[row])

    return np.concatenate(threaded(view, range(len(coins))))


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
