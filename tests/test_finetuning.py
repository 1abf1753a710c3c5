"""Fine-tuning keeps the balance of the head, and what was best."""

import cv2
import keras
import numpy as np
import pytest

from mintmark import featureset, finetuning

SIZE, COMMON, RARE = 32, 54, 6
STILL = {"flip": False, "turn": 0, "zoom": 0, "contrast": 0, "brightness": 0}
SETTINGS = finetuning.Finetune(
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
    making = featureset.Making(size=SIZE, crop=False, dimensions=1, views={"number": 0, **STILL})
    return [
        finetuning.Photographs(files[rows], targets[rows], making)
        for rows in (part == "train", part == "validation")
    ]


def network():
    keras.utils.set_random_seed(1)
    inputs = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255, offset=-0.5)(inputs))
    return keras.Model(inputs, keras.layers.Dense(2)(x))


@pytest.mark.parametrize(("balance", "leaning"), [("none", 2.2), ("weights", 0), ("logits", 0)])
def test_fine_tuning_balances_as_the_head_does(meaningless, tmp_path, balance, leaning):
    """Who knows nothing says the common class, by the logarithm of 9, unless told to balance."""
    tuned = network()
    finetuning.tune(tuned, *meaningless, SETTINGS, balance, 1, tmp_path / "curves")
    judging = meaningless[1]
    logits = tuned.predict(judging.batches(np.ones(len(judging.files)), 8), verbose=0)
    assert (logits[:, 0] - logits[:, 1]).mean() == pytest.approx(leaning, abs=0.5)


def test_the_average_of_the_weights_is_kept(meaningless, tmp_path):
    moved = {}
    for averaging in (0, 0.9):
        tuned, start = network(), network().get_weights()
        settings = SETTINGS.model_copy(update={"averaging": averaging, "epochs": 1})
        curves = tmp_path / str(averaging)
        finetuning.tune(tuned, *meaningless, settings, "none", 1, curves)
        moved[averaging] = abs(tuned.get_weights()[1] - start[1]).max()
    assert 0 < moved[0.9] < moved[0] / 2


def test_a_network_that_no_epoch_betters_stays_as_it_was(meaningless, tmp_path):
    tuned = network()
    before = [weight.copy() for weight in tuned.get_weights()]
    wild = SETTINGS.model_copy(update={"learning_rate": 50.0, "epochs": 2})
    assert finetuning.tune(tuned, *meaningless, wild, "weights", 1, tmp_path / "curves") == 0
    for old, new in zip(before, tuned.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("averaging", [0, 0.9])
def test_tuning_for_as_many_epochs_ends_where_the_best_epoch_was(meaningless, tmp_path, averaging):
    settings = SETTINGS.model_copy(update={"averaging": averaging, "epochs": 6, "learning_rate": 1})
    first, again = network(), network()
    epochs = finetuning.tune(first, *meaningless, settings, "weights", 1, tmp_path / "curves")
    assert 0 < epochs < 6
    finetuning.tune_for(again, meaningless[0], epochs, settings, "weights", 1)
    for weights, same in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(weights, same, rtol=1e-5, atol=1e-7)
