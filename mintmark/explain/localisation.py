"""Heat against the truth: on drawn coins it is known which pixels name the mint.

The truth serves scoring alone. No stage that trains a network reaches it.
"""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from mintmark.geometry import grid
from mintmark.stats import intervals


def names(
    table: pd.DataFrame, crops: pd.DataFrame, root: Path, shape: tuple[int, int]
) -> np.ndarray:
    """Where merged images show the mint's name: bool (N,H,W); False all over where none is known.

    table: manifest of merged images (columns id, obverse_x, obverse_y, obverse_r); crops: manifest
    of crops (columns id, side, and x, y, r of the coin in its photograph); root: the masks, one a
    photograph, <id>.1.png; shape: (H,W) of the merged images.
    """
    found = crops[crops["side"] == "obverse"].drop_duplicates("id").set_index("id")
    shown = np.zeros((len(table), *shape), bool)
    for row, coin in enumerate(table.itertuples()):
        mask = cv2.imread(str(root / f"{coin.id}.1.png"), cv2.IMREAD_GRAYSCALE)
        if mask is not None and coin.id in found.index:
            shown[row] = _moved(mask, found.loc[coin.id], coin, shape)
    return shown


def _moved(mask: np.ndarray, circle: pd.Series, coin: tuple, shape: tuple[int, int]) -> np.ndarray:
    """Bring a mask from its photograph to the obverse's place in a merged image: bool (H,W)."""
    scale = coin.obverse_r / circle["r"]
    if scale < 1:  # so that no pixel is skipped
        mask = cv2.GaussianBlur(mask, (0, 0), 0.5 / scale)
    place = np.array([[scale, 0, coin.obverse_x - scale * circle["x"]],
                      [0, scale, coin.obverse_y - scale * circle["y"]]])  # fmt: skip
    return cv2.warpAffine(mask, place, shape[::-1]) > 127


def scores(
    heat: np.ndarray, name: np.ndarray, places: grid.CoinGrid, cell: int, seed: int
) -> dict[str, float]:
    """How well heat finds the mint's name, over coins whose name is known.

    heat: (N,H,W); name: bool (N,H,W); cell: width of a cell of the method's maps, pixels.
    `pointing`: share of coins whose hottest point lies on the name, dilated by half a cell (Zhang et
    al. 2018, "Top-down Neural Attention by Excitation Backprop"); `on_name`: mean share of heat on
    the name; `auprc`: mean area under the precision-recall curve of heat against the name. A coin
    without heat hits nothing.
    """
    known = name.any(axis=(1, 2))
    heat, name, coin = heat[known] * places.coin[known], name[known], places.coin[known]
    wide = _dilated(name, cell)
    total = heat.sum(axis=(1, 2))
    tops = heat.reshape(len(heat), -1).argmax(axis=1)
    hits = wide.reshape(len(wide), -1)[np.arange(len(tops)), tops] & (total > 0)
    share = (heat * name).sum(axis=(1, 2)) / np.maximum(total, 1e-12)
    precision = np.array(
        [average_precision_score(n[c], h[c]) for n, h, c in zip(name, heat, coin, strict=True)]
    )
    return {
        **intervals.share("pointing", int(hits.sum()), len(hits)),
        **intervals.mean("on_name", share, seed),
        **intervals.mean("auprc", precision, seed),
        "n": len(hits),
    }


def by_answer(
    heat: np.ndarray, name: np.ndarray, places: grid.CoinGrid, right: np.ndarray, cell: int,
    seed: int,
) -> dict[str, dict]:  # fmt: skip
    """`scores` for the coins named rightly and wrongly apart; a group without a known name is left out.

    right: bool (N,).
    """
    found = {}
    for answer, rows in (("right", right), ("wrong", ~right)):
        if name[rows].any():
            found[answer] = scores(heat[rows], name[rows], places.of(rows), cell, seed)
    return found


def chance(name: np.ndarray, places: grid.CoinGrid, cell: int) -> dict[str, float]:
    """What a random map scores: the name's share of the coin's area, dilated for `pointing`."""
    known = name.any(axis=(1, 2))
    area = places.coin[known].sum(axis=(1, 2))
    on_name = ((name[known] & places.coin[known]).sum(axis=(1, 2)) / area).mean()
    wide = ((_dilated(name[known], cell) & places.coin[known]).sum(axis=(1, 2)) / area).mean()
    return {"pointing": wide, "on_name": on_name, "auprc": on_name}


def _dilated(name: np.ndarray, cell: int) -> np.ndarray:
    """Widen masks (N,H,W) by half a cell all round."""
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * (cell // 2) + 1,) * 2)
    return np.stack([cv2.dilate(one, round_) for one in name.astype(np.uint8)]).astype(bool)
