"""Heads learn, balance the long tail, and join to a backbone."""

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid

from mintmark import calibration, featureset, heads
from mintmark.stage import InputError

SETTINGS = heads.HeadTraining(
    head="recipe", balance="weights", shrinkage=0.1, dropout=0.1, scale=20, strength=1, epochs=15,
    patience=15, batch=16, learning_rate=0.003,
)  # fmt: skip
CLASSES = 4


def cloud(rng, of_each):
    """Examples about one corner for each class."""
    targets = np.repeat(np.arange(CLASSES), of_each)
    centres = 3 * np.eye(CLASSES, 12)
    return featureset.Examples.every(
        (centres[targets] + rng.normal(0, 1, (len(targets), 12))).astype(np.float32), targets
    )


@pytest.fixture
def parts():
    rng = np.random.default_rng(0)
    shown, known = cloud(rng, [80] * 4), cloud(rng, [30] * 4)
    return featureset.Parts(shown.take(np.arange(0, 320, 2)), shown, known)


@pytest.mark.parametrize("kind", heads.KINDS)
def test_every_head_learns(parts, kind, tmp_path):
    head = heads.train(kind, parts, CLASSES, SETTINGS, 1, tmp_path)
    assert heads.scores(head, parts.validation)["balanced_accuracy"] > 0.85
    assert head.output_shape == (None, CLASSES)


@pytest.mark.parametrize("kind", ["recipe", "cosine"])
def test_a_head_follows_from_its_seed(parts, kind, tmp_path):
    keras.utils.set_random_seed(99)
    first, again, other = (
        heads.train(kind, parts, CLASSES, SETTINGS, seed, tmp_path / str(k)).get_weights()[-1]
        for k, seed in enumerate((1, 1, 2))
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_best_head_is_the_one_that_does_best_on_validation(parts, tmp_path):
    settings = SETTINGS.model_copy(update={"head": "best", "epochs": 1, "learning_rate": 1e-6})
    kind, head, judged = heads.best(parts, CLASSES, settings, 1, tmp_path)
    assert set(judged) == set(heads.KINDS)
    assert kind in ("discriminant", "linear", "mean")  # the others have hardly begun
    assert judged[kind] == heads.scores(head, parts.validation)
    assert judged[kind]["balanced_accuracy"] == max(
        of["balanced_accuracy"] for of in judged.values()
    )


def test_discriminant_is_linear_discriminant_analysis_read_in_chunks(parts, monkeypatch):
    monkeypatch.setattr(heads, "CHUNK", 50)
    uneven = parts.shown.take(np.arange(25, 320))
    head = heads.discriminant(uneven, CLASSES, 0.2, "none")
    expected = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2).fit(*uneven.read())
    vectors = parts.validation.vectors
    likely = keras.ops.softmax(head(vectors)).numpy()
    np.testing.assert_allclose(likely, expected.predict_proba(vectors), atol=1e-5)


def test_discriminant_of_one_photograph_a_type_is_one_sentence(parts):
    single = parts.photographs.take(np.arange(0, 160, 40))
    with pytest.raises(InputError, match="needs two photographs or views"):
        heads.discriminant(single, CLASSES, 0.2, "none")


@pytest.mark.parametrize(("kind", "anew"), [("discriminant", True), ("recipe", False)])
def test_all_labelled_photographs_answer_for_the_unlabelled_where_they_can(kind, anew, tmp_path):
    rng = np.random.default_rng(0)
    known, unknown = cloud(rng, [20] * 4), cloud(rng, [5] * 4)
    part = np.tile(["train", "train", "validation", "test"], 20)
    stored = featureset.FeatureSet(
        pd.DataFrame({"part": part}), None, known.vectors, known.rows, unknown.vectors, None
    )
    parts = featureset.parted(stored, known.targets)
    head = heads.train(kind, parts, CLASSES, SETTINGS, 1, tmp_path)
    labelled, submitted = heads.answers(kind, head, stored, known.targets, SETTINGS)
    np.testing.assert_array_equal(labelled, head(known.vectors).numpy())
    of_all = heads.discriminant(known, CLASSES, SETTINGS.shrinkage, SETTINGS.balance)
    expected = of_all if anew else head
    np.testing.assert_array_equal(submitted, expected(unknown.vectors).numpy())


