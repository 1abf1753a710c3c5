"""Whether heat maps can be believed: do they point at what the network uses?"""

from collections.abc import Callable, Iterable

import keras
import numpy as np
from scipy.integrate import trapezoid
from scipy.stats import rankdata

from mintmark.explain import attribution
from mintmark.explain.analysis import Explained
from mintmark.geometry import fills
from mintmark.geometry.grid import CoinGrid
from mintmark.networks import models
from mintmark.pipeline.parallel import ahead
from mintmark.stats import classification, intervals

Predict = Callable[[np.ndarray], np.ndarray]  # images (N,H,W,3) to logits (N,classes)
Curves = dict[str, dict[str, np.ndarray]]  # by map, "deletion" and "insertion": (shares,N)

SHARES = (0.0, 0.1, 0.3, 0.6, 1.0)  # of the coin, along a deletion or insertion curve
FILLS = ("blur", "linear")  # the result must not hang on one way of masking
SPREAD = 0.5  # deviation of the centred Gaussian, in radii
HEAT, RANDOM, CENTRED = "heat", "random", "gaussian"  # the maps that are compared


def check(model: keras.Model, found: Explained, seed: int) -> dict[str, Curves]:
    """Deletion and insertion curves by fill, for the heat and for two maps that know nothing.

    These are random maps as grainy as the heat, and a centred Gaussian.
    """
    coins = found.coins
    maps = {
        HEAT: found.heat,
        RANDOM: random_heat(found.heat.shape, found.raw.shape[1], seed),
        CENTRED: np.exp(-((coins.grid.radii / SPREAD) ** 2) / 2),
    }

    def predict(images: np.ndarray) -> np.ndarray:
        return models.logits(model, images)

    return {
        fill: curves(predict, coins.images, maps, grid=coins.grid, targets=found.named, fill=fill)
        for fill in FILLS
    }


def curves(
    predict: Predict,
    images: np.ndarray,
    maps: dict[str, np.ndarray],
    *,
    grid: CoinGrid,
    targets: np.ndarray,
    fill: str,
) -> Curves:
    """The lead of the target's logit while the hottest regions of coins are deleted, or inserted.

    Petsiuk et al. (2018), "RISE", with the lead over the best other class in place of the
    probability, which saturates. maps: heat (N,H,W) by name. For each map "deletion" masks the
    hottest share of the coin, "insertion" all but it: (shares,N), a row for each of SHARES, in
    multiples of the mean lead on whole coins.
    """

    def masked(mask: np.ndarray) -> np.ndarray:
        return fills.occlude(images, mask & grid.coin, grid, fill=fill, seed=0)

    def leads(masks: Iterable[np.ndarray]) -> list[np.ndarray]:
        return [classification.lead(predict(shown), targets) for shown in ahead(masked, masks)]

    whole, nothing = leads([np.zeros_like(grid.coin), grid.coin])
    found = {}
    for name, heat in maps.items():
        rank = _ranks(heat, grid.coin)
        deleted = leads(rank < share for share in SHARES[1:-1])
        inserted = leads(rank >= share for share in SHARES[1:-1])
        found[name] = {
            "deletion": np.stack([whole, *deleted, nothing]) / whole.mean(),
            "insertion": np.stack([nothing, *inserted, whole]) / whole.mean(),
        }
    return found


def areas(found: dict[str, Curves], seed: int) -> dict[str, dict[str, dict[str, float]]]:
    """Areas under the curves of `check`, by fill and map, each the mean over coins with its interval.

    Deletion is better the lower, insertion the higher.
    """
    return {
        fill: {name: _area(curves, seed) for name, curves in maps.items()}
        for fill, maps in found.items()
    }


def random_heat(shape: tuple[int, ...], cells: int, seed: int) -> np.ndarray:
    """Smooth random maps (N,H,W), 0 to 1, as grainy as maps of `cells` rows: what chance gives."""
    rng = np.random.default_rng([seed, 30])
    number, height, width = shape
    coarse = rng.random((number, cells, cells * width // height)).astype(np.float32)
    return attribution.resized(coarse, (height, width))


def _ranks(heat: np.ndarray, coin: np.ndarray) -> np.ndarray:
    """The share of each coin (N,H,W) that is hotter than each of its pixels, 0 to below 1."""
    coldness = np.where(coin, -heat, np.inf).reshape(len(heat), -1)
    hotter = rankdata(coldness, method="ordinal", axis=1) - 1
    return (hotter / coin.sum(axis=(1, 2))[:, None]).reshape(heat.shape)


def _area(curves: dict[str, np.ndarray], seed: int) -> dict[str, float]:
    """Area under each curve, the mean over coins with its interval."""
    found: dict[str, float] = {}
    for kind, values in curves.items():
        found |= intervals.mean(kind, trapezoid(values, SHARES, axis=0), seed)
    return found
