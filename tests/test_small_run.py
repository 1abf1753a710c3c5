"""A small run of the whole pipeline, and what users do with it."""

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_run
from conftest import ROOT, YAML_1_2, set_params
from PIL import Image
from small_run import dvc, git
from test_pipeline import DETAILS, METRICS, TRAINING

from mintmark.images import decoding
from mintmark.report import conclusions, inputs
from mintmark.report.sections import SECTIONS


@pytest.fixture(scope="module")
def project(small_project, tmp_path_factory):
    """A small project that has run, for the tests of this file alone."""
    return small_run.copy(small_project, tmp_path_factory.mktemp("small") / "project")


def leaves(metrics):
    """How many values a nested dictionary holds."""
    return sum(map(leaves, metrics.values())) if isinstance(metrics, dict) else 1


def test_every_stage_leaves_its_metrics_and_details(project):
    files = {path.stem: path for path in (project / "metrics").glob("*.json")}
    del files["crossval"]  # which another pipeline makes
    assert set(files) == METRICS
    assert sum(leaves(json.loads(path.read_text())) for path in files.values()) <= 60
    for name in DETAILS:
        json.loads((project / "plots" / name / "details.json").read_text())
    assert "<html" in (project / "reports" / "index.html").read_text()
    assert (project / "reports" / "conclusions.md").read_text().startswith("# Conclusions")


def test_the_conclusions_are_those_of_the_run(project, monkeypatch):
    monkeypatch.chdir(project)
    stages = [section.stage for section in SECTIONS]
    found = conclusions.findings(inputs.read(stages))
    assert conclusions.write(found) == Path("reports/conclusions.md").read_text()


def test_every_plot_that_dvc_yaml_declares_is_there_with_its_columns(project):
    shown = dvc(project, "plots", "show", "--json")
    assert "errors" not in json.loads(shown)
    for plot in YAML_1_2.load(project / "dvc.yaml")["plots"]:
        if isinstance(plot, str):
            assert (project / plot).is_file(), plot


def test_nothing_is_left_to_do_after_a_run(project):
    assert "up to date" in dvc(project, "status")
    assert "Running stage" not in dvc(project, "repro")


def test_cross_validation_is_a_pipeline_of_its_own(project):
    set_params(project, crossval__folds=[1, 2], train2__epochs=1, train3__epochs=1)
    crossval = project / "crossval"
    dvc(crossval, "repro")
    found = json.loads((crossval / "crossval.json").read_text())
    coins = pd.read_csv(project / "data/split/three.csv", dtype={"id": str})
    third = YAML_1_2.load(project / "params.yaml")["split"]["third"]
    assert found["three"]["n"] == len(coins)
    assert found["two"]["n"] == (coins["mint"] != third).sum()
    assert set(found["three"]["recall"]) == set(coins["mint"])
    for task in found.values():
        assert (task["folds"], task["repeats"]) == (2, 1)
        assert task["balanced_accuracy_low"] <= task["balanced_accuracy"]
    answers = pd.concat(pd.read_csv(file) for file in (crossval / "folds").glob("*.answers.csv"))
    assert not answers.duplicated(["task", "id"]).any()  # every coin tests once
    assert (crossval / "plots" / "balanced.png").is_file()
    set_params(project, crossval__repeats=[1, 2])
    stale = dvc(crossval, "status", "--json")
    git(project, "checkout", "--", "params.yaml")
    assert {name for name in json.loads(stale) if name.startswith("fold@1")} == set()
    assert "up to date" in dvc(project, "status")  # the main pipeline knows nothing of it


@contextmanager
def experiment(project, *changes):
    """The stages that run again with parameters changed; afterwards all is as it was."""
    output = dvc(project, "exp", "run", *(word for change in changes for word in ("-S", change)))
    try:
        yield {
            line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")
        }
    finally:
        git(project, "checkout", "--", ".")
        dvc(project, "checkout")


