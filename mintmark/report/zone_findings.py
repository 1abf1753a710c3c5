"""What masks and heat maps say about field and margin, in sentences."""

from mintmark.report.phrases import counted, finding, interval, p

ZONES = {"centre": "field", "margin": "margin"}  # what each masked variant hides
OTHER = {"centre": "margin", "margin": "field"}  # and what it leaves to be seen
CARES_NOT = 0.5  # maps that correlate so well with those of random weights ignore the weights


def hidden(mask: dict) -> list[str]:
    """What is lost when parts are hidden. mask: the figures of `occlusion.occlude`."""
    original = mask["original"]
    if original["accuracy_low"] <= mask["majority_accuracy"]:
        nothing = (
            f"On whole coins the network's accuracy, {interval(original, 'accuracy')}, is no better "
            f"than naming the commonest mint ({mask['majority_accuracy']:.3f}): hiding parts says "
            "nothing, and no conclusion is drawn about field and margin."
        )
        return [nothing]
    sentences = [_masked(mask, variant) for variant in ZONES]
    sentences += [_equal_areas(mask), _fills(mask), _half(mask)]
    return [*sentences, place(mask)]


def place(mask: dict) -> str:
    """Where what tells the mints apart stands, as far as masks can show it.

    The network that has learnt with masks decides where there is one: for it masked coins are
    nothing strange. A zone tells mints apart where accuracy on it alone beats the commonest mint.
    """
    judge = mask.get("adapted", mask)
    who = "a network that has learnt with masks" if "adapted" in mask else "the network"
    chance = mask["majority_accuracy"]
    seen = {OTHER[variant]: judge[variant] for variant in ZONES}
    enough = [zone for zone, of in seen.items() if of["accuracy_low"] > chance]
    figures = ", ".join(
        f"with nothing but the {zone} to be seen {interval(of, 'accuracy')}"
        for zone, of in seen.items()
    )
    verdicts = {
        1: f"what tells the mints apart stands in the {''.join(enough)}",
        2: "either zone is enough by itself, so what tells the mints apart stands in both",
        0: "neither zone is enough by itself, so no conclusion is drawn about where it stands",
    }
    return finding(
        f"The decisive comparison: {who} reaches accuracy {figures} (commonest mint {chance:.3f}): "
        f"{verdicts[len(enough)]}",
        "a network that learns to tell the mints apart from the other zone alone",
    )


def heat(gradcam: dict) -> list[str]:
    """How heat falls on field and margin. gradcam: the figures of `looking.look`."""
    mass, area, ratio = gradcam["mass"], gradcam["area"], gradcam["ratio"]
    if ratio["margin_low"] > 1:
        verdict = "more than its share: the heat lies in the margin"
    elif ratio["margin_high"] < 1:
        verdict = "less than its share: the heat lies in the field"
    else:
        verdict = "no evidence that more heat lies in one zone than in the other"
    return [
        finding(
            f"{interval(mass, 'margin')} of the heat on the coin falls in the margin, which is "
            f"{area['margin']:.3f} of its area (ratio {interval(ratio, 'margin')}): {verdict}",
            "a method whose maps are faithful and fall otherwise; the total of a map counts its "
            "faint parts as much as its peak",
        )
    ]


def trust(gradcam: dict) -> list[str]:
    """Whether the heat can be believed. gradcam: the figures of the stage."""
    sentences = [_faithful(gradcam["faithfulness"]), _sanity(gradcam["sanity"])]
    if "right" in gradcam.get("truth", {}).get(gradcam["method"], {}):
        sentences.append(_truth(gradcam["truth"], gradcam["method"]))
    return sentences


def _masked(mask: dict, variant: str) -> str:
    figures, zone = mask[variant], ZONES[variant]
    if figures["drop_low"] > 0 and figures["p_holm"] < 0.05:
        verdict = "the network as trained needs what stands there, or is put off by the fill"
    elif figures["drop_high"] < 0:
        verdict = "the network does better without it"
    else:
        verdict = "no evidence that the network needs it"
    return finding(
        f"Hiding the {zone} (border at {mask['radius']:g} of the radius, fill: {mask['fill']}) changes "
        f"accuracy from {mask['original']['accuracy']:.3f} to {figures['accuracy']:.3f}, a drop of "
        f"{interval(figures, 'drop')} on the same coins (McNemar, {p(figures['p_value'])}; after "
        f"Holm's correction {p(figures['p_holm'])}), and the true mint's logit by "
        f"{interval(figures, 'logit_change')}: {verdict}; {_flow(figures['flow'])}",
        "a fill under which the drop is another",
    )


