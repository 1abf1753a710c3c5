"""Small mint sets that differ in nothing but where the obverse names its mint, run through the stages.

Each takes minutes: the tests of them stand in files of their own, which run side by side.
"""

import json
import shutil
from pathlib import Path

from conftest import ROOT, run_stage, set_params

SMALL = {
    "sample__mints__coins": 400, "sample__mints__wear": 0.1, "sample__mints__coins_per_die": 1.2,
    "sample__mints__turn": 4, "sample__mints__smallest": 200, "sample__mints__largest": 230,
    "sample__types__types": 2, "sample__types__photos": 3, "sample__types__test": 0,
    "sample__types__size": 32, "clean__size": 128, "merge__size": 80,
    "train2__leave_one_out": 0, "mask__radii": [0.5], "mask__discs": 2,
}  # fmt: skip
STAGES = ("sample", "organize", "clean", "merge", "split", "train2", "mask")


def figures(folder: Path, mint_in: str) -> tuple[dict, dict]:
    """Draw, train and mask with the name at `mint_in`; the figures of train2 and mask."""
    shutil.copy(ROOT / "params.yaml", folder)
    set_params(folder, sample__mints__mint_in=mint_in, **SMALL)
    for stage in STAGES:
        done = run_stage(folder, stage)
        assert done.returncode == 0, done.stderr
    return tuple(
        json.loads((folder / "metrics" / f"{name}.json").read_text()) for name in STAGES[-2:]
    )


def above_chance(judged: dict, chance: float) -> bool:
    """Whether an accuracy is above chance, by its interval."""
    return judged["accuracy_low"] > chance
