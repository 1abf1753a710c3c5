"""Whether heat maps can be believed: do they point at what matters, do they follow the weights?"""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from scipy.integrate import trapezoid
from scipy.stats import spearmanr

from mintmark import plotting
from mintmark.data import manifests
from mintmark.explain import attribution, figures
from mintmark.geometry import fills, grid
from mintmark.stats import intervals

Predict = Callable[[np.ndarray], np.ndarray]  # images (N,H,W,3) to logits (N,classes)
SHARES = (0.0, 0.1, 0.3, 0.6, 1.0)  # of the coin, along a deletion or insertion curve
FILLS = ("blur", "linear")  # the result must not hang on one way of hiding
SPREAD = 0.5  # deviation of the centred Gaussian, in radii
STEPS = 8  # at most so many along the curve of random weights


def check(
    model: keras.Model, images: np.ndarray, table: pd.DataFrame, method: str, seed: int,
    plots: Path,
) -> dict[str, dict]:  # fmt: skip
    """Score the heat of the named mint on coins; writes faithfulness.png and sanity.png.

    faithfulness: areas under the deletion and insertion curves (Petsiuk et al. 2018) by fill, for
    the heat, for equally grainy random maps and for a centred Gaussian. Deletion is better the
    lower, insertion the higher. sanity: rank correlation of the maps with those of the same network
    whose upper layers are random (Adebayo et al. 2018), layer by layer, and for all of them.
    """

    def predict(masked: np.ndarray) -> np.ndarray:
        return model.predict(masked, verbose=0)

    named = predict(images).argmax(axis=1)
    raw = attribution.raw(model, images, named, method)
    places = grid.locate(manifests.circles(table), images.shape[1:3])
    maps = {
        "heat": attribution.upsampled(raw, images.shape[1:3]),
        "random": random_heat(images.shape[:3], raw.shape[1], seed),
        "gaussian": np.exp(-((places.radii / SPREAD) ** 2) / 2),
    }
    leads = {fill: curves(predict, images, maps, places, named, fill) for fill in FILLS}
    plotting.save(figures.faithfulness(leads, SHARES, method), plots / "faithfulness.png")
    likeness = cascade(model, images, named, raw, method, seed)
    plotting.save(figures.sanity(likeness, method), plots / "sanity.png")
    likeness.to_csv(plots / "sanity.csv", index=False)
    areas = {
        fill: {name: _areas(of, seed) for name, of in maps.items()} for fill, maps in leads.items()
    }
    return {"faithfulness": areas, "sanity": _last(likeness)}


def curves(
    predict: Predict, images: np.ndarray, maps: dict[str, np.ndarray], places: grid.CoinGrid,
    targets: np.ndarray, fill: str,
) -> dict[str, dict[str, np.ndarray]]:  # fmt: skip
    """The lead of the target's logit while the hottest parts of coins are deleted, or inserted.

    Petsiuk et al. (2018), "RISE", with the lead over the best other class in place of the
    probability, which saturates. maps: heat (N,H,W) by name. For each map "deletion" hides the
    hottest share of the coin, "insertion" all but it: (shares, N), a row for each of SHARES, in
    multiples of the mean lead on whole coins.
    """

    def lead(hidden: np.ndarray) -> np.ndarray:
        logits = predict(fills.occlude(images, hidden & places.coin, places, fill, seed=0))
        return _lead(logits, targets)

    whole, nothing = lead(np.zeros_like(places.coin)), lead(places.coin)
    found = {}
    for name, heat in maps.items():
        rank = _ranks(heat, places.coin)
        deleted = [lead(rank < share) for share in SHARES[1:-1]]
        inserted = [lead(rank >= share) for share in SHARES[1:-1]]
        found[name] = {
            "deletion": np.stack([whole, *deleted, nothing]) / whole.mean(),
            "insertion": np.stack([nothing, *inserted, whole]) / whole.mean(),
        }
    return found




def random_heat(shape: tuple[int, int, int], cells: int, seed: int) -> np.ndarray:
    """Smooth random maps (N,H,W), 0 to 1, as grainy as maps of `cells` rows: what chance gives."""
    rng = np.random.default_rng([seed, 30])
    number, height, width = shape
    coarse = rng.random((number, cells, cells * width // height)).astype(np.float32)
    return attribution.resized(coarse, (height, width))




def _ranks(heat: np.ndarray, coin: np.ndarray) -> np.ndarray:
    """The share of each coin (N,H,W) that is hotter than each of its pixels, 0 to below 1."""
    ranked = np.where(coin, heat, -np.inf).reshape(len(heat), -1)
    order = np.argsort(-ranked, axis=1, kind="stable")
    rank = np.empty(ranked.shape)
    np.put_along_axis(rank, order, np.arange(ranked.shape[1])[None].astype(float), axis=1)
    return (rank / coin.sum(axis=(1, 2))[:, None]).reshape(heat.shape)


def _lead(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    rows = np.arange(len(logits))
    others = logits.copy()
    others[rows, targets] = -np.inf
    return logits[rows, targets] - others.max(axis=1)


def _areas(leads: dict[str, np.ndarray], seed: int) -> dict[str, float]:
    """Area under each curve, the mean over coins with its interval."""
    areas: dict[str, float] = {}
    for kind, values in leads.items():
        areas |= intervals.mean(kind, trapezoid(values, SHARES, axis=0), seed)
    return areas


def _last(likeness: pd.DataFrame) -> dict[str, float]:
    names = ("rank_correlation", "rank_correlation_low", "rank_correlation_high")
    return {name: likeness[name].iloc[-1] for name in names}
