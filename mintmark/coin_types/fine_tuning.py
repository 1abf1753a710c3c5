"""Fine-tuning: after the head, upper blocks of the backbone or all of it learn on, gently."""

from pathlib import Path
from typing import Annotated, NamedTuple

import keras
import numpy as np
from pydantic import Field

from mintmark.coin_types import extraction, head_training, heads, store
from mintmark.coin_types.extraction import PROJECTION
from mintmark.coin_types.store import Change, FeatureSet, Making
from mintmark.networks import fitting, serialization
from mintmark.pipeline.params import Block
from mintmark.pipeline.stage import InputError


class Finetune(Block):
    """The parameters of fine-tuning."""

    epochs: Annotated[int, Field(ge=0)]
    upward_from: str
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    weight_decay: Annotated[float, Field(ge=0)]
    averaging: Annotated[float, Field(ge=0, lt=1)]
    augmentation: Change


class Photographs(NamedTuple):
    """Labelled photographs on disk."""

    files: np.ndarray  # paths (N,)
    targets: np.ndarray  # int (N,), class numbers
    making: Making

    def batches(
        self, weights: np.ndarray, size: int, rng: np.random.Generator | None = None
    ) -> fitting.Batches:
        """Read them `size` at a time, with weights (N,); shuffled in each epoch if `rng` is given."""

        def of(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            images = [extraction.prepared(file, self.making) for file in self.files[rows]]
            return np.stack(images).astype(np.float32), self.targets[rows], weights[rows]

        return fitting.Batches(len(self.files), size, of, rng)


def photographs(stored: FeatureSet, targets: np.ndarray, root: Path, *parts: str) -> Photographs:
    """The photographs of some parts. targets: of all labelled photographs (N,)."""
    rows = stored.labelled["part"].isin(parts).to_numpy()
    files = np.array([root / path for path in stored.labelled["path"][rows]])
    return Photographs(files, targets[rows], stored.making)


def for_each(
    made: dict[str, keras.Sequential], extractor: Path, stored: FeatureSet, targets: np.ndarray,
    root: Path, settings: Finetune, balance: str, seed: int, curves: Path,
) -> tuple[keras.Model, dict[str, np.ndarray]]:  # fmt: skip
    """Fine-tune the network that answers for each of what is to be answered; see `store.SEEN`.

    made: the head of each; extractor: the network of features, as saved. All go through as many
    epochs as the validation part chose. Returns the network that answers for the test part, and the
    logits of all that is answered, (N,C) each.
    """
    known = store.part(stored, targets, "validation").photographs
    temperature = heads.temperature(made["validation"], known)
    judging = photographs(stored, targets, root, "validation")
    answers = {}
    for asked, of in store.asked(stored).items():
        network = heads.joined(serialization.load(extractor), heads.tempered(made[asked], temperature))
        learnt = photographs(stored, targets, root, *store.SEEN[asked])
        if asked == "validation":
            epochs = tune(network, learnt, judging, settings, balance, seed, curves)
        else:
            tune_for(network, learnt, epochs, settings, balance, seed)
        answers[asked] = extraction.through(network, root, of.files, stored.making)
        if asked == "test":
            tested = network
    return tested, answers


def tune(
    network: keras.Model, learnt: Photographs, judging: Photographs, settings: Finetune,
    balance: str, seed: int, curves: Path,
) -> int:  # fmt: skip
    """Train a network on from the weights it has, on photographs augmented anew in each epoch.

    network: images (N,S,S,3) to logits; balance: as the head was trained, see `head_training.Fitting`;
    curves: folder for dvclive's curves. The rate warms up and decays along a cosine; weights are
    averaged over the steps (Polyak & Juditsky 1992). The epoch with the least loss on the photographs
    `judging` is kept, or the network as it was where none is better.
    Returns that epoch, or 0. Raises InputError when the loss stops being a number.
    """
    model, batches = _ready(network, learnt, settings, balance, seed)
    judged = judging.batches(np.ones(len(judging.files)), settings.batch)
    reached = model.evaluate(judged, return_dict=True, verbose=0)["loss"]
    return fitting.fit(
        model, batches, judged, settings.epochs, settings.epochs, curves, reached=reached
    )


def tune_for(
    network: keras.Model, learnt: Photographs, epochs: int, settings: Finetune, balance: str,
    seed: int,
) -> None:  # fmt: skip
    """Train a network on as `tune` does, for the first so many of its epochs."""
    model, batches = _ready(network, learnt, settings, balance, seed)
    fitting.fit_for(model, batches, epochs)


def _ready(
    network: keras.Model, learnt: Photographs, settings: Finetune, balance: str, seed: int
) -> tuple[keras.Model, fitting.Batches]:
    thaw(network, settings.upward_from)
    equal = np.ones(len(learnt.files))
    weights = head_training.balancing(learnt.targets, equal, balance)
    batches = learnt.batches(weights, settings.batch, np.random.default_rng([seed, 81]))
    changing = extraction.augmentation(settings.augmentation, seed)
    adjusted = heads.adjustment(learnt.targets, equal, network, balance)
    model = keras.Sequential([keras.Input(network.input_shape[1:]), changing, network, adjusted])
    rate = fitting.warm_cosine(settings.learning_rate, settings.epochs * len(batches))
    model.compile(
        keras.optimizers.AdamW(
            rate, settings.weight_decay, use_ema=True, ema_momentum=settings.averaging
        ),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    return model, batches


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
