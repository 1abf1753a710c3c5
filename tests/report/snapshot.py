"""The details of the committed run, which git does not hold, and what it does hold of that run.

After a new default run `make snapshot` copies plots/<stage>/details.json here.
"""

import json
import subprocess
from pathlib import Path

from conftest import ROOT

DETAILS = Path(__file__).with_name("details")


def details() -> dict[str, dict]:
    """The details of every stage, and the metrics "split" and "crossval"."""
    return {file.stem: json.loads(file.read_text()) for file in sorted(DETAILS.glob("*.json"))}


def committed(path: str) -> str | None:
    """The content of a file as committed; None where there is no git."""
    show = ["git", "-C", str(ROOT), "show", f"HEAD:{path}"]
    done = subprocess.run(show, check=False, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None
