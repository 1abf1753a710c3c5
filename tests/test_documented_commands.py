"""Every command of README.md and docs/ is run by a test, or is listed here with the reason why not."""

import re
import shlex
import shutil
import sys

import documented
import numpy as np
import pandas as pd
import pytest
import small_run
from conftest import ROOT, YAML_1_2
from dvc.cli.parser import get_main_parser
from PIL import Image

from mintmark import cli
from mintmark.images import decoding

COMMANDS = {page.name: documented.commands(page) for page in documented.PAGES}
LINES = [(name, command.line) for name, found in COMMANDS.items() for command in found]
IDENTIFY = sorted({line for _, line in LINES if line.startswith("mintmark ")})
IN_A_PROJECT = {command.line for command in COMMANDS["experiments.md"]}  # tests/test_experiments.py
TRAINS = (
    "trains networks; what it reruns is tested in tests/test_small_run.py and by the stages' tests"
)
WAITS = "it runs until it is ended; tests/pipeline/test_cluster.py starts such ones"
NOT_RUN = {
    "make repro": "it is the whole run; .ci/run runs it",
    "make app": "tests/app/test_main.py starts the page",
    "make test": "it is these tests; .ci/run runs it",
    "make setup": "the tests run in the environment that it makes",
    "source .venv/bin/activate": "the tests run in that environment",
    "pip install -e '.[s3]'": "the tests run in an environment that has it",
    "pip install -e '.[jax]'": "the tests run in an environment that has it",
    "dvc exp run -S networks.backend=jax train2": "tests/networks/test_autodiff.py runs that stage on JAX",
    "pip install -e '.[cluster]'": "the tests run in an environment that has it",
    "pip install dask-jobqueue": "it needs the internet",
    "pip install dask-kubernetes": "it needs the internet",
    "dask scheduler": WAITS,
    "dask worker --nworkers -1 --nthreads 1 tcp://10.0.0.5:8786": WAITS,
    "python slurm.py": "it needs SLURM",
    "python kubernetes_cluster.py": "it needs Kubernetes",
    "dvc repro": "it is the whole run; .ci/run runs it",
    "dvc exp run -S gradcam.method=layercam": TRAINS,
    "dvc exp run -S mask.fill=linear": TRAINS,
    "dvc exp run -S sample.mints.mint_in=field": TRAINS,
    "dvc exp run -S train.repeats=5": TRAINS,
    "dvc exp run -S train2.leave_one_out=60": TRAINS,
    "dvc exp run -S transfer315.head=best": TRAINS,
    "dvc exp run -S transfer315.finetune.epochs=12": TRAINS,
    "dvc exp run -S transfer315.backbone=EfficientNetLite0 -S transfer315.weights=imagenet": TRAINS,
}
ELSEWHERE = {  # commands of other pages that tests/test_experiments.py runs as well
    "README.md": ("dvc exp show", "dvc metrics diff"),
    "your-coins.md": ("dvc ",),
}


def elsewhere(page: str, line: str) -> bool:
    """Whether tests/test_experiments.py runs a command of another page."""
    return line.startswith(ELSEWHERE.get(page, ())) and line not in IN_A_PROJECT


@pytest.mark.parametrize(("page", "line"), LINES)
def test_every_command_is_run_or_listed(page, line):
    run = line in IDENTIFY or elsewhere(page, line)
    assert run or (line in IN_A_PROJECT or line in NOT_RUN)


def test_what_is_not_run_is_still_documented():
    assert set(NOT_RUN) <= {line for _, line in LINES}


@pytest.mark.parametrize("line", sorted({line for _, line in LINES}))
def test_options_parameters_and_targets_exist(line):
    for part in line.split(" && "):
        words = shlex.split(part)
        if words[0] == "dvc":
            get_main_parser().parse_args(words[1:])
        elif words[0] == "mintmark":
            cli.parser().parse_args(words[1:])
        elif words[0] == "make":
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        for number, word in enumerate(words):
            if word == "-S":
                value = YAML_1_2.load(ROOT / "params.yaml")
                for key in words[number + 1].split("=")[0].split("."):
                    value = value[key]


@pytest.fixture(scope="module")
def brought(small_project, tmp_path_factory):
    """A copy of the small project, with photographs under the names that pages give them."""
    folder = small_run.copy(small_project, tmp_path_factory.mktemp("documented") / "project")
    test = pd.read_csv(folder / "data/split/three.csv", dtype=str).query("part == 'test'")
    photos = folder / "data/sample/mints/photos"
    (folder / "photographs").mkdir()
    rows = []
    for coin in test["id"].head(3):
        files = [next(photos.glob(f"{coin}.{side}.*")) for side in (1, 2)]
        rows.append([coin, *(f"photographs/{file.name}" for file in files)])
        for file in files:
            shutil.copy(file, folder / "photographs")
    pd.DataFrame(rows, columns=["Inv. no.", "Front", "Back"]).to_excel(
        folder / "inventory.xlsx", index=False
    )
    sides = [Image.fromarray(decoding.decode(file)) for file in files]
    for name, image in zip(("obverse.jpg", "reverse.jpg"), sides, strict=True):
        image.save(folder / name)
    width, height = (max(image.size[axis] for image in sides) for axis in (0, 1))
    both = np.hstack([np.asarray(image.resize((width, height))) for image in sides])
    Image.fromarray(both).save(folder / "both.jpg")
    return folder


@pytest.mark.parametrize("line", IDENTIFY)
def test_coins_are_named_as_the_pages_say(brought, monkeypatch, capsys, line):
    monkeypatch.chdir(brought)
    monkeypatch.setattr(sys, "argv", shlex.split(line))
    cli.main()
    said = capsys.readouterr().out
    assert re.search("answered|uncertain|unknown", said)
    words = shlex.split(line)
    for option in ("--csv", "--xlsx", "--heat"):
        if option in words:
            assert (brought / words[words.index(option) + 1]).exists()
    if "--together" in words:
        assert re.search(r"shown\s+both", said)
