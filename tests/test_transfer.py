"""Backbones, their weights, features, and the stage on a small set of types."""

import json

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, run_stage, set_params
from PIL import Image

from mintmark import backbones, drawn_types, networks, photos, transfer
from mintmark.stage import InputError

SHAPE = (64, 64, 3)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A workspace in which transfer315 has run on ten drawn types."""
    folder = tmp_path_factory.mktemp("types")
    drawn_types.draw(folder / "types", types=10, photos=12, test=5, size=96, seed=3)
    (folder / "types" / "test" / "900.jpg").write_bytes(b"broken")
    (folder / "data").mkdir()
    (folder / "data" / "weights").symlink_to(ROOT / "data" / "weights")
    (folder / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    set_params(folder, data__types="types", transfer315__size=96, transfer315__epochs=30)
    done = run_stage(folder, "transfer315")
    assert done.returncode == 0, done.stderr
    return folder


def test_the_stage_learns_the_types(project):
    figures = json.loads((project / "metrics" / "transfer315.json").read_text())
    assert figures["classes"] == 10
    assert figures["accuracy"] > 0.5 > figures["majority_accuracy"]
    assert figures["top5_accuracy"] >= figures["accuracy"]
    assert figures["photos"]["skipped"] == {"broken_in_test": 1}


def test_the_submission_has_every_photograph_and_known_classes(project):
    submission = pd.read_csv(project / "data" / "transfer315" / "submission.csv", dtype=str)
    files = {path.stem for path in (project / "types" / "test").iterdir()}
    assert list(submission.columns) == ["Id", "Class"]
    assert set(submission["Id"]) == files and len(submission) == 6
    classes = set(pd.read_csv(project / "types" / "train.csv")["Class"])
    assert set(submission["Class"]) <= classes


def test_the_report_has_every_class(project):
    report = pd.read_csv(project / "plots" / "transfer315" / "report.csv")
    classes = set(pd.read_csv(project / "types" / "train.csv")["Class"])
    assert set(report["Class"]) == classes
    assert {"precision", "recall", "f1-score", "support"} <= set(report.columns)


def test_the_saved_network_goes_from_photograph_to_answer(project):
    model = networks.load(project / "models" / "transfer315.keras")
    predictions = pd.read_csv(project / "plots" / "transfer315" / "predictions.csv")
    names = sorted(pd.read_csv(project / "types" / "train.csv")["Class"].unique())
    rows = predictions.head(5)
    images = [photos.decode(project / "types" / "train" / f"{name}.jpg") for name in rows["Id"]]
    square = np.stack([np.asarray(transfer.squared(image, 96)) for image in images])
    answers = model.predict(square, verbose=0).argmax(axis=1)
    assert [names[k] for k in answers] == rows["predicted"].tolist()


def test_the_shipped_weights_are_loaded_and_random_ones_are_not_the_same():
    coins = backbones.build("EfficientNetB0", SHAPE, "coins", frozen=True)
    with np.load(ROOT / "data" / "weights" / "efficientnetb0_coins.npz") as archive:
        first = archive[archive.files[0]]
        convolution = next(archive[name] for name in archive.files if archive[name].ndim == 4)
    stem = coins.get_layer("stem_conv").get_weights()[0]
    np.testing.assert_array_equal(stem, convolution.astype("float32"))
    assert first.size > 0
    plain = backbones.build("EfficientNetB0", SHAPE, "none", frozen=True)
    assert (plain.get_layer("stem_conv").get_weights()[0] != stem).any()


@pytest.mark.parametrize("name", backbones.NAMES)
def test_every_backbone_gives_maps_and_can_be_frozen(name):
    model = backbones.build(name, SHAPE, "none", frozen=True)
    assert model.get_layer("maps").output.shape[1:3] == (2, 2)
    assert not model.trainable_weights
    assert backbones.build(name, SHAPE, "none", frozen=False).trainable_weights


@pytest.mark.parametrize(
    ("name", "weights", "said"),
    [
        ("ResNet50", "coins", "belong to EfficientNetB0"),
        ("EfficientNetB0", "nowhere.npz", "nowhere.npz is missing"),
        ("EfficientNetB0", "small.npz", "does not fit EfficientNetB0"),
        ("EfficientNetB0", "text.weights.h5", "does not fit EfficientNetB0"),
    ],
)
def test_weights_that_do_not_fit_are_one_sentence(tmp_path, monkeypatch, name, weights, said):
    monkeypatch.chdir(ROOT if weights == "coins" else tmp_path)
    if weights == "small.npz":
        np.savez(weights, np.zeros(3))
    if weights.startswith("text"):
        (tmp_path / weights).write_text("no weights")
    with pytest.raises(InputError, match=said):
        backbones.build(name, SHAPE, weights, frozen=True)


def test_imagenet_weights_that_cannot_be_had_are_one_sentence(stage, workspace, monkeypatch):
    drawn_types.draw(workspace / "types", types=4, photos=8, test=0, size=64, seed=3)
    monkeypatch.setenv("KERAS_HOME", str(workspace))  # no weights downloaded earlier
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nothing listens there
    done = stage("transfer315", data__types="types", transfer315__weights="imagenet")
    assert done.returncode == 1
    assert "error: The ImageNet weights of EfficientNetB0 can't be downloaded; set" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (workspace / "models" / "transfer315.keras").exists()


def test_features_do_not_depend_on_batches(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(70):
        image = rng.integers(0, 255, (40, 50, 3)).astype(np.uint8)
        Image.fromarray(image).save(tmp_path / f"{number}.png")
    files = pd.Series([f"{number}.png" for number in range(70)])
    model = transfer.extractor(backbones.build("MobileNetV2", SHAPE, "none", frozen=True))
    together = transfer.features_of(model, tmp_path, files)
    alone = transfer.features_of(model, tmp_path, files[66:])
    assert together.shape == (70, 1280)
    np.testing.assert_allclose(together[66:], alone, atol=1e-4)


def test_augmented_views_differ_and_follow_their_seed():
    images = np.random.default_rng(0).uniform(0, 255, (3, 32, 32, 3)).astype("float32")
    views = [transfer.augmentation(seed)(images, training=True).numpy() for seed in (1, 1, 2)]
    np.testing.assert_array_equal(views[0], views[1])
    assert abs(views[0] - images).mean() > 5
    assert abs(views[0] - views[2]).mean() > 5
