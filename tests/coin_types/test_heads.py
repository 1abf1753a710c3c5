"""Heads learn, balance the long tail, and join to a backbone."""

from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid

from mintmark.coin_types import head_training, heads, store
from mintmark.pipeline.stage import InputError
from mintmark.stats import calibration

SETTINGS = head_training.HeadTraining(
    head="recipe", balance="weights", shrinkage=0.1, dropout=0.1, scale=20, strength=1, epochs=15,
    patience=15, folds=2, batch=16, learning_rate=0.003,
)  # fmt: skip
CLASSES = 4
BY_EPOCHS = [kind for kind, head in head_training.HEADS.items() if head.by_epochs]


def cloud(rng, of_each):
    """Examples about one corner for each class."""
    targets = np.repeat(np.arange(CLASSES), of_each)
    centres = 3 * np.eye(CLASSES, 12)
    return store.Examples.every(
        (centres[targets] + rng.normal(0, 1, (len(targets), 12))).astype(np.float32), targets
    )


DISCRIMINANT = SETTINGS.model_copy(update={"head": "discriminant"})


@pytest.fixture
def train():
    shown = cloud(np.random.default_rng(0), [80] * 4)
    return store.TrainingData(shown.take(np.arange(0, 320, 2)), shown, np.ones(320))


@pytest.fixture
def validation():
    return cloud(np.random.default_rng(1), [30] * 4)


def trained(kind, data, validation, curves, settings=SETTINGS, classes=CLASSES, seed=1):
    return head_training.train(
        kind, data, validation, classes=classes, settings=settings, seed=seed, curves=curves
    )


def chosen_head(data, validation, settings, curves):
    return head_training.choose(
        data, validation, classes=CLASSES, settings=settings, seed=1, curves=curves
    )


def discriminant(examples, shrinkage, balance):
    weights = np.ones(len(examples.rows))
    return heads.discriminant(
        examples, weights, classes=CLASSES, shrinkage=shrinkage, balance=balance
    )


@pytest.mark.parametrize("kind", head_training.HEADS)
def test_every_head_learns(train, validation, kind, tmp_path):
    head = trained(kind, train, validation, tmp_path).head
    assert head_training.scores(head, validation)["balanced_accuracy"] > 0.85
    assert head.output_shape == (None, CLASSES)


@pytest.mark.parametrize("kind", BY_EPOCHS)
def test_a_head_follows_from_its_seed(train, validation, kind, tmp_path):
    keras.utils.set_random_seed(99)
    first, again, other = (
        trained(kind, train, validation, tmp_path / str(k), seed=seed).head.get_weights()[-1]
        for k, seed in enumerate((1, 1, 2))
    )  # fmt: skip
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_best_head_is_the_one_that_does_best_on_validation(train, validation, tmp_path):
    settings = SETTINGS.model_copy(update={"head": "best", "epochs": 1, "learning_rate": 1e-6})
    chosen, table = chosen_head(train, validation, settings, tmp_path)
    judged = table.set_index("head")[["accuracy", "balanced_accuracy"]].to_dict("index")
    assert set(judged) == set(head_training.HEADS)
    assert chosen.kind not in BY_EPOCHS  # the others have hardly begun
    assert judged[chosen.kind] == head_training.scores(chosen.head, validation)
    assert judged[chosen.kind]["balanced_accuracy"] == max(
        scores["balanced_accuracy"] for scores in judged.values()
    )
    labels = {kind: head.label for kind, head in head_training.HEADS.items()}
    assert dict(zip(table["head"], table["label"], strict=True)) == labels


def test_discriminant_is_linear_discriminant_analysis_read_in_chunks(
    train, validation, monkeypatch
):
    monkeypatch.setattr(heads, "CHUNK", 50)
    uneven = train.with_views.take(np.arange(25, 320))
    head = discriminant(uneven, 0.2, "none")
    expected = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2).fit(*uneven.read())
    vectors = validation.vectors
    likely = keras.ops.softmax(head(vectors)).numpy()
    np.testing.assert_allclose(likely, expected.predict_proba(vectors), atol=1e-5)


@pytest.mark.parametrize("kind", ["discriminant", "recipe"])
def test_what_weighs_twice_counts_as_two(train, validation, kind, tmp_path):
    twice = np.arange(0, 320, 3)
    repeated = train.with_views.take(np.concatenate([np.arange(320), twice]))
    weights = np.ones(320)
    weights[twice] = 2
    settings = SETTINGS.model_copy(update={"batch": 1000, "dropout": 0, "epochs": 5})
    weighed, expected = (
        trained(kind, part, validation, tmp_path, settings).head
        for part in (
            replace(train, weights=weights * 320 / weights.sum()),
            replace(train, with_views=repeated, weights=np.ones(len(repeated.rows))),
        )
    )
    vectors = validation.vectors
    np.testing.assert_allclose(weighed(vectors).numpy(), expected(vectors).numpy(), atol=0.02)


def test_discriminant_of_one_photograph_a_type_is_one_sentence(train, validation):
    single = train.photographs.take(np.arange(0, 160, 40))
    with pytest.raises(InputError, match="needs two photographs or views"):
        discriminant(single, 0.2, "none")


PART = np.tile(["train", "train", "validation", "test"], 20)


