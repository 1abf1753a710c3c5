"""What the report is made of: the details of the stages, and tables of theirs."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from mintmark.pipeline import metrics_files, paths
from mintmark.pipeline.stage import InputError
from mintmark.report.phrases import Details

COUNTS = paths.SPLIT / "counts.csv"


def read(stages: Iterable[str]) -> dict[str, Details]:
    """Read the details of each stage, and the metrics "split" and "crossval".

    Raises InputError when a file is missing.
    """
    files = {stage: paths.plots(stage) / metrics_files.DETAILS for stage in stages}
    files |= {name: paths.metrics(name) for name in ("split", "crossval")}
    return {name: json.loads(existing(file).read_text()) for name, file in files.items()}


def table(file: Path) -> list[list[str]]:
    """Read a CSV table, its header first. Raises InputError when it is missing."""
    with existing(file).open(encoding="utf-8", newline="") as rows:
        return list(csv.reader(rows))


def existing(path: Path) -> Path:
    """The path itself. Raises InputError when nothing is there."""
    if not path.exists():
        raise InputError(f"{path} is missing; run `dvc repro` to make it.")
    return path
