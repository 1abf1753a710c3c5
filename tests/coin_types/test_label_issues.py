"""Wrong labels are found by models that never saw them, and the test part teaches nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mintmark.coin_types import label_issues, store

CLASSES, OF_EACH, WRONG = 5, 40, 8
SETTINGS = label_issues.LabelChecking(
    folds=4, below=0.05, balance="weights", dropout=0.1, epochs=20, batch=32, learning_rate=0.003
)


def out_of_sample(examples, group, learning, classes=CLASSES):
    return label_issues.out_of_sample(
        examples, group, learning, classes=classes, settings=SETTINGS, seed=1
    )


@pytest.fixture(scope="module")
def planted():
    """A set of five classes, each about a corner, of which eight labels are wrong."""
    rng = np.random.default_rng(0)
    true = np.repeat(np.arange(CLASSES), OF_EACH)
    vectors = 5 * np.eye(CLASSES, 10)[true] + rng.normal(0, 1, (len(true), 10))
    targets = true.copy()
    wrong = rng.choice(len(true), WRONG, replace=False)
    targets[wrong] = (true[wrong] + rng.integers(1, CLASSES, WRONG)) % CLASSES
    return store.Examples.every(vectors.astype(np.float32), targets), wrong, true


@pytest.fixture(scope="module")
def judged(planted):
    group, learning = np.arange(CLASSES * OF_EACH), np.ones(CLASSES * OF_EACH, bool)
    return out_of_sample(planted[0], group, learning)


def table(targets):
    ids = [str(number) for number in range(len(targets))]
    return pd.DataFrame({"Id": ids, "Class": np.take(list("abcde"), targets), "path": ids})


def test_planted_errors_are_listed_with_the_right_suggestion(planted, judged):
    targets, wrong, true = planted[0].targets, *planted[1:]
    found = label_issues.suspected(table(targets), targets, *judged, below=SETTINGS.below)
    listed = found["Id"].astype(int)
    assert np.isin(wrong, listed).mean() >= 0.75
    assert np.isin(listed, wrong).mean() >= 0.7
    assert found["quality"].is_monotonic_increasing and (found["quality"] < SETTINGS.below).all()
    first = found[listed.isin(wrong)]
    assert (
        first["suggested"].tolist()
        == np.take(list("abcde"), true[first["Id"].astype(int)]).tolist()
    )


def test_probabilities_are_probabilities_of_every_photograph(judged):
    likely, counts = judged
    np.testing.assert_allclose(likely.sum(axis=1), 1, atol=1e-5)
    assert counts.all()


def test_a_photograph_is_never_judged_by_a_model_that_saw_its_group(planted):
    """Labels without rhyme or reason, each photograph twice: who saw the copy would know them all."""
    rng = np.random.default_rng(0)
    once = rng.normal(0, 1, (60, 50)).astype(np.float32)
    targets = np.tile(rng.integers(0, 2, 60), 2)
    examples = store.Examples.every(np.concatenate([once, once]), targets)
    everything = np.ones(120, bool)
    right = {}
    for kept, group in {"together": np.tile(np.arange(60), 2), "apart": np.arange(120)}.items():
        likely, _ = out_of_sample(examples, group, everything, 2)
        right[kept] = (likely.argmax(axis=1) == targets).mean()
    assert right["together"] < 0.7
    assert right["apart"] > 0.8


def test_the_test_part_is_judged_and_never_learnt_from(planted, judged):
    examples, targets = planted[0], planted[0].targets
    learning = np.arange(len(targets)) % 4 > 0
    group = np.arange(len(targets))
    spoilt = replace(examples, targets=np.where(learning, targets, (targets + 1) % CLASSES))
    found = [out_of_sample(shown, group, learning, CLASSES)[0] for shown in (examples, spoilt)]
    np.testing.assert_array_equal(*found)


def test_types_with_fewer_photographs_than_folds_are_checked(planted):
    rows = np.flatnonzero(np.arange(CLASSES * OF_EACH) % OF_EACH < SETTINGS.folds - 1)
    examples = replace(planted[0].take(rows), targets=np.repeat(np.arange(CLASSES), 3))
    group, everything = np.arange(len(rows)), np.ones(len(rows), bool)
    likely, counts = out_of_sample(examples, group, everything)
    np.testing.assert_allclose(likely.sum(axis=1), 1, atol=1e-5)
    assert counts.all()


def test_a_class_that_stands_in_one_group_alone_is_left_uncounted(planted):
    targets = planted[0].targets.copy()
    targets[0] = CLASSES  # a class of one photograph
    examples, group = replace(planted[0], targets=targets), np.arange(len(targets))
    everything = np.ones(len(targets), bool)
    likely, counts = out_of_sample(examples, group, everything, 6)
    assert not counts[0] and counts[1:].all()
    names = table(np.zeros(len(targets), int)).assign(Class=np.take(list("abcdef"), targets))
    found = label_issues.suspected(names, targets, likely, counts, below=1.0)
    assert "0" not in set(found["Id"]) and "f" not in set(found["suggested"])
