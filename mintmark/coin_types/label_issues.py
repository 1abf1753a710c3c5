"""Labels that are likely wrong: confident learning on out-of-sample probabilities.

Northcutt, Jiang & Chuang (2021), "Confident Learning", as cleanlab does it. The probabilities are of
models that never saw the photograph nor any of its group; nothing is dropped for them.
"""

from typing import Annotated

import keras
import numpy as np
import pandas as pd
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from pydantic import Field
from scipy.special import softmax
from tqdm import tqdm

from mintmark.coin_types import head_training, heads, store
from mintmark.data import splitting
from mintmark.networks import fitting


class Checking(head_training.Fitting):
    """The parameters of checking labels."""

    folds: Annotated[int, Field(ge=2)]
    below: Annotated[float, Field(gt=0, le=1)]


def out_of_sample(
    examples: store.Examples, group: np.ndarray, learning: np.ndarray, classes: int,
    settings: Checking, seed: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Probabilities from heads that never saw the photograph: (N,C), and which count: bool (N,).

    group: (N,), groups stay together; learning: bool (N,), photographs that may train; the others get
    the mean of all heads. A photograph counts when every head that judges it knew its class.
    """
    targets = examples.targets
    found, known = np.zeros((len(targets), classes), np.float32), np.zeros(len(targets), int)
    rows = np.flatnonzero(learning)
    parts = splitting.folds(targets[rows], group[rows], settings.folds, seed)
    for held in tqdm(parts, desc="cross-validating", disable=None):
        trained = examples.take(np.delete(rows, held))
        keras.utils.set_random_seed(seed)
        head = heads.recipe(examples.vectors.shape[1], classes, settings.dropout)
        equal = np.ones(len(trained.rows))
        model, batches = head_training.ready(head, trained, equal, settings, seed)
        model.fit(batches, epochs=settings.epochs, **{**fitting.QUIETLY, "verbose": 0})
        judged = np.concatenate([rows[held], np.flatnonzero(~learning)])
        logits = heads.logits(head, examples.vectors, examples.rows[judged])
        found[judged] += softmax(logits, axis=1)
        known[judged] += np.isin(targets[judged], trained.targets)
    models = np.where(learning, 1, settings.folds)
    found /= models[:, None]
    return found, known == models


def suspected(
    table: pd.DataFrame, targets: np.ndarray, likely: np.ndarray, counts: np.ndarray, below: float
) -> pd.DataFrame:
    """Photographs whose label is likely wrong: Id, Class, suggested, quality and path; worst first.

    table: columns Id, Class, path; likely, counts: see `out_of_sample`. quality: the probability of
    the label given, 0 to 1; only those `below` are listed, since the further up, the more often the
    model is wrong and not the label.
    """
    # Classes without a photograph that counts would have no threshold of their own.
    present, codes = np.unique(targets[counts], return_inverse=True)
    shares = likely[np.ix_(counts, present)]
    shares /= shares.sum(axis=1, keepdims=True)
    wrong = find_label_issues(codes, shares, n_jobs=1)
    names = np.array(sorted(table["Class"].unique()))
    judged = table.loc[counts, ["Id", "Class", "path"]].assign(
        suggested=names[present[shares.argmax(axis=1)]],
        quality=get_label_quality_scores(codes, shares).round(6),
    )
    listed = wrong & (judged["quality"] < below)
    return judged[listed].sort_values(["quality", "Id"]).reset_index(drop=True)
