"""Whether heat maps can be believed: do they point at what matters, do they follow the weights?"""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from scipy.integrate import trapezoid
from scipy.stats import spearmanr

from mintmark import dataset, evaluation, faithfigures, figures, gradcam, masks

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
    raw = gradcam.raw(model, images, named, method)
    places = masks.places(dataset.circles(table), images.shape[1:3])
    maps = {
        "heat": gradcam.upsampled(raw, images.shape[1:3]),
        "random": random_heat(images.shape[:3], raw.shape[1], seed),
        "gaussian": np.exp(-((places.radii / SPREAD) ** 2) / 2),
    }
    leads = {fill: curves(predict, images, maps, places, named, fill) for fill in FILLS}
    figures.save(faithfigures.faithfulness(leads, SHARES, method), plots / "faithfulness.png")
    likeness = cascade(model, images, named, raw, method, seed)
    figures.save(faithfigures.sanity(likeness, method), plots / "sanity.png")
    likeness.to_csv(plots / "sanity.csv", index=False)
    areas = {
        fill: {name: _areas(of, seed) for name, of in maps.items()} for fill, maps in leads.items()
    }
    return {"faithfulness": areas, "sanity": _last(likeness)}


def curves(
    predict: Predict, images: np.ndarray, maps: dict[str, np.ndarray], places: masks.Places,
    targets: np.ndarray, fill: str,
) -> dict[str, dict[str, np.ndarray]]:  # fmt: skip
    """The lead of the target's logit while the hottest parts of coins are deleted, or inserted.

    Petsiuk et al. (2018), "RISE", with the lead over the best other class in place of the
    probability, which saturates. maps: heat (N,H,W) by name. For each map "deletion" hides the
    hottest share of the coin, "insertion" all but it: (shares, N), a row for each of SHARES, in
    multiples of the mean lead on whole coins.
    """

    def lead(hidden: np.ndarray) -> np.ndarray:
        logits = predict(masks.hide(images, hidden & places.coin, places, fill, seed=0))
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


def cascade(
    model: keras.Model, images: np.ndarray, targets: np.ndarray, raw: np.ndarray, method: str,
    seed: int,
) -> pd.DataFrame:  # fmt: skip
    """How alike maps stay while layers are given random weights, from the top down.

    Adebayo et al. (2018), "Sanity Checks for Saliency Maps", cascading randomisation. Columns:
    layer (the lowest random one), layers (how many are), rank_correlation with its interval.
    """
    keras.utils.set_random_seed(seed)
    fresh = keras.models.clone_model(model)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    layers = [layer.name for layer in model.layers if layer.get_weights()][::-1]
    stops = np.unique(np.linspace(1, len(layers), min(STEPS, len(layers))).astype(int))
    rows = []
    for number, name in enumerate(layers, 1):
        copy.get_layer(name).set_weights(fresh.get_layer(name).get_weights())
        if number in stops:
            likeness = rank_correlation(raw, gradcam.raw(copy, images, targets, method))
            summed = evaluation.mean("rank_correlation", likeness, seed)
            rows.append({"layer": name, "layers": number, **summed})
    return pd.DataFrame(rows).round(6)


def random_heat(shape: tuple[int, int, int], cells: int, seed: int) -> np.ndarray:
    """Smooth random maps (N,H,W), 0 to 1, as grainy as maps of `cells` rows: what chance gives."""
    rng = np.random.default_rng([seed, 30])
    number, height, width = shape
    coarse = rng.random((number, cells, cells * width // height)).astype(np.float32)
    return gradcam.resized(coarse, (height, width))


def rank_correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Spearman's correlation between the maps of each coin: (N,); 0 where a map is constant."""
    flat = zip(first.reshape(len(first), -1), second.reshape(len(second), -1), strict=True)
    return np.array([spearmanr(a, b).statistic if np.ptp(a) and np.ptp(b) else 0 for a, b in flat])


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
        areas |= evaluation.mean(kind, trapezoid(values, SHARES, axis=0), seed)
    return areas


def _last(likeness: pd.DataFrame) -> dict[str, float]:
    names = ("rank_correlation", "rank_correlation_low", "rank_correlation_high")
    return {name: likeness[name].iloc[-1] for name in names}
