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
    "train2__leave_one_out": 0, "train2__dropout": 0.0, "train2__epochs": 20,
    "adapt__epochs": 16, "train3__epochs": 1,  # two mints are asked about
}  # fmt: skip
STAGES = ("sample", "organize", "clean", "merge", "split", "train2", "adapt", "mask")


def details(folder: Path, mint_in: str) -> tuple[dict, dict]:
    """Draw, train and mask with the name at `mint_in`; the details of train2 and mask."""
    shutil.copy(ROOT / "params.yaml", folder)
    set_params(folder, sample__mints__mint_in=mint_in, **SMALL)
    for stage in STAGES:
        done = run_stage(folder, stage)
        assert done.returncode == 0, done.stderr
    files = (folder / "plots" / stage / "details.json" for stage in ("train2", "mask"))
    train2, mask = (json.loads(file.read_text()) for file in files)
    return train2, mask


def above_chance(metrics: dict, chance: float) -> bool:
    """Whether an accuracy is above chance, by its interval."""
    return metrics["accuracy_low"] > chance
