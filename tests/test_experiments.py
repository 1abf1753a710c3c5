"""The commands of docs/experiments.md, run as they stand there in a small project."""

import os
import re
import shutil
import stat
import subprocess
import time
from itertools import groupby
from pathlib import Path

import boto3
import documented
import pandas as pd
import pytest
import small_run
import stage_server
import test_documented_commands as documented_commands
from conftest import ROOT
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from moto.server import ThreadedMotoServer
from PIL import Image

PAGE = documented.commands(ROOT / "docs" / "experiments.md")
SECTIONS = {name: list(them) for name, them in groupby(PAGE, lambda command: command.section)}
COMMANDS = documented_commands.LINES
NOT_HERE = ("source ", "pip install")  # see test_documented_commands
NUMBER = re.compile(r"\b[0-9a-f]{7}\b|-?\d[\d.,]*")
PATIENCE = 300  # seconds for the queue


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    """A bucket on a server that speaks as S3 does, reached by the profile that the page names."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    profile = tmp_path_factory.mktemp("aws") / "config"
    profile.write_text(
        "[profile museum]\naws_access_key_id = key\naws_secret_access_key = secret\n"
        f"region = us-east-1\nendpoint_url = {address}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_CONFIG_FILE", str(profile))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        storage = boto3.Session(profile_name="museum").resource("s3")
        yield storage.create_bucket(Bucket="our-bucket")
    server.stop()


@pytest.fixture(scope="module")
def project(small_project, bucket, tmp_path_factory):
    """A small project that has run, with photographs of somebody's own in data/raw/mints."""
    folder = small_run.copy(small_project, tmp_path_factory.mktemp("experiments") / "mintmark")
    shutil.copytree(folder / "data/sample/mints", folder / "data/raw/mints")
    return folder


def shell(folder: Path, line: str) -> str:
    """Run a line of a page in a folder, and give back what it prints."""
    with (folder / ".git" / "printed").open(
        "w+"
    ) as printed:  # no pipe: a worker would hold it open
        done = subprocess.run(
            line, shell=True, cwd=folder, stdout=printed, stderr=subprocess.STDOUT, check=False,
            env=stage_server.environment(),
        )  # fmt: skip
        printed.seek(0)
        said = printed.read()
    assert done.returncode == 0, f"{line}\n{said}"
    return said


def wait(folder: Path) -> None:
    """Wait until the queue is empty and no worker is left."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        said = small_run.dvc(folder, "queue", "status")
        if "Queued" not in said and "Running" not in said and "0 active, 0 idle" in said:
            assert "Failed" not in said, said
            return
        time.sleep(2)
    pytest.fail(said)


def bare(line: str) -> str:
    """A printed line without what differs between projects: numbers, names of commits, blanks, rules."""
    return " ".join(re.sub("-{2,}", "-", NUMBER.sub("#", line)).split())


def missing(shown: tuple[str, ...], printed: str) -> list[str]:
    """The lines that are shown but were not printed, in their order; `…` stands for anything."""
    left = [bare(line) for line in printed.splitlines()]
    for line in shown:
        pattern = re.compile(".*".join(map(re.escape, bare(line).split("…"))))
        place = next((n for n, other in enumerate(left) if pattern.fullmatch(other)), None)
        if place is None:
            return [line, *left]
        left = left[place + 1 :] if bare(line) != "…" else left
    return []


def test_what_is_shown_must_have_been_printed():
    printed = "Path   HEAD\nradius 0.5\n| └── 7de5d63 [narrower] | -1.5 |\n"
    assert not missing(("Path HEAD", "…", "| └── 0abc123 [narrower] | 2 |"), printed)
    assert missing(("Path main",), printed) and missing(("radius 0.4", "Path HEAD"), printed)


@pytest.mark.parametrize("section", SECTIONS)
def test_commands_do_what_the_page_shows(project, section):
    """Sections follow one on the other, as on the page."""
    folder = project
    for command in SECTIONS[section]:
        if command.line.startswith(NOT_HERE):
            continue
        if command.line.startswith("cd "):
            folder = (folder / command.line[3:]).resolve()
            continue
        printed = shell(folder, command.line)
        if "dvc queue start" in command.line:
            wait(folder)
        assert not missing(command.shown, printed), command.line


def test_the_bucket_holds_what_was_pushed(project, bucket):
    pushed = {Path(kept.key).relative_to("mintmark/files/md5") for kept in bucket.objects.all()}
    for place in ("../storage", "../abroad/.dvc/cache"):
        files = (project / place / "files/md5").resolve()
        assert {file.relative_to(files) for file in files.rglob("*") if file.is_file()} == pushed


def test_commands_of_other_pages_run_too(project):
    shutil.copytree(project / "data/sample/types", project / "data/raw/types")
    lines = [line for page, line in COMMANDS if documented_commands.elsewhere(page, line)]
    assert len(lines) > 3
    for line in lines:
        if "organize.table" in line:
            museum(project / "data/raw/mints")
        shell(project, line)


def museum(folder: Path) -> None:
    """Let a folder look as docs/your-coins.md says of a museum's: a workbook, and names with a side."""
    table = pd.read_csv(folder / "image_labels.csv", header=None, dtype=str, na_filter=False)
    names = ["museumNumber", "obverseLegend", "reverseLegend", "mint"]
    table.set_axis(names, axis=1).to_excel(folder / "export.xlsx", index=False)
    for file in (folder / "photos").iterdir():
        coin, side, suffix = file.name.split(".")
        file.rename(file.with_name(f"{coin}_{'obv' if side == '1' else 'rev'}.{suffix}"))


