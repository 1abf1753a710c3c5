"""Training heads on features, choosing among them, and refitting the chosen one to more."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import keras
import numpy as np
import pandas as pd
from pydantic import Field
from sklearn.metrics import accuracy_score, recall_score

from mintmark.coin_types import heads, store
from mintmark.coin_types.store import Examples, FeatureSet, TrainingData
from mintmark.data import splitting
from mintmark.networks import fitting
from mintmark.pipeline.choices import one_of
from mintmark.pipeline.params import Block

BEST = "best"  # train all heads and take the best
STEPS = 16  # of training at a time: the steps are so short that calling them costs more


class Fitting(Block):
    """The parameters of training a head by epochs."""

    balance: Literal["none", "weights", "logits"]
    dropout: Annotated[float, Field(ge=0, lt=1)]
    epochs: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]


@dataclass(frozen=True)
class Head:
    """One way to make a head for a number of classes."""

    label: str  # in pictures
    make: Callable[[TrainingData, int, "HeadTraining"], keras.Sequential]
    by_epochs: bool = False  # it has yet to be trained; otherwise `make` solves it in one go


HEADS = {
    "discriminant": Head(
        "discriminant",
        lambda data, classes, settings: heads.discriminant(
            data.with_views,
            data.weights,
            classes=classes,
            shrinkage=settings.shrinkage,
            balance=settings.balance,
        ),
    ),
    "linear": Head(
        "logistic regression",
        lambda data, classes, settings: heads.linear(
            data.photographs, classes, settings.strength, settings.balance
        ),
    ),
    "mean": Head(
        "nearest mean",
        lambda data, classes, settings: heads.nearest_mean(data.photographs, classes),
    ),
    "recipe": Head(
        "recipe",
        lambda data, classes, settings: heads.recipe(data.dimensions, classes, settings.dropout),
        by_epochs=True,
    ),
    "cosine": Head(
        "cosine",
        lambda data, classes, settings: heads.cosine(
            data.dimensions, classes, settings.dropout, settings.scale
        ),
        by_epochs=True,
    ),
}


class HeadTraining(Fitting):
    """The parameters of choosing and training a head."""

    head: Annotated[str, one_of([BEST, *HEADS])]
    shrinkage: Annotated[float, Field(gt=0, le=1)]
    scale: Annotated[float, Field(gt=0)]
    strength: Annotated[float, Field(gt=0)]
    patience: Annotated[int, Field(ge=1)]
    folds: Annotated[int, Field(ge=2)]


@dataclass(frozen=True, eq=False)
class Trained:
    """A head, and how it came about."""

    kind: str  # of HEADS
    head: keras.Sequential
    epochs: int  # that it was trained for; 0 where it was solved in one go


def choose(
    data: TrainingData,
    validation: Examples,
    *,
    classes: int,
    settings: HeadTraining,
    seed: int,
    curves: Path,
) -> tuple[Trained, pd.DataFrame]:
    """Train the head that the parameters name, or all of them and take the best.

    The best has the highest balanced accuracy on the validation part. Returns it, and how well each
    head does on that part: columns head, label, accuracy and balanced_accuracy.
    """
    kinds = list(HEADS) if settings.head == BEST else [settings.head]
    trained, judged = {}, []
    for kind in kinds:
        trained[kind] = train(
            kind,
            data,
            validation,
            classes=classes,
            settings=settings,
            seed=seed,
            curves=curves / kind,
        )
        found = scores(trained[kind].head, validation)
        judged.append({"head": kind, "label": HEADS[kind].label, **found})
    table = pd.DataFrame(judged)
    return trained[table["head"][table["balanced_accuracy"].idxmax()]], table


def scores(head: keras.Model, examples: Examples) -> dict[str, float]:
    """Accuracy and balanced accuracy, over the classes there are, of a head."""
    predicted = heads.logits(head, examples.vectors, examples.rows).argmax(axis=1)
    actual = examples.targets
    return {
        "accuracy": accuracy_score(actual, predicted),
        "balanced_accuracy": recall_score(
            actual, predicted, labels=np.unique(actual), average="macro"
        ),
    }


def train(
    kind: str,
    data: TrainingData,
    validation: Examples,
    *,
    classes: int,
    settings: HeadTraining,
    seed: int,
    curves: Path,
) -> Trained:
    """Train one head of HEADS; the validation part chooses its epoch.

    curves: folder for dvclive's curves, if the head is trained by epochs.
    """
    head = _made(kind, data, classes=classes, settings=settings, seed=seed)
    if not HEADS[kind].by_epochs:
        return Trained(kind, head, 0)
    learning, batches = _ready(head, data, settings, seed)
    epochs = fitting.fit(
        learning,
        batches,
        validation.read(),
        epochs=settings.epochs,
        patience=settings.patience,
        curves=curves,
        best="val_accuracy",
    )
    return Trained(kind, head, epochs)


def refit(
    chosen: Trained, data: TrainingData, settings: HeadTraining, seed: int
) -> keras.Sequential:
    """Fit a head like the chosen one to other photographs, for as many epochs."""
    classes = chosen.head.output_shape[1]
    head = _made(chosen.kind, data, classes=classes, settings=settings, seed=seed)
    if chosen.epochs:
        learning, batches = _ready(head, data, settings, seed)
        fitting.fit_for(learning, batches, epochs=chosen.epochs)
    return head


def refit_for_each(
    chosen: Trained,
    stored: FeatureSet,
    targets: np.ndarray,
    *,
    settings: HeadTraining,
    seed: int,
) -> dict[str, keras.Sequential]:
    """The head that predicts each of `store.queries`, fitted to what it may learn from.

    targets: of the labelled photographs (N,). The validation part's is the chosen one.
    """
    fitted = {"validation": chosen.head}
    for name in store.queries(stored):
        if name not in fitted:
            data = store.training_data(stored, targets, *store.LEARNT_FROM[name])
            fitted[name] = refit(chosen, data, settings, seed)
    return fitted


def out_of_fold(
    chosen: Trained,
    stored: FeatureSet,
    targets: np.ndarray,
    *,
    settings: HeadTraining,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """What heads like the chosen one predict of photographs whose group they never saw.

    All labelled photographs fall into folds. Returns class numbers (M,) and the rows of the photographs
    (M,); those of a type that stands in one group alone are never held out.
    """
    predicted = np.full(len(targets), -1)
    group = stored.labelled["group"].to_numpy()
    for away in splitting.held_out(targets, group, settings.folds, seed):
        parts = stored.labelled.assign(part=np.where(away, "test", "train"))
        folded = replace(stored, labelled=parts)
        head = refit(chosen, store.training_data(folded, targets, "train"), settings, seed)
        rows = np.flatnonzero(away)
        predicted[rows] = heads.logits(head, stored.vectors, rows).argmax(axis=1)
    judged = np.flatnonzero(predicted >= 0)
    return predicted[judged], judged


def logits(fitted: dict[str, keras.Sequential], stored: FeatureSet) -> dict[str, np.ndarray]:
    """The logits of each of `store.queries` by its head: float32 (N,C)."""
    return {
        name: heads.logits(fitted[name], query.vectors, query.rows)
        for name, query in store.queries(stored).items()
    }


def _made(
    kind: str, data: TrainingData, *, classes: int, settings: HeadTraining, seed: int
) -> keras.Sequential:
    keras.utils.set_random_seed(seed)
    return HEADS[kind].make(data, classes, settings)


def _ready(
    head: keras.Sequential, data: TrainingData, settings: Fitting, seed: int
) -> tuple[keras.Model, fitting.Batches]:
    """A compiled model that trains a head, and the shuffled batches to fit it to."""
    examples = data.with_views
    model = compiled(head, settings, ["accuracy"])
    model.layers[-1].set(examples.targets, data.weights, settings.balance)
    weights = balancing_weights(examples.targets, data.weights, settings.balance)

    def batch(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return *examples.take(chosen).read(), weights[chosen]

    rng = shuffling(seed)
    return model, fitting.Batches(len(weights), settings.batch, batch, rng)


def compiled(head: keras.Sequential, settings: Fitting, metrics: list[str]) -> keras.Sequential:
    """A compiled model that trains a head; its last layer is a `heads.LogitAdjustment`."""
    model = keras.Sequential([head, heads.LogitAdjustment(head.output_shape[1])])
    model.compile(
        keras.optimizers.Adam(settings.learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=metrics,
        steps_per_execution=STEPS,
    )
    return model


def shuffling(seed: int) -> np.random.Generator:
    """What shuffles the examples of a head in each epoch."""
    return np.random.default_rng([seed, store.Stream.HEADS])


def balancing_weights(targets: np.ndarray, weights: np.ndarray, balance: str) -> np.ndarray:
    """Weights of examples (N,), so that all classes weigh the same if `balance` is "weights"."""
    if balance != "weights":
        return weights
    by_class = np.bincount(targets, weights)
    return weights * weights.sum() / np.count_nonzero(by_class) / by_class[targets]
