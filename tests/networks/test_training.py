"""Networks, their files, and a tiny real training."""

import keras
import numpy as np
import pandas as pd
import pytest
from small_training import SETTINGS

from mintmark.data.coins import CoinSet
from mintmark.explain import attribution
from mintmark.networks import fitting, models, serialization, training
from mintmark.pipeline.stage import InputError

SHAPE = (32, 64, 3)


@pytest.fixture(scope="module")
def coins():
    """Forty coins whose obverse bears a bar above (mint A) or below (mint B) the centre."""
    rng = np.random.default_rng(0)
    images = rng.integers(90, 130, (40, *SHAPE)).astype(np.uint8)
    table = pd.DataFrame({"mint": ["A", "B"] * 20})
    table["part"] = ["train"] * 24 + ["validation"] * 8 + ["test"] * 8
    for side, x in (("obverse", 16), ("reverse", 48)):
        table[f"{side}_x"], table[f"{side}_y"], table[f"{side}_r"] = x, 16, 14
    for image, mint in zip(images, table["mint"], strict=True):
        row = 6 if mint == "A" else 24
        image[row : row + 3, 10:22] = 230
    return CoinSet(table, images, ["A", "B"])


@pytest.fixture(scope="module")
def trained(coins, tmp_path_factory):
    folder = tmp_path_factory.mktemp("curves")
    return training.train(coins, SETTINGS, seed=1, curves=folder), folder


def test_a_network_learns_what_tells_the_mints_apart(coins, trained):
    test = coins.part("test")
    predicted = models.logits(trained[0], test.images).argmax(axis=1)
    assert (predicted == test.targets).mean() >= 7 / 8


def test_the_curves_are_kept_epoch_by_epoch(trained):
    loss = pd.read_csv(trained[1] / "plots" / "metrics" / "eval" / "loss.tsv", sep="\t")
    assert list(loss["step"]) == list(range(len(loss)))
    assert loss["loss"].iloc[-1] < loss["loss"].iloc[0]


@pytest.mark.parametrize(
    ("schedule", "kept"), [("constant", pd.Series.min), ("cosine", lambda loss: loss.iloc[-1])]
)
def test_the_best_epoch_is_kept_or_the_last_once_the_rate_has_fallen(
    coins, tmp_path, schedule, kept
):
    settings = SETTINGS.model_copy(update={"schedule": schedule, "learning_rate": 0.03})
    model = training.train(coins, settings, seed=1, curves=tmp_path)
    validation = coins.part("validation")
    crossentropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    found = float(crossentropy(validation.targets, models.logits(model, validation.images)))
    loss = pd.read_csv(tmp_path / "plots" / "metrics" / "eval" / "loss.tsv", sep="\t")["loss"]
    assert found == pytest.approx(kept(loss), rel=1e-3)
    assert loss.min() < 0.99 * loss.iloc[-1]  # the two are not the same


@pytest.mark.parametrize(("reached", "kept"), [(1.1, True), (0.0, False)])
def test_weights_at_hand_are_kept_where_no_epoch_does_better(tmp_path, reached, kept):
    rng = np.random.default_rng(0)
    vectors, targets = rng.normal(0, 1, (40, 4)).astype(np.float32), rng.integers(0, 2, 40)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, weighted_metrics=["accuracy"])
    before = model.get_weights()[0]
    batches = fitting.Batches(40, 8, lambda rows: (vectors[rows], targets[rows]))
    fitting.fit(
        model, batches, (vectors, targets), epochs=2, patience=2, curves=tmp_path,
        best="val_accuracy", reached=reached,
    )  # fmt: skip
    assert np.array_equal(model.get_weights()[0], before) == kept
    assert not list(tmp_path.glob("*.h5"))


def test_batches_hold_every_row_once_in_an_order_of_their_own():
    rng = np.random.default_rng(0)
    shuffled, straight = (
        fitting.Batches(10, 4, lambda rows: (rows,), order) for order in (rng, None)
    )
    assert [len(straight[k][0]) for k in range(len(straight))] == [4, 4, 2]
    assert np.concatenate([straight[k][0] for k in range(3)]).tolist() == list(range(10))
    first = np.concatenate([shuffled[k][0] for k in range(3)])
    shuffled.on_epoch_end()
    second = np.concatenate([shuffled[k][0] for k in range(3)])
    assert sorted(first) == sorted(second) == list(range(10))
    assert first.tolist() != second.tolist()


def test_the_same_seed_trains_the_same_network(coins, trained, tmp_path):
    again = training.train(coins, SETTINGS, seed=1, curves=tmp_path)
    for first, second in zip(trained[0].get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_network_goes_on_from_another_of_other_mints(coins, trained, tmp_path):
    third = CoinSet(coins.table.assign(mint=["A", "B", "C", "A"] * 10), coins.images, list("ABC"))
    still = SETTINGS.model_copy(update={"learning_rate": 1e-12, "epochs": 1, "weight_decay": 0})
    model = training.train(third, still, seed=2, curves=tmp_path, start=trained[0])
    for layer, before in zip(model.layers[:-1], trained[0].layers[:-1], strict=True):
        if not isinstance(layer, keras.layers.BatchNormalization):
            for one, other in zip(layer.get_weights(), before.get_weights(), strict=True):
                np.testing.assert_allclose(one, other, atol=1e-9)


def test_a_network_of_other_layers_to_go_on_from_is_one_sentence(coins, tmp_path):
    other = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(2)])
    with pytest.raises(InputError, match="can't go on from .*`start: none`"):
        training.train(coins, SETTINGS, seed=1, curves=tmp_path, start=other)


