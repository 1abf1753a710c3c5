"""Backbones, the weights they start from, and what comes out where weights do not fit."""

import importlib
import os
import pickle

import cv2
import keras
import numpy as np
import pytest
from conftest import ROOT
from sklearn.datasets import load_sample_images

from mintmark.coin_types import extractor
from mintmark.networks import backbones, efficientnet_lite, torch_pickles
from mintmark.pipeline.stage import InputError
from mintmark.synthetic import coin_types

SHAPE = (64, 64, 3)


def test_the_shipped_weights_are_loaded_and_random_ones_are_not_the_same():
    coins = backbones.build("EfficientNetB0", SHAPE, "coins", frozen=True)
    with np.load(ROOT / "data" / "weights" / "efficientnetb0_coins.npz") as archive:
        convolution = next(archive[name] for name in archive.files if archive[name].ndim == 4)
    stem = coins.get_layer("stem_conv").get_weights()[0]
    np.testing.assert_array_equal(stem, convolution.astype("float32"))
    plain = backbones.build("EfficientNetB0", SHAPE, "none", frozen=True)
    assert (plain.get_layer("stem_conv").get_weights()[0] != stem).any()


def test_efficientnet_lite0_names_what_photographs_show():
    """The palace and the dahlia of scikit-learn, by ImageNet's classes palace and daisy."""
    inputs = keras.Input((224, 224, 3))
    model = efficientnet_lite.efficientnet_lite0(
        include_top=True, weights="imagenet", input_tensor=inputs
    )
    named = []
    for photograph in load_sample_images().images:
        height, width = photograph.shape[:2]
        left = (width - height) // 2
        middle = photograph[:, left : left + height]
        image = cv2.resize(middle, (224, 224), interpolation=cv2.INTER_AREA)
        named.append(int(model.predict_on_batch(image[None].astype("float32")).argmax()))
    assert named == [698, 985]


