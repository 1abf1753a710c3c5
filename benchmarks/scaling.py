"""Seconds and peak memory of the coin types' stages as the number of photographs grows.

    python benchmarks/scaling.py [--times 1 4 16] [--photos 12]

Draws the default types with so many times the default number of photographs each, and runs
features315, labels315 and transfer315 on them, each in a process of its own, one after the other.
Memory is what a process has for itself, without the pages of files mapped into it (on Linux).
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from ruamel.yaml import YAML

from mintmark.synthetic import coin_types

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("features315", "labels315", "transfer315")
TYPES, SIZE, SEED = 315, 128, 7
EVERY = 0.2  # seconds between looks at a process's memory


def main() -> None:
    """Measure sets of each size that the command line names."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--times", type=int, nargs="+", default=[1, 4, 16])
    arguments.add_argument("--photos", type=int, default=12)
    chosen = arguments.parse_args()
    print("photographs | " + " | ".join(f"{name}: s, peak MiB" for name in STAGES))
    for times in chosen.times:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            coin_types.draw(
                folder / "types",
                types=TYPES,
                photos=times * chosen.photos,
                test=0,
                size=SIZE,
                seed=SEED,
            )
            prepare(folder)
            number = len(list((folder / "types" / "train").iterdir()))
            taken = [measured(folder, stage) for stage in STAGES]
        print(
            f"{number:>11} | " + " | ".join(f"{s:.0f}, {peak:.0f}" for s, peak in taken), flush=True
        )


def prepare(folder: Path) -> None:
    """Put parameters and weights beside the drawn types."""
    values = YAML().load(ROOT / "params.yaml")
    values["data"]["types"] = "types"
    YAML().dump(values, folder / "params.yaml")
    shutil.copytree(ROOT / "data" / "weights", folder / "data" / "weights")


def measured(folder: Path, stage: str) -> tuple[float, float]:
    """Seconds and the greatest memory, in MiB, of a stage's run."""
    start, peak = time.perf_counter(), 0
    running = psutil.Popen(
        [sys.executable, ROOT / "stages" / f"{stage}.py"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while running.poll() is None:
        memory = running.memory_info()
        peak = max(peak, memory.rss - memory.shared)
        time.sleep(EVERY)
    if running.returncode:
        sys.exit(f"{stage} failed in {folder}.")
    return time.perf_counter() - start, peak / 2**20


if __name__ == "__main__":
    main()
