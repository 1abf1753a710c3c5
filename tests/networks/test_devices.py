"""Two devices that share each batch train the network that one trains."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import keras
import numpy as np
import pytest
from conftest import ROOT, run_stage, set_params

from mintmark.coin_types import head_training, heads
from mintmark.networks import devices, fitting, models, resuming
from mintmark.pipeline import backend
from mintmark.pipeline.stage import InputError

# The processor as two devices, before anything has asked for it.
TRAINED = """
import os, sys
from pathlib import Path
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
sys.path.insert(0, sys.argv[1])
import own_checkout
if os.environ["KERAS_BACKEND"] == "tensorflow":
    import tensorflow as tf
    (processor,) = tf.config.list_physical_devices("CPU")
    half = tf.config.LogicalDeviceConfiguration()
    tf.config.set_logical_device_configuration(processor, [half, half])
from networks.test_devices import train
train(Path(sys.argv[2]))
"""
TWO = np.array([0, 1] * 11)


class Counting(keras.callbacks.Callback):
    """Counts the devices that train."""

    def on_train_begin(self, logs=None):
        """Before the first epoch."""
        if keras.config.backend() == "jax":
            spread = keras.distribution.distribution()
            self.devices = 1 if spread is None else spread.device_mesh.devices.size
        else:
            self.devices = self.model.distribute_strategy.num_replicas_in_sync


def train(file: Path) -> None:
    """Train a small network, for so many epochs and for the best of them; write what came out."""
    fitting.reproducible(3)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (22, 32, 64, 3)).astype(np.uint8)
    images[TWO == 1, 8:16, 8:16] //= 4
    counting, found = Counting(), {}
    for name in ("last", "best"):
        model = models.small_cnn((32, 64, 3), 2, dropout=0.0)
        weights = [rng.normal(0, 0.1, variable.shape) for variable in model.trainable_weights]
        for variable, value in zip(model.trainable_weights, weights, strict=True):
            variable.assign(value)
        model.compile(
            keras.optimizers.AdamW(
                fitting.warm_cosine(0.01, 9), use_ema=name == "best", ema_momentum=0.5
            ),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            weighted_metrics=["accuracy"],
        )
        batches = fitting.of_views(images[None], TWO, np.linspace(0.5, 1.5, 22), size=8, rng=rng)
        known = images[:18], TWO[:18]
        if name == "last":
            logs = fitting.fit_for(model, batches, known, epochs=3, callbacks=[counting])
            found["losses"] = [[log["loss"], log["val_loss"]] for log in logs]
        else:
            found["epoch"] = fitting.fit(
                model, batches, known, epochs=3, curves=file.parent / "curves", patience=2
            )
        found[name] = models.logits(model, images).tolist()
    found["head"] = head_of_types().tolist()
    found["gone_on"] = gone_on(file.parent).tolist()
    file.write_text(json.dumps(found | {"devices": counting.devices}))


def head_of_types(*callbacks: keras.callbacks.Callback) -> np.ndarray:
    """Logits of a head of coin types, trained as the stages do, with layers of its own."""
    fitting.reproducible(5)
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(24, 6)).astype(np.float32)
    targets = np.arange(24) % 3
    vectors[targets == 1] += 1
    settings = head_training.Fitting(
        balance="logits", dropout=0.0, epochs=3, batch=8, learning_rate=0.01
    )
    head = heads.recipe(6, 3, settings.dropout)
    model = head_training.compiled(head, settings, ["accuracy"])
    model.layers[-1].set(targets, np.ones(24), settings.balance)
    batches = fitting.of_views(vectors[None], targets, np.ones(24), size=8, rng=rng)
    fitting.fit_for(model, batches, epochs=settings.epochs, callbacks=callbacks)
    return heads.logits(head, vectors, np.arange(24))


class Stop(keras.callbacks.Callback):
    """Stops a training after its second epoch."""

    def on_epoch_end(self, epoch, logs=None):
        """After an epoch."""
        if epoch == 1:
            raise KeyboardInterrupt


def gone_on(folder: Path) -> np.ndarray:
    """What `head_of_types` gives when it is stopped, and goes on."""
    resuming.SECONDS = 0.0
    place = folder / "backups", str(ROOT / "stages" / "transfer315.py")
    with suppress(KeyboardInterrupt), resuming.resumable(*place):
        head_of_types(Stop())
    assert len(list(place[0].iterdir())) == 1
    with resuming.resumable(*place):
        return head_of_types()


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_two_devices_train_the_network_that_one_trains(tmp_path, name):
    found = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "params.yaml").write_text(f"networks: {{backend: {name}, devices: {number}}}\n")
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        command = [sys.executable, "-c", TRAINED, ROOT / "stages", "found.json"]
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PYTHONPATH": paths}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found.append(json.loads((folder / "found.json").read_text()))
    one, two = found
    assert (one["devices"], two["devices"]) == (1, 2)
    assert np.ptp(np.array(one["losses"])[:, 0]) > 0.01  # it learns
    np.testing.assert_allclose(one["losses"], two["losses"], rtol=1e-3)
    assert one["epoch"] == two["epoch"]
    assert all(some["gone_on"] == some["head"] for some in found)
    for way in ("last", "best", "head"):
        np.testing.assert_allclose(one[way], two[way], atol=0.02 * np.ptp(one[way]))


def test_rows_that_devices_cannot_share_fall_out_in_turns(monkeypatch):
    monkeypatch.setenv(backend.DEVICES, "2")
    rng = np.random.default_rng(0)
    batches = fitting.Batches(9, 4, lambda rows: (rows,), rng)
    seen = []
    for _ in range(20):
        seen.append([row for number in range(len(batches)) for row in batches[number][0]])
        batches.on_epoch_end()
    assert all(len(rows) == len(set(rows)) == 8 for rows in seen)
    assert len({frozenset(rows) for rows in seen}) > 4
    for count, size in ((9, 5), (1, 4)):
        with pytest.raises(
            InputError, match=f"2 devices can't share batches of {size} out of {count}"
        ):
            fitting.Batches(count, size, lambda rows: (rows,))


def test_more_devices_than_there_are_is_one_sentence(workspace, monkeypatch):
    monkeypatch.setenv(backend.DEVICES, "3")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    with (
        pytest.raises(InputError, match=r"networks.devices is 3, but tensorflow finds 1 \("),
        devices.shared(model),
    ):
        pass
    set_params(workspace, networks__devices=0)
    done = run_stage(workspace, "train2")
    assert done.returncode == 1 and "networks.devices is 0" in done.stderr
