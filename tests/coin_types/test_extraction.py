"""Features: made once, the same in every batch, and views that follow from their seed."""

import cv2
import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mintmark.coin_types import extraction, extractor, preparation, store
from mintmark.networks import autodiff, backbones
from mintmark.pipeline.stage import InputError

VIEWS = store.Views(
    number=2, below=1000, flip=False, turn=18, zoom=0.05, contrast=0.2, brightness=0.2
)
SETTINGS = store.ExtractionSettings(size=64, crop=False, dimensions=8, views=VIEWS)
PHOTOGRAPHS = 70  # more than one batch


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photographs")
    rng = np.random.default_rng(0)
    for number in range(PHOTOGRAPHS):
        patches = rng.integers(0, 255, (4, 5, 3)).astype(np.uint8)
        image = cv2.resize(patches, (50, 40), interpolation=cv2.INTER_CUBIC)
        Image.fromarray(image).save(folder / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def table():
    parts = np.where(np.arange(PHOTOGRAPHS) % 5, "train", "test")
    names = [str(number) for number in range(PHOTOGRAPHS)]
    paths = [f"{number}.png" for number in range(PHOTOGRAPHS)]
    return pd.DataFrame({"Id": names, "Class": "a", "path": paths, "part": parts})


@pytest.fixture(scope="module")
def backbone():
    keras.utils.set_random_seed(1)
    return backbones.build("MobileNetV2", (64, 64, 3), "none", frozen=True)


NONE = pd.DataFrame({"Id": [], "path": [], "readable": np.zeros(0, bool)})


def extracted(backbone, root, table, folder, unlabelled=NONE, settings=None):
    """Write the features of photographs into a folder; returns the feature extractor."""
    settings = settings or SETTINGS
    return extraction.extract(
        [backbone], root, table, unlabelled, settings=settings, seed=1, folder=folder
    )


@pytest.fixture(scope="module")
def extracting(backbone, root, table, tmp_path_factory):
    return extracted(backbone, root, table, tmp_path_factory.mktemp("features"))


def test_features_do_not_depend_on_batches(root, table, extracting):
    together = extraction.through(autodiff.inference(extracting), root, table["path"], SETTINGS)
    alone = extraction.through(autodiff.inference(extracting), root, table["path"][66:], SETTINGS)
    assert together.shape == (PHOTOGRAPHS, 8)
    np.testing.assert_allclose(together[66:], alone, atol=1e-4)


def test_the_projection_is_that_of_the_training_photographs(root, table, extracting):
    layer = extracting.get_layer(f"{extractor.PROJECTION}0")
    projecting = autodiff.inference(keras.Model(extracting.input, layer.output))
    trained = table.loc[table["part"] == "train", "path"]
    found = extraction.through(projecting, root, trained, SETTINGS)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-3)
    variance = found.var(axis=0, ddof=1)
    assert variance.mean() == pytest.approx(1, abs=0.01)
    assert (np.diff(variance) <= 1e-4).all()  # the principal components come first


def test_each_backbone_has_a_picture_and_a_share_of_the_features_of_its_own(backbone):
    """And each share has one length, however much contrast its picture has."""
    network = extractor.SideBySide([backbone, backbone])
    rng = np.random.default_rng(0)
    images = rng.uniform(0, 255, (6, 64, 128, 3)).astype(np.float32)
    pooled = network.apart(autodiff.inference(network.vectors())(images))
    projections = extractor.fitted_projections(pooled, 4, 1)
    extracting = autodiff.inference(network.extractor(projections))
    changed = images.copy()
    changed[:, :, 64:] = rng.uniform(100, 150, (6, 64, 64, 3))
    before, after = extracting(images), extracting(changed)
    assert before.shape == (6, 8)
    np.testing.assert_allclose(before[:, :4], after[:, :4], atol=1e-5)
    assert abs(before[:, 4:] - after[:, 4:]).max() > 0.1
    np.testing.assert_allclose((after.reshape(6, 2, 4) ** 2).mean(axis=2), 1, rtol=1e-3)


def test_a_backbone_is_shown_the_photograph_or_the_coin_alone():
    image = np.full((80, 100, 3), 40, np.uint8)
    cv2.circle(image, (60, 40), 20, (220, 180, 60), -1)
    seen = preparation.shown(image, SETTINGS.model_copy(update={"crop": [False, True, False]}))
    whole, coin, again = np.split(seen, 3, axis=1)
    assert seen.shape == (64, 192, 3) and (whole == again).all()
    gold = [
        (abs(part.astype(int) - (220, 180, 60)).max(axis=2) < 40).mean() for part in (whole, coin)
    ]
    assert gold[0] < 0.2 and gold[1] > 0.6


def test_parameters_of_backbones_go_together_or_one_for_all():
    chosen = backbones.Chosen(backbone=["MobileNetV2", "EfficientNetLite0"], weights="none")
    both = SETTINGS.model_copy(update={"crop": [False, True]})
    made, settings = extractor.build(chosen, both)
    assert [network.name for network in made] == ["mobilenetv2", "efficientnetlite0"]
    assert settings.crop == [False, True]
    one = backbones.Chosen(backbone="MobileNetV2", weights="none")
    made, settings = extractor.build(one, both)
    assert [network.name for network in made] == ["mobilenetv2"] * 2
    three = backbones.Chosen(backbone="MobileNetV2", weights=["none"] * 3)
    with pytest.raises(InputError, match=r"transfer315.weights 3, features315.crop 2.*, or 3"):
        extractor.build(three, both)


