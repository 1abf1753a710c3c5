"""A stage takes the library that lies beside it, whatever copy of it is installed."""

import ast
import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, run_stage, set_params

from mintmark.data import manifests
from mintmark.pipeline import paths

SCRIPTS = sorted(path for path in (ROOT / "stages").glob("*.py") if path.stem != "own_checkout")
PHOTOGRAPHS = 10
WIDTHS = (230, 290)  # of photographs on which most coins have a radius from 60 to 95 pixels


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the code in which a coin needs a radius of 95 pixels instead of 40."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("stages", "mintmark"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "mintmark" / "images" / "cleaning.py"
    text, changed = re.subn(r"^SMALL = 40\b", "SMALL = 95", file.read_text(), flags=re.MULTILINE)
    assert changed == 1
    file.write_text(text)
    shutil.copy(ROOT / "params.yaml", folder)
    set_params(
        folder,
        sample__mints__coins=30,
        sample__mints__smallest=WIDTHS[0],
        sample__mints__largest=WIDTHS[1],
        sample__types__types=2,
        sample__types__photos=3,
        sample__types__test=0,
        sample__types__size=32,
    )
    return folder


def leave(number, manifest):
    """Shorten a manifest to its first photographs: they are enough here, and quickly cleaned."""
    manifests.read(manifest).head(number).to_csv(manifest, index=False)


def kept(folder):
    return set(manifests.read(folder / paths.CLEAN / paths.MANIFEST)["path"])


def test_stages_run_with_the_library_of_their_own_checkout(checkout):
    """The environment finds mintmark in this repository, not in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for name in ("sample", "organize", "clean"):
        script = checkout / "stages" / f"{name}.py"
        subprocess.run([sys.executable, script], check=True, cwd=checkout, env=environment)
        if name == "organize":
            leave(PHOTOGRAPHS, checkout / paths.ORGANIZED / paths.MANIFEST)
    of_large_coins = kept(checkout)
    done = run_stage(checkout, "clean")
    assert done.returncode == 0, done.stderr
    assert of_large_coins < kept(checkout)
    assert len(of_large_coins) < 0.3 * len(kept(checkout))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_every_stage_takes_its_checkout_before_it_imports_the_library(script):
    imports = [
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.parse(script.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
    library = [name for name in imports if name.split(".")[0] == "mintmark"]
    assert library and "own_checkout" in imports
    assert imports.index("own_checkout") < imports.index(library[0])
