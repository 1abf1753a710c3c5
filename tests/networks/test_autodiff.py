"""Networks are trained and explained on JAX as they are on TensorFlow, but for rounding."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import small_run
from conftest import ROOT, run_stage, set_params

from mintmark.coin_types import attribution as type_attribution
from mintmark.coin_types import extraction, extractor
from mintmark.coin_types.store import Views
from mintmark.explain import attribution, likeness
from mintmark.networks import autodiff, backbones, fitting, models, serialization
from mintmark.pipeline import params
from mintmark.pipeline.stage import InputError

COMPUTED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import own_checkout
from networks.test_autodiff import compute
compute(Path("start.keras"), Path("types.keras"), Path("jax.npz"))
"""
LEARNING = {"loss", "accuracy", "val_loss", "val_accuracy"}
DRAWN = Views(number=1, below=9, flip=True, turn=9, zoom=0.1, contrast=0.2, brightness=0.1)
TWO = np.array([0, 1] * 8)


def compute(start: Path, types: Path, file: Path) -> None:
    """Train the network of a file, explain it and that of coin types; write what comes out."""
    fitting.reproducible(3)
    model, rng = serialization.load(start), np.random.default_rng(0)
    images = rng.integers(0, 256, (16, 32, 64, 3)).astype(np.uint8)
    images[TWO == 1, 8:16, 8:16] //= 4
    model.compile(
        keras.optimizers.AdamW(fitting.warm_cosine(0.01, 6), use_ema=True, ema_momentum=0.5),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"],
    )
    batches = fitting.of_views(images[None], TWO, np.linspace(0.5, 1.5, 16), size=8, rng=rng)
    averaged = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)]
    logs = fitting.fit_for(model, batches, (images, TWO), epochs=3, callbacks=averaged)
    assert set(logs[0]) >= LEARNING
    found = {name: np.array([log[name] for log in logs]) for name in LEARNING}
    found |= {name: attribution.raw(model, images, TWO, name) for name in attribution.METHODS}
    features = models.pooled(model, images)
    found["likeness"] = likeness.heat(model, images, features[::-1], features.mean(axis=0))
    of_types = serialization.load(types)
    found["types"] = autodiff.inference(of_types)(images.astype(np.float32))
    found["heat_of_types"] = type_attribution.heat(of_types, images, TWO)
    (draw,) = extraction.augmentations(
        extraction.ExtractionSettings(size=32, crop=[False, True], dimensions=4, views=DRAWN), 1, 5
    )
    found["drawn"] = np.stack([draw(images.astype(np.float32)) for _ in range(2)])
    found["shared"] = through_one_backbone_twice()
    np.savez(file, **found)


def through_one_backbone_twice() -> np.ndarray:
    """Features of pictures of little contrast, by a backbone whose weights are drawn anew."""
    keras.utils.set_random_seed(1)
    shared = backbones.build("MobileNetV2", (64, 64, 3), "none", frozen=True)
    network, rng = extractor.SideBySide([shared, shared]), np.random.default_rng(0)
    images = rng.uniform(0, 255, (6, 64, 128, 3)).astype(np.float32)
    pooled = network.apart(autodiff.inference(network.vectors())(images))
    extracting = network.extractor(extractor.fitted_projections(pooled, 4, 1))
    images[:, :, 64:] = rng.uniform(100, 150, (6, 64, 64, 3))
    return autodiff.inference(extracting)(images)


def network_of_types() -> keras.Model:
    """Two backbones beside each other, each with a picture, whose features vary very little."""
    shape = (32, 32, 3)
    both = [backbones.build("MobileNetV2", shape, "none", frozen=True) for _ in range(2)]
    network = extractor.SideBySide(both)
    images = np.random.default_rng(1).uniform(0, 255, (6, 32, 64, 3)).astype(np.float32)
    pooled = network.apart(autodiff.inference(network.vectors())(images))
    extracting = network.extractor(extractor.fitted_projections(pooled, 4, 1))
    return keras.Model(extracting.input, keras.layers.Dense(2)(extracting.output))


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What `compute` finds on TensorFlow and on JAX, from the same networks."""
    folder = tmp_path_factory.mktemp("jax")
    start, types = folder / "start.keras", folder / "types.keras"
    keras.utils.set_random_seed(0)
    serialization.save(models.small_cnn((32, 64, 3), 2, dropout=0.0), start)
    serialization.save(network_of_types(), types)
    (folder / "params.yaml").write_text("networks: {backend: jax, devices: 1}\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    command = [sys.executable, "-c", COMPUTED, ROOT / "stages"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    compute(start, types, folder / "tensorflow.npz")
    return np.load(folder / "tensorflow.npz"), np.load(folder / "jax.npz")


def test_a_training_has_the_same_losses(both):
    for name in LEARNING:
        here, there = (found[name] for found in both)
        assert here.shape == (3,) and np.ptp(both[0]["loss"]) > 0.01
        np.testing.assert_allclose(here, there, rtol=1e-3, err_msg=name)


@pytest.mark.parametrize("name", [*attribution.METHODS, "likeness", "types", "heat_of_types"])
def test_networks_give_the_same_and_for_the_same_reasons(both, name):
    here, there = (found[name] for found in both)
    assert here.shape == there.shape and here.max() > 0
    # Where two places are equally bright, rounding decides which of them is the maximum.
    assert np.corrcoef(here.ravel(), there.ravel())[0, 1] > 0.999
    np.testing.assert_allclose(here, there, atol=0.02 * np.abs(here).max())


def test_constants_do_not_become_nan(both):
    assert all(np.isfinite(found["shared"]).all() for found in both)


def test_views_are_drawn_anew_each_time(both):
    for found in both:
        first, second = found["drawn"]
        assert np.abs(first - second).mean() > 1


def test_a_stage_runs_on_jax_and_leaves_a_network_for_either(small_project, tmp_path):
    project = small_run.copy(small_project, tmp_path / "project")
    set_params(project, networks__backend="jax", train2__network="small", train2__weights="none",
               train2__upward_from="all", train2__maps="last", train2__views=0,
               train2__epochs=1)  # fmt: skip
    before = (project / "models" / "train2.keras").read_bytes()
    done = run_stage(project, "train2")
    assert done.returncode == 0, done.stderr
    assert (project / "models" / "train2.keras").read_bytes() != before
    model = serialization.load(project / "models" / "train2.keras")
    images = np.random.default_rng(0).uniform(0, 255, (2, *model.input_shape[1:]))
    assert np.isfinite(models.logits(model, images)).all()


def test_a_backend_that_is_not_there_is_one_sentence(workspace, monkeypatch):
    set_params(workspace, networks__backend="torch")
    done = run_stage(workspace, "train2")
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith("error: ") and "networks.backend" in said and "torch" in said
    monkeypatch.chdir(workspace)
    monkeypatch.setattr(params.importlib.util, "find_spec", lambda name: None)
    set_params(workspace, networks__backend="jax")
    with pytest.raises(InputError, match=r"jax is not installed; run `pip install -e '.\[jax\]'`"):
        params.networks()


def test_the_steps_of_a_loop_add_up():
    steps = autodiff.repeated(lambda step, value: value + keras.ops.cast(step, "float32"), 5,
                              keras.ops.zeros(2))  # fmt: skip
    assert keras.ops.convert_to_numpy(steps).tolist() == [10, 10]
