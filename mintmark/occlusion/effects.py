"""What a network loses when part of the coin is hidden, on the same coins."""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from mintmark.explain import attribution
from mintmark.geometry import fills, grid, regions
from mintmark.stats import classification, intervals, paired
from mintmark.images.cropping import FILL as NO_COIN
from mintmark.pipeline.params import Block

Predict = Callable[[np.ndarray], np.ndarray]  # images (N,H,W,3) to logits (N,classes)
VARIANTS = {"centre": regions.field, "margin": regions.margin}  # what each variant hides
KEYS = ("balanced_accuracy", "accuracy", "accuracy_low", "accuracy_high", "n", "recall")
QUARTERS = 4  # rings and sectors are quarters of the coin, as the field is for radius 0.5

Radius = Annotated[float, Field(gt=0, lt=1)]  # of the border between field and margin


class Adaptation(Block):
    """How a copy of the network is trained on coins of which parts are hidden."""

    epochs: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]


class Masking(Block):
    """The parameters of a stage that hides parts of coins."""

    radius: Radius
    fill: Literal[fills.FILLS]
    radii: Annotated[list[Radius], Field(min_length=1)]
    discs: Annotated[int, Field(ge=1)]
    method: Literal[attribution.METHODS]
    adapted: bool
    adaptation: Adaptation


def variants(
    images: np.ndarray, places: grid.CoinGrid, radius: float, fill: str, seed: int
) -> dict[str, np.ndarray]:
    """The same coins as they are, with the field hidden ("centre") and with the margin hidden.

    images: uint8 (N,H,W,3); places: see `grid.locate`.
    """
    hidden = {name: zone(places, radius) for name, zone in VARIANTS.items()}
    masked = {name: fills.occlude(images, zone, places, fill, seed) for name, zone in hidden.items()}
    return {"original": images, **masked}


def controls(
    places: grid.CoinGrid, radius: float, discs: int, seed: int
) -> Iterator[tuple[str, np.ndarray]]:
    """Parts of the coin to compare the field and the margin with: names and what is hidden.

    The four equal rings and sectors, each by itself and everything but it; each side; the whole
    coin, which leaves the background; and `discs` discs of the field's area anywhere on the coin.
    """
    for part in (regions.ring, regions.sector):
        for number in range(QUARTERS):
            hidden = part(places, number, QUARTERS)
            yield f"{part.__name__}_{number + 1}", hidden
            yield f"all_but_{part.__name__}_{number + 1}", places.coin & ~hidden
    for number, side in enumerate(("obverse", "reverse")):
        yield side, places.coin & (places.side == number)
    yield "coin", places.coin
    rng = np.random.default_rng([seed, 21])
    for number in range(discs):
        yield f"disc_{number + 1:02}", regions.disc(places, _within(1 - radius, rng), radius)


def random_part(places: grid.CoinGrid, rng: np.random.Generator) -> np.ndarray:
    """A random part of each coin, for training: half of the time the field or the margin.

    The border between them lies anywhere from 0.3 to 0.7. Else a ring, a sector, a side or a disc,
    or everything but it.
    """
    number = int(rng.integers(QUARTERS))
    if rng.random() < 0.5:
        hidden = regions.field(places, rng.uniform(0.3, 0.7))
    else:
        hidden = [
            regions.ring(places, number, QUARTERS),
            regions.sector(places, number, QUARTERS),
            places.coin & (places.side == number % 2),
            regions.disc(places, _within(1.0, rng), rng.uniform(0.2, 0.9)),
        ][rng.integers(4)]
    return hidden if rng.random() < 0.5 else places.coin & ~hidden


def _within(radius: float, rng: np.random.Generator) -> tuple[float, float]:
    distance, angle = radius * np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
    return distance * np.cos(angle), distance * np.sin(angle)


def compare(
    logits: dict[str, np.ndarray], actual: np.ndarray, names: Sequence[str], seed: int
) -> dict[str, dict]:
    """Accuracy of each variant, and how far it falls below that of the original.

    logits: (N,classes) by variant, with "original"; actual: (N,). For each masked variant also
    recall by mint, the change of the true mint's logit, and how many coins flow from one answer to
    the other.
    """
    predicted = {name: values.argmax(axis=1) for name, values in logits.items()}
    figures = {}
    for name, answer in predicted.items():
        judged = classification.classification(actual, answer, list(names))
        figures[name] = {key: judged[key] for key in KEYS}
        if name != "original":
            figures[name] |= effect(logits["original"], logits[name], actual, seed)
            figures[name]["flow"] = flow(predicted["original"], answer, names)
    return figures


