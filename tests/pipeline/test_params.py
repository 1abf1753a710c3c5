"""params.yaml as the stages see it: typed, checked, one block at a time."""

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from mintmark.pipeline import params
from mintmark.pipeline.stage import InputError


class Mask(params.Block):
    radius: Annotated[float, Field(gt=0, lt=1)]
    fill: str


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    return lambda text: Path("params.yaml").write_text(text, encoding="utf-8")


def test_a_block_is_read(write):
    write("mask: {radius: 0.4, fill: mean}\nother: {unread: true}\n")
    assert params.load(Mask, "mask") == Mask(radius=0.4, fill="mean")


def test_a_small_number_as_dvc_writes_it_is_a_number(write):
    write("mask: {radius: 1e-05, fill: mean}\n")
    assert params.load(Mask, "mask").radius == 1e-05


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("mask: {radius: 1.5, fill: mean}", "mask.radius is 1.5"),
        ("mask: {radius: wide, fill: mean}", "mask.radius is 'wide'"),
        ("mask: {radius: 0.5, fill: mean, radios: 1}", "mask.radios is no parameter"),
        ("mask: {radius: 0.5}", "mask.fill is missing"),
        ("other: 1", "no block 'mask:'"),
        ("mask: {radius: [", "not valid YAML"),
    ],
)
def test_a_wrong_block_is_one_sentence_that_names_the_parameter(write, text, named):
    write(text)
    with pytest.raises(InputError, match="params.yaml") as error:
        params.load(Mask, "mask")
    assert named in str(error.value)
    assert "\n" not in str(error.value)


def test_no_params_file(write):
    with pytest.raises(InputError, match="params.yaml is missing"):
        params.load(Mask, "mask")


@pytest.mark.parametrize("text", ["seed: -1", "seed: x", "seed: 1.5", "mask: {}"])
def test_a_seed_is_a_whole_number(write, text):
    write(text)
    with pytest.raises(InputError, match="seed is"):
        params.seed()
