"""Killed in the middle, a training goes on and ends with the bytes of one that nobody disturbed."""

import signal
import subprocess
import sys

import cv2
import keras
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from small_training import SETTINGS

from mintmark.coin_types import fine_tuning, pretraining, store
from mintmark.data.coins import CoinSet
from mintmark.networks import fitting, models, resuming, training
from mintmark.occlusion import adaptation

SHAPE = (32, 64, 3)
EPOCHS = 6
FEW = SETTINGS.model_copy(update={"epochs": EPOCHS, "dropout": 0.3})


class Killed(BaseException):
    """What ends a training in the middle of an epoch."""


@pytest.fixture
def begun(monkeypatch):
    """The epochs that trainings begin; backups are made of each."""
    epochs = []
    monkeypatch.setattr(resuming, "SECONDS", 0)
    monkeypatch.setattr(
        keras.callbacks.TerminateOnNaN,
        "on_epoch_begin",
        lambda _, epoch, logs: epochs.append(epoch),
    )
    return epochs


@pytest.fixture
def killed(begun, monkeypatch):
    """Kill a training in its fourth epoch."""

    def run(train):
        def kill(_, batch, logs):
            if begun[-1] == 3 and batch == 1:
                raise Killed

        with monkeypatch.context() as patched, pytest.raises(Killed):
            patched.setattr(keras.callbacks.TerminateOnNaN, "on_train_batch_begin", kill)
            train()
        assert begun == [0, 1, 2, 3]
        begun.clear()

    return run


def coins(seed=0):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"id": [f"{k:06d}" for k in range(24)], "mint": ["A", "B"] * 12})
    table["part"] = ["train"] * 16 + ["validation"] * 8
    for side, x in (("obverse", 15.5), ("reverse", 47.5)):
        table[f"{side}_x"], table[f"{side}_y"], table[f"{side}_r"] = x, 15.5, 15
    return CoinSet(table, rng.integers(0, 256, (24, *SHAPE)).astype(np.uint8), ["A", "B"])


def best_epoch(curves):
    return training.train(coins(), FEW, seed=1, curves=curves)


def settling(curves):
    settings = FEW.model_copy(update={"schedule": "cosine"})
    return training.train(coins(), settings, seed=1, curves=curves)


def adapting(curves):
    keras.utils.set_random_seed(1)
    network = models.small_cnn(SHAPE, 2, 0.3)
    settings = adaptation.Adaptation(views=2, epochs=EPOCHS, batch=8, learning_rate=0.003)
    return adaptation.adapt(network, coins(), settings, seed=1, curves=curves)


AUGMENTATION = {"flip": True, "turn": 30, "zoom": 0.1, "contrast": 0.2, "brightness": 0.2}


def photographs(folder, count, seed):
    folder.mkdir(exist_ok=True, parents=True)
    rng = np.random.default_rng(seed)
    files = [folder / f"{seed}_{number}.png" for number in range(count)]
    for file in files:
        cv2.imwrite(str(file), rng.integers(0, 256, (32, 32, 3), np.uint8))
    settings = store.ExtractionSettings(
        size=32, crop=[False], dimensions=1, views={"number": 0, "below": 0, **AUGMENTATION}
    )
    return fine_tuning.Photographs(np.array(files), np.arange(count) % 2, settings)


def tuning(curves):
    fitting.reproducible(1)
    inputs = keras.Input((32, 32, 3))
    x = keras.layers.Conv2D(4, 3)(keras.layers.Rescaling(1 / 255)(inputs))
    x = keras.layers.Dropout(0.3)(keras.layers.GlobalAveragePooling2D()(x))
    network = keras.Model(inputs, keras.layers.Dense(2)(x))
    settings = fine_tuning.FineTuning(
        epochs=EPOCHS, upward_from="all", batch=8, learning_rate=0.05, weight_decay=0.01,
        averaging=0.9, augmentation=AUGMENTATION,
    )  # fmt: skip
    learnt, judging = (photographs(curves.parent / "photos", n, seed=n) for n in (20, 10))
    how = {"settings": settings, "balance": "weights", "seed": 1}
    fine_tuning.tune(network, learnt, judging, curves=curves, **how)
    return network


def cropped(curves):
    fitting.reproducible(1)
    inputs = keras.Input((32, 32, 3))
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Dropout(0.3)(x)))
    model.compile("adamw", keras.losses.CategoricalCrossentropy(from_logits=True))
    settings = pretraining.Pretrain(
        seed=1, start="none", types=2, photos=8, drawn=36, size=32, epochs=EPOCHS, batch=4,
        learning_rate=0.001, weight_decay=0.02, smoothing=0.1,
    )  # fmt: skip
    images = np.random.default_rng(0).integers(0, 256, (16, 36, 36, 3), np.uint8)
    batches = pretraining.crops(images, np.repeat([0, 1], 8), settings)
    fitting.fit_for(model, batches, epochs=EPOCHS)
    return model


def stopping_early(curves):
    """A training whose validation loss rises from its third epoch on."""
    fitting.reproducible(1)
    layers = keras.Input((4,)), keras.layers.Dropout(0.3), keras.layers.Dense(2)
    model = keras.Sequential(layers)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.5), loss, weighted_metrics=["accuracy"])
    rng = np.random.default_rng(0)
    vectors, targets = rng.normal(0, 1, (40, 4)).astype(np.float32), rng.integers(0, 2, 40)
    batches = fitting.Batches(
        24, 8, lambda rows: (vectors[rows], targets[rows]), rng, made_of=(vectors, targets)
    )
    judging = vectors[24:], targets[24:]
    best = {"patience": 3, "best": "val_accuracy", "curves": curves}
    fitting.fit(model, batches, judging, epochs=30, **best)
    return model


