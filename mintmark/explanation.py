"""What heat maps say: how much of the heat lies in which zone, and whether to believe them."""

from collections.abc import Callable

import cv2
import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from mintmark import evaluation, masks

Predict = Callable[[np.ndarray], np.ndarray]  # images (N,H,W,3) to logits (N,classes)
DELETED = np.linspace(0, 0.9, 10)  # shares of the coin hidden along a deletion curve


def zone_shares(heat: np.ndarray, radii: np.ndarray, radius: float) -> pd.DataFrame:
    """The share of each coin's heat that lies in its field and margin: columns field, margin.

    heat: (N,H,W), radii: (N,H,W). Heat beside the coin does not count; a coin without any heat has
    no shares and gets NaN.
    """
    zones = {"field": masks.field(radii, radius), "margin": masks.margin(radii, radius)}
    total = (heat * (radii <= 1)).sum(axis=(1, 2))
    total = np.where(total > 0, total, np.nan)
    return pd.DataFrame(
        {name: (heat * zone).sum(axis=(1, 2)) / total for name, zone in zones.items()}
    )


def zone_summary(shares: pd.DataFrame, radii: np.ndarray, radius: float, seed: int) -> dict:
    """Mean share of heat by zone with its interval over coins, and the zones' share of area.

    n counts the coins with any heat; where there is none, the shares are 0.
    """
    known = shares.dropna() if shares.notna().any(axis=None) else shares.fillna(0)
    mass = {}
    for zone in ("field", "margin"):
        mass |= evaluation.mean(zone, known[zone].to_numpy(), seed)
    coin = (radii <= 1).sum()
    area = {
        "field": masks.field(radii, radius).sum() / coin,
        "margin": masks.margin(radii, radius).sum() / coin,
    }
    return {"mass": mass, "area": area, "n": int(shares["field"].notna().sum())}


def deletion(
    predict: Predict, images: np.ndarray, heat: np.ndarray, radii: np.ndarray, targets: np.ndarray
) -> np.ndarray:
    """Mean logit margin of the target class while the hottest parts of coins are blurred away.

    Petsiuk et al. (2018), with the lead over the best other class in place of the probability,
    which saturates. Returns (10,), one value for each share in DELETED; the sooner it falls, the
    better the heat tells what matters.
    """
    ranked = np.where(radii <= 1, heat, -1.0)
    values = []
    for share in DELETED:
        hidden = np.stack([_hottest(one, share) for one in ranked])
        logits = predict(masks.hide(images, hidden, radii, "blur", seed=0))
        values.append(float(_lead(logits, targets).mean()))
    return np.array(values)


def random_heat(shape: tuple[int, int, int], cells: int, seed: int) -> np.ndarray:
    """Smooth random maps (N,H,W), 0 to 1, as grainy as maps of `cells` rows: what chance gives."""
    rng = np.random.default_rng([seed, 30])
    number, height, width = shape
    coarse = rng.random((number, cells, cells * width // height)).astype(np.float32)
    return np.stack([cv2.resize(one, (width, height)) for one in coarse])


def rank_correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Spearman's correlation between the maps of each coin: (N,); 0 where a map is constant."""
    flat = zip(first.reshape(len(first), -1), second.reshape(len(second), -1), strict=True)
    return np.array([spearmanr(a, b).statistic if np.ptp(a) and np.ptp(b) else 0 for a, b in flat])


def _hottest(ranked: np.ndarray, share: float) -> np.ndarray:
    count = round(share * (ranked >= 0).sum())
    order = np.argsort(-ranked, axis=None, kind="stable")[:count]
    hidden = np.zeros(ranked.size, bool)
    hidden[order] = True
    return hidden.reshape(ranked.shape)


def _lead(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    rows = np.arange(len(logits))
    others = logits.copy()
    others[rows, targets] = -np.inf
    return logits[rows, targets] - others.max(axis=1)
