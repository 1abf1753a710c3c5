"""Heads: from features to one logit a class, five ways, on the same features.

Each is made of Keras layers, so that backbone and head can be joined to one network. With many rare
classes what is learnt has to be balanced: by weights, or by logits adjusted for the classes' shares
(Menon et al. 2021, "Long-tail learning via logit adjustment").
"""

from pathlib import Path
from typing import Annotated, Literal

import keras
import numpy as np
from keras import layers
from keras.constraints import UnitNorm
from pydantic import Field
from scipy.linalg import solve
from sklearn.covariance import shrunk_covariance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, recall_score
from sklearn.utils.class_weight import compute_sample_weight

from mintmark import calibration, training
from mintmark.featureset import Examples, FeatureSet, Parts
from mintmark.params import Block
from mintmark.stage import InputError

SOLVED = ("discriminant", "linear", "mean")  # in one go
LEARNT = ("recipe", "cosine")  # epoch by epoch
KINDS = SOLVED + LEARNT
STEPS = 16  # of training at a time: the steps are so short that calling them costs more
CHUNK = 4_096  # features that a head is given at a time
ITERATIONS = 200  # of logistic regression, at most


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


def best(
    parts: Parts, classes: int, settings: HeadTraining, seed: int, curves: Path
) -> tuple[str, keras.Sequential, dict[str, dict[str, float]]]:
    """Train the head that the parameters name, or all of them and take the best.

    The best has the highest balanced accuracy on the validation part. Returns its kind, itself, and
    how well each head does on that part.
    """
    kinds = KINDS if settings.head == "best" else (settings.head,)
    heads, judged = {}, {}
    for kind in kinds:
        heads[kind] = train(kind, parts, classes, settings, seed, curves / kind)
        judged[kind] = scores(heads[kind], parts.validation)
    chosen = max(kinds, key=lambda kind: judged[kind]["balanced_accuracy"])
    return chosen, heads[chosen], judged


def scores(head: keras.Model, examples: Examples) -> dict[str, float]:
    """Accuracy and balanced accuracy, over the classes there are, of a head."""
    named = logits(head, examples.vectors, examples.rows).argmax(axis=1)
    there = np.unique(examples.targets)
    return {
        "accuracy": accuracy_score(examples.targets, named),
        "balanced_accuracy": recall_score(examples.targets, named, labels=there, average="macro"),
    }


def answers(
    kind: str, head: keras.Model, stored: FeatureSet, targets: np.ndarray, settings: HeadTraining
) -> tuple[np.ndarray, np.ndarray]:
    """The logits of the labelled and of the readable unlabelled photographs: (N,C), (M,C).

    targets: of the labelled photographs (N,). A head of SOLVED is made anew from all of them, of every
    part, to answer for the unlabelled; one of LEARNT answers itself, since without a validation part
    nothing would choose its epoch.
    """
    labelled, submitted = np.arange(len(targets)), np.arange(len(stored.submitted))
    final = head
    if kind in SOLVED and submitted.size:
        everything = Examples.every(stored.vectors, targets[stored.origin])
        final = solved(kind, everything.take(labelled), everything, head.output_shape[1], settings)
    return logits(head, stored.vectors, labelled), logits(final, stored.submitted, submitted)


