"""The pipeline as a whole: what dvc.yaml declares, and a small run of every stage."""

import json
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, YAML_1_2, set_params

from mintmark.pipeline import dependencies
from mintmark.report import conclusions, inputs
from mintmark.report.sections import SECTIONS

PIPELINE = YAML_1_2.load(ROOT / "dvc.yaml")["stages"]
STAGES = ["sample", "organize", "clean", "merge", "split", "train2", "adapt", "gradcam", "mask",
          "controls", "eval3rd", "train3", "gradcam3", "mask3", "controls3", "pretrain",
          "features315", "labels315", "transfer315", "figures", "report"]  # fmt: skip
CROSSVAL = YAML_1_2.load(ROOT / "crossval" / "dvc.yaml")["stages"]
METRICS = {"organize", "clean", "split", "train2", "gradcam", "mask", "eval3rd", "train3",
           "transfer315"}  # fmt: skip
DETAILS = set(STAGES) - {"sample", "merge", "split", "adapt", "pretrain", "figures", "report"}
TRAINING = {"train2", "adapt", "train3", "pretrain", "features315", "labels315", "transfer315"}
WITHOUT_KERAS = {"sample", "organize", "clean", "merge", "split", "figures", "report"}

# Blocks of no one stage, and the backbone that transfer315 names for its features.
SHARED = {"train2": ["train"], "train3": ["train"], "gradcam": ["data"], "labels315": ["data"],
          "controls": ["regions"], "controls3": ["regions"],
          "transfer315": ["data"], "features315": ["data", "transfer315"],
          "figures": ["data"]}  # fmt: skip


def closure(name):
    """The code that a stage reaches."""
    return dependencies.closure(ROOT / "stages" / f"{name}.py", ROOT)


def imports(name, *words):
    """Whether code that a stage reaches imports one of these libraries."""
    pattern = re.compile(rf"^ *(import|from) ({'|'.join(words)})", re.MULTILINE)
    return any(pattern.search((ROOT / file).read_text()) for file in closure(name))


def test_the_pipeline_has_its_stages_each_with_a_description():
    assert list(PIPELINE) == STAGES
    assert all(stage["desc"].strip() for stage in PIPELINE.values())
    assert {path.stem for path in (ROOT / "stages").glob("*.py")} == {
        *STAGES, "own_checkout", *(f"crossval_{name}" for name in CROSSVAL),
    }  # fmt: skip


@pytest.mark.parametrize("name", STAGES)
def test_code_dependencies_are_the_import_closure(name):
    stage = PIPELINE[name]
    assert stage["cmd"] == f"python stages/{name}.py"
    assert stage["deps"] == dependencies.rewritten(stage["deps"], closure(name))


