"""Features: made once, the same in every batch, and views that follow from their seed."""

import cv2
import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mintmark.coin_types import extraction, store
from mintmark.networks import backbones
from mintmark.pipeline.stage import InputError

VIEWS = store.Views(number=2, flip=False, turn=18, zoom=0.05, contrast=0.2, brightness=0.2)
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
        backbone, root, table, unlabelled, settings=settings, seed=1, folder=folder
    )


@pytest.fixture(scope="module")
def extractor(backbone, root, table, tmp_path_factory):
    return extracted(backbone, root, table, tmp_path_factory.mktemp("features"))


def test_features_do_not_depend_on_batches(root, table, extractor):
    together = extraction.through(extraction.inference(extractor), root, table["path"], SETTINGS)
    alone = extraction.through(extraction.inference(extractor), root, table["path"][66:], SETTINGS)
    assert together.shape == (PHOTOGRAPHS, 8)
    np.testing.assert_allclose(together[66:], alone, atol=1e-4)


def test_the_projection_is_that_of_the_training_photographs(root, table, extractor):
    found = extraction.through(extraction.inference(extractor), root, table["path"], SETTINGS)[
        table["part"] == "train"
    ]
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-3)
    variance = found.var(axis=0, ddof=1)
    assert variance.mean() == pytest.approx(1, abs=0.01)
    assert (np.diff(variance) <= 1e-4).all()  # the principal components come first


def test_what_is_stored_is_what_was_asked_for(tmp_path, root, table, backbone):
    unlabelled = pd.DataFrame(
        {"Id": ["0", "x"], "path": ["0.png", "x.png"], "readable": [True, False]}
    )
    # An untrained backbone sees a photograph again in no more than a mild view.
    mild = VIEWS.model_copy(update={"turn": 2, "contrast": 0.02, "brightness": 0.02})
    settings = SETTINGS.model_copy(update={"views": mild})
    extractor = extracted(backbone, root, table, tmp_path, unlabelled, settings)
    stored = store.load(tmp_path)
    expected = extraction.through(extraction.inference(extractor), root, table["path"], SETTINGS)
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
    root, table, backbone, extractor, tmp_path
):
    rest = table[table["part"] == "train"]
    again = extracted(backbone, root, rest, tmp_path)
    for before, after in zip(
        extractor.get_layer("features").get_weights(),
        again.get_layer("features").get_weights(), strict=True,
    ):  # fmt: skip
        np.testing.assert_allclose(before, after, atol=1e-5)


def test_augmented_views_differ_and_follow_their_seed():
    images = np.random.default_rng(0).uniform(0, 255, (3, 32, 32, 3)).astype("float32")
    views = [
        extraction.augmentation(VIEWS, seed)(images, training=True).numpy() for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(views[0], views[1])
    assert abs(views[0] - images).mean() > 5
    assert abs(views[0] - views[2]).mean() > 5


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
            extraction.augmentation(views, k)(image, training=True).numpy() for k in range(8)
        ]
        return {bool(one[0, 16, 2, 0] > one[0, 16, 29, 0]) for one in changed}

    assert left(still) == {True}
    assert left(still.model_copy(update={"flip": True})) == {True, False}


def test_missing_features_are_one_sentence(tmp_path):
    with pytest.raises(InputError, match="run `dvc repro features315`"):
        store.load(tmp_path / "none")