def test_many_training_photographs_need_no_views(root, table, backbone, tmp_path):
    views = VIEWS.model_copy(update={"below": int((table["part"] == "train").sum())})
    settings = SETTINGS.model_copy(update={"views": views})
    extracting = extracted(backbone, root, table, tmp_path, settings=settings)
    stored = store.load(tmp_path)
    assert stored.origin.tolist() == list(range(len(table))) and len(stored.vectors) == len(table)
    expected = extraction.through(autodiff.inference(extracting), root, table["path"], SETTINGS)
    np.testing.assert_allclose(stored.vectors, expected, atol=1e-4)
    assert extraction.examples(root, table, settings, number=2, seed=1).shape[1] == 1


def test_what_is_stored_is_what_was_asked_for(tmp_path, root, table, backbone):
    unlabelled = pd.DataFrame(
        {"Id": ["0", "x"], "path": ["0.png", "x.png"], "readable": [True, False]}
    )
    # An untrained backbone sees a photograph again in no more than a mild view.
    mild = VIEWS.model_copy(update={"turn": 2, "contrast": 0.02, "brightness": 0.02})
    settings = SETTINGS.model_copy(update={"views": mild})
    extracting = extracted(backbone, root, table, tmp_path, unlabelled, settings)
    stored = store.load(tmp_path)
    expected = extraction.through(autodiff.inference(extracting), root, table["path"], SETTINGS)
    np.testing.assert_allclose(stored.vectors[: len(table)], expected, atol=1e-4)
    np.testing.assert_allclose(stored.unlabelled_vectors, expected[:1], atol=1e-4)
    trains = np.flatnonzero(table["part"] == "train")
    assert stored.origin[: len(table)].tolist() == list(range(len(table)))
    views_of = stored.origin[len(table) :]
    np.testing.assert_array_equal(np.sort(views_of), np.sort(np.tile(trains, VIEWS.number)))
    assert stored.settings == settings
    assert list(stored.labelled["Id"]) == list(table["Id"])
    views, photographs = stored.vectors[len(table) :], stored.vectors[views_of]
    apart = np.linalg.norm(views - photographs, axis=1)
    spread = np.linalg.norm(photographs - photographs[::-1], axis=1)
    assert 0 < np.median(apart) < np.median(spread) / 2


def test_photographs_of_the_test_part_do_not_change_the_projection(
    root, table, backbone, extracting, tmp_path
):
    rest = table[table["part"] == "train"]
    again = extracted(backbone, root, rest, tmp_path)
    for before, after in zip(
        extracting.get_layer("projection_0").get_weights(),
        again.get_layer("projection_0").get_weights(), strict=True,
    ):  # fmt: skip
        np.testing.assert_allclose(before, after, atol=1e-5)


def test_augmented_views_differ_and_follow_their_seed():
    images = np.random.default_rng(0).uniform(0, 255, (3, 32, 32, 3)).astype("float32")
    views = [
        extraction.augmentation(VIEWS, seed, 1)(images, training=True).numpy() for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(views[0], views[1])
    assert abs(views[0] - images).mean() > 5
    assert abs(views[0] - views[2]).mean() > 5


def test_pictures_side_by_side_are_changed_alike():
    image = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype("float32")
    both = np.concatenate([image, image], axis=2)
    left, right = np.split(extraction.augmentation(VIEWS, 1, 2)(both, training=True), 2, axis=2)
    np.testing.assert_allclose(left, right, atol=1e-3)
    assert abs(left - image).mean() > 5


def test_every_view_that_is_shown_is_another(root):
    same = pd.DataFrame({"path": ["0.png"] * 3, "part": "train"})
    shown = extraction.examples(root, same, SETTINGS, number=5, seed=1)
    assert shown.shape == (3, 1 + VIEWS.number, 64, 64, 3) and shown.dtype == np.uint8
    photographs, views = shown[:, 0], shown[:, 1]
    assert (photographs[0] == photographs[1]).all()
    assert abs(views[0].astype(int) - views[1]).mean() > 3


def test_a_photograph_may_be_mirrored_only_on_request():
    image = np.zeros((1, 32, 32, 3), np.float32)
    image[:, :, :10] = 255
    still = VIEWS.model_copy(update={"turn": 0, "zoom": 0, "contrast": 0, "brightness": 0})

    def left(views):
        changed = [
            extraction.augmentation(views, k, 1)(image, training=True).numpy() for k in range(8)
        ]
        return {bool(one[0, 16, 2, 0] > one[0, 16, 29, 0]) for one in changed}

    assert left(still) == {True}
    assert left(still.model_copy(update={"flip": True})) == {True, False}


def test_missing_features_are_one_sentence(tmp_path):
    with pytest.raises(InputError, match="run `dvc repro features315`"):
        store.load(tmp_path / "none")
