"""Heads: from features to one logit a class, in several ways, on the same features.

Each is made of Keras layers, so that backbone and head can be joined to one network. With many rare
classes what is learnt has to be balanced: by weights, or by logits adjusted for the classes' shares
(Menon et al. 2021, "Long-tail learning via logit adjustment").
"""

import keras
import numpy as np
from keras import layers, ops
from keras.constraints import UnitNorm
from scipy.linalg import solve
from scipy.sparse import coo_array
from sklearn.covariance import shrunk_covariance
from sklearn.linear_model import LogisticRegression

from mintmark.coin_types.store import Examples
from mintmark.pipeline.stage import InputError
from mintmark.stats import calibration

CHUNK = 4_096  # features that a head is given at a time
ITERATIONS = 200  # of logistic regression, at most


def logits(head: keras.Model, vectors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """A head's logits for rows (N,) of a table of features (M,D), chunk by chunk: float32 (N,C)."""
    found = [head(np.asarray(vectors[rows[chunk]])) for chunk in _chunks(len(rows))]
    arrays = map(ops.convert_to_numpy, found)
    return np.concatenate([np.zeros((0, head.output_shape[1]), np.float32), *arrays])


def _chunks(number: int) -> list[slice]:
    return [slice(start, start + CHUNK) for start in range(0, number, CHUNK)]


def recipe(dimensions: int, classes: int, dropout: float) -> keras.Sequential:
    """The published recipe's head, untrained: Dense 256, dropout, Dense 128, dropout, logits."""
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
    """A cosine classifier, untrained: scale × the cosine of features and each class.

    Gidaris & Komodakis (2018), "Dynamic Few-Shot Visual Learning without Forgetting".
    """
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
    examples: Examples, weights: np.ndarray, *, classes: int, shrinkage: float, balance: str
) -> keras.Sequential:
    """Linear discriminant analysis: the class whose mean is nearest where features vary least.

    Distances are Mahalanobis's by the covariance within classes, which is drawn towards independent
    features of one variance by `shrinkage`, 0 to 1 (Friedman 1989). Features, with weights (N,), are
    read chunk by chunk; each class has one. Balanced in either way, all classes have the same prior
    probability. Raises InputError when no class has two.
    """
    if len(examples.targets) == classes:
        raise InputError(
            "The head 'discriminant' needs two photographs or views of a type at least, to see what "
            "varies within it; raise features315.views.number or set transfer315.head to mean."
        )
    dimensions = examples.vectors.shape[1]
    counts = np.bincount(examples.targets, weights, minlength=classes)
    sums, scatter = np.zeros((classes, dimensions)), np.zeros((dimensions, dimensions))
    for chunk in _chunks(len(examples.rows)):
        vectors, targets = examples.take(chunk).read()
        weighted = vectors * weights[chunk, None].astype(np.float32)
        shape = classes, len(targets)
        of_class = coo_array((np.ones(len(targets)), (targets, np.arange(len(targets)))), shape)
        sums += of_class.tocsr() @ weighted
        scatter += vectors.T @ weighted
    means = sums / counts[:, None]
    within = shrunk_covariance((scatter - means.T @ sums) / counts.sum(), shrinkage)
    kernel = solve(within, means.T, assume_a="pos").T
    bias = -(kernel * means).sum(axis=1) / 2
    if balance == "none":
        bias += _log_shares(counts)
    return _dense(kernel, bias)


def linear(examples: Examples, classes: int, strength: float, balance: str) -> keras.Sequential:
    """Multinomial logistic regression. strength: the inverse of its L2 penalty."""
    class_weight = "balanced" if balance == "weights" else None
    found = LogisticRegression(C=strength, class_weight=class_weight, max_iter=ITERATIONS)
    vectors, targets = examples.read()
    found.fit(vectors, targets)
    kernel, bias = found.coef_, found.intercept_
    if len(kernel) == 1:  # of two classes scikit-learn keeps the second alone
        kernel, bias = np.concatenate([-kernel, kernel]) / 2, np.concatenate([-bias, bias]) / 2
    if balance == "logits":
        bias = bias - _log_shares(np.bincount(targets, minlength=classes))
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


def _log_shares(counts: np.ndarray) -> np.ndarray:
    return np.ma.log(counts / counts.sum()).filled(-np.inf)


class LogitAdjustment(layers.Layer):
    """Adds something to the logits (N,C) while a head is trained; zero until it is set."""

    def __init__(self, classes: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.offset = self.add_weight(shape=(classes,), initializer="zeros", trainable=False)

    def call(self, logits: keras.KerasTensor) -> keras.KerasTensor:
        """Logits (N,C) to logits (N,C)."""
        return logits + self.offset

    def get_config(self) -> dict:
        """What makes the layer again."""
        return {**super().get_config(), "classes": self.offset.shape[0]}

    def set(self, targets: np.ndarray, weights: np.ndarray, balance: str) -> None:
        """Add the classes' log shares if `balance` is "logits", otherwise nothing.

        targets, weights: of the examples that are learnt from, (N,).
        """
        classes = self.offset.shape[0]
        counts = np.bincount(targets, weights, minlength=classes)
        self.offset.assign(_log_shares(counts) if balance == "logits" else np.zeros(classes))


def temperature(head: keras.Sequential, known: Examples) -> float:
    """What to divide a head's logits by, so that they suit examples that it was not trained on."""
    return calibration.temperature(logits(head, known.vectors, known.rows), known.targets)


def with_temperature(head: keras.Sequential, temperature: float) -> keras.Sequential:
    """A head whose logits are divided by a temperature."""
    return keras.Sequential([head, layers.Rescaling(1 / temperature)])


def join(extractor: keras.Model, head: keras.Sequential) -> keras.Model:
    """A feature extractor and a head as one network from images to logits."""
    return keras.Model(extractor.input, head(extractor.output), name=extractor.name)