def logits(head: keras.Model, vectors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """A head's scores for rows (N,) of a table of features (M,D), chunk by chunk: float32 (N,C)."""
    found = [head(np.asarray(vectors[rows[chunk]])).numpy() for chunk in _chunks(len(rows))]
    return np.concatenate([np.zeros((0, head.output_shape[1]), np.float32), *found])


def _chunks(number: int) -> list[slice]:
    return [slice(start, start + CHUNK) for start in range(0, number, CHUNK)]


def train(
    kind: str, parts: Parts, classes: int, settings: HeadTraining, seed: int, curves: Path
) -> keras.Sequential:
    """Train one head of KINDS; see `best`. curves: folder for dvclive's curves, if it has epochs."""
    if kind in SOLVED:
        return solved(kind, parts.photographs, parts.shown, classes, settings)
    keras.utils.set_random_seed(seed)
    dimensions = parts.shown.vectors.shape[1]
    head = {
        "recipe": lambda: recipe(dimensions, classes, settings.dropout),
        "cosine": lambda: cosine(dimensions, classes, settings.dropout, settings.scale),
    }[kind]()
    learning, batches = ready(head, parts.shown, settings, seed)
    training.fit(
        learning, batches, parts.validation.read(), settings.epochs, settings.patience, curves,
        best="val_accuracy",
    )  # fmt: skip
    return head


def solved(
    kind: str, photographs: Examples, shown: Examples, classes: int, settings: HeadTraining
) -> keras.Sequential:
    """Make one head of SOLVED. shown: photographs and their views."""
    balance = settings.balance
    return {
        "discriminant": lambda: discriminant(shown, classes, settings.shrinkage, balance),
        "linear": lambda: linear(photographs, classes, settings.strength, balance),
        "mean": lambda: nearest_mean(photographs, classes),
    }[kind]()


def ready(
    head: keras.Sequential, examples: Examples, settings: Fitting, seed: int
) -> tuple[keras.Model, training.Batches]:
    """A compiled model that trains a head, and the shuffled batches to fit it to."""
    learning = keras.Sequential([head, adjustment(examples.targets, head, settings.balance)])
    learning.compile(
        keras.optimizers.Adam(settings.learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
        steps_per_execution=STEPS,
    )
    weights = balancing(examples.targets, settings.balance)

    def of(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return *examples.take(chosen).read(), weights[chosen]

    order = np.random.default_rng([seed, 82])
    return learning, training.Batches(len(weights), settings.batch, of, order)


def balancing(targets: np.ndarray, balance: str) -> np.ndarray:
    """Weights of examples (N,), by which all classes count the same if `balance` is "weights"."""
    return compute_sample_weight("balanced" if balance == "weights" else None, targets)


def adjustment(targets: np.ndarray, head: keras.Model, balance: str) -> keras.Layer:
    """What is added to logits in training: the classes' log shares if `balance` is "logits"."""
    classes = head.output_shape[1]
    offset = _log_shares(targets, classes) if balance == "logits" else np.zeros(classes)
    return layers.Rescaling(1.0, offset=offset.astype(np.float32))


def recipe(dimensions: int, classes: int, dropout: float) -> keras.Sequential:
    """The published recipe's head: Dense 256, dropout, Dense 128, dropout, logits."""
    return keras.Sequential(
        [
            keras.Input((dimensions,)),
            layers.Dense(256, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(128, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(classes, name="logits"),
        ]
    )


def cosine(dimensions: int, classes: int, dropout: float, scale: float) -> keras.Sequential:
    """A cosine classifier: scale × the cosine of features and each class (Gidaris & Komodakis 2018)."""
    return keras.Sequential(
        [
            keras.Input((dimensions,)),
            layers.Dropout(dropout),
            layers.UnitNormalization(),
            layers.Dense(classes, use_bias=False, kernel_constraint=UnitNorm(axis=0)),
            layers.Rescaling(scale, name="logits"),
        ]
    )


def discriminant(
    examples: Examples, classes: int, shrinkage: float, balance: str
) -> keras.Sequential:
    """Linear discriminant analysis: the class whose mean is nearest where features vary least.

    Distances are Mahalanobis's by the covariance within classes, which is drawn towards independent
    features of one variance by `shrinkage`, 0 to 1 (Friedman 1989). Features are read chunk by chunk;
    each class has one. Balanced in either way, all classes are equally likely beforehand. Raises
    InputError when no class has two.
    """
    if len(examples.targets) == classes:
        raise InputError(
            "The head 'discriminant' needs two photographs or views of a type at least, to see what "
            "varies within it; raise features315.views.number or set transfer315.head to mean."
        )
    dimensions = examples.vectors.shape[1]
    counts = np.bincount(examples.targets, minlength=classes)
    sums, scatter = np.zeros((classes, dimensions)), np.zeros((dimensions, dimensions))
    for chunk in _chunks(len(examples.rows)):
        vectors, targets = examples.take(chunk).read()
        np.add.at(sums, targets, vectors)
        scatter += vectors.T @ vectors
    means = sums / counts[:, None]
    within = shrunk_covariance((scatter - means.T @ sums) / counts.sum(), shrinkage)
    kernel = solve(within, means.T, assume_a="pos").T
    bias = -(kernel * means).sum(axis=1) / 2
    if balance == "none":
        bias += _log_shares(examples.targets, classes)
    return _dense(kernel, bias)


def linear(examples: Examples, classes: int, strength: float, balance: str) -> keras.Sequential:
    """Multinomial logistic regression. strength: the inverse of its L2 penalty."""
    weighed = "balanced" if balance == "weights" else None
    found = LogisticRegression(C=strength, class_weight=weighed, max_iter=ITERATIONS)
    found.fit(*examples.read())
    kernel, bias = found.coef_, found.intercept_
    if len(kernel) == 1:  # of two classes scikit-learn keeps the second alone
        kernel, bias = np.concatenate([-kernel, kernel]) / 2, np.concatenate([-bias, bias]) / 2
    if balance == "logits":
        bias = bias - _log_shares(examples.targets, classes)
    return _dense(kernel, bias)


def nearest_mean(examples: Examples, classes: int) -> keras.Sequential:
    """The class whose mean is nearest: logits are half the squared distances, negative, but for |x|²."""
    vectors, targets = examples.read()
    means = np.stack([vectors[targets == k].mean(axis=0) for k in range(classes)])
    return _dense(means, -(means**2).sum(axis=1) / 2)


def _dense(kernel: np.ndarray, bias: np.ndarray) -> keras.Sequential:
    classes, dimensions = kernel.shape
    head = keras.Sequential([keras.Input((dimensions,)), layers.Dense(classes, name="logits")])
    head.layers[-1].set_weights([kernel.T, bias])
    return head


def _log_shares(targets: np.ndarray, classes: int) -> np.ndarray:
    return np.ma.log(np.bincount(targets, minlength=classes) / len(targets)).filled(-np.inf)


def tempered(head: keras.Sequential, known: Examples) -> keras.Sequential:
    """A head whose logits are divided by the temperature that suits examples it was not trained on."""
    found = logits(head, known.vectors, known.rows)
    temperature = calibration.temperature(found, known.targets)
    return keras.Sequential([head, layers.Rescaling(1 / temperature)])


def joined(extractor: keras.Model, head: keras.Sequential) -> keras.Model:
    """A backbone with its features, and a head, as one network from images to logits."""
    return keras.Model(extractor.input, head(extractor.output), name=extractor.name)
