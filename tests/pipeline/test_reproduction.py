"""Whether a run gave what is committed: the same, within the tolerance, or not."""

import json
import subprocess

import pytest

from mintmark.pipeline import reproduction
from mintmark.pipeline.stage import InputError

METRICS = {"n": 86, "accuracy": 0.7981, "recall": {"Misr": 1.0}, "said": "margin"}
DETAILS = {"curve": [{"radius": 0.5, "drop": 0.25}]}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A run and what is committed of it."""
    monkeypatch.chdir(tmp_path)
    write({"metrics/a.json": METRICS, "tests/report/details/a.json": DETAILS})
    identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org"]
    for command in (["init"], ["add", "."], ["commit", "-m", "Run"]):
        subprocess.run(["git", *identity, *command], check=True, capture_output=True)
    write({"plots/a/details.json": DETAILS})
    return tmp_path


def write(files):
    for name, content in files.items():
        path = reproduction.Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))


def test_the_same_run_is_reproduced(project, capsys):
    reproduction.check()
    assert capsys.readouterr().out == (
        "Reproduced: 6 figures in 2 files, 0 of them within 0.005.\n"
    )


def test_last_digits_are_said_and_let_by(project, capsys):
    write({"metrics/a.json": {**METRICS, "accuracy": 0.7967}})
    reproduction.check()
    assert "metrics/a.json: accuracy is 0.7967, committed 0.7981\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"metrics/a.json": {**METRICS, "recall": {"Misr": 0.9}}},
            "recall.Misr is 0.9, committed 1",
        ),
        ({"metrics/a.json": {**METRICS, "said": "field"}}, "said is field, committed margin"),
        ({"metrics/a.json": {"n": 86}}, "accuracy is None, committed 0.7981"),
        (
            {"plots/a/details.json": {"curve": [{"radius": 0.5, "drop": 0.2}]}},
            "curve.0.drop is 0.2",
        ),
    ],
)
def test_what_differs_is_named_and_fails(project, capsys, files, said):
    write(files)
    with pytest.raises(InputError, match="figures differ from the committed ones"):
        reproduction.check()
    assert said in capsys.readouterr().out


def test_without_a_run_or_a_repository_a_sentence_says_so(project, tmp_path_factory, monkeypatch):
    (project / "metrics" / "a.json").unlink()
    with pytest.raises(InputError, match="a.json is missing; run `dvc repro` first"):
        reproduction.check()
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(InputError, match="not a git repository"):
        reproduction.check()
