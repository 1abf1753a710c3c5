"""What heat maps say about field and margin, and whether to believe them, in sentences."""

from mintmark.report.phrases import Details, Finding, hundred, interval
from mintmark.report.zone_findings import place

UNRELATED = 0.5  # maps that correlate so well with those of random weights ignore the weights


def heat(gradcam: Details) -> list[Finding]:
    """Write how heat falls on field and margin. gradcam: details of the stage gradcam or gradcam3."""
    if not gradcam["n"]:
        return [Finding("No coin has any heat: there is no evidence of where the network looks.")]
    return [_share(gradcam), _densest(gradcam["clock"])]


def trust(gradcam: Details) -> list[Finding]:
    """Write whether the heat can be believed. gradcam: details of the stage gradcam."""
    found = [_faithfulness(gradcam["faithfulness"]), _randomisation(gradcam["randomisation"])]
    if "correct" in gradcam.get("localisation", {}).get(gradcam["method"], {}):
        found.insert(0, _localisation(gradcam["localisation"], gradcam["method"]))
    return found


def hotter(ratio: Details) -> str:
    """The zone that holds more heat than is its share of the area; "" where there is no evidence.

    ratio: share of heat over share of area of the margin, with its interval.
    """
    if ratio["margin_low"] > 1:
        return "margin"
    return "field" if ratio["margin_high"] < 1 else ""


def _share(gradcam: Details) -> Finding:
    mass, area, ratio = gradcam["mass"], gradcam["area"], gradcam["ratio"]
    zone = hotter(ratio)
    verdict = "There is no evidence that more heat lies in one zone than in the other"
    if zone:
        verdict = f"The heat lies in the {zone}"
    plain = (
        f"{verdict}: {hundred(mass['margin'])} % of it falls in the margin, which is "
        f"{hundred(area['margin'])} % of the coin."
    )
    return Finding(
        plain,
        [
            f"{interval(mass, 'margin')} of the heat on the coin falls in the margin, which is "
            f"{area['margin']:.3f} of its area: a ratio of {interval(ratio, 'margin')}, where 1 is its "
            "share."
        ],
        "a method whose maps are faithful and fall otherwise; the total of a map counts its faint "
        "parts as much as its peak",
        "mean_maps.png",
    )


def _densest(peak: Details) -> Finding:
    if not peak:
        return Finding("No coin has any heat: no evidence of where on the clock it lies.")
    return Finding(
        f"The heat is densest {place(peak)}.",
        [f"{peak['value']:.1f} times the share of area, averaged over the coins."],
        picture="clock.png",
    )


def _faithfulness(areas: Details) -> Finding:
    shown, better = [], True
    for fill, maps in areas.items():
        attributed, others = maps["heat"], [maps["random"], maps["gaussian"]]
        better &= all(attributed["deletion_high"] < other["deletion_low"] for other in others)
        better &= all(attributed["insertion_low"] > other["insertion_high"] for other in others)
        for kind in ("deletion", "insertion"):
            random, centred = (other[kind] for other in others)
            shown.append(
                f"{kind.capitalize()}, {fill}: {interval(attributed, kind)} (random map {random:.3f}, "
                f"centred {centred:.3f})."
            )
    plain = "The heat gives no evidence of pointing at what the network uses."
    if better:
        plain = (
            "The heat points at what the network uses: masking the hottest parts first costs more than "
            "masking at random, showing them first gains more."
        )
    return Finding(
        plain,
        [
            "Areas under the curves of the predicted mint's lead; the lower for deletion, and the higher "
            "for insertion, the better.",
            *shown,
        ],
        "a fill under which deleting at random costs as much",
        "faithfulness.png",
    )


def _randomisation(found: Details) -> Finding:
    plain = "The heat follows what the network has learnt: with random weights it falls elsewhere."
    if found["rank_correlation_high"] >= UNRELATED:
        plain = "FLAGGED: the heat may not follow what the network has learnt."
    return Finding(
        plain,
        [
            "The maps' rank correlation with those of the same network with random weights is "
            f"{interval(found, 'rank_correlation')}."
        ],
        f"a correlation of {UNRELATED} or more with other random weights",
        "randomisation.png",
    )


def _localisation(found: Details, method: str) -> Finding:
    correct, chance = found[method]["correct"], found["chance"]
    others = ", ".join(
        f"{name} {scores['correct']['pointing']:.3f}"
        for name, scores in found.items()
        if name not in (method, "chance")
    )
    return Finding(
        f"On {hundred(correct['pointing'])} of 100 coins named correctly the hottest point lies on the "
        f"mint's name; a random point would on {hundred(chance['pointing'])}.",
        [
            f"Against the truth of the drawn coins: on {correct['n']} correctly classified coins the "
            f"hottest point lies on the mint's name in {interval(correct, 'pointing')} (a random "
            f"point: {chance['pointing']:.3f}).",
            f"Other methods: {others}.",
            f"{interval(correct, 'on_name')} of the heat lies on it (its area: "
            f"{chance['on_name']:.3f}); area under precision-recall {interval(correct, 'auprc')}.",
        ],
        "coins of another make; the truth is known for drawn ones alone",
        "pointing.png",
    )
