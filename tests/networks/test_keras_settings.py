"""Settings from outside change no network: a user's keras.json, environment, and matplotlibrc."""

import hashlib
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from conftest import ROOT
from matplotlib.figure import Figure

from mintmark import plotting
from mintmark.networks import fitting, models, serialization

TRAINED = """
import sys
from pathlib import Path
sys.path.insert(0, "stages")
import own_checkout
from test_keras_settings import trained
trained(Path(sys.argv[1]))
"""
STAGE = """
import sys
sys.path.insert(0, "stages")
import own_checkout
import keras
import tensorflow as tf
from mintmark.pipeline.stage import InputError, run

def main():
    double = tf.function(lambda numbers: 2 * numbers)
    for size in range(20):
        double(tf.zeros(size))
    raise InputError("It was read.")

"""
ELSEWHERE = {"floatx": "float16", "epsilon": 0.1, "image_data_format": "channels_first",
             "backend": "torch"}  # fmt: skip


def trained(path):
    """Train a network for two epochs, save it, and draw something."""
    keras.utils.clear_session()  # layers are numbered anew
    fitting.reproducible(3)
    model = models.small_cnn((32, 64, 3), 2, 0.1)
    model.compile("adam", "mse")
    images = np.random.default_rng(0).uniform(0, 255, (8, 32, 64, 3))
    assert len(model.fit(images, np.ones((8, 2)), epochs=2, verbose=0).history["loss"]) == 2
    serialization.save(model, path / "model.keras")
    figure = Figure()
    figure.subplots().set_title("Misr")
    plotting.save(figure, path / "figure.png")


def hashes(path):
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in path.glob("*.*")}


def test_a_user_s_settings_change_nothing(tmp_path):
    here, there, home = (tmp_path / name for name in ("here", "there", "home"))
    for folder in (here, there, home):
        folder.mkdir()
    (home / "keras.json").write_text(json.dumps(ELSEWHERE))
    (home / "matplotlibrc").write_text("font.size: 30\nsavefig.facecolor: red\n")
    environment = {
        **os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'networks'}:{ROOT / 'tests'}",
        "KERAS_HOME": str(home), "KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "1",
        "MATPLOTLIBRC": str(home), "TF_ENABLE_ONEDNN_OPTS": "0", "PYTHONHASHSEED": "7",
    }  # fmt: skip
    trained(here)
    run = [sys.executable, "-c", TRAINED, there]
    done = subprocess.run(
        run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert hashes(here) == hashes(there)
    assert len(hashes(here)) == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [("run(main)", "error: It was read."), ("raise KeyError(7)\nrun(main)", "KeyError: 7")],
    ids=["running", "importing"],
)
def test_a_stage_says_what_is_wrong_and_nothing_of_tensorflow(line, said):
    run = [sys.executable, "-c", STAGE + line]
    # JAX, which these tests import as well, asks TensorFlow to say more.
    quiet = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(run, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    *trace, last = done.stderr.splitlines()
    assert last == said
    assert not trace or trace[0].startswith("Traceback")


def test_tensorflow_does_without_jax_and_jax_does_not(tmp_path):
    for name in ("tensorflow", "jax"):
        (tmp_path / "params.yaml").write_text(f"networks: {{backend: {name}, devices: 1}}\n")
        asked = "import sys, own_checkout, keras, scipy.stats; print('jax' in sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "stages")},
        )  # fmt: skip
        assert done.stdout == f"{name == 'jax'}\n"
