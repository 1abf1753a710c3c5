"""Training heads on features, choosing among them, and making the chosen one anew from more."""

from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import keras
import numpy as np
from pydantic import Field
from sklearn.metrics import accuracy_score, recall_score

from mintmark.coin_types import heads, store
from mintmark.coin_types.store import Examples, FeatureSet, Part
from mintmark.networks import fitting
from mintmark.pipeline.params import Block

SOLVED = ("discriminant", "linear", "mean")  # in one go
LEARNT = ("recipe", "cosine")  # epoch by epoch
KINDS = SOLVED + LEARNT
STEPS = 16  # of training at a time: the steps are so short that calling them costs more


class Fitting(Block):
    """The parameters of training a head by epochs."""

    balance: Literal["none", "weights", "logits"]
    dropout: Annotated[float, Field(ge=0, lt=1)]
    epochs: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]


class HeadTraining(Fitting):
    """The parameters of choosing and training a head."""

    head: Literal["best", *KINDS]
    shrinkage: Annotated[float, Field(gt=0, le=1)]
    scale: Annotated[float, Field(gt=0)]
    strength: Annotated[float, Field(gt=0)]
    patience: Annotated[int, Field(ge=1)]


class Trained(NamedTuple):
    """A head, and how it came about."""

    kind: str  # of KINDS
    head: keras.Sequential
    epochs: int  # that it learnt for; 0 where it was solved in one go


def best(
    part: Part, validation: Examples, classes: int, settings: HeadTraining, seed: int, curves: Path
) -> tuple[Trained, dict[str, dict[str, float]]]:
    """Train the head that the parameters name, or all of them and take the best.

    The best has the highest balanced accuracy on the validation part. Returns it, and how well each
    head does on that part.
    """
    kinds = KINDS if settings.head == "best" else (settings.head,)
    trained, judged = {}, {}
    for kind in kinds:
        trained[kind] = train(kind, part, validation, classes, settings, seed, curves / kind)
        judged[kind] = scores(trained[kind].head, validation)
    chosen = max(kinds, key=lambda kind: judged[kind]["balanced_accuracy"])
    return trained[chosen], judged


def scores(head: keras.Model, examples: Examples) -> dict[str, float]:
    """Accuracy and balanced accuracy, over the classes there are, of a head."""
    named = heads.logits(head, examples.vectors, examples.rows).argmax(axis=1)
    there = np.unique(examples.targets)
    return {
        "accuracy": accuracy_score(examples.targets, named),
        "balanced_accuracy": recall_score(examples.targets, named, labels=there, average="macro"),
    }


def train(
    kind: str, part: Part, validation: Examples, classes: int, settings: HeadTraining, seed: int,
    curves: Path,
) -> Trained:  # fmt: skip
    """Train one head of KINDS; the validation part chooses its epoch.

    curves: folder for dvclive's curves, if the head learns by epochs.
    """
    head = _begun(kind, part, classes, settings, seed)
    if kind in SOLVED:
        return Trained(kind, head, 0)
    learning, batches = ready(head, part.shown, part.weights, settings, seed)
    epochs = fitting.fit(
        learning, batches, validation.read(), settings.epochs, settings.patience, curves,
        best="val_accuracy",
    )  # fmt: skip
    return Trained(kind, head, epochs)


def anew(chosen: Trained, part: Part, settings: HeadTraining, seed: int) -> keras.Sequential:
    """Make a head like the chosen one from other photographs, for as many epochs."""
    head = _begun(chosen.kind, part, chosen.head.output_shape[1], settings, seed)
    if chosen.epochs:
        learning, batches = ready(head, part.shown, part.weights, settings, seed)
        fitting.fit_for(learning, batches, chosen.epochs)
    return head


def for_each(
    chosen: Trained, stored: FeatureSet, targets: np.ndarray, settings: HeadTraining, seed: int
) -> dict[str, keras.Sequential]:
    """The head that answers for each of what is to be answered; see `store.SEEN`.

    targets: of the labelled photographs (N,). The validation part's is the chosen one.
    """
    made = {"validation": chosen.head}
    for asked in store.asked(stored):
        if asked not in made:
            part = store.part(stored, targets, *store.SEEN[asked])
            made[asked] = anew(chosen, part, settings, seed)
    return made


def answers(made: dict[str, keras.Sequential], stored: FeatureSet) -> dict[str, np.ndarray]:
    """The logits of what is to be answered, each by its head: float32 (N,C)."""
    return {
        asked: heads.logits(made[asked], of.vectors, of.rows)
        for asked, of in store.asked(stored).items()
    }


def _begun(
    kind: str, part: Part, classes: int, settings: HeadTraining, seed: int
) -> keras.Sequential:
    """Make one head of KINDS: of SOLVED ready to use, of LEARNT yet to be trained."""
    keras.utils.set_random_seed(seed)
    dimensions, balance = part.shown.vectors.shape[1], settings.balance
    return {
        "discriminant": lambda: heads.discriminant(
            part.shown, part.weights, classes, settings.shrinkage, balance
        ),
        "linear": lambda: heads.linear(part.photographs, classes, settings.strength, balance),
        "mean": lambda: heads.nearest_mean(part.photographs, classes),
        "recipe": lambda: heads.recipe(dimensions, classes, settings.dropout),
        "cosine": lambda: heads.cosine(dimensions, classes, settings.dropout, settings.scale),
    }[kind]()


def ready(
    head: keras.Sequential, examples: Examples, weights: np.ndarray, settings: Fitting, seed: int
) -> tuple[keras.Model, fitting.Batches]:
    """A compiled model that trains a head, and the shuffled batches to fit it to. weights: (N,)."""
    adjusted = heads.adjustment(examples.targets, weights, head, settings.balance)
    learning = keras.Sequential([head, adjusted])
    learning.compile(
        keras.optimizers.Adam(settings.learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
        steps_per_execution=STEPS,
    )
    balanced = balancing(examples.targets, weights, settings.balance)

    def of(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return *examples.take(chosen).read(), balanced[chosen]

    order = np.random.default_rng([seed, 82])
    return learning, fitting.Batches(len(balanced), settings.batch, of, order)


def balancing(targets: np.ndarray, weights: np.ndarray, balance: str) -> np.ndarray:
    """Weights of examples (N,), so that all classes weigh the same if `balance` is "weights"."""
    if balance != "weights":
        return weights
    of_class = np.bincount(targets, weights)
    return weights * weights.sum() / np.count_nonzero(of_class) / of_class[targets]
