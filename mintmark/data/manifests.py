"""From manifests to arrays: the images and classes that networks are trained and evaluated on."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from mintmark.pipeline import csv_files, scratch
from mintmark.pipeline.stage import InputError


def read(path: Path) -> pd.DataFrame:
    """Read a manifest of images: what is text stays text, be it an id 000007 or a mint NA.

    Raises InputError when the file is missing.
    """
    try:
        return csv_files.read(path)
    except FileNotFoundError:
        raise InputError(f"{path} is missing; run `dvc repro` to make it.") from None


def mints(table: pd.DataFrame) -> list[str]:
    """The classes of a manifest in the order of a network's outputs: by name."""
    return sorted(table["mint"].unique())


def numbers(named: pd.Series, names: list[str]) -> np.ndarray:
    """Mints as their places in `names`, -1 for one that is not there: int64 (N,)."""
    return pd.Index(names).get_indexer(pd.Index(named)).astype(np.int64)


def classes(named: pd.Series) -> tuple[np.ndarray, list[str]]:
    """The class numbers of named items, int64 (N,), and the names, in their order."""
    names = sorted(named.unique())
    return numbers(named, names), names


def images(table: pd.DataFrame, root: Path) -> np.ndarray:
    """Read the images of a manifest: uint8 RGB (N,H,W,3); (0,1,1,3) where it lists none.

    table: column path, below `root`; all images have one size. Raises InputError when one of them
    can't be read.
    """
    if table.empty:
        return np.zeros((0, 1, 1, 3), np.uint8)
    return scratch.stacked(len(table), (_image(root / path) for path in table["path"]))


def _image(path: Path) -> np.ndarray:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f"{path} can't be read; run `dvc repro merge` to make it again.")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def circles(table: pd.DataFrame) -> np.ndarray:
    """Where obverse and reverse lie in each image: (N,2,3), their x, y and radius in pixels."""
    sides = [[f"{side}_{value}" for value in "xyr"] for side in ("obverse", "reverse")]
    return np.stack([table[columns].to_numpy(float) for columns in sides], axis=1)