def _flow(flow: dict) -> str:
    """Where the answers go, both ways."""
    moved = [
        f"{count} from {before} to {after}"
        for before, to in flow.items()
        for after, count in to.items()
        if before != after and count
    ]
    return f"answers that move: {', '.join(moved)}" if moved else "no answer moves"


def _equal_areas(mask: dict) -> str:
    discs, controls = mask["discs"], mask["controls"]
    rest = [of["accuracy"] for name, of in controls.items() if name.startswith("all_but")]
    return (
        f"Equal areas: discs as large as the field, hidden at {discs['n']} random places, cost "
        f"{interval(discs, 'drop')} on average and {discs['largest_drop']:.3f} at the worst place, the "
        f"field {mask['centre']['drop']:.3f}; with three quarters of the coin hidden by other shapes "
        f"than the margin, accuracy is {min(rest):.3f} to {max(rest):.3f}."
    )


def _fills(mask: dict) -> str:
    fills, chance = mask["fills"], mask["majority_accuracy"]
    more = sum(of["margin_over_field_low"] > 0 for of in fills.values())
    less = sum(of["margin_over_field_high"] < 0 for of in fills.values())
    telling = [name for name, of in fills.items() if of["mask_only"]["accuracy_low"] > chance]
    only = f"under {', '.join(telling)} the fill alone gives" if telling else "no fill alone gives"
    total = len(fills)
    return finding(
        f"The margin costs more than the field under {counted(more, total)} fills, less under "
        f"{counted(less, total)}; {only} the mint away",
        "a fill that reverses the order",
    )


def _half(mask: dict) -> str:
    parts = []
    for variant, zone in ZONES.items():
        half = mask["half"][variant]
        parts.append(
            f"for the {zone} at r = {interval(half, 'radius')}"
            if "radius" in half
            else f"hiding the {zone} never costs that much"
        )
    return f"Half of the advantage over the commonest mint is lost, {'; '.join(parts)}."


def _faithful(areas: dict) -> str:
    shown, better = [], True
    for fill, maps in areas.items():
        heat, others = maps["heat"], [maps["random"], maps["gaussian"]]
        better &= all(heat["deletion_high"] < of["deletion_low"] for of in others)
        better &= all(heat["insertion_low"] > of["insertion_high"] for of in others)
        for kind in ("deletion", "insertion"):
            random, centred = (of[kind] for of in others)
            shown.append(
                f"{kind}, {fill}: {interval(heat, kind)} (random map {random:.3f}, centred {centred:.3f})"
            )
    verdict = "points" if better else "gives no evidence of pointing"
    return finding(
        f"Areas under the curves of the named mint's lead: {'; '.join(shown)}: the heat {verdict} at "
        "what the network uses",
        "a filler under which deleting at random costs as much",
    )


def _sanity(figures: dict) -> str:
    follows = figures["rank_correlation_high"] < CARES_NOT
    verdict = "the maps follow what the network has learnt"
    if not follows:
        verdict = "FLAGGED: the maps may not follow what the network has learnt"
    return finding(
        "The maps' rank correlation with those of the same network with random weights is "
        f"{interval(figures, 'rank_correlation')}: {verdict}",
        f"a correlation of {CARES_NOT} or more with other random weights",
    )


def _truth(truth: dict, method: str) -> str:
    right, chance = truth[method]["right"], truth["chance"]
    others = ", ".join(
        f"{name} {of['right']['pointing']:.3f}"
        for name, of in truth.items()
        if name not in (method, "chance")
    )
    return finding(
        f"Against the truth of the drawn coins: on {right['n']} coins named rightly the hottest point "
        f"lies on the mint's name in {interval(right, 'pointing')} (a random point: "
        f"{chance['pointing']:.3f}; other methods: {others}); {interval(right, 'on_name')} of the heat "
        f"lies on it (its area: {chance['on_name']:.3f}); area under precision-recall "
        f"{interval(right, 'auprc')}",
        "coins of another make; the truth is known for drawn ones alone",
    )
