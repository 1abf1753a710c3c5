"""Outputs are whole or absent; bad input ends a stage with one sentence."""

import pytest

from mintmark.pipeline.stage import InputError, run, writing


def test_outputs_appear_when_the_block_succeeds(tmp_path):
    folder, file = tmp_path / "plots" / "mask", tmp_path / "metrics" / "mask.json"
    with writing(folder, file) as (new_folder, new_file):
        (new_folder / "a.txt").write_text("a")
        new_file.write_text("{}")
        assert not folder.exists() and not file.exists()
    assert (folder / "a.txt").read_text() == "a"
    assert file.read_text() == "{}"
    assert sorted(p.name for p in tmp_path.rglob("*.partial*")) == []


def test_a_failure_leaves_the_earlier_outputs_and_nothing_else(tmp_path):
    folder = tmp_path / "plots"
    with writing(folder) as (new,):
        (new / "a.txt").write_text("first")
    with pytest.raises(ValueError), writing(folder) as (new,):
        (new / "a.txt").write_text("second")
        raise ValueError
    assert (folder / "a.txt").read_text() == "first"
    assert [p.name for p in tmp_path.iterdir()] == ["plots"]


def test_a_second_run_replaces_the_first(tmp_path):
    for name in ("a.txt", "b.txt"):
        with writing(tmp_path / "plots") as (new,):
            (new / name).touch()
    assert [p.name for p in (tmp_path / "plots").iterdir()] == ["b.txt"]


def test_bad_input_is_one_sentence_and_a_failure():
    def main():
        raise InputError("photos/ is missing; put the photographs there.")

    with pytest.raises(SystemExit) as end:
        run(main)
    assert end.value.code == "error: photos/ is missing; put the photographs there."
