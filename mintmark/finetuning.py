"""Fine-tuning: after the head, upper blocks of the backbone or all of it learn on, gently."""

from pathlib import Path
from typing import Annotated

import keras
import numpy as np
from pydantic import Field

from mintmark import features, heads, training
from mintmark.features import PROJECTION
from mintmark.featureset import Change, FeatureSet, Making
from mintmark.params import Block
from mintmark.stage import InputError


class Finetune(Block):
    """The parameters of fine-tuning."""

    epochs: Annotated[int, Field(ge=0)]
    upward_from: str
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    weight_decay: Annotated[float, Field(ge=0)]
    averaging: Annotated[float, Field(ge=0, lt=1)]
    augmentation: Change


def photographs(
    files: np.ndarray, targets: np.ndarray, weights: np.ndarray, making: Making, batch: int,
    rng: np.random.Generator | None = None,
) -> training.Batches:  # fmt: skip
    """Batches of photographs read from disk, with targets and weights; shuffled if `rng` is given."""

    def of(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        images = [features.prepared(file, making) for file in files[rows]]
        return np.stack(images).astype(np.float32), targets[rows], weights[rows]

    return training.Batches(len(files), batch, of, rng)


def tune(
    network: keras.Model, stored: FeatureSet, targets: np.ndarray, root: Path,
    settings: Finetune, balance: str, seed: int, curves: Path,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Train a network on from the weights it has, on photographs augmented anew in each epoch.

    network: images (N,S,S,3) to logits; targets: of the labelled photographs (N,); balance: as the
    head was trained, see `heads.Fitting`. The rate warms up and decays along a cosine; weights are
    averaged over the steps (Polyak & Juditsky 1992). The epoch with the least loss on the validation
    part is kept, or the network as it was where none is better.
    Returns the logits of the labelled and of the readable unlabelled photographs: (N,C), (M,C).
    Raises InputError when the loss stops being a number.
    """
    table, making = stored.labelled, stored.making
    thaw(network, settings.upward_from)
    parts = table["part"].to_numpy()
    weights = np.ones(len(table))
    train, validation = parts == "train", parts == "validation"
    weights[train] = heads.balancing(targets[train], balance)
    files = np.array([root / path for path in table["path"]])
    order = np.random.default_rng([seed, 81])
    learnt, judged = (
        photographs(files[rows], targets[rows], weights[rows], making, settings.batch, rng)
        for rows, rng in ((train, order), (validation, None))
    )
    changing = features.augmentation(settings.augmentation, seed)
    adjusted = heads.adjustment(targets[train], network, balance)
    model = keras.Sequential([keras.Input(network.input_shape[1:]), changing, network, adjusted])
    rate = training.warm_cosine(settings.learning_rate, settings.epochs * len(learnt))
    model.compile(
        keras.optimizers.AdamW(
            rate, settings.weight_decay, use_ema=True, ema_momentum=settings.averaging
        ),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    reached = model.evaluate(judged, return_dict=True, verbose=0)["loss"]
    training.fit(model, learnt, judged, settings.epochs, settings.epochs, curves, reached=reached)
    readable = stored.unlabelled.loc[stored.unlabelled["readable"], "path"]
    return tuple(features.through(network, root, of, making) for of in (table["path"], readable))


def thaw(network: keras.Model, upward_from: str) -> None:
    """Let the layers from the first one named `upward_from…` on learn, or "all"; batch norms never.

    Nor does the projection: its inputs differ so much in scale that a step fit for some would wreck
    others. Raises InputError when no layer has such a name.
    """
    names = [layer.name for layer in network.layers]
    starts = [k for k, name in enumerate(names) if upward_from in ("all", name[: len(upward_from)])]
    if not starts:
        raise InputError(
            f"transfer315.finetune.upward_from is {upward_from!r}: no layer of {network.name} begins "
            f"so; give 'all' or, say, {names[len(names) // 2]!r}."
        )
    for place, layer in enumerate(network.layers):
        still = isinstance(layer, keras.layers.BatchNormalization) or layer.name == PROJECTION
        layer.trainable = place >= starts[0] and not still