def test_imagenet_weights_of_efficientnet_lite0_need_no_download(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nothing listens there
    first, second, random = (
        backbones.build("EfficientNetLite0", SHAPE, weights, frozen=True).get_weights()
        for weights in ("imagenet", "imagenet", "none")
    )
    assert all((one == other).all() for one, other in zip(first, second, strict=True))
    assert (first[0] != random[0]).any()


def test_a_file_of_weights_runs_no_code(tmp_path):
    file = tmp_path / "weights.pth"
    header = b"".join(pickle.dumps(part, 2) for part in (1, 2, 3))
    file.write_bytes(header + pickle.dumps({"weight": os.system}, 2))
    with pytest.raises(pickle.UnpicklingError, match="system is no part of a file of weights"):
        torch_pickles.read(file)


def test_a_tensor_that_reaches_beyond_its_numbers_is_refused():
    numbers = np.arange(6, dtype=np.float32)
    assert torch_pickles._tensor(numbers, 0, (2, 3), (3, 1)).tolist() == [[0, 1, 2], [3, 4, 5]]
    for offset, shape, strides in ((1, (2, 3), (3, 1)), (0, (2, 9), (3, 1)), (5, (2,), (-1,))):
        with pytest.raises(pickle.UnpicklingError, match="reaches beyond"):
            torch_pickles._tensor(numbers, offset, shape, strides)


@pytest.mark.parametrize("name", backbones.NAMES)
def test_every_backbone_gives_maps_can_be_frozen_and_pooled(name):
    model = backbones.build(name, SHAPE, "none", frozen=True)
    assert model.get_layer("maps").output.shape[1:3] == (2, 2)
    assert not model.trainable_weights
    channels = model.output_shape[-1]
    whole = extractor.pooled(model, "pooled")
    assert whole.output_shape[1] > 2 * channels  # the finer levels of the pyramid come on top
    image = np.random.default_rng(0).uniform(0, 255, (1, *SHAPE)).astype("float32")
    pooled = whole(image).numpy()[0]
    maps = model(image).numpy()[0]
    np.testing.assert_allclose(pooled[-2 * channels : -channels], maps.mean((0, 1)), rtol=1e-4)
    deviation = np.sqrt(maps.var((0, 1)) + extractor.VARIANCE_ADDED)
    np.testing.assert_allclose(pooled[-channels:], deviation, rtol=1e-4)
    assert backbones.build(name, SHAPE, "none", frozen=False).trainable_weights


@pytest.mark.parametrize("name", sorted(set(backbones.NAMES) - {"EfficientNetLite0"}))
def test_images_are_prepared_as_the_weights_expect_them(name):
    backbone = backbones.BACKBONES[name]
    images = np.random.default_rng(0).uniform(0, 255, (2, *SHAPE)).astype("float32")
    expected = importlib.import_module(backbone.make.__module__).preprocess_input(images.copy())
    inputs = keras.Input(SHAPE)
    prepared = keras.Model(inputs, backbone.prepare(inputs))(images)
    np.testing.assert_allclose(prepared, expected, atol=1e-4)


@pytest.mark.parametrize("size", [40, 100])
@pytest.mark.parametrize("name", ["EfficientNetB0", "ResNet50", "MobileNetV2", "ConvNeXtTiny"])
def test_backbones_are_pooled_at_four_levels_whether_they_round_up_or_down(name, size):
    model = backbones.build(name, (size, size, 3), "none", frozen=True)
    levels = [
        layer.input.shape[1] for layer in extractor.pooled(model, "pooled").layers
        if layer.name.startswith(extractor.MEAN)
    ]  # fmt: skip
    assert len(levels) == len(set(levels)) == 4


@pytest.mark.parametrize(
    ("name", "weights", "said"),
    [
        ("ResNet50", "coins", "belong to EfficientNetB0"),
        ("EfficientNetB0", "nowhere.npz", "nowhere.npz is missing"),
        ("EfficientNetB0", "small.npz", "does not fit EfficientNetB0"),
        ("EfficientNetB0", "text.weights.h5", "does not fit EfficientNetB0"),
        ("EfficientNetB0", "array.npz", "array.npz can't be read; it is damaged"),
        ("EfficientNetB0", "empty.npz", "empty.npz can't be read; it is damaged"),
        ("EfficientNetB0", "objects.npz", "objects.npz can't be read.*allow_pickle=False"),
        ("EfficientNetB0", "large.npz", "large.npz can't be read.*it holds too much"),
    ],
)
def test_weights_that_do_not_fit_are_one_sentence(tmp_path, monkeypatch, name, weights, said):
    monkeypatch.chdir(ROOT if weights == "coins" else tmp_path)
    if weights == "small.npz":
        np.savez(weights, np.zeros(3))
    if weights == "array.npz":
        with (tmp_path / weights).open("wb") as file:
            np.save(file, np.zeros(3))
    if weights == "empty.npz":
        (tmp_path / weights).touch()
    if weights == "objects.npz":
        np.savez(weights, np.array([{"code": 1}], dtype=object))
    if weights == "large.npz":
        np.savez_compressed(weights, np.zeros(90_000_000, np.uint8))
    if weights.startswith("text"):
        (tmp_path / weights).write_text("no weights")
    with pytest.raises(InputError, match=said):
        backbones.build(name, SHAPE, weights, frozen=True)


def test_imagenet_weights_that_cannot_be_had_are_one_sentence(stage, workspace, monkeypatch):
    coin_types.draw(workspace / "types", types=4, photos=8, test=0, size=64, seed=3)
    monkeypatch.setenv("KERAS_HOME", str(workspace))  # no weights downloaded earlier
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nothing listens there
    done = stage("features315", data__types="types", transfer315__weights="imagenet")
    assert done.returncode == 1
    assert "error: The ImageNet weights of EfficientNetB0 can't be downloaded; set" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (workspace / "models" / "features315.keras").exists()
    assert not (workspace / "data" / "features315").exists()
