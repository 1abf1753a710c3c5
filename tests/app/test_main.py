"""`python -m mintmark.app` before it can show anything."""

import subprocess
import sys

from conftest import ROOT

WITHOUT_GRADIO = """
import importlib.util, runpy
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "gradio" else find(name, *rest)
runpy.run_module("mintmark.app", run_name="__main__")
"""


def said(folder, *arguments):
    """The last line of what Python says in a folder, which ends with status 1 and no traceback."""
    done = subprocess.run(
        [sys.executable, *arguments], check=False, cwd=folder, capture_output=True, text=True,
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_before_anything_is_trained_a_sentence_says_so(workspace):
    sentence = said(workspace, "-m", "mintmark.app")
    assert sentence.startswith("error: data/identify is missing: nothing is trained yet")


def test_without_gradio_a_sentence_says_how_to_get_it(workspace):
    sentence = said(workspace, "-c", WITHOUT_GRADIO)
    assert sentence.startswith("error: Gradio is missing") and "pip install" in sentence
