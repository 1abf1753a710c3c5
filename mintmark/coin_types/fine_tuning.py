"""Fine-tuning: after the head, upper blocks of the backbones or all of them learn on, gently."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
from pydantic import Field

from mintmark.coin_types import extraction, extractor, head_training, heads, preparation, store
from mintmark.coin_types.store import Augmentation, ExtractionSettings, FeatureSet
from mintmark.networks import autodiff, backbones, fitting, serialization
from mintmark.pipeline.params import Block


class FineTuning(Block):
    """The parameters of fine-tuning."""

    epochs: Annotated[int, Field(ge=0)]
    upward_from: str
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    weight_decay: Annotated[float, Field(ge=0)]
    averaging: Annotated[float, Field(ge=0, lt=1)]
    augmentation: Augmentation


@dataclass(frozen=True, eq=False)
class Photographs:
    """Labelled photographs on disk."""

    files: np.ndarray  # paths (N,)
    targets: np.ndarray  # int (N,), class numbers
    settings: ExtractionSettings

    def batches(
        self, weights: np.ndarray, size: int, rng: np.random.Generator | None = None
    ) -> fitting.Batches:
        """Read them `size` at a time, with weights (N,); shuffled in each epoch if `rng` is given."""

        def batch(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            images = [preparation.prepared(file, self.settings) for file in self.files[rows]]
            return np.stack(images).astype(np.float32), self.targets[rows], weights[rows]

        made_of = *self.files, self.targets, weights, self.settings.model_dump_json()
        return fitting.Batches(len(self.files), size, batch, rng, made_of=made_of)


def photographs(stored: FeatureSet, targets: np.ndarray, root: Path, *parts: str) -> Photographs:
    """The photographs of some parts. targets: of all labelled photographs (N,)."""
    rows = stored.labelled["part"].isin(parts).to_numpy()
    files = np.array([root / path for path in stored.labelled["path"][rows]])
    return Photographs(files, targets[rows], stored.settings)


def for_each(
    fitted: dict[str, keras.Sequential],
    extractor_file: Path,
    stored: FeatureSet,
    targets: np.ndarray,
    *,
    root: Path,
    settings: FineTuning,
    balance: str,
    seed: int,
    curves: Path,
) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """Fine-tune the network that predicts each of `store.queries`, for as long as `validation` chose.

    fitted: the head for each; extractor_file: the feature extractor, as saved; root: of the photographs.
    Returns the network that predicts the test part, and the logits of every query, (N,C) each.
    """
    known = store.training_data(stored, targets, "validation").photographs
    temperature = heads.temperature(fitted["validation"], known)
    judging = photographs(stored, targets, root, "validation")
    networks, logits, epochs = {}, {}, 0
    for name, query in store.queries(stored).items():
        head = heads.with_temperature(fitted[name], temperature)
        network = networks[name] = heads.join(serialization.load(extractor_file), head)
        learnt = photographs(stored, targets, root, *store.LEARNT_FROM[name])
        if name == "validation":
            epochs = tune(
                network,
                learnt,
                judging,
                settings=settings,
                balance=balance,
                seed=seed,
                curves=curves,
            )
        else:
            tune_for(network, learnt, epochs, settings=settings, balance=balance, seed=seed)
        answering = autodiff.inference(network)
        logits[name] = extraction.through(answering, root, query.files, stored.settings)
    return networks["test"], logits


def tune(
    network: keras.Model,
    learnt: Photographs,
    judging: Photographs,
    *,
    settings: FineTuning,
    balance: str,
    seed: int,
    curves: Path,
) -> int:
    """Train a network on from the weights it has, on photographs augmented afresh in each epoch.

    network: images (N,S,K·S,3) to logits; balance: as the head was trained, see `head_training.Fitting`;
    curves: folder for dvclive's curves. The rate warms up and decays along a cosine; weights are
    averaged over the steps (Polyak & Juditsky 1992). The epoch with the least loss on the photographs
    `judging` is kept, or the network as it was where none is better.
    Returns that epoch, or 0. Raises InputError when the loss stops being a number.
    """
    model, batches = _compiled(network, learnt, settings, balance=balance, seed=seed)
    judged = judging.batches(np.ones(len(judging.files)), settings.batch)
    reached = model.evaluate(judged, return_dict=True, verbose=0)["loss"]
    return fitting.fit(
        model,
        batches,
        judged,
        epochs=settings.epochs,
        curves=curves,
        reached=reached,
    )


def tune_for(
    network: keras.Model,
    learnt: Photographs,
    epochs: int,
    *,
    settings: FineTuning,
    balance: str,
    seed: int,
) -> None:
    """Train a network on as `tune` does, for the first so many of its epochs."""
    model, batches = _compiled(network, learnt, settings, balance=balance, seed=seed)
    fitting.fit_for(model, batches, epochs=epochs)


def _compiled(
    network: keras.Model, learnt: Photographs, settings: FineTuning, *, balance: str, seed: int
) -> tuple[keras.Model, fitting.Batches]:
    # Projections stay: their inputs differ so much in scale that a step fit for some would wreck others.
    for layer in network.layers:
        if layer.name.startswith(extractor.BACKBONE):
            upward_from = settings.upward_from
            backbones.thaw(layer, upward_from, parameter="transfer315.finetune.upward_from")
    equal = np.ones(len(learnt.files))
    weights = head_training.balancing_weights(learnt.targets, equal, balance)
    rng = np.random.default_rng([seed, store.Stream.FINE_TUNING])
    batches = learnt.batches(weights, settings.batch, rng)
    height, width, _ = network.input_shape[1:]
    augmentation = extraction.augmentation(settings.augmentation, seed, width // height)
    adjustment = heads.LogitAdjustment(network.output_shape[1])
    adjustment.set(learnt.targets, equal, balance)
    inputs = keras.Input(network.input_shape[1:])
    model = keras.Sequential([inputs, augmentation, network, adjustment])
    rate = fitting.warm_cosine(settings.learning_rate, settings.epochs * len(batches))
    model.compile(
        keras.optimizers.AdamW(
            rate, settings.weight_decay, use_ema=True, ema_momentum=settings.averaging
        ),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    return model, batches