def test_what_dvc_added_is_read_only_until_it_is_unprotected(tmp_path):
    small_run.git(tmp_path, "init")
    small_run.dvc(tmp_path, "init", "-q")
    shutil.copy(ROOT / ".dvc" / "config", tmp_path / ".dvc")
    table = tmp_path / "mints" / "image_labels.csv"
    table.parent.mkdir()
    table.write_text("000001,a,b,Misr\n")
    small_run.dvc(tmp_path, "add", "mints")
    shutil.rmtree(tmp_path / "mints")
    small_run.dvc(tmp_path, "checkout", "mints.dvc")
    cache = [file for file in (tmp_path / ".dvc/cache/files").rglob("*") if file.is_file()]
    kept = {file: file.read_bytes() for file in cache}
    linked = table.stat().st_ino in {file.stat().st_ino for file in cache}
    assert not linked or not table.stat().st_mode & stat.S_IWUSR
    small_run.dvc(tmp_path, "unprotect", "mints")
    assert table.stat().st_mode & stat.S_IWUSR
    table.write_text("000001,a,b,Sur\n")  # as spreadsheets do, in place
    small_run.dvc(tmp_path, "add", "mints")
    assert {file: file.read_bytes() for file in kept} == kept


def test_arabic_is_quoted_inside_the_quotes():
    page = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    (quoted,) = re.findall(r'-S "(split.classes=[^"]*)"', page)
    parser = OverridesParser.create()
    assert parser.parse_override(quoted).value() == ["مصر", "صور"]
    with pytest.raises(HydraException):
        parser.parse_override(quoted.replace("'", ""))


def test_a_run_beside_the_work_needs_data_that_git_knows(small_project, tmp_path):
    project = small_run.copy(small_project, tmp_path / "project")
    (project / "data/raw/new/photos").mkdir(parents=True)
    Image.new("RGB", (60, 60)).save(project / "data/raw/new/photos/000001.1.png")
    (project / "data/raw/new/image_labels.csv").write_text("000001,a,b,Misr\n")
    small_run.dvc(project, "add", "data/raw/new")
    run = "dvc exp run --temp -S data.mints=data/raw/new organize"
    with pytest.raises(AssertionError, match="No such file or directory: .*dvc/tmp/exps"):
        shell(project, run)
    small_run.git(project, "add", "data/raw")
    assert "Organized 1 of 1 coins" in shell(project, run)