def content(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in files}


def states(model):
    optimizer = getattr(model, "optimizer", None)  # where the network itself was compiled
    learnt = optimizer.variables if optimizer else []
    return [variable.numpy() for variable in (*model.variables, *learnt)]


@pytest.mark.parametrize("train", [best_epoch, adapting, tuning, cropped, stopping_early])
def test_a_training_that_was_killed_ends_as_if_it_had_not_been(train, begun, killed, tmp_path):
    kept = tmp_path / "kept.partial"

    def resumable(curves):
        keras.backend.clear_session()  # as a process that begins
        with resuming.resumable(kept, training.__file__, FEW):
            return train(tmp_path / curves)

    undisturbed = train(tmp_path / "undisturbed")
    epochs = begun.copy()
    begun.clear()
    killed(lambda: resumable("killed"))
    assert len(list(kept.iterdir())) == 1
    resumed = resumable("resumed")
    assert begun == epochs[3:] and len(begun) > 1
    for one, other in zip(states(undisturbed), states(resumed), strict=True):
        np.testing.assert_array_equal(one, other)
    assert content(tmp_path / "undisturbed") == content(tmp_path / "resumed")
    assert not kept.exists()


def resumable(folder, *, seed=0, weights=1, script=training.__file__, settings=FEW, epochs=EPOCHS):
    """A training of a small layer; what it follows from may change."""
    keras.backend.clear_session()  # as a process that begins
    fitting.reproducible(weights)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    rng = np.random.default_rng(seed)
    vectors, targets = rng.normal(0, 1, (40, 4)).astype(np.float32), rng.normal(0, 1, 40)
    data = vectors, targets
    order = np.random.default_rng(0)
    batches = fitting.Batches(
        40, 8, lambda rows: (vectors[rows], targets[rows]), order, made_of=data
    )
    with resuming.resumable(folder, script, settings):
        fitting.fit_for(model, batches, epochs=epochs)
    return model


def test_the_state_of_the_same_training_is_used(begun, killed, tmp_path):
    killed(lambda: resumable(tmp_path / "kept.partial"))
    resumable(tmp_path / "kept.partial")
    assert begun == [3, 4, 5]


@pytest.mark.parametrize(
    "other",
    [
        {"settings": FEW.model_copy(update={"weight_decay": 0.002})},
        {"seed": 1},
        {"weights": 2},
        {"script": fitting.__file__},
        {"epochs": EPOCHS + 1},
    ],
    ids=["parameters", "data", "weights", "code", "epochs"],
)
def test_the_state_of_another_training_is_not_used(other, begun, killed, tmp_path):
    killed(lambda: resumable(tmp_path / "kept.partial"))
    resumable(tmp_path / "kept.partial", **other)
    assert begun[0] == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[:-1],
        lambda whole: b"",
        lambda whole: whole[:500] + bytes([whole[500] ^ 1]) + whole[501:],
    ],
    ids=["cut", "empty", "one bit"],
)
def test_a_damaged_state_is_not_used(damage, begun, killed, tmp_path):
    undisturbed = resumable(tmp_path / "kept.partial")
    begun.clear()
    killed(lambda: resumable(tmp_path / "kept.partial"))
    (state,) = (tmp_path / "kept.partial").iterdir()
    state.write_bytes(damage(state.read_bytes()))
    again = resumable(tmp_path / "kept.partial")
    assert begun == list(range(EPOCHS))
    for one, other in zip(states(undisturbed), states(again), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_training_of_seconds_writes_no_state(begun, killed, tmp_path, monkeypatch):
    monkeypatch.setattr(resuming, "SECONDS", 30)
    killed(lambda: resumable(tmp_path / "kept.partial"))
    assert not list(tmp_path.iterdir())


STAGE = f"""
import sys
from pathlib import Path

sys.path.insert(0, {str(ROOT / "tests" / "networks")!r})
sys.path.insert(0, {str(ROOT / "tests")!r})
import keras
import test_resuming as small
from mintmark.networks import resuming, serialization, training
from mintmark.pipeline.stage import run, writing

resuming.SECONDS = 0
keras.callbacks.TerminateOnNaN.on_epoch_begin = lambda _, epoch, logs: print(epoch, flush=True)

def main():
    kept = resuming.resumable(Path("train.training.partial"), training.__file__, small.FEW)
    with kept, writing(Path("train.keras"), Path("train")) as (model, plots):
        for number, train in enumerate((small.best_epoch, small.settling)):
            network = train(plots / str(number))
        serialization.save(network, model)

run(main)
"""


def started(folder):
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", STAGE], cwd=folder, env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(stage):
    said, _ = stage.communicate()
    assert stage.returncode == 0
    return [int(line) for line in said.split()]


def test_a_stage_that_is_killed_goes_on_and_writes_the_same_bytes(tmp_path):
    every = list(range(EPOCHS))
    assert ended(started(tmp_path / "undisturbed")) == every + every
    for begun, how in ((3, signal.SIGKILL), (EPOCHS + 2, signal.SIGTERM)):  # of all the epochs
        stage = started(tmp_path / "killed")
        for _ in range(begun - int(stage.stdout.readline())):
            stage.stdout.readline()
        stage.send_signal(how)
        stage.communicate()
        assert (tmp_path / "killed" / "train.training.partial").is_dir()
    epochs = ended(started(tmp_path / "killed"))
    assert epochs[0] == EPOCHS - 1 and 0 < epochs[1] < EPOCHS - 1  # of the first and the second
    assert {path.name for path in (tmp_path / "killed").iterdir()} == {"train.keras", "train"}
    assert content(tmp_path / "undisturbed") == content(tmp_path / "killed")
