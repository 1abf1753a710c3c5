"""Heat against the truth: on drawn coins it is known which pixels name the mint.

The truth serves scoring alone. No stage that trains a network reaches it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import keras
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from mintmark.data.coins import CoinSet
from mintmark.explain import attribution
from mintmark.explain.analysis import Explained
from mintmark.geometry.grid import CoinGrid
from mintmark.networks.evaluation import correct
from mintmark.stats import intervals


@dataclass(frozen=True)
class Truth:
    """Where coins are known to name their mint."""

    name: np.ndarray  # bool (N,H,W), False all over where it is not known
    grid: CoinGrid
    cell: int  # width of a cell of the attribution maps, pixels

    @property
    def dilated(self) -> np.ndarray:
        """The name widened by half a cell all round, since maps are no finer: bool (N,H,W)."""
        round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * (self.cell // 2) + 1,) * 2)
        wide = [cv2.dilate(one, round_) for one in self.name.astype(np.uint8)]
        return np.stack(wide).astype(bool)

    def subset(self, rows: np.ndarray) -> "Truth":
        """The truth about some of the coins. rows: bool (N,) or places."""
        return Truth(self.name[rows], self.grid.subset(rows), self.cell)


def names(coins: CoinSet, crops: pd.DataFrame, root: Path) -> np.ndarray:
    """Where merged images show the mint's name: bool (N,H,W); False all over where none is known.

    crops: manifest of crops (columns id, side, and x, y, r of the coin in its photograph); root: the
    masks, one a photograph, <id>.1.png.
    """
    found = crops[crops["side"] == "obverse"].drop_duplicates("id").set_index("id")
    shape = coins.images.shape[1:3]
    shown = np.zeros((len(coins), *shape), bool)
    obverses = coins.circles[:, 0]
    for row, (coin_id, place) in enumerate(zip(coins.table["id"], obverses, strict=True)):
        mask = cv2.imread(str(root / f"{coin_id}.1.png"), cv2.IMREAD_GRAYSCALE)
        if mask is not None and coin_id in found.index:
            circle = found.loc[coin_id, ["x", "y", "r"]].to_numpy(float)
            shown[row] = _moved(mask, circle, place, shape)
    return shown


def _moved(
    mask: np.ndarray, circle: np.ndarray, place: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """Bring a mask from its photograph to the obverse's place in a merged image: bool (H,W).

    circle, place: x, y and radius of the coin in the photograph and in the merged image.
    """
    scale = place[2] / circle[2]
    if scale < 1:  # so that no pixel is skipped
        mask = cv2.GaussianBlur(mask, (0, 0), 0.5 / scale)
    shift = place[:2] - scale * circle[:2]
    move = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    return cv2.warpAffine(mask, move, shape[::-1]) > 127


def compare(model: keras.Model, found: Explained, name: np.ndarray, seed: int) -> dict[str, dict]:
    """Score every method's heat for the named mint against the pixels of the mint's name.

    name: see `names`. Returns `scores` by method for the coins correctly and incorrectly classified
    apart, and under "chance" what a random map gets.
    """
    coins = found.coins
    cell = coins.images.shape[2] // found.raw.shape[2]
    truth, right = Truth(name, coins.grid, cell), correct(found.answers)
    scored = {}
    for method in attribution.METHODS:
        heat = found.heat
        if method != found.method:
            heat = attribution.heat(model, coins.images, found.named, method)
        scored[method] = by_answer(heat, truth, right, seed)
    return {**scored, "chance": chance(truth)}


def by_answer(
    heat: np.ndarray, truth: Truth, right: np.ndarray, seed: int
) -> dict[str, dict[str, float]]:
    """`scores` for the coins correctly and incorrectly classified, where a name is known.

    right: bool (N,).
    """
    found = {}
    for answer, rows in (("correct", right), ("incorrect", ~right)):
        if truth.name[rows].any():
            found[answer] = scores(heat[rows], truth.subset(rows), seed)
    return found


def scores(heat: np.ndarray, truth: Truth, seed: int) -> dict[str, float]:
    """How well heat (N,H,W) finds the mint's name, over coins whose name is known.

    `pointing`: share of coins whose hottest point lies on the name, dilated by half a cell (Zhang et
    al. 2018, "Top-down Neural Attention by Excitation Backprop"); `on_name`: mean share of heat on
    the name; `auprc`: mean area under the precision-recall curve of heat against the name. A coin
    without heat hits nothing.
    """
    known = np.flatnonzero(np.any(truth.name, axis=(1, 2)))
    truth, heat = truth.subset(known), heat[known]
    coin, name, wide = truth.grid.coin, truth.name, truth.dilated
    heat = heat * coin
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


def chance(truth: Truth) -> dict[str, float]:
    """What a random map scores: the name's share of the coin's area, dilated for `pointing`."""
    truth = truth.subset(np.flatnonzero(np.any(truth.name, axis=(1, 2))))
    coin = truth.grid.coin
    area = coin.sum(axis=(1, 2))
    on_name = float(((truth.name & coin).sum(axis=(1, 2)) / area).mean())
    wide = float(((truth.dilated & coin).sum(axis=(1, 2)) / area).mean())
    return {"pointing": wide, "on_name": on_name, "auprc": on_name}
