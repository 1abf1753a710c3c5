"""Contact sheets of the crops and of the photographs that were rejected."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mintmark import plotting
from mintmark.data import manifests
from mintmark.images import decoding

COLUMNS = 8
FRAME = 160  # pixels across a rejected photograph on its sheet
GREY = 200  # what lies beside it, and stands for one that can't be decoded


def crops_sheet(manifest: pd.DataFrame, folder: Path) -> Figure:
    """Show tidy crops with their coin's id and mint.

    manifest: columns id, side, mint, and path below `folder`. Raises InputError when a crop can't
    be read.
    """
    titles = (manifest["id"] + " " + manifest["side"] + "\n" + manifest["mint"]).tolist()
    images = list(manifests.images(manifest, folder))
    return plotting.grid(images, titles, columns=COLUMNS, title="Crops, light evened out")


def rejected_sheet(rejected: pd.DataFrame, total: int, folder: Path) -> Figure:
    """Show rejected photographs with the reason; one that can't be decoded is left grey.

    rejected: columns id, side, reason, and path below `folder`; total: how many there are, if not
    all of them are shown.
    """
    titles = (rejected["id"] + " " + rejected["side"] + "\n" + rejected["reason"]).tolist()
    images = [_framed(decoding.decode(folder / path)) for path in rejected["path"]]
    title = f"Rejected photographs ({total})"
    return plotting.grid(images, titles, columns=COLUMNS, title=title)


def _framed(image: np.ndarray | None) -> np.ndarray:
    """A photograph (uint8 RGB) or None in the middle of a grey square: uint8 (FRAME,FRAME,3)."""
    frame = np.full((FRAME, FRAME, 3), GREY, np.uint8)
    if image is None:
        return frame
    factor = FRAME / max(image.shape[:2])
    height, width = (max(1, round(side * factor)) for side in image.shape[:2])
    top, left = (FRAME - height) // 2, (FRAME - width) // 2
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    frame[top : top + height, left : left + width] = small
    return frame