def test_a_tempered_head_names_the_same_and_is_as_sure_as_it_is_right(parts):
    head = heads.nearest_mean(parts.photographs, CLASSES)
    head.layers[-1].set_weights([20 * weights for weights in head.layers[-1].get_weights()])
    vectors, targets = parts.validation.read()
    cooled = heads.tempered(head, parts.validation)
    before, after = head(vectors).numpy(), cooled(vectors).numpy()
    np.testing.assert_array_equal(before.argmax(axis=1), after.argmax(axis=1))
    np.testing.assert_allclose(calibration.temperature(after, targets), 1, rtol=0.01)


def test_linear_is_logistic_regression_also_of_two_classes(parts):
    for classes in (2, 4):
        shown = parts.photographs.take(parts.photographs.targets < classes)
        vectors, targets = shown.read()
        expected = LogisticRegression(class_weight="balanced").fit(vectors, targets)
        head = heads.linear(shown, classes, 1.0, "weights")
        likely = keras.ops.softmax(head(vectors)).numpy()
        np.testing.assert_allclose(likely, expected.predict_proba(vectors), atol=1e-3)


def test_nearest_mean_names_the_class_of_the_nearest_mean(parts):
    head = heads.nearest_mean(parts.photographs, CLASSES)
    vectors = parts.validation.vectors
    named = head(vectors).numpy().argmax(axis=1)
    expected = NearestCentroid().fit(*parts.photographs.read()).predict(vectors)
    np.testing.assert_array_equal(named, expected)


@pytest.mark.parametrize("kind", ["discriminant", "recipe", "linear"])
def test_balance_lifts_the_rare_class(kind, tmp_path):
    """Where classes overlap, a rare one is hardly ever named unless the head is balanced."""
    rng = np.random.default_rng(0)

    def overlapping(of_each):
        targets = np.repeat([0, 1], of_each)
        vectors = rng.normal(0, 1, (len(targets), 3)) + 1.2 * targets[:, None] * [1, 0, 0]
        return featureset.Examples.every(vectors.astype(np.float32), targets)

    trained, known, judged = (
        overlapping([400, 20]),
        overlapping([100, 100]),
        overlapping([300, 300]),
    )
    parts, recall = featureset.Parts(trained, trained, known), {}
    for balance in ("none", "weights", "logits"):
        settings = SETTINGS.model_copy(update={"balance": balance, "dropout": 0, "epochs": 6})
        head = heads.train(kind, parts, 2, settings, 1, tmp_path / balance)
        recall[balance] = (head(judged.vectors).numpy().argmax(axis=1) == 1)[300:].mean()
    assert recall["weights"] > recall["none"] + 0.1
    assert recall["logits"] > recall["none"] + 0.1


def test_cosine_logits_are_cosines(parts):
    head = heads.cosine(12, CLASSES, 0.0, scale=20)
    one = parts.shown.vectors[:5]
    logits = head(one).numpy()
    assert (abs(logits) <= 20 + 1e-4).all()
    np.testing.assert_allclose(head(7 * one).numpy(), logits, rtol=1e-4)


def test_a_joined_network_is_backbone_and_head(parts):
    inputs = keras.Input((6, 6, 2))
    extractor = keras.Model(inputs, keras.layers.Dense(12)(keras.layers.Flatten()(inputs)))
    head = heads.recipe(12, CLASSES, 0.5)
    images = np.random.default_rng(0).uniform(0, 1, (3, 6, 6, 2)).astype(np.float32)
    together = heads.joined(extractor, head)(images).numpy()
    np.testing.assert_allclose(together, head(extractor(images)).numpy(), rtol=1e-5)
