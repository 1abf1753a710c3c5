"""Whether to believe heat maps."""

import keras
import numpy as np
import pytest

from mintmark.explain import attribution, faithfulness, randomisation
from mintmark.geometry import grid
from mintmark.networks import models

CIRCLES = np.tile(np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]]), (4, 1, 1))
PLACES = grid.locate(CIRCLES, (64, 128))
SPOT = np.s_[:, 45:55, 25:40]


@pytest.fixture
def images():
    images = np.full((4, 64, 128, 3), 90, np.uint8)
    images[SPOT] = 250
    return images


def reader(masked):
    """A network that reads a bright spot."""
    bright = masked[SPOT].mean(axis=(1, 2, 3)) - 150
    return np.column_stack([bright, -bright])


@pytest.mark.parametrize("fill", faithfulness.FILLS)
def test_heat_on_what_matters_deletes_sooner_and_inserts_sooner_than_chance(images, fill):
    heat = np.zeros(PLACES.radii.shape)
    heat[SPOT] = 1
    chance = faithfulness.random_heat(heat.shape, 16, seed=1)
    target = np.zeros(4, int)
    found = faithfulness.curves(reader, images, {"hit": heat, "miss": chance}, PLACES, target, fill)
    hit, miss = ({kind: of.mean(axis=1) for kind, of in found[n].items()} for n in ("hit", "miss"))
    for of in (hit, miss):
        assert of["deletion"][0] == of["insertion"][-1] == 1
        assert of["deletion"][-1] == of["insertion"][0] < 0.5
    assert hit["deletion"][1] < 0.2 < miss["deletion"][1]
    assert hit["insertion"][1] > 0.8 > miss["insertion"][1]
    areas = faithfulness._areas(found["hit"], seed=1)
    assert areas["deletion_low"] <= areas["deletion"] < 0.3 < areas["insertion"]


def test_ranks_say_how_much_of_the_coin_is_hotter():
    heat = np.random.default_rng(0).random(PLACES.radii.shape)
    rank = faithfulness._ranks(heat, PLACES.coin)
    for share in (0.1, 0.5, 1.0):
        hottest = (rank < share) & PLACES.coin
        assert hottest.sum() / PLACES.coin.sum() == pytest.approx(share, abs=0.001)
    for one, ranked, coin in zip(heat, rank, PLACES.coin, strict=True):
        assert one[(ranked < 0.1) & coin].min() > one[(ranked >= 0.1) & coin].max()


def test_rank_correlation_of_maps():
    rng = np.random.default_rng(0)
    first = rng.random((3, 8, 16))
    np.testing.assert_allclose(randomisation.rank_correlation(first, first**3), 1)
    assert abs(randomisation.rank_correlation(first, rng.random((3, 8, 16)))).max() < 0.35
    assert (randomisation.rank_correlation(first, np.zeros_like(first)) == 0).all()


def test_the_cascade_ends_with_every_layer_random_and_leaves_the_network_alone(images):
    keras.utils.set_random_seed(1)
    model = models.small_cnn((64, 128, 3), 2, 0.1)
    before = [weights.copy() for weights in model.get_weights()]
    targets = np.zeros(4, int)
    raw = attribution.raw(model, images, targets)
    likeness = randomisation.cascade(model, images, targets, raw, "gradcam", seed=5)
    assert likeness["layer"].iloc[0] == "logits"
    assert likeness["layers"].iloc[-1] == sum(bool(layer.get_weights()) for layer in model.layers)
    assert len(likeness) <= faithfulness.STEPS
    for weights, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weights, kept)


def test_maps_that_ignore_the_weights_stay_as_they_were(monkeypatch):
    """The check can fail: an edge detector in place of heat is unmoved by random weights."""
    keras.utils.set_random_seed(1)
    model = models.small_cnn((64, 128, 3), 2, 0.1)
    images = np.random.default_rng(0).integers(0, 256, (4, 64, 128, 3)).astype(np.uint8)
    edges = np.abs(np.gradient(images.mean(axis=3), axis=1))[:, ::8, ::8]
    monkeypatch.setattr(gradcam, "raw", lambda *_: edges)
    likeness = randomisation.cascade(model, images, np.zeros(4, int), edges, "gradcam", seed=5)
    assert (likeness["rank_correlation"] > 0.99).all()
