"""Seconds and peak memory of the stages as the number of photographs grows.

    python benchmarks/scaling.py mints|types [--times 1 4 16] [--table FILE] [--picture FILE]

Draws so many times the coins of the default set (or, of coin types, so many times the photographs of each
type) and runs the stages on them, one after the other. Memory is what a stage's processes have for
themselves, without the pages of files mapped into them (on Linux). --table: a CSV to which the figures
are added; --picture: a picture of all that this table holds, also where no size is given.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import psutil
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, ScalarFormatter
from ruamel.yaml import YAML
from tqdm import tqdm

from mintmark import plotting

ROOT = Path(__file__).resolve().parent.parent
EVERY = 0.2  # seconds between looks at the memory of processes
FEWEST = {"mints": {"coins": 30}, "types": {"types": 2, "photos": 3, "test": 0}}  # of the other set


@dataclass(frozen=True)
class Branch:
    """Stages that follow from one of the drawn sets."""

    grown: str  # the parameter that is multiplied
    photographs: str  # where they lie
    stages: tuple[str, ...]


BRANCHES = {
    "mints": Branch(
        "coins",
        "data/sample/mints/photos",
        ("organize", "clean", "merge", "split", "train2", "train3", "identify"),
    ),
    "types": Branch(
        "photos", "data/sample/types/train", ("features315", "labels315", "transfer315")
    ),
}


def main() -> None:
    """Measure sets of each size that the command line names."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("branch", choices=BRANCHES)
    arguments.add_argument("--times", type=int, nargs="*", default=[1, 4, 16])
    arguments.add_argument("--table", type=Path)
    arguments.add_argument("--picture", type=Path)
    chosen = arguments.parse_args()
    found = pd.DataFrame()
    for times in chosen.times:
        with tempfile.TemporaryDirectory() as folder:
            rows = pd.DataFrame(measured(Path(folder), chosen.branch, times))
        print(rows.to_string(index=False), flush=True)
        found = pd.concat([found, rows])
        if chosen.table:
            rows.to_csv(
                chosen.table, mode="a", header=not chosen.table.exists(), index=False,
                lineterminator="\n",
            )  # fmt: skip
    if chosen.picture:
        whole = pd.read_csv(chosen.table) if chosen.table else found
        plotting.save(picture(whole), chosen.picture)


def measured(folder: Path, name: str, times: int) -> Iterator[dict[str, object]]:
    """Draw a set and run the stages of a branch on it; what each took is a row."""
    branch = BRANCHES[name]
    values = YAML().load(ROOT / "params.yaml")
    for other in set(BRANCHES) - {name}:
        values["sample"][other].update(FEWEST[other])
    values["sample"][name][branch.grown] *= times
    values["sample"][name].update({"test": 0} if name == "types" else {})
    YAML().dump(values, folder / "params.yaml")
    shutil.copytree(ROOT / "data" / "weights", folder / "data" / "weights")
    run(folder, "sample")
    number = len(list((folder / branch.photographs).iterdir()))
    for stage in tqdm(branch.stages, f"{number} photographs", disable=None):
        seconds, peak = run(folder, stage)
        yield {
            "branch": name,
            "stage": stage,
            "photographs": number,
            "seconds": round(seconds, 1),
            "mebibytes": round(peak / 2**20),
        }


def run(folder: Path, stage: str) -> tuple[float, int]:
    """The seconds that a stage runs, and the most memory that its processes have, in bytes."""
    start, peak, said = time.perf_counter(), 0, folder / "said.txt"
    with said.open("w") as file:
        command = [sys.executable, ROOT / "stages" / f"{stage}.py"]
        running = psutil.Popen(command, cwd=folder, stdout=file, stderr=file)
    while running.poll() is None:
        with suppress(psutil.NoSuchProcess):
            peak = max(peak, sum(map(own, [running, *running.children(recursive=True)])))
        time.sleep(EVERY)
    if running.returncode:
        sys.exit(f"{stage} failed:\n{said.read_text()}")
    return time.perf_counter() - start, peak


def own(process: psutil.Process) -> int:
    """The memory that a process has for itself, in bytes; 0 for one that has just ended."""
    try:
        memory = process.memory_info()
    except psutil.NoSuchProcess:
        return 0
    return memory.rss - memory.shared


def picture(table: pd.DataFrame) -> Figure:
    """Milliseconds a photograph, and peak memory, over the number of photographs; a line a stage."""
    branches = [name for name in BRANCHES if name in set(table["branch"])]
    figure = Figure(figsize=(9, 3.2 * len(branches)), layout="constrained")
    panels = figure.subplots(len(branches), 2, squeeze=False)
    for name, (left, right) in zip(branches, panels, strict=True):
        of_branch = table[table["branch"] == name]
        for stage, colour in zip(BRANCHES[name].stages, plotting.COLOURS, strict=False):
            rows = of_branch[of_branch["stage"] == stage].sort_values("photographs")
            each = 1000 * rows["seconds"] / rows["photographs"]
            left.plot(rows["photographs"], each, "o-", color=colour, label=stage)
            right.plot(
                rows["photographs"], rows["mebibytes"] / 1024, "o-", color=colour, label=stage
            )
        left.set(title=f"Time ({name})", ylabel="ms a photograph", yscale="log")
        right.set(title=f"Peak memory ({name})", ylabel="GiB", ylim=(0, None))
        for axis in (left, right):
            axis.set(xlabel="photographs", xscale="log")
            axis.set_xticks(sorted(of_branch["photographs"].unique()))
            axis.xaxis.set_major_formatter(ScalarFormatter())
            axis.xaxis.set_minor_locator(NullLocator())
            axis.grid(alpha=0.3)
        left.yaxis.set_major_formatter(ScalarFormatter())
        right.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure


if __name__ == "__main__":
    main()
