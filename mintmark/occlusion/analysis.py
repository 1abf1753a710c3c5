"""What a network loses when parts of the coins are hidden: every control, in figures and pictures.

Zeiler & Fergus (2014), "Visualizing and Understanding Convolutional Networks", for the principle.
"""

from pathlib import Path

import keras
import numpy as np
import pandas as pd

from mintmark import plotting
from mintmark.data import manifests
from mintmark.explain import attribution, figures as explain_figures
from mintmark.geometry import grid
from mintmark.networks import models
from mintmark.occlusion import adaptation, curve, effects, figures as occlusion_figures

SHOWN = 4  # coins of which the masked variants are shown


def occlude(
    model: keras.Model, images: np.ndarray, table: pd.DataFrame, names: list[str],
    settings: effects.Masking, seed: int, plots: Path,
) -> dict:  # fmt: skip
    """Hide parts of the test coins, test what is lost, and draw it.

    images: uint8 (N,H,W,3), row by row with table (columns id, mint, part and the circles), of all
    parts: where `settings.adapted`, a copy of the network is trained on masked training coins and
    put to the same test. Returns the effects of hiding the field ("centre") and the margin, the
    controls, the fills and the border at which half is lost.
    """
    test = (table["part"] == "test").to_numpy()
    coins, tested = images[test], table[test]
    actual = manifests.numbers(tested["mint"], names)
    places = grid.locate(manifests.circles(tested), images.shape[1:3])
    variants = effects.variants(coins, places, settings.radius, settings.fill, seed)
    controls, discs = effects.measured(
        lambda masked: models.logits(model, masked), coins, places, actual, settings, seed
    )
    controls.to_csv(plots / "controls.csv", index=False, float_format="%.6g")
    result = {
        "radius": settings.radius, "fill": settings.fill, "n": len(actual),
        "majority_accuracy": np.bincount(actual).max() / len(actual),
        **_compared(model, variants, actual, names, seed),
        "half": _curve(model, coins, places, actual, settings, seed, plots),
        "controls": _figures(controls), "discs": discs,
        "fills": _fills(model, coins, places, actual, settings.radius, seed),
    }  # fmt: skip
    for name in effects.VARIANTS:
        result[name]["p_holm"] = controls.set_index("hidden")["p_holm"][name]
    if settings.adapted:
        how, curves = settings.adaptation, plots / "adapted"
        adapted = adaptation.adapt(model, images, table, how, seed, curves)
        fills = _fills(adapted, coins, places, actual, settings.radius, seed)
        compared = _compared(adapted, variants, actual, names, seed)
        result["adapted"] = {**compared, "fills": fills}
    _draw(result, controls, plots)
    plotting.save(_examples(variants, tested), plots / "examples.png")
    plotting.save(_heat(model, variants, tested, settings.method), plots / "heat.png")
    return result


def _draw(result: dict, controls: pd.DataFrame, plots: Path) -> None:
    chance, whole = result["majority_accuracy"], result["original"]["accuracy"]
    drawn = occlusion_figures.controls(controls, whole, chance, result["fill"])
    plotting.save(drawn, plots / "controls.png")
    plotting.save(occlusion_figures.fills(result, chance), plots / "fills.png")


def _compared(
    model: keras.Model, variants: dict[str, np.ndarray], actual: np.ndarray, names: list[str],
    seed: int,
) -> dict:  # fmt: skip
    answers = {name: models.logits(model, masked) for name, masked in variants.items()}
    return effects.compare(answers, actual, names, seed)


def _fills(
    model: keras.Model, coins: np.ndarray, places: grid.CoinGrid, actual: np.ndarray, radius: float,
    seed: int,
) -> dict:  # fmt: skip
    def predict(masked: np.ndarray) -> np.ndarray:
        return models.logits(model, masked)

    return effects.fills(predict, coins, places, actual, radius, seed)


def _figures(controls: pd.DataFrame) -> dict[str, dict]:
    """The controls but the single discs, as figures by name."""
    kept = controls[~controls["hidden"].str.startswith("disc")]
    return kept.set_index("hidden").drop(index=list(effects.VARIANTS)).to_dict(orient="index")


def _curve(
    model: keras.Model, coins: np.ndarray, places: grid.CoinGrid, actual: np.ndarray,
    settings: effects.Masking, seed: int, plots: Path,
) -> dict:  # fmt: skip
    """Draw accuracy over the border, and find where half of the advantage over chance is lost."""
    table, right = curve.curve(
        lambda masked: models.logits(model, masked), coins, places, actual, settings.radii,
        settings.fill, seed,
    )  # fmt: skip
    table.to_csv(plots / "curve.csv", index=False)
    original = models.logits(model, coins).argmax(axis=1) == actual
    chance = np.bincount(actual).max() / len(actual)
    half = curve.half_radii(right, original, chance, settings.radii, seed)
    title = f"Accuracy with part of the coin hidden (fill: {settings.fill}, {len(actual)} coins)"
    drawn = occlusion_figures.curve(table, original.mean(), chance, half, title)
    plotting.save(drawn, plots / "curve.png")
    return half


def _shown(
    variants: dict[str, np.ndarray], table: pd.DataFrame
) -> tuple[dict[str, np.ndarray], list[str]]:
    chosen = np.linspace(0, len(table) - 1, min(SHOWN, len(table))).astype(int)
    titles = (table["id"] + " " + table["mint"]).iloc[chosen].tolist()
    return {name: masked[chosen] for name, masked in variants.items()}, titles


def _examples(variants: dict[str, np.ndarray], table: pd.DataFrame) -> plotting.Figure:
    return occlusion_figures.examples(*_shown(variants, table), "What is hidden")


def _heat(
    model: keras.Model, variants: dict[str, np.ndarray], table: pd.DataFrame, method: str
) -> plotting.Figure:
    shown, titles = _shown(variants, table)
    heated = {}
    for name, masked in shown.items():
        heat = attribution.heat(model, masked, models.logits(model, masked).argmax(axis=1), method)
        overlays = [explain_figures.overlay(*pair) for pair in zip(masked, heat, strict=True)]
        heated[name] = np.stack(overlays)
    return occlusion_figures.examples(heated, titles, "Where the network looks when part is hidden")
