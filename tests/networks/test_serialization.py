"""Networks on disk are data: what is no network of ours is one sentence, and no code of it runs."""

import json
import zipfile

import keras
import numpy as np
import pytest

from mintmark.networks import models, serialization
from mintmark.pipeline.stage import InputError


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "m.keras"
    serialization.save(models.small_cnn((32, 64, 3), 2, 0.1), path)
    return path


def changed(saved, path, name, change):
    """A copy of a saved network in which one entry is another."""
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            target.writestr(entry, change(content) if entry == name else content)
    return path


def test_a_lambda_is_not_run(tmp_path):
    mark = tmp_path / "run"
    inputs = keras.Input((4,))
    code = keras.layers.Lambda(lambda x, name=str(mark): (open(name, "w").close(), x)[1])
    model = keras.Model(inputs, code(inputs))
    mark.unlink()
    model.save(tmp_path / "evil.keras")
    with pytest.raises(InputError, match="evil.keras can't be read; run `dvc checkout`") as error:
        serialization.load(tmp_path / "evil.keras")
    assert "\n" not in str(error.value) and not mark.exists()


def test_no_class_but_those_of_keras_and_ours_is_looked_up(saved, tmp_path):
    def poisoned(content):
        config = json.loads(content)
        config["config"]["layers"].append(
            {"module": "os", "class_name": "system", "config": {"command": "exit"},
             "registered_name": None, "name": "x", "inbound_nodes": []}
        )  # fmt: skip
        return json.dumps(config).encode()

    with pytest.raises(InputError, match="can't be read"):
        serialization.load(changed(saved, tmp_path / "p.keras", "config.json", poisoned))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_file_that_was_cut_is_one_sentence(saved, tmp_path, share):
    content = saved.read_bytes()
    (tmp_path / "cut.keras").write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="cut.keras can't be read") as error:
        serialization.load(tmp_path / "cut.keras")
    assert "\n" not in str(error.value)


def test_other_archives_are_no_networks(saved, tmp_path):
    with (tmp_path / "a.keras").open("wb") as file:
        np.savez(file, np.zeros(3))
    with pytest.raises(InputError, match="it is no network of mintmark"):
        serialization.load(tmp_path / "a.keras")
    damaged = changed(saved, tmp_path / "b.keras", "model.weights.h5", lambda content: content[:99])
    with pytest.raises(InputError, match="b.keras can't be read"):
        serialization.load(damaged)


def test_a_network_larger_than_any_is_not_unpacked(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(serialization, "LARGEST", 1_000)
    with pytest.raises(InputError, match="it is no network of mintmark"):
        serialization.load(saved)