def answered(known, unknown, curves):
    """The answers of the discriminant on a set of three parts and unlabelled photographs."""
    stored = store.FeatureSet(
        pd.DataFrame({"part": PART, "path": "x.jpg"}),
        pd.DataFrame({"path": ["x.jpg"] * len(unknown.rows), "readable": True}),
        known.vectors, known.rows, unknown.vectors[unknown.rows], None,
    )  # fmt: skip
    train, validation = (
        store.training_data(stored, known.targets, name) for name in ("train", "validation")
    )
    chosen, _ = chosen_head(train, validation.photographs, DISCRIMINANT, curves)
    fitted = head_training.refit_for_each(
        chosen, stored, known.targets, settings=DISCRIMINANT, seed=1
    )
    return head_training.logits(fitted, stored)


def test_each_query_is_predicted_by_a_head_that_has_learnt_from_all_it_may(tmp_path):
    rng = np.random.default_rng(0)
    known, unknown = cloud(rng, [20] * 4), cloud(rng, [5] * 4)
    answers = answered(known, unknown, tmp_path)
    for asked, seen, vectors in (
        ("validation", PART == "train", known.vectors[PART == "validation"]),
        ("test", PART != "test", known.vectors[PART == "test"]),
        ("unlabelled", PART != "", unknown.vectors),
    ):
        head = discriminant(known.take(seen), 0.1, "weights")
        np.testing.assert_allclose(answers[asked], head(vectors).numpy(), rtol=1e-4, atol=1e-3)


def test_all_photographs_weigh_the_same_with_views_or_without():
    known = cloud(np.random.default_rng(0), [20] * 4)
    viewed = np.repeat(np.flatnonzero(PART == "train"), 2)
    stored = store.FeatureSet(
        pd.DataFrame({"part": PART}), None, known.vectors[np.r_[known.rows, viewed]],
        np.r_[known.rows, viewed], None, None,
    )  # fmt: skip
    part = store.training_data(stored, known.targets, "train", "validation")
    weights = np.bincount(stored.origin[part.with_views.rows], part.weights, minlength=80)
    learnt = PART != "test"
    np.testing.assert_allclose(weights[learnt], weights.sum() / learnt.sum())
    assert part.weights.mean() == pytest.approx(1) and (weights[~learnt] == 0).all()
    alone = store.training_data(stored, known.targets, "train")
    np.testing.assert_allclose(alone.weights, 1)
    assert len(alone.with_views.rows) == 3 * len(alone.photographs.rows)


def test_labels_of_the_test_part_move_no_answer_that_is_judged(tmp_path):
    rng = np.random.default_rng(0)
    known, unknown = cloud(rng, [20] * 4), cloud(rng, [5] * 4)
    wrong = replace(known, targets=np.where(PART == "test", known.targets[::-1], known.targets))
    first, again = answered(known, unknown, tmp_path), answered(wrong, unknown, tmp_path)
    for asked in ("validation", "test"):
        np.testing.assert_array_equal(first[asked], again[asked])
    assert (first["unlabelled"] != again["unlabelled"]).any()


def test_where_nothing_is_unlabelled_nothing_is_made_for_it(tmp_path):
    known = cloud(np.random.default_rng(0), [20] * 4)
    assert set(answered(known, known.take(slice(0)), tmp_path)) == {"validation", "test"}


@pytest.mark.parametrize("kind", head_training.HEADS)
def test_a_head_refitted_to_the_same_is_the_same(train, validation, kind, tmp_path):
    settings = SETTINGS.model_copy(update={"patience": 2, "learning_rate": 0.03})
    first = trained(kind, train, validation, tmp_path, settings)
    assert (first.epochs > 0) == (kind in BY_EPOCHS)
    again = head_training.refit(first, train, settings, 1)
    np.testing.assert_array_equal(
        first.head(validation.vectors).numpy(), again(validation.vectors).numpy()
    )


def test_a_head_with_temperature_predicts_the_same_and_is_as_sure_as_it_is_right(train, validation):
    head = heads.nearest_mean(train.photographs, CLASSES)
    head.layers[-1].set_weights([20 * weights for weights in head.layers[-1].get_weights()])
    vectors, targets = validation.read()
    cooled = heads.with_temperature(head, heads.temperature(head, validation))
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
        return store.Examples.every(vectors.astype(np.float32), targets)

    learnt, known, judged = (
        overlapping([400, 20]),
        overlapping([100, 100]),
        overlapping([300, 300]),
    )
    part, recall = store.TrainingData(learnt, learnt, np.ones(420)), {}
    for balance in ("none", "weights", "logits"):
        settings = SETTINGS.model_copy(update={"balance": balance, "dropout": 0, "epochs": 6})
        head = trained(kind, part, known, tmp_path / balance, settings, classes=2).head
        recall[balance] = (head(judged.vectors).numpy().argmax(axis=1) == 1)[300:].mean()
    assert recall["weights"] > recall["none"] + 0.1
    assert recall["logits"] > recall["none"] + 0.1


def test_cosine_logits_are_cosines(train, validation):
    head = heads.cosine(12, CLASSES, 0.0, scale=20)
    one = train.with_views.vectors[:5]
    logits = head(one).numpy()
    assert (abs(logits) <= 20 + 1e-4).all()
    np.testing.assert_allclose(head(7 * one).numpy(), logits, rtol=1e-4)


def test_a_joined_network_is_backbone_and_head(train, validation):
    inputs = keras.Input((6, 6, 2))
    extractor = keras.Model(inputs, keras.layers.Dense(12)(keras.layers.Flatten()(inputs)))
    head = heads.recipe(12, CLASSES, 0.5)
    images = np.random.default_rng(0).uniform(0, 1, (3, 6, 6, 2)).astype(np.float32)
    together = heads.join(extractor, head)(images).numpy()
    np.testing.assert_allclose(together, head(extractor(images)).numpy(), rtol=1e-5)