def test_make_deps_leaves_dvc_yaml_as_it_is(tmp_path):
    for name in ("stages", "mintmark"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "crossval").mkdir()
    for name in ("dvc.yaml", "crossval/dvc.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    dependencies.write(tmp_path)
    for name in ("dvc.yaml", "crossval/dvc.yaml"):
        assert (tmp_path / name).read_text() == (ROOT / name).read_text()


def test_a_new_import_is_a_new_dependency(tmp_path):
    (tmp_path / "mintmark" / "room").mkdir(parents=True)
    (tmp_path / "stages").mkdir()
    (tmp_path / "mintmark" / "room" / "one.py").write_text("from mintmark.room.two import f\n")
    (tmp_path / "mintmark" / "room" / "two.py").write_text("import numpy\n")
    script = tmp_path / "stages" / "a.py"
    script.write_text("import beside\nfrom mintmark.room import one\n")
    (tmp_path / "stages" / "beside.py").write_text("")
    assert dependencies.closure(script, tmp_path) == {
        "stages/a.py", "stages/beside.py", "mintmark/room/one.py", "mintmark/room/two.py",
    }  # fmt: skip


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_depends_on_its_own_parameters_alone(name):
    blocks = {param.split(".")[0] for param in PIPELINE[name].get("params", [])}
    assert blocks <= {name, "seed", *SHARED.get(name, ())}


def test_the_truth_about_drawn_coins_is_for_scoring_alone():
    """Only the stage that scores heat maps reaches it, and nothing learns from that stage."""
    reaching = {name for name in STAGES if "data/sample/truth" in PIPELINE[name]["deps"]}
    scoring = {name for name in STAGES if "mintmark/explain/localisation.py" in closure(name)}
    assert reaching == scoring == {"gradcam"}
    made = [out for out in PIPELINE["gradcam"]["outs"] if isinstance(out, str)]
    for name in STAGES:
        used = [dep for dep in PIPELINE[name]["deps"] if dep in made]
        assert not used or name == "report"
    for name in set(STAGES) - {"gradcam", "sample"}:
        assert not any("paths.TRUTH" in (ROOT / file).read_text() for file in closure(name))


def test_only_stages_that_need_it_import_keras():
    assert {name for name in STAGES if not imports(name, "keras", "tensorflow")} == WITHOUT_KERAS


def test_no_training_depends_on_how_pictures_look():
    """A training stage reaches no code that draws, nor anything made by a stage that draws."""
    for name in TRAINING:
        assert "mintmark/plotting.py" not in closure(name)
        assert not imports(name, "matplotlib.(figure|pyplot|axes)")
    drawing = set(STAGES) - TRAINING - {"sample", "organize", "clean", "merge", "split"}
    outs = {out for name in drawing for out in PIPELINE[name]["outs"] if isinstance(out, str)}
    for name in TRAINING:
        assert not outs & set(PIPELINE[name]["deps"])


OF_A_RUN = shutil.ignore_patterns("__pycache__", "folds", "plots", "cache", "tmp", "dvc.lock")


def dvc(folder, *arguments):
    """Run DVC in a folder and give back what it says."""
    done = subprocess.run(
        ["dvc", *arguments], check=False, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def git(folder, *arguments):
    """Run git in a folder."""
    identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the repository's code with small parameters, as a git and DVC repository."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("stages", "mintmark", "data/weights", "crossval"):
        shutil.copytree(ROOT / name, folder / name, ignore=OF_A_RUN)
    for name in ("dvc.yaml", "params.yaml", "requirements.txt", ".dvcignore"):
        shutil.copy(ROOT / name, folder)
    (folder / "metrics").mkdir()
    shutil.copy(ROOT / "metrics" / "crossval.json", folder / "metrics")
    set_params(
        folder, sample__mints__coins=150, sample__mints__wear=0.2, sample__types__types=8,
        sample__types__photos=8, sample__types__test=4, sample__types__size=64, merge__size=64,
        train2__epochs=2, train2__leave_one_out=1, train3__epochs=2, adapt__epochs=1,
        controls__radii=[0.5], controls__discs=2, controls3__radii=[0.5], controls3__discs=2,
        features315__size=64, labels315__epochs=2, labels315__folds=2, transfer315__epochs=2,
    )  # fmt: skip
    git(folder, "init")
    dvc(folder, "init", "-q")
    git(folder, "add", "--all")
    git(folder, "commit", "-m", "Small")
    dvc(folder, "repro")
    git(folder, "add", "--all")
    git(folder, "commit", "-m", "Results")
    return folder


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
    assert conclusions.write(inputs.read(stages)) == Path("reports/conclusions.md").read_text()


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
    answers = pd.concat(pd.read_csv(file) for file in (crossval / "folds").glob("*.csv"))
    assert not answers.duplicated(["task", "id"]).any()  # every coin tests once
    assert (crossval / "plots" / "balanced.png").is_file()
    set_params(project, crossval__repeats=[1, 2])
    stale = dvc(crossval, "status", "--json")
    git(project, "checkout", "--", "params.yaml")
    assert {name for name in json.loads(stale) if name.startswith("fold@1")} == set()
    assert "up to date" in dvc(project, "status")  # the main pipeline knows nothing of it


def test_the_committed_cross_validation_is_that_of_its_pipeline():
    made, shown = (ROOT / folder / "crossval.json" for folder in ("crossval", "metrics"))
    assert made.read_text() == shown.read_text()


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
