"""Label issues: confident learning on out-of-sample probabilities.

Northcutt, Jiang & Chuang (2021), "Confident Learning", as cleanlab does it. The probabilities are of
models that never saw the photograph nor any of its group; nothing is dropped for them.
"""

import math
from typing import Annotated

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from pydantic import Field
from scipy.special import softmax
from tqdm import tqdm

from mintmark.coin_types import head_training, heads, store
from mintmark.data import splitting

AHEAD = 8  # batches that are gathered in advance


class LabelChecking(head_training.Fitting):
    """The parameters of checking labels."""

    folds: Annotated[int, Field(ge=2)]
    below: Annotated[float, Field(gt=0, le=1)]


def out_of_sample(
    examples: store.Examples,
    group: np.ndarray,
    learning: np.ndarray,
    *,
    classes: int,
    settings: LabelChecking,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities from heads that never saw the photograph, (N,C), and which count, bool (N,).

    group: (N,), groups stay together; learning: bool (N,), photographs that may train; the others get
    the mean of all heads. A photograph counts when every head that judges it knew its class.
    """
    targets = examples.targets
    found, known = np.zeros((len(targets), classes), np.float32), np.zeros(len(targets), int)
    rows = np.flatnonzero(learning)
    folds = splitting.folds(targets[rows], group[rows], settings.folds, seed)
    keras.utils.set_random_seed(seed)
    head = heads.recipe(examples.vectors.shape[1], classes, settings.dropout)
    model = head_training.compiled(head, settings, [])
    model.optimizer.build(model.trainable_variables)
    start = [(v, v.numpy()) for v in (*model.variables, *model.optimizer.variables)]
    for held_out in tqdm(folds, desc="cross-validating", disable=None):
        trained = examples.take(np.delete(rows, held_out))
        for variable, value in start:  # one model for all folds is compiled but once
            variable.assign(value)
        _fit(model, trained, settings, seed)
        judged = np.concatenate([rows[held_out], np.flatnonzero(~learning)])
        logits = heads.logits(head, examples.vectors, examples.rows[judged])
        found[judged] += softmax(logits, axis=1)
        known[judged] += np.isin(targets[judged], trained.targets)
    models = np.where(learning, 1, settings.folds)
    found /= models[:, None]
    return found, known == models


def _fit(
    model: keras.Sequential, examples: store.Examples, settings: LabelChecking, seed: int
) -> None:
    """Train a head of `head_training.compiled`; to Keras all epochs are one, each in its own order.

    The orders are those of `fitting.Batches`, which Keras shuffles before the first epoch as well.
    """
    vectors, targets = examples.read()
    equal = np.ones(len(targets))
    model.layers[-1].set(targets, equal, settings.balance)
    weights = head_training.balancing_weights(targets, equal, settings.balance)
    rng = head_training.shuffling(seed)
    orders = np.stack([rng.permutation(len(targets)) for _ in range(1 + settings.epochs)])[1:]
    steps = math.ceil(len(targets) / settings.batch)
    # TensorFlow gathers the batches itself: in Python that takes longer than learning from them.
    columns = [tf.constant(values) for values in (vectors, targets, np.float32(weights))]
    batches = (
        tf.data.Dataset.from_tensor_slices(orders)
        .flat_map(lambda order: tf.data.Dataset.from_tensor_slices(order).batch(settings.batch))
        .map(lambda rows: tuple(tf.gather(values, rows) for values in columns))
        .apply(tf.data.experimental.assert_cardinality(steps * settings.epochs))
        .prefetch(AHEAD)
    )
    model.fit(batches, shuffle=False, verbose=0)


def suspected(
    table: pd.DataFrame,
    targets: np.ndarray,
    probabilities: np.ndarray,
    counts: np.ndarray,
    *,
    below: float,
) -> pd.DataFrame:
    """Label issues, worst first: Id, Class, suggested, quality, path and example.

    table: columns Id, Class, path; probabilities, counts: see `out_of_sample`. quality: the
    probability of the label given, 0 to 1; only those `below` are listed, since the further up, the
    more often the model is wrong and not the label. example: the path of a photograph of the type
    suggested whose label is no issue, empty where there is none.
    """
    # Classes without a photograph that counts would have no threshold of their own.
    present, codes = np.unique(targets[counts], return_inverse=True)
    shares = probabilities[np.ix_(counts, present)]
    shares /= shares.sum(axis=1, keepdims=True)
    wrong = find_label_issues(codes, shares, n_jobs=1)
    names = np.array(sorted(table["Class"].unique()))
    judged = table.loc[counts, ["Id", "Class"]].assign(
        suggested=names[present[shares.argmax(axis=1)]],
        quality=get_label_quality_scores(codes, shares).round(6),
        path=table["path"][counts],
    )
    listed = judged[wrong & (judged["quality"] < below)]
    trusted = table[~table["Id"].isin(listed["Id"])].groupby("Class")["path"].first()
    listed = listed.assign(example=listed["suggested"].map(trusted).fillna(""))
    return listed.sort_values(["quality", "Id"]).reset_index(drop=True)