def test_a_saved_network_is_the_same_network(coins, trained, tmp_path):
    serialization.save(trained[0], tmp_path / "a.keras")
    loaded = serialization.load(tmp_path / "a.keras")
    expected = models.logits(trained[0], coins.images[:4])
    np.testing.assert_allclose(models.logits(loaded, coins.images[:4]), expected, atol=1e-5)


def test_the_same_network_gives_the_same_bytes_wherever_it_lies_in_memory(tmp_path):
    kept_alive = []
    for name in ("a.keras", "b.keras"):
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        kept_alive.append(models.small_cnn(SHAPE, 2, 0.1))
        serialization.save(kept_alive[-1], tmp_path / name)
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()


def test_head_after_features_is_the_network(coins, trained):
    features, head = models.features_and_head(trained[0])
    x = coins.images[:4].astype("float32")
    np.testing.assert_allclose(head(features(x)), trained[0](x), atol=1e-5)


def test_a_diverging_training_is_one_sentence(coins, tmp_path):
    wild = SETTINGS.model_copy(update={"learning_rate": 1e30, "epochs": 3})
    with pytest.raises(InputError, match="diverged.*learning_rate"):
        training.train(coins, wild, seed=1, curves=tmp_path)


ON_BACKBONE = SETTINGS.model_copy(update={"network": "EfficientNetLite0"})


def blank(vertical=False):
    """Four coins of noise and three mints, sides side by side or one above the other."""
    shape = (128, 64, 3) if vertical else (64, 128, 3)
    images = np.random.default_rng(0).integers(0, 256, (4, *shape)).astype(np.uint8)
    table = pd.DataFrame({"mint": ["A"] * 4})
    for side, far in (("obverse", 32), ("reverse", 96)):
        table[f"{side}_x"], table[f"{side}_y"] = (32, far) if vertical else (far, 32)
        table[f"{side}_r"] = 30
    return CoinSet(table, images, list("ABC"))


@pytest.mark.parametrize("sides", ["apart", "together"])
@pytest.mark.parametrize("name", ["MobileNetV2", "EfficientNetB0", "EfficientNetLite0"])
def test_a_backbone_can_be_cut_and_explained_like_the_small_network(name, sides):
    coins = blank()
    settings = ON_BACKBONE.model_copy(update={"network": name, "sides": sides})
    model = training.build(settings, coins)
    x = coins.images.astype("float32")
    features, head = models.features_and_head(model)
    np.testing.assert_allclose(head(features(x)), model(x), atol=1e-4)
    assert attribution.raw(model, x, np.array([0, 2, 1, 0])).shape == (4, 2, 4)
    assert model.trainable_weights


@pytest.mark.parametrize("vertical", [False, True], ids=["horizontal", "vertical"])
def test_each_side_is_seen_by_itself_in_its_own_place(vertical):
    coins = blank(vertical=vertical)
    model = training.build(ON_BACKBONE.model_copy(update={"weights": "imagenet"}), coins)
    features, _ = models.features_and_head(model)
    axis = 1 if vertical else 2
    other = np.where(np.arange(128).reshape((-1, 1, 1) if vertical else (1, -1, 1)) < 64,
                     coins.images, np.uint8(0))  # fmt: skip
    whole, half = (
        np.split(np.asarray(features(images.astype("float32"))), 2, axis=axis)
        for images in (coins.images, other)
    )
    np.testing.assert_allclose(whole[0], half[0], atol=1e-5)  # the reverse does not reach it
    assert np.abs(whole[1] - half[1]).max() > 0.1
    swapped = np.roll(coins.images, 64, axis=axis).astype("float32")
    maps = np.split(np.asarray(features(swapped)), 2, axis=axis)
    np.testing.assert_allclose(maps[0], whole[1], atol=1e-5)  # one backbone for both sides
    np.testing.assert_allclose(maps[1], whole[0], atol=1e-5)
    pooled = [models.pooled(model, images) for images in (coins.images, swapped)]
    assert np.abs(pooled[0] - pooled[1]).max() > 0.1  # but the head knows which is which


def test_a_network_of_two_sides_is_saved_as_it_is(tmp_path):
    coins = blank()
    model = training.build(ON_BACKBONE, coins)
    serialization.save(model, tmp_path / "a.keras")
    loaded = serialization.load(tmp_path / "a.keras")
    expected = models.logits(model, coins.images)
    np.testing.assert_allclose(models.logits(loaded, coins.images), expected, atol=1e-5)


