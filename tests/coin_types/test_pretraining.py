"""Pretraining: types are made up from their seeds, and a backbone learns them."""

import numpy as np
import pytest
from conftest import ROOT

from mintmark.coin_types import pretraining
from mintmark.networks import backbones
from mintmark.synthetic import procedural

SETTINGS = pretraining.Pretrain(
    seed=1, start="none", types=4, photos=12, drawn=48, size=40, epochs=1, batch=16,
    learning_rate=0.001, weight_decay=0.01, smoothing=0.1,
)  # fmt: skip


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    images, types = pretraining.drawn(SETTINGS, tmp_path_factory.mktemp("drawn"))
    return np.array(images), types


def test_photographs_follow_from_their_type_and_number():
    first, again, other, lit = (
        procedural.photographed(kind, 64, photo) for kind, photo in ((5, 1), (5, 1), (6, 1), (5, 2))
    )
    np.testing.assert_array_equal(first, again)
    assert first.shape == (64, 64, 3) and first.dtype == np.uint8
    assert abs(first.astype(int) - other).mean() > 5
    assert abs(first.astype(int) - lit).mean() > 5


def test_every_type_has_its_photographs(drawn, tmp_path):
    images, types = drawn
    assert images.shape == (48, 48, 48, 3)
    assert np.bincount(types).tolist() == [12] * 4
    assert (images.reshape(48, -1).std(axis=1) > 5).all()
    np.testing.assert_array_equal(pretraining.drawn(SETTINGS, tmp_path)[0], images)


def test_crops_follow_from_the_seed_and_keep_their_type(drawn):
    batches = [pretraining.crops(*drawn, SETTINGS)[0] for _ in range(2)]
    np.testing.assert_array_equal(batches[0][0], batches[1][0])
    images, one_hot = batches[0]
    assert images.shape == (16, 40, 40, 3) and images.min() >= 0 and images.max() <= 255
    order = pretraining.crops(*drawn, SETTINGS).order[:16]
    np.testing.assert_array_equal(one_hot.argmax(axis=1), drawn[1][order])


def test_trained_weights_are_saved_and_loaded(drawn, tmp_path):
    backbone = pretraining.train(*drawn, SETTINGS)
    file = tmp_path / "trained.npz"
    pretraining.save(backbone, file)
    assert file.stat().st_size < 9_000_000
    loaded = backbones.build("EfficientNetB0", (40, 40, 3), str(file), frozen=True)
    start = backbones.build("EfficientNetB0", (40, 40, 3), "none", frozen=True)
    names = [layer.name for layer in backbone.layers if layer.name.endswith("_conv")]
    for name in names:
        trained = backbone.get_layer(name).get_weights()[0]
        np.testing.assert_allclose(loaded.get_layer(name).get_weights()[0], trained, atol=1e-3)
        assert (start.get_layer(name).get_weights()[0] != trained).any()


def test_the_shipped_weights_are_small_enough_to_ship():
    assert (ROOT / "data" / "weights" / "efficientnetb0_coins.npz").stat().st_size < 9_000_000
