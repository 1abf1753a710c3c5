"""Fine-tuning keeps the balance of the head, and what was best."""

import cv2
import keras
import numpy as np
import pandas as pd
import pytest

from mintmark.coin_types import extractor, fine_tuning, store
from mintmark.networks import serialization

SIZE, COMMON, RARE = 32, 54, 6
STILL = {"flip": False, "turn": 0, "zoom": 0, "contrast": 0, "brightness": 0}
SETTINGS = fine_tuning.FineTuning(
    epochs=20,
    upward_from="all",
    batch=8,
    learning_rate=0.2,
    weight_decay=0,
    averaging=0,
    augmentation=STILL,
)


@pytest.fixture
def meaningless(tmp_path):
    """Grey noise of which nine in ten are said to be of class 0."""
    rng = np.random.default_rng(0)
    targets = np.repeat([0, 1], [COMMON, RARE])
    ids = [str(number) for number in range(len(targets))]
    for name in ids:
        noise = rng.integers(0, 256, (SIZE, SIZE, 3), np.uint8)
        cv2.imwrite(str(tmp_path / f"{name}.png"), noise)
    part = np.where(np.arange(len(targets)) % 3 == 0, "validation", "train")
    files = np.array([tmp_path / f"{name}.png" for name in ids])
    settings = store.ExtractionSettings(
        size=SIZE, crop=False, dimensions=1, views={"number": 0, "below": 0, **STILL}
    )
    return [
        fine_tuning.Photographs(files[rows], targets[rows], settings)
        for rows in (part == "train", part == "validation")
    ]


def network():
    keras.utils.set_random_seed(1)
    inputs = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255, offset=-0.5)(inputs))
    return keras.Model(inputs, keras.layers.Dense(2)(x))


def tune(model, meaningless, settings, folder, balance="weights"):
    return fine_tuning.tune(
        model, *meaningless, settings=settings, balance=balance, seed=1, curves=folder / "curves"
    )


def tune_for(model, meaningless, epochs, settings):
    learnt = meaningless[0]
    fine_tuning.tune_for(model, learnt, epochs, settings=settings, balance="weights", seed=1)


@pytest.mark.parametrize(("balance", "leaning"), [("none", 2.2), ("weights", 0), ("logits", 0)])
def test_fine_tuning_balances_as_the_head_does(meaningless, tmp_path, balance, leaning):
    """Who knows nothing says the common class, by the logarithm of 9, unless told to balance."""
    tuned = network()
    tune(tuned, meaningless, SETTINGS, tmp_path, balance)
    judging = meaningless[1]
    logits = tuned.predict(judging.batches(np.ones(len(judging.files)), 8), verbose=0)
    assert (logits[:, 0] - logits[:, 1]).mean() == pytest.approx(leaning, abs=0.5)


def test_the_average_of_the_weights_is_kept(meaningless, tmp_path):
    moved = {}
    for averaging in (0, 0.9):
        tuned, start = network(), network().get_weights()
        settings = SETTINGS.model_copy(update={"averaging": averaging, "epochs": 1})
        tune(tuned, meaningless, settings, tmp_path / str(averaging), "none")
        moved[averaging] = abs(tuned.get_weights()[1] - start[1]).max()
    assert 0 < moved[0.9] < moved[0] / 2


def test_a_network_that_no_epoch_betters_stays_as_it_was(meaningless, tmp_path):
    tuned = network()
    before = [weight.copy() for weight in tuned.get_weights()]
    wild = SETTINGS.model_copy(update={"learning_rate": 50.0, "epochs": 2})
    assert tune(tuned, meaningless, wild, tmp_path) == 0
    for old, new in zip(before, tuned.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_tuning_for_no_epoch_changes_nothing(meaningless):
    tuned = network()
    before = [weight.copy() for weight in tuned.get_weights()]
    tune_for(tuned, meaningless, 0, SETTINGS)
    for old, new in zip(before, tuned.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("averaging", [0, 0.9])
def test_tuning_for_as_many_epochs_ends_where_the_best_epoch_was(meaningless, tmp_path, averaging):
    settings = SETTINGS.model_copy(update={"averaging": averaging, "epochs": 6, "learning_rate": 1})
    first, again = network(), network()
    epochs = tune(first, meaningless, settings, tmp_path)
    assert 0 < epochs < 6
    tune_for(again, meaningless, epochs, settings)
    for weights, same in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(weights, same, rtol=1e-5, atol=1e-7)


PART = np.tile(["train", "train", "validation", "test"], 6)


@pytest.fixture
def coloured(tmp_path):
    """Photographs of two colours in three parts, and two without a label."""
    rng = np.random.default_rng(0)
    targets = rng.integers(0, 2, len(PART))
    paths = [f"{number}.png" for number in range(len(PART) + 2)]
    for path, target in zip(paths, [*targets, 0, 1], strict=True):
        image = rng.integers(0, 120, (SIZE, SIZE, 3), np.uint8)
        image[..., target] += 80
        cv2.imwrite(str(tmp_path / path), image)
    rest = pd.DataFrame({"path": paths[len(PART) :], "readable": True})
    table = pd.DataFrame({"path": paths[: len(PART)], "part": PART})
    settings = store.ExtractionSettings(
        size=SIZE, crop=False, dimensions=1, views={"number": 0, "below": 0, **STILL}
    )
    vectors = np.zeros((len(PART), 3), np.float32)
    stored = store.FeatureSet(
        table, rest, vectors, np.arange(len(PART)), vectors[:2], settings
    )  # fmt: skip
    return tmp_path, stored, targets


def test_each_query_is_predicted_by_a_network_that_has_learnt_from_all_it_may(
    coloured, monkeypatch
):
    """And labels of the test part move no answer that is judged."""
    root, stored, targets = coloured
    keras.utils.set_random_seed(1)
    inputs = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Conv2D(4, 3)(keras.layers.Rescaling(1 / 255)(inputs))
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(3, trainable=False, name=f"{extractor.PROJECTION}0")(x)
    serialization.save(keras.Model(inputs, x), root / "extractor.keras")
    head = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    fitted = dict.fromkeys(store.LEARNT_FROM, head)
    settings = SETTINGS.model_copy(update={"learning_rate": 0.02, "epochs": 3})
    learnt = []

    def photographs(stored, targets, root, *parts, found=fine_tuning.photographs):
        learnt.append(parts)
        return found(stored, targets, root, *parts)

    monkeypatch.setattr(fine_tuning, "photographs", photographs)

    def predicted(targets):
        for name in fitted:
            fitted[name] = keras.models.clone_model(head)
            fitted[name].set_weights(start)
        return fine_tuning.for_each(
            fitted,
            root / "extractor.keras",
            stored,
            targets,
            root=root,
            settings=settings,
            balance="none",
            seed=1,
            curves=root / "curves",
        )[1]

    start = head.get_weights()
    found = predicted(targets)
    assert learnt == [("validation",), *store.LEARNT_FROM.values()]
    swapped = predicted(np.where(PART == "test", 1 - targets, targets))
    for asked in ("validation", "test"):
        np.testing.assert_array_equal(found[asked], swapped[asked])
    assert (found["unlabelled"] != swapped["unlabelled"]).any()