@pytest.mark.parametrize(
    ("change", "stages"),
    [
        ({"mask__fill": "blur"}, {"mask"}),
        ({"gradcam__radius": 0.6}, {"gradcam"}),
        ({"gradcam__method": "layercam"}, {"gradcam"}),
        ({"controls__discs": 1}, {"controls"}),
        ({"regions__exergue__radii": [0.5, 0.9]}, {"controls", "controls3"}),
        ({"transfer315__shrinkage": 0.5}, {"transfer315"}),
        ({"transfer315__head": "linear"}, {"transfer315"}),
    ],
)
def test_a_parameter_is_of_its_own_stages(project, change, stages):
    set_params(project, **change)
    stale = json.loads(dvc(project, "status", "--json"))
    git(project, "checkout", "--", "params.yaml")
    assert set(stale) == stages


def test_parameters_rerun_what_depends_on_them_and_train_nothing_else(project):
    changes = ("mask.fill=blur", "gradcam.radius=0.6", "controls.discs=1")
    with experiment(project, *changes) as stages:
        assert stages == {"mask", "gradcam", "controls", "report"}
    for change in ("transfer315.shrinkage=0.5", "transfer315.head=linear"):
        with experiment(project, change) as stages:
            assert stages == {"transfer315", "figures", "report"}
    # Not of the default head: the stage runs, nothing changes.
    with experiment(project, "transfer315.dropout=0.2") as stages:
        assert stages == {"transfer315"}


def test_the_mask_radius_reruns_the_mask_and_the_report_alone(project):
    details = project / "plots" / "mask" / "details.json"
    before = json.loads(details.read_text())
    with experiment(project, "mask.radius=0.4") as stages:
        assert stages == {"mask", "report"}
        assert "radius" in dvc(project, "params", "diff", "HEAD")
        assert "mask.json" in dvc(project, "metrics", "diff", "--all", "HEAD")
        after = json.loads(details.read_text())
    assert (before["radius"], after["radius"]) == (0.5, 0.4)
    # The answers of so few coins may stay the same; the logits behind them never do.
    assert before["centre"]["logit_change"] != after["centre"]["logit_change"]


def test_a_colour_runs_no_training(project):
    source = project / "mintmark" / "plotting.py"
    text = source.read_text()
    source.write_text(text.replace("#0072B2", "#0072B3"))
    stale = set(json.loads(dvc(project, "status", "--json")))
    source.write_text(text)
    assert {"gradcam", "mask", "figures"} <= stale
    assert not stale & TRAINING


