"""The pipeline as a whole: what dvc.yaml declares, and a small run of every stage."""

import ast
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, YAML_1_2, set_params

PIPELINE = YAML_1_2.load(ROOT / "dvc.yaml")["stages"]
STAGES = ["sample", "organize", "clean", "merge", "split", "train2", "gradcam", "mask", "eval3rd",
          "train3", "pretrain", "features315", "labels315", "transfer315", "report"]  # fmt: skip

# Blocks of no one stage, and the backbone that transfer315 names for its features.
SHARED = {"train2": ["train"], "train3": ["train"], "gradcam": ["data"], "labels315": ["data"],
          "transfer315": ["data"], "features315": ["data", "transfer315"]}  # fmt: skip


def imported(source: Path) -> set[Path]:
    """The library modules that a Python file imports."""
    names = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "mintmark":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mintmark."):
            names.add(node.module.removeprefix("mintmark."))
    return {ROOT / "mintmark" / f"{name}.py" for name in names}


def closure(script: Path) -> set[str]:
    reached, waiting = set(), {script}
    while waiting:
        file = waiting.pop()
        reached.add(file)
        waiting |= imported(file) - reached
    return {file.relative_to(ROOT).as_posix() for file in reached}


def test_the_pipeline_has_its_stages_each_with_a_description():
    assert list(PIPELINE) == STAGES
    assert all(stage["desc"].strip() for stage in PIPELINE.values())


@pytest.mark.parametrize("name", STAGES)
def test_code_dependencies_are_the_import_closure(name):
    script = ROOT / "stages" / f"{name}.py"
    assert PIPELINE[name]["cmd"] == f"python stages/{name}.py"
    declared = {dep for dep in PIPELINE[name]["deps"] if dep.endswith(".py")}
    assert declared == closure(script)


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_depends_on_its_own_parameters_alone(name):
    blocks = {param.split(".")[0] for param in PIPELINE[name].get("params", [])}
    assert blocks <= {name, "seed", *SHARED.get(name, ())}


def test_the_truth_about_drawn_coins_is_for_scoring_alone():
    """Only the stage that scores heat maps reaches it, and nothing learns from that stage."""
    reaching = {name for name in STAGES if "data/sample/truth" in PIPELINE[name]["deps"]}
    importing = {
        name for name in STAGES if "mintmark/truth.py" in closure(ROOT / "stages" / f"{name}.py")
    }
    assert reaching == importing == {"gradcam"}
    made = [out for out in PIPELINE["gradcam"]["outs"] if isinstance(out, str)]
    for name in STAGES:
        used = [dep for dep in PIPELINE[name]["deps"] if dep.startswith(tuple(made))]
        assert not used or name == "report"
    for name in set(STAGES) - {"gradcam", "sample"}:
        sources = [(ROOT / file).read_text() for file in closure(ROOT / "stages" / f"{name}.py")]
        assert not any("paths.TRUTH" in text for text in sources)


def test_only_stages_that_need_it_import_keras():
    for name in ("sample", "organize", "clean", "merge", "split", "report"):
        sources = [(ROOT / file).read_text() for file in closure(ROOT / "stages" / f"{name}.py")]
        assert not any("import keras" in text or "import tensorflow" in text for text in sources)


def dvc(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["dvc", *arguments], check=False, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the repository's code with small parameters, as a git and DVC repository."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("stages", "mintmark", "data/weights"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dvc.yaml", "params.yaml", "requirements.txt", ".dvcignore"):
        shutil.copy(ROOT / name, folder)
    set_params(
        folder, sample__mints__coins=150, sample__mints__wear=0.2, sample__types__types=8,
        sample__types__photos=8, sample__types__test=4, sample__types__size=64,
        merge__size=64, train2__epochs=2, train2__leave_one_out=1, train3__epochs=2, mask__adaptation__epochs=1,
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


def test_every_stage_leaves_its_metrics(project):
    for name in set(STAGES) - {"sample", "pretrain", "report"}:
        json.loads((project / "metrics" / f"{name}.json").read_text())
    assert "<html" in (project / "reports" / "index.html").read_text()
    assert (project / "reports" / "conclusions.md").read_text().startswith("# Conclusions")


def test_nothing_is_left_to_do_after_a_run(project):
    assert "up to date" in dvc(project, "status")
    assert "Running stage" not in dvc(project, "repro")


def rerun(project, change: str) -> set[str]:
    """The stages that run again with a parameter changed."""
    output = dvc(project, "exp", "run", "-S", change)
    return {line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")}


def test_the_mask_radius_reruns_the_mask_and_the_report_alone(project):
    assert rerun(project, "mask.radius=0.4") == {"mask", "report"}
    assert "radius" in dvc(project, "params", "diff", "HEAD")
    assert "mask.json" in dvc(project, "metrics", "diff", "HEAD")
    assert json.loads((project / "metrics" / "mask.json").read_text())["radius"] == 0.4
    git(project, "checkout", "--", ".")
    dvc(project, "checkout")


@pytest.mark.parametrize(
    ("change", "stages"),
    [
        ("transfer315.shrinkage=0.5", {"transfer315", "report"}),
        ("transfer315.head=linear", {"transfer315", "report"}),
        ("transfer315.dropout=0.2", {"transfer315"}),  # not of the default head: nothing to report
    ],
)
def test_another_head_is_made_of_the_features_there_are(project, change, stages):
    assert rerun(project, change) == stages
    git(project, "checkout", "--", ".")
    dvc(project, "checkout")
