"""Controls: is it what stands in the field or the margin that counts, or any masking as large?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mintmark.data.coins import CoinSet
from mintmark.geometry import fills, regions
from mintmark.geometry.regions import SIDES, Region
from mintmark.occlusion import effects
from mintmark.occlusion.trials import VARIANTS, Answers, Trial, whole
from mintmark.stats import classification, intervals

QUARTERS = 4  # rings and sectors are quarters of the coin, as the field is for radius 0.5
DISC = "disc"  # how the names of random discs begin


def zones(radius: float) -> dict[str, Region]:
    """The field (as `centre`) and the margin."""
    return {name: zone(radius) for name, zone in VARIANTS.items()}


def parts() -> dict[str, Region]:
    """Regions to compare the field and the margin with, by name.

    The four equal rings and sectors, each by itself and everything but it; each side; and the whole
    coin, which leaves the background.
    """
    found = {}
    for kind in (regions.ring, regions.sector):
        for number in range(QUARTERS):
            name, region = f"{kind.__name__}_{number + 1}", kind(number, QUARTERS)
            found[name], found[f"all_but_{name}"] = region, region.complement()
    for number, side in enumerate(SIDES):
        found[side] = regions.side(number)
    return {**found, "coin": regions.COIN}


def discs(radius: float, count: int, seed: int) -> dict[str, Region]:
    """`count` discs of the field's area anywhere on the coin, by name."""
    rng = np.random.default_rng([seed, 21])
    return {
        f"{DISC}_{number + 1:02}": regions.disc(within(1 - radius, rng), radius)
        for number in range(count)
    }


def within(radius: float, rng: np.random.Generator) -> tuple[float, float]:
    """A random point, x and y, within `radius` of the centre."""
    distance, angle = radius * np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
    return distance * np.cos(angle), distance * np.sin(angle)


def table(
    answers: Answers, masked: dict[str, Region], coins: CoinSet, *, fill: str, seed: int
) -> pd.DataFrame:
    """The effect of masking each region, a row each.

    Columns: masked, area (share of the coin), accuracy and drop with intervals, logit_change,
    p_value, and p_holm, corrected over all rows.
    """
    before, rows = answers[whole(fill)], []
    for name, region in masked.items():
        after = answers[Trial(region, fill)]
        rows.append(
            {
                "masked": name,
                "area": effects.area(region, coins.grid),
                **classification.accuracy(coins.targets, after.argmax(axis=1)),
                **effects.effect(before, after, coins.targets, seed),
            }
        )
    effects.correct_for_family(rows)
    return pd.DataFrame(rows)


def over_discs(
    answers: Answers, masked: dict[str, Region], targets: np.ndarray, *, fill: str, seed: int
) -> dict:
    """The drop of accuracy that random discs cost: each coin's mean over them, interval over coins."""
    before = effects.hits(answers[whole(fill)], targets)
    after = [effects.hits(answers[Trial(region, fill)], targets) for region in masked.values()]
    drops = before.mean() - np.mean(after, axis=1)
    mean = intervals.mean("drop", before - np.mean(after, axis=0), seed)
    return {"n": len(masked), **mean, "largest_drop": drops.max()}


def fill_trials(radius: float) -> list[Trial]:
    """What `by_fill` needs answered."""
    masked = [Trial(zone(radius), fill) for fill in fills.FILLS for zone in VARIANTS.values()]
    return masked + [Trial(regions.margin(radius), fill, blind=True) for fill in fills.FILLS]


def by_fill(
    answers: Answers, targets: np.ndarray, *, radius: float, before: np.ndarray, seed: int
) -> dict[str, dict]:
    """Whether the order of field and margin hangs on what masked regions are filled with.

    before: the logits of whole coins (N,classes). For each fill: the effects of masking the field
    and the margin; `margin_over_field`, how much more the margin costs, paired on the same coins;
    and `mask_only`, the accuracy on images that show the fill of the margin and no coin, which must
    be no better than guessing.
    """
    found: dict[str, dict] = {}
    tests = []
    for fill in fills.FILLS:
        after = {name: answers[Trial(zone(radius), fill)] for name, zone in VARIANTS.items()}
        hit = {name: effects.hits(logits, targets) for name, logits in after.items()}
        blind = answers[Trial(regions.margin(radius), fill, blind=True)].argmax(axis=1)
        found[fill] = {
            name: {
                **classification.accuracy(targets, logits.argmax(axis=1)),
                **effects.effect(before, logits, targets, seed),
            }
            for name, logits in after.items()
        }
        tests += [found[fill][name] for name in VARIANTS]
        more = hit["centre"].astype(float) - hit["margin"]
        found[fill].update(intervals.mean("margin_over_field", more, seed))
        found[fill]["mask_only"] = classification.accuracy(targets, blind)
    effects.correct_for_family(tests)
    return found


def summary(found: pd.DataFrame) -> dict[str, dict]:
    """The rows of `table` but the single discs and the zones, by name."""
    kept = found[~found["masked"].str.startswith(DISC) & ~found["masked"].isin(list(VARIANTS))]
    return kept.set_index("masked").to_dict(orient="index")


def kinds(masked: Sequence[str]) -> list[str]:
    """The kind of each masked region: its name without its number."""
    return [name.rstrip("0123456789").rstrip("_") for name in masked]
