"""The pipeline as a whole: what dvc.yaml declares, and a small run of every stage."""

import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, YAML_1_2

from mintmark.pipeline import dependencies

PIPELINE = YAML_1_2.load(ROOT / "dvc.yaml")["stages"]
STAGES = ["sample", "organize", "clean", "merge", "split", "train2", "adapt", "gradcam", "mask",
          "controls", "eval3rd", "train3", "identify", "gradcam3", "mask3", "controls3", "pretrain",
          "features315", "labels315", "transfer315", "figures", "review", "report"]  # fmt: skip
CROSSVAL = YAML_1_2.load(ROOT / "crossval" / "dvc.yaml")["stages"]
METRICS = {"organize", "clean", "split", "train2", "gradcam", "mask", "eval3rd", "train3",
           "transfer315"}  # fmt: skip
DETAILS = set(STAGES) - {"sample", "merge", "split", "adapt", "pretrain", "figures", "review",
                         "report"}  # fmt: skip
TRAINING = {"train2", "adapt", "train3", "pretrain", "features315", "labels315", "transfer315"}
WITHOUT_KERAS = {"sample", "organize", "clean", "merge", "split", "figures", "review", "report"}

# Blocks of no one stage, and the backbone that transfer315 names for its features.
SHARED = {"train2": ["train"], "train3": ["train"], "gradcam": ["data"], "labels315": ["data"],
          "identify": ["clean", "merge"],
          "controls": ["regions"], "controls3": ["regions"],
          "transfer315": ["data"], "features315": ["data", "transfer315"],
          "figures": ["data"], "review": ["data"],
          "report": ["data", "train2", "train3", "transfer315"]}  # fmt: skip


BACKEND = "mintmark/pipeline/backend.py"  # commands let it import TensorFlow; no stage does


def closure(name):
    """The code that a stage reaches."""
    return dependencies.closure(ROOT / "stages" / f"{name}.py", ROOT)


def outs(name):
    """The paths that a stage makes."""
    stage = PIPELINE[name]
    listed = [*stage.get("outs", ()), *stage.get("metrics", ()), *stage.get("plots", ())]
    return [out if isinstance(out, str) else next(iter(out)) for out in listed]


def imports(name, *words):
    """Whether code that a stage reaches imports one of these libraries."""
    pattern = re.compile(rf"^ *(import|from) ({'|'.join(words)})", re.MULTILINE)
    files = closure(name) - {BACKEND}
    return any(pattern.search((ROOT / file).read_text()) for file in files)


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
def test_templates_are_dependencies_of_the_stages_that_fill_them_in(name):
    folder, waiting, reached = ROOT / "mintmark" / "report", set(), set()
    for file in closure(name):
        waiting |= set(re.findall(r'"([\w.-]+\.j2)"', (ROOT / file).read_text()))
    while waiting:
        template = waiting.pop()
        reached.add(f"mintmark/report/{template}")
        waiting |= set(re.findall(r'{% extends "([\w.-]+)"', (folder / template).read_text()))
    assert reached == {dep for dep in PIPELINE[name]["deps"] if dep.endswith(".j2")}
    assert bool(reached) == (name in {"review", "report"})


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_depends_on_its_own_parameters_alone(name):
    blocks = {param.split(".")[0] for param in PIPELINE[name].get("params", [])}
    assert blocks <= {name, "networks", "seed", *SHARED.get(name, ())}


def test_what_asks_a_network_depends_on_its_backend():
    """Another one rounds otherwise."""
    asking = {name for name in STAGES if "networks" in PIPELINE[name].get("params", ())}
    assert asking == set(STAGES) - WITHOUT_KERAS
    (params,) = CROSSVAL["fold"]["params"]
    assert "networks" in params["../params.yaml"]


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


def test_make_repro_runs_each_stage_once_in_lanes_that_only_follow_from_their_own():
    text = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    lanes = {
        name: re.search(rf"^{name} := (.*)$", text, re.M)[1].split()
        for name in ("MINTS", "TWO", "REASONS", "THREE", "TYPES")
    }
    others = {"sample", "pretrain", "figures", "review", "report"}
    assert sorted(sum(lanes.values(), [])) == sorted(set(STAGES) - others)
    makers = {out: name for name in STAGES for out in outs(name)}
    for lane, stages in lanes.items():
        mints = () if lane in ("MINTS", "TYPES") else lanes["MINTS"]
        before = {"sample", "pretrain", *mints}
        for number, name in enumerate(stages):
            files = (Path(dep) for dep in PIPELINE[name]["deps"])
            needed = {makers.get(str(at)) for file in files for at in (file, *file.parents)}
            assert needed <= before | set(stages[:number]) | {None}, name


def test_only_stages_that_need_it_import_keras():
    scripts = [path.read_text() for path in (ROOT / "stages").glob("*.py")]
    assert not any("backend.start" in script for script in scripts)
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


def test_the_committed_cross_validation_is_that_of_its_pipeline():
    made, shown = (ROOT / folder / "crossval.json" for folder in ("crossval", "metrics"))
    assert made.read_text() == shown.read_text()
