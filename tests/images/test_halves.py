"""Photographs of both sides are cut apart at the gap, or refused."""

import numpy as np
import pytest
from images import pairs
from PIL import Image

from mintmark.data import manifests
from mintmark.images import cleaning, detection, halves

TIDY = {"size": 96, "scale": 0.48, "flatten": 0.8}


def cut_between(image: np.ndarray, ends: list[tuple[float, float]], axis: int) -> bool:
    """Whether a photograph is cut along an axis, beside both coins."""
    first, second = halves.cut(image)
    whole = np.concatenate([first, second], axis=axis)
    return np.array_equal(whole, image) and ends[0][1] - 3 <= first.shape[axis] <= ends[1][0] + 3


@pytest.mark.parametrize("gap", [0.6, 0.15, 0.0])
@pytest.mark.parametrize("radii", [(90, 90), (100, 70)])
@pytest.mark.parametrize("below", [False, True])
def test_the_cut_runs_between_the_coins(gap, radii, below):
    for seed in range(3):
        image, ends = pairs.photograph(seed, gap=gap, radii=radii, below=below)
        assert cut_between(image, ends, axis=0 if below else 1), seed


def test_where_there_is_no_gap_there_is_no_cut():
    for seed in range(3):
        assert halves.cut(pairs.photograph(seed, gap=-0.5)[0]) is None
        image, ends = pairs.photograph(seed, gap=0.6)
        alone = image[:, : round(ends[0][1] + 20)]
        assert halves.cut(alone) is None
    assert halves.cut(np.full((200, 400, 3), 128, np.uint8)) is None


def test_each_half_is_cropped_as_a_photograph_of_its_own(tmp_path):
    image, ends = pairs.photograph(2, gap=0.3)
    Image.fromarray(image).save(tmp_path / "both.png")
    before = (tmp_path / "both.png").read_bytes()
    sides = [
        cleaning.inspect(tmp_path / "both.png", tmp_path / f"{half}.jpg", half=half, **TIDY)
        for half in (0, 1)
    ]
    assert [side.reason for side in sides] == ["", ""]
    assert sides[0].digest != sides[1].digest
    for side, (start, end) in zip(sides, ends, strict=True):
        assert side.circle.r == pytest.approx((end - start) / 2, rel=0.05)
    assert (tmp_path / "both.png").read_bytes() == before
    whole = cleaning.inspect(tmp_path / "both.png", tmp_path / "whole.jpg", **TIDY)
    assert whole.reason == "two_coins"


def test_what_shows_one_coin_alone_is_refused_with_one_reason(tmp_path):
    image, ends = pairs.photograph(2, gap=0.6)
    Image.fromarray(image[:, : round(ends[0][1] + 20)]).save(tmp_path / "one.png")
    for half in (0, 1):
        found = cleaning.inspect(tmp_path / "one.png", tmp_path / "x.jpg", half=half, **TIDY)
        assert found.reason == "no_gap"


def test_a_second_coin_is_the_one_that_is_seen_best():
    image, _ = pairs.photograph(1, gap=0.3)
    first, _ = detection.find(image)
    other = detection.second(image, first)
    assert abs(first.x - other.x) == pytest.approx(2.3 * 90, abs=10)


def test_halves_go_through_the_stages_and_the_original_stays_whole(stage, workspace):
    photos = workspace / "mints" / "photos"
    photos.mkdir(parents=True)
    for coin, gap in (("100001", 0.2), ("100002", -0.5)):
        Image.fromarray(pairs.photograph(3, gap=gap)[0]).save(photos / f"{coin}.png")
    (workspace / "mints/image_labels.csv").write_text("100001,a,b,Misr\n100002,a,b,Misr\n")
    assert stage("organize", data__mints="mints", organize__photos="{id}").returncode == 0
    done = stage("clean")
    assert done.returncode == 0, done.stderr
    kept = manifests.read(workspace / "data/clean/manifest.csv")
    assert kept[["side", "path"]].to_numpy().tolist() == [
        ["obverse", "Misr/100001_Misr.1.jpg"], ["reverse", "Misr/100001_Misr.2.jpg"],
    ]  # fmt: skip
    assert all((workspace / "data/clean" / path).is_file() for path in kept["path"])
    assert "copies: 0 exact, 0 near" in done.stdout
    rejected = manifests.read(workspace / "data/clean/rejected.csv")
    assert rejected[["side", "path", "reason"]].to_numpy().tolist() == [
        ["obverse", "Misr/100002_Misr.png", "no_gap"],
        ["reverse", "Misr/100002_Misr.png", "no_gap"],
    ]
    whole = workspace / "data/organized/Misr/100001_Misr.png"
    assert whole.read_bytes() == (photos / "100001.png").read_bytes()


def test_who_brings_both_sides_in_one_photograph_is_told_how(stage, workspace):
    photos = workspace / "mints" / "photos"
    photos.mkdir(parents=True)
    image, ends = pairs.photograph(3, gap=0.5)
    Image.fromarray(image).save(photos / "100001.1.png")
    Image.fromarray(image[:, : round(ends[0][1] + 15)]).save(photos / "100001.2.png")
    (workspace / "mints/image_labels.csv").write_text("100001,a,b,Misr\n")
    assert stage("organize", data__mints="mints").returncode == 0
    assert "1 show two coins; where each shows both sides of one, leave {side}" in (
        stage("clean").stdout
    )
