"""Heads learn, balance the long tail, and join to a backbone."""

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid

from mintmark import calibration, featureset, heads, headtraining
from mintmark.stage import InputError

SETTINGS = headtraining.HeadTraining(
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


DISCRIMINANT = SETTINGS.model_copy(update={"head": "discriminant"})


@pytest.fixture
def train():
    shown = cloud(np.random.default_rng(0), [80] * 4)
    return featureset.Part(shown.take(np.arange(0, 320, 2)), shown)


@pytest.fixture
def validation():
    return cloud(np.random.default_rng(1), [30] * 4)


@pytest.mark.parametrize("kind", headtraining.KINDS)
def test_every_head_learns(train, validation, kind, tmp_path):
    head = headtraining.train(kind, train, validation, CLASSES, SETTINGS, 1, tmp_path).head
    assert headtraining.scores(head, validation)["balanced_accuracy"] > 0.85
    assert head.output_shape == (None, CLASSES)


@pytest.mark.parametrize("kind", headtraining.LEARNT)
def test_a_head_follows_from_its_seed(train, validation, kind, tmp_path):
    keras.utils.set_random_seed(99)
    first, again, other = (
        headtraining.train(kind, train, validation, CLASSES, SETTINGS, seed, tmp_path / str(k))
        .head.get_weights()[-1]
        for k, seed in enumerate((1, 1, 2))
    )  # fmt: skip
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_best_head_is_the_one_that_does_best_on_validation(train, validation, tmp_path):
    settings = SETTINGS.model_copy(update={"head": "best", "epochs": 1, "learning_rate": 1e-6})
    chosen, judged = headtraining.best(train, validation, CLASSES, settings, 1, tmp_path)
    assert set(judged) == set(headtraining.KINDS)
    assert chosen.kind in headtraining.SOLVED  # the others have hardly begun
    assert judged[chosen.kind] == headtraining.scores(chosen.head, validation)
    assert judged[chosen.kind]["balanced_accuracy"] == max(
        of["balanced_accuracy"] for of in judged.values()
    )


def test_discriminant_is_linear_discriminant_analysis_read_in_chunks(
    train, validation, monkeypatch
):
    monkeypatch.setattr(heads, "CHUNK", 50)
    uneven = train.shown.take(np.arange(25, 320))
    head = heads.discriminant(uneven, CLASSES, 0.2, "none")
    expected = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2).fit(*uneven.read())
    vectors = validation.vectors
    likely = keras.ops.softmax(head(vectors)).numpy()
    np.testing.assert_allclose(likely, expected.predict_proba(vectors), atol=1e-5)


def test_discriminant_of_one_photograph_a_type_is_one_sentence(train, validation):
    single = train.photographs.take(np.arange(0, 160, 40))
    with pytest.raises(InputError, match="needs two photographs or views"):
        heads.discriminant(single, CLASSES, 0.2, "none")


def test_each_is_answered_by_a_head_that_has_seen_all_it_may(tmp_path):
    rng = np.random.default_rng(0)
    known, unknown = cloud(rng, [20] * 4), cloud(rng, [5] * 4)
    part = np.tile(["train", "train", "validation", "test"], 20)
    stored = featureset.FeatureSet(
        pd.DataFrame({"part": part, "path": "x.jpg"}),
        pd.DataFrame({"path": ["x.jpg"] * 20, "readable": True}),
        known.vectors, known.rows, unknown.vectors, None,
    )  # fmt: skip
    learnt, validation = (
        featureset.part(stored, known.targets, name) for name in ("train", "validation")
    )
    chosen, _ = headtraining.best(
        learnt, validation.photographs, CLASSES, DISCRIMINANT, 1, tmp_path
    )
    made = headtraining.for_each(chosen, stored, known.targets, DISCRIMINANT, 1)
    answers = headtraining.answers(made, stored)
    for asked, seen, vectors in (
        ("validation", part == "train", known.vectors[part == "validation"]),
        ("test", part != "test", known.vectors[part == "test"]),
        ("unlabelled", part != "", unknown.vectors),
    ):
        head = heads.discriminant(known.take(seen), CLASSES, 0.1, "weights")
        np.testing.assert_allclose(answers[asked], head(vectors).numpy(), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("kind", headtraining.KINDS)
def test_a_head_made_anew_from_the_same_is_the_same(train, validation, kind, tmp_path):
    settings = SETTINGS.model_copy(update={"patience": 2, "learning_rate": 0.03})
    first = headtraining.train(kind, train, validation, CLASSES, settings, 1, tmp_path)
    assert (first.epochs > 0) == (kind in headtraining.LEARNT)
    again = headtraining.anew(first, train, settings, 1)
    np.testing.assert_array_equal(
        first.head(validation.vectors).numpy(), again(validation.vectors).numpy()
    )


def test_a_tempered_head_names_the_same_and_is_as_sure_as_it_is_right(train, validation):
    head = heads.nearest_mean(train.photographs, CLASSES)
    head.layers[-1].set_weights([20 * weights for weights in head.layers[-1].get_weights()])
    vectors, targets = validation.read()
    cooled = heads.tempered(head, heads.temperature(head, validation))
    before, after = head(vectors).numpy(), cooled(vectors).numpy()
    np.testing.assert_array_equal(before.argmax(axis=1), after.argmax(axis=1))
    np.testing.assert_allclose(calibration.temperature(after, targets), 1, rtol=0.01)


def test_linear_is_logistic_regression_also_of_two_classes(train, validation):
    for classes in (2, 4):
        shown = train.photographs.take(train.photographs.targets < classes)
        vectors, targets = shown.read()
        expected = LogisticRegression(class_weight="balanced").fit(vectors, targets)
        head = heads.linear(shown, classes, 1.0, "weights")
        likely = keras.ops.softmax(head(vectors)).numpy()
        np.testing.assert_allclose(likely, expected.predict_proba(vectors), atol=1e-3)


def test_nearest_mean_names_the_class_of_the_nearest_mean(train, validation):
    head = heads.nearest_mean(train.photographs, CLASSES)
    vectors = validation.vectors
    named = head(vectors).numpy().argmax(axis=1)
    expected = NearestCentroid().fit(*train.photographs.read()).predict(vectors)
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
    part, recall = featureset.Part(trained, trained), {}
    for balance in ("none", "weights", "logits"):
        settings = SETTINGS.model_copy(update={"balance": balance, "dropout": 0, "epochs": 6})
        head = headtraining.train(kind, part, known, 2, settings, 1, tmp_path / balance).head
        recall[balance] = (head(judged.vectors).numpy().argmax(axis=1) == 1)[300:].mean()
    assert recall["weights"] > recall["none"] + 0.1
    assert recall["logits"] > recall["none"] + 0.1


def test_cosine_logits_are_cosines(train, validation):
    head = heads.cosine(12, CLASSES, 0.0, scale=20)
    one = train.shown.vectors[:5]
    logits = head(one).numpy()
    assert (abs(logits) <= 20 + 1e-4).all()
    np.testing.assert_allclose(head(7 * one).numpy(), logits, rtol=1e-4)


def test_a_joined_network_is_backbone_and_head(train, validation):
    inputs = keras.Input((6, 6, 2))
    extractor = keras.Model(inputs, keras.layers.Dense(12)(keras.layers.Flatten()(inputs)))
    head = heads.recipe(12, CLASSES, 0.5)
    images = np.random.default_rng(0).uniform(0, 1, (3, 6, 6, 2)).astype(np.float32)
    together = heads.joined(extractor, head)(images).numpy()
    np.testing.assert_allclose(together, head(extractor(images)).numpy(), rtol=1e-5)