def test_what_learns_of_a_backbone_is_a_choice():
    def learning(upward_from):
        settings = ON_BACKBONE.model_copy(update={"upward_from": upward_from})
        layers = training.build(settings, blank()).layers
        head = [layer.name for layer in layers].index("maps")
        assert all(layer.trainable_weights for layer in layers[head + 1 :] if layer.weights)
        assert not any(
            layer.trainable_weights
            for layer in layers[:head]
            if isinstance(layer, keras.layers.BatchNormalization)  # pretrained statistics stay
        )
        return [bool(layer.trainable_weights) for layer in layers[:head]]

    none, some, every = (sum(learning(choice)) for choice in ("none", "block5", "all"))
    assert none == 0 < some < every
    partly = learning("block5")
    assert not any(partly[: partly.index(True)])


def test_the_maps_that_the_head_sees_are_a_choice():
    lower = training.build(ON_BACKBONE.model_copy(update={"maps": "block4_2"}), blank())
    assert lower.get_layer("maps").output.shape[1:] == (4, 8, 112)
    assert not any(layer.name.startswith("block5") for layer in lower.layers)


@pytest.mark.parametrize("vertical", [False, True], ids=["horizontal", "vertical"])
def test_the_head_sees_each_square_of_a_side_by_itself(vertical):
    settings = ON_BACKBONE.model_copy(update={"maps": "block2_1", "upward_from": "none"})
    coins = blank(vertical=vertical)
    sizes = [
        models.pooled(
            training.build(settings.model_copy(update={"cells": cells}), coins), coins.images
        ).shape[1]
        for cells in (1, 2, 4)
    ]
    squares = np.array([1, 1 + 2 * 4, 1 + 2 * 16])
    assert sizes == (2 * ON_BACKBONE.filters * squares).tolist()


@pytest.mark.parametrize("parameter", ["maps", "upward_from"])
def test_a_layer_that_is_not_there_is_one_sentence(parameter):
    settings = ON_BACKBONE.model_copy(update={parameter: "attic"})
    with pytest.raises(InputError, match=f"{parameter} is 'attic'.*say, '"):
        training.build(settings, blank())


def test_a_network_of_two_sides_learns_from_pretrained_weights_and_goes_on(coins, tmp_path):
    images = np.stack([np.kron(image, np.ones((2, 2, 1), np.uint8)) for image in coins.images])
    table = coins.table.copy()
    columns = [name for name in table if name.endswith(("_x", "_y", "_r"))]
    table[columns] *= 2
    large = CoinSet(table, images, coins.names)
    update = {"weights": "imagenet", "schedule": "cosine", "dropout": 0.0}
    settings = ON_BACKBONE.model_copy(update={**update, "epochs": 16, "learning_rate": 0.001})
    model = training.train(large, settings, seed=1, curves=tmp_path / "a")
    test = large.part("test")
    assert (models.logits(model, test.images).argmax(axis=1) == test.targets).all()
    still = settings.model_copy(update={"learning_rate": 1e-12, "epochs": 1, "weight_decay": 0})
    gone_on = training.train(large, still, seed=2, curves=tmp_path / "b", start=model)
    before = models.pooled(model, test.images)
    assert np.abs(models.pooled(gone_on, test.images) - before).mean() < 0.3 * before.std()


def test_a_backbone_that_does_not_learn_sees_every_view_once(coins, tmp_path):
    update = {"weights": "imagenet", "maps": "block2_1", "upward_from": "none", "views": 3}
    settings = ON_BACKBONE.model_copy(update={**update, "filters": 16, "epochs": 30})
    model = training.train(coins, settings, seed=1, curves=tmp_path)
    test = coins.part("test")
    assert (models.logits(model, test.images).argmax(axis=1) == test.targets).mean() >= 7 / 8
    fresh = training.build(settings, coins)
    backbones = [models.backbone_and_head(network)[0] for network in (model, fresh)]
    for learnt, pretrained in zip(*(net.get_weights() for net in backbones), strict=True):
        np.testing.assert_array_equal(learnt, pretrained)
    backbone, head = models.backbone_and_head(model)
    features = models.in_batches(backbone, test.images)
    expected = models.logits(model, test.images)
    np.testing.assert_allclose(models.in_batches(head, features), expected, atol=1e-4)


def test_each_epoch_takes_one_of_the_views_of_each_coin(coins):
    settings = ON_BACKBONE.model_copy(
        update={"maps": "block2_1", "upward_from": "none", "views": 2}
    )
    backbone, _ = models.backbone_and_head(training.build(settings, coins))
    batches = training.of_views(backbone, coins, settings, seed=1)
    original = models.in_batches(backbone, coins.part("train").images).astype(np.float16)
    as_they_are = 0
    for _ in range(6):
        shown = np.concatenate([batches[k][0] for k in range(len(batches))])
        assert shown.shape == original.shape
        as_they_are += sum(np.abs(one - shown).max(axis=(1, 2, 3)).min() == 0 for one in original)
        batches.on_epoch_end()
    assert 24 < as_they_are < 6 * 24 * 0.6  # about a third of 144