def effect(before: np.ndarray, after: np.ndarray, actual: np.ndarray, seed: int) -> dict:
    """What hiding does to the same coins: drop of accuracy, its test, change of the true logit.

    before, after: logits (N,classes); actual: class numbers (N,). Intervals are over coins.
    """
    rows = np.arange(len(actual))
    change = (after - before)[rows, actual]
    return {
        **paired.drop(before.argmax(1) == actual, after.argmax(1) == actual, seed),
        **intervals.mean("logit_change", change, seed),
    }


def flow(before: np.ndarray, after: np.ndarray, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Coins by the mint named before (outer) and after (inner) hiding."""
    return {
        first: {second: int(((before == i) & (after == j)).sum()) for j, second in enumerate(names)}
        for i, first in enumerate(names)
    }


def measured(
    predict: Predict, images: np.ndarray, places: grid.CoinGrid, actual: np.ndarray,
    settings: Masking, seed: int,
) -> tuple[pd.DataFrame, dict]:  # fmt: skip
    """Hide field, margin and every control: a row each, and the discs summed up.

    Columns: hidden, area (share of the coin), accuracy and drop with intervals, logit_change,
    p_value, and p_holm, corrected over all rows (Holm 1979). The discs' drop is each coin's mean
    over the discs; its interval is over coins.
    """
    before = predict(images)
    zones = [(name, zone(places, settings.radius)) for name, zone in VARIANTS.items()]
    parts = controls(places, settings.radius, settings.discs, seed)
    rows, right = [], {}
    for name, hidden in [*zones, *parts]:
        after = predict(fills.occlude(images, hidden, places, settings.fill, seed))
        right[name] = after.argmax(axis=1) == actual
        area = hidden.sum() / places.coin.sum()
        judged = classification.accuracy(actual, after.argmax(axis=1))
        rows.append({"hidden": name, "area": area, **judged, **effect(before, after, actual, seed)})
    table = pd.DataFrame(rows)
    table["p_holm"] = paired.holm(table["p_value"])
    by_disc = np.mean([hit for name, hit in right.items() if name.startswith("disc")], axis=0)
    discs = intervals.mean("drop", (before.argmax(axis=1) == actual) - by_disc, seed)
    worst = table.loc[table["hidden"].str.startswith("disc"), "drop"].max()
    return table, {"n": settings.discs, **discs, "largest_drop": worst}


def fills(
    predict: Predict, images: np.ndarray, places: grid.CoinGrid, actual: np.ndarray,
    radius: float, seed: int,
) -> dict[str, dict]:  # fmt: skip
    """Whether the order of field and margin hangs on what hidden parts are filled with.

    For each fill: the effects of hiding the field and the margin; `margin_over_field`, how much
    more the margin costs, paired on the same coins; and `mask_only`, the accuracy on images that
    show the fill of the margin and no coin, which must be no better than guessing.
    """
    before = predict(images)
    figures = {}
    for fill in fills.FILLS:
        masked = variants(images, places, radius, fill, seed)
        after = {name: predict(masked[name]) for name in VARIANTS}
        hit = {name: logits.argmax(axis=1) == actual for name, logits in after.items()}
        blind = np.where(regions.margin(places, radius)[..., None], masked["margin"], NO_COIN)
        guess = predict(blind.astype(np.uint8)).argmax(axis=1)
        figures[fill] = {
            **{
                name: {
                    **classification.accuracy(actual, logits.argmax(axis=1)),
                    **effect(before, logits, actual, seed),
                }
                for name, logits in after.items()
            },
            **intervals.mean("margin_over_field", hit["centre"] - hit["margin"] * 1.0, seed),
            "mask_only": classification.accuracy(actual, guess),
        }
    tests = [figures[fill][name] for fill in figures for name in VARIANTS]
    for test, p_value in zip(tests, paired.holm([t["p_value"] for t in tests]), strict=True):
        test["p_holm"] = p_value
    return figures