def identify(project, *arguments):
    """Run `mintmark identify` on the small run, and give back what it says."""
    command = [sys.executable, "-m", "mintmark.cli", "identify", *map(str, arguments)]
    done = subprocess.run(command, check=False, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def brought(project, tmp_path_factory):
    """A folder with the photographs of the test coins, and with others that can't be named."""
    folder = tmp_path_factory.mktemp("brought")
    test = pd.read_csv(project / "data/split/three.csv", dtype=str).query("part == 'test'")
    photos = project / "data/sample/mints/photos"
    for file in photos.iterdir():
        if file.name.split(".")[0] in set(test["id"]):
            shutil.copy(file, folder)
    whole = next(folder.glob("*.1.jpg"))
    (folder / "broken.1.jpg").write_bytes(whole.read_bytes()[:500])
    shutil.copy(whole, folder / "one side_obv.jpg")
    photograph = decoding.decode(whole)
    Image.fromarray(np.hstack([photograph, photograph])).save(folder / "pair.1.png")
    Image.new("RGB", (200, 200), "white").save(folder / "empty.1.png")
    return folder


def test_coins_that_are_brought_are_named_as_the_stage_names_them(project, brought, tmp_path):
    outputs = [
        tmp_path / name for name in ("a.csv", "a.json", "a.xlsx", "b.csv", "b.json", "b.xlsx")
    ]
    for some in (outputs[:3], outputs[3:]):
        options = zip(("--csv", "--json", "--xlsx"), some, strict=True)
        said = identify(project, brought, *(word for pair in options for word in pair))
    assert "1 two_coins" in said and "1 broken" in said
    for first, second in zip(outputs[:3], outputs[3:], strict=True):
        assert first.read_bytes() == second.read_bytes(), first
    table = pd.read_csv(outputs[0], dtype={"id": str}, keep_default_na=False)
    assert list(table)[:7] == [
        "id", "status", "answer", "probability", "set", "second", "similar",
    ]  # fmt: skip
    stage = pd.read_csv(project / "plots/identify/predictions.csv", dtype={"id": str})
    both = table.merge(stage[stage["taught"]], on="id")
    assert len(both) == stage["taught"].sum() > 10
    assert (both["answer"] == both["predicted"]).all()
    assert (both["probability_x"].astype(float) == both["probability_y"]).all()
    level = next(name for name in stage if name.startswith("size_"))
    assert (both["set"].str.split(" | ", regex=False).str.len() == both[level]).all()
    assert ((both["status"] == "unknown") == both["unknown"]).all()
    assert all(
        own == row.split(" | ")[0] for own, row in zip(both["id"], both["similar"], strict=True)
    )
    by_id = table.set_index("id")
    assert by_id.loc[["broken", "pair", "empty"], "status"].tolist() == [
        "broken",
        "two_coins",
        "blank",
    ]
    assert by_id.loc["one side", "shown"] == "obverse" and by_id.loc["one side", "answer"]
    assert "rests on the obverse alone" in by_id.loc["one side", "remark"]
    assert by_id.loc["broken", "remark"].startswith("The obverse can't be read: it is damaged")
    assert f"broken: {by_id.loc['broken', 'remark']}" in said
    chances = {coin["id"]: coin["probabilities"] for coin in json.loads(outputs[1].read_text())}
    assert sum(chances[both["id"].iloc[0]].values()) == pytest.approx(1, abs=1e-5)
    assert chances["broken"] == {}


def test_heat_is_drawn_and_a_table_keeps_its_columns(project, brought, tmp_path):
    coins = sorted({file.name.split(".")[0] for file in brought.glob("*.2.*")})[:3]
    (brought / "list.csv").write_text("Nr;id;Fund\n" + "".join(f"7;{k};Köln\n" for k in coins))
    identify(
        project, brought / "list.csv", "--heat", tmp_path / "heat", "--csv", tmp_path / "c.csv"
    )
    pictures = sorted((tmp_path / "heat").iterdir())
    assert [file.stem for file in pictures] == coins
    coin, heat, likeness = np.split(np.asarray(Image.open(pictures[0])), 3)
    assert not (np.array_equal(coin, heat) or np.array_equal(heat, likeness))
    table = pd.read_csv(tmp_path / "c.csv", dtype=str)
    assert table["Fund"].tolist() == ["Köln"] * 3 and table["Nr"].tolist() == ["7"] * 3


def test_coin_types_that_are_brought_are_named(project, tmp_path):
    photos = project / "data/sample/types/train"
    table = tmp_path / "types.csv"
    identify(project, photos, "--types", "--csv", table, "--heat", tmp_path / "heat")
    named = pd.read_csv(table, dtype={"id": str}, keep_default_na=False)
    stage = pd.read_csv(project / "plots/transfer315/predictions.csv", dtype={"Id": str})
    both = stage.merge(named, left_on="Id", right_on="id")
    assert len(both) == len(stage) > 5
    assert (both["answer"] == both["predicted"]).all()
    assert both["probability"].astype(float).to_numpy() == pytest.approx(
        both["confidence"], abs=1e-3
    )
    assert (named["remark"] == "").all()  # coin types are named from one photograph
    assert len(list((tmp_path / "heat").iterdir())) == (named["answer"] != "").sum()


def test_before_anything_is_trained_a_sentence_says_so(tmp_path, brought):
    shutil.copy(ROOT / "params.yaml", tmp_path)
    for types in ([], ["--types"]):
        command = [sys.executable, "-m", "mintmark.cli", "identify", str(brought), *types]
        done = subprocess.run(
            [*command, "--project", str(tmp_path)],
            check=False,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1
        (said,) = done.stderr.splitlines()  # and nothing of TensorFlow's
        assert said.startswith("error: ") and "trained yet" in said
