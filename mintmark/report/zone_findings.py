"""What masks and heat maps say about field and margin, in sentences."""

from mintmark.report.phrases import Details, counted, finding, interval, p

ZONES = {"centre": "field", "margin": "margin"}  # what each masked variant masks
REST = {"centre": "margin", "margin": "field"}  # and what it leaves to be seen
SIGNIFICANT = 0.05  # after Holm's correction
UNRELATED = 0.5  # maps that correlate so well with those of random weights ignore the weights


def masked(mask: Details, controls: Details | None = None) -> list[str]:
    """Write what masks say.

    mask: details of the stage mask or mask3; controls: of controls or controls3. Nothing is
    concluded from a network that does no better than predicting the commonest mint.
    """
    original, chance = mask["original"], mask["majority_accuracy"]
    if original["accuracy_low"] <= chance:
        return [
            f"On whole coins the network's accuracy, {interval(original, 'accuracy')}, is no "
            f"better than predicting the commonest mint ({chance:.3f}): masks say nothing, and no "
            "conclusion is drawn about field and margin."
        ]
    found = [_drop(mask, variant) for variant in ZONES]
    if controls:
        found += [_equal_areas(controls), _fills(controls), _half(controls["half"])]
        found += [_costliest(controls["clock"]), *_regions(controls["regions"])]
    return [*found, decisive(mask)]


def decisive(mask: Details) -> str:
    """Say where what tells the mints apart stands, as far as masks can show it.

    The network adapted to masks decides where there is one: for it masked coins are nothing
    unusual. A zone tells mints apart where accuracy on it alone beats the commonest mint.
    """
    judge = mask.get("adapted", mask)
    who = "a network adapted to masks" if "adapted" in mask else "the network"
    chance = mask["majority_accuracy"]
    seen = {REST[variant]: judge[variant] for variant in ZONES}
    enough = [zone for zone, metrics in seen.items() if metrics["accuracy_low"] > chance]
    shown = ", ".join(
        f"with only the {zone} visible {interval(metrics, 'accuracy')}"
        for zone, metrics in seen.items()
    )
    verdicts = {
        0: "neither zone is enough by itself, so no conclusion is drawn about where it stands",
        1: f"what tells the mints apart stands in the {''.join(enough)}",
        2: "either zone is enough by itself, so what tells the mints apart stands in both",
    }
    return finding(
        f"The decisive comparison: {who} reaches accuracy {shown} (commonest mint {chance:.3f}): "
        f"{verdicts[len(enough)]}",
        "a network that learns to tell the mints apart from the other zone alone",
    )


def heat(gradcam: Details) -> list[str]:
    """Write how heat falls on field and margin.

    gradcam: details of the stage gradcam or gradcam3.
    """
    if not gradcam["n"]:
        return ["No coin has any heat: there is no evidence of where the network looks."]
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
        ),
        _densest(gradcam["clock"]),
    ]


def trust(gradcam: Details) -> list[str]:
    """Write whether the heat can be believed. gradcam: details of the stage gradcam."""
    found = [_faithfulness(gradcam["faithfulness"]), _randomisation(gradcam["randomisation"])]
    if "correct" in gradcam.get("localisation", {}).get(gradcam["method"], {}):
        found.append(_localisation(gradcam["localisation"], gradcam["method"]))
    return found


def _drop(mask: Details, variant: str) -> str:
    metrics, zone = mask[variant], ZONES[variant]
    if metrics["drop_low"] > 0 and metrics["p_holm"] < SIGNIFICANT:
        verdict = "the network as trained needs what stands there, or is put off by the fill"
    elif metrics["drop_high"] < 0:
        verdict = "the network does better without it"
    else:
        verdict = "no evidence that the network needs it"
    return finding(
        f"Masking the {zone} (border at {mask['radius']:g} of the radius, fill: {mask['fill']}) "
        f"changes accuracy from {mask['original']['accuracy']:.3f} to {metrics['accuracy']:.3f}, a "
        f"drop of {interval(metrics, 'drop')} on the same coins (McNemar, "
        f"{p(metrics['p_value'])}; after Holm's correction {p(metrics['p_holm'])}), and the true "
        f"mint's logit by {interval(metrics, 'logit_change')}: {verdict}; {_flow(metrics['flow'])}",
        "a fill under which the drop is another",
    )


def _flow(flow: Details) -> str:
    """Where the predictions go, both ways."""
    moved = [
        f"{count} from {before} to {after}"
        for before, counts in flow.items()
        for after, count in counts.items()
        if before != after and count
    ]
    return f"predictions that change: {', '.join(moved)}" if moved else "no prediction changes"


def _equal_areas(controls: Details) -> str:
    discs, regions = controls["discs"], controls["controls"]
    rest = [metrics["accuracy"] for name, metrics in regions.items() if name.startswith("all_but")]
    return (
        f"Equal areas: discs as large as the field, masked at {discs['n']} random places, cost "
        f"{interval(discs, 'drop')} on average and {discs['largest_drop']:.3f} at the worst place, "
        f"the field {controls['zones']['centre']['drop']:.3f}; with three quarters of the coin "
        f"masked by other shapes than the margin, accuracy is {min(rest):.3f} to {max(rest):.3f}."
    )


def _fills(controls: Details) -> str:
    fills, chance = controls["fills"]["trained"], controls["majority_accuracy"]
    total = len(fills)
    more = counted(sum(fill["margin_over_field_low"] > 0 for fill in fills.values()), total)
    less = counted(sum(fill["margin_over_field_high"] < 0 for fill in fills.values()), total)
    telling = [name for name, fill in fills.items() if fill["mask_only"]["accuracy_low"] > chance]
    only = f"under {', '.join(telling)} the fill alone gives" if telling else "no fill alone gives"
    return finding(
        f"The margin costs more than the field under {more} fills, less under {less}; {only} the "
        "mint away",
        "a fill that reverses the order",
    )


def _place(peak: Details) -> str:
    """Where on the clock, as in `on the reverse, 5 to 7 o'clock, in the margin`."""
    return f"on the {peak['side']}, {peak['from']} to {peak['to']} o'clock, in the {peak['zone']}"


def _densest(peak: Details) -> str:
    if not peak:
        return "No coin has any heat: no evidence of where on the clock it lies."
    return (
        f"The heat is densest {_place(peak)}: {peak['value']:.1f} times the share of area, averaged "
        "over the coins."
    )


def _costliest(peak: Details) -> str:
    if not peak:
        return "Masking one hour of one zone costs the true mint's logit nothing anywhere."
    return (
        f"Hour by hour, masking costs most {_place(peak)}: the true mint's logit falls by "
        f"{peak['value']:.2f} on average."
    )


def _regions(regions: Details) -> list[str]:
    """What each region of a user's own costs, beside equal areas elsewhere."""
    found = []
    for name, region in regions.items():
        if region["more_low"] > 0:
            verdict = "it costs more than they do"
        elif region["more_high"] < 0:
            verdict = "it costs less than they do"
        else:
            verdict = "no evidence that it matters more than they do"
        first, last = region["hours"]
        found.append(
            finding(
                f"Masking the region {name} ({region['side']}, {first:g} to {last:g} o'clock, radii "
                f"{region['radii'][0]:g} to {region['radii'][1]:g}) lowers accuracy by "
                f"{interval(region, 'drop')} and the true mint's logit by {interval(region, 'cost')}, "
                f"by {interval(region, 'more')} more than {region['elsewhere']} regions of its shape "
                f"elsewhere: {verdict}",
                "another fill, or a place elsewhere that happens to be empty",
            )
        )
    return found


def _half(half: Details) -> str:
    parts = []
    for variant, zone in ZONES.items():
        parts.append(
            f"for the {zone} at r = {interval(half[variant], 'radius')}"
            if "radius" in half[variant]
            else f"masking the {zone} never costs that much"
        )
    return f"Half of the advantage over the commonest mint is lost, {'; '.join(parts)}."


def _faithfulness(areas: Details) -> str:
    shown, better = [], True
    for fill, maps in areas.items():
        attributed, others = maps["heat"], [maps["random"], maps["gaussian"]]
        better &= all(attributed["deletion_high"] < other["deletion_low"] for other in others)
        better &= all(attributed["insertion_low"] > other["insertion_high"] for other in others)
        for kind in ("deletion", "insertion"):
            random, centred = (other[kind] for other in others)
            shown.append(
                f"{kind}, {fill}: {interval(attributed, kind)} (random map {random:.3f}, centred "
                f"{centred:.3f})"
            )
    verdict = "points" if better else "gives no evidence of pointing"
    return finding(
        f"Areas under the curves of the predicted mint's lead: {'; '.join(shown)}: the heat "
        f"{verdict} at what the network uses",
        "a fill under which deleting at random costs as much",
    )


def _randomisation(found: Details) -> str:
    verdict = "the maps follow what the network has learnt"
    if found["rank_correlation_high"] >= UNRELATED:
        verdict = "FLAGGED: the maps may not follow what the network has learnt"
    return finding(
        "The maps' rank correlation with those of the same network with random weights is "
        f"{interval(found, 'rank_correlation')}: {verdict}",
        f"a correlation of {UNRELATED} or more with other random weights",
    )


def _localisation(found: Details, method: str) -> str:
    correct, chance = found[method]["correct"], found["chance"]
    others = ", ".join(
        f"{name} {scores['correct']['pointing']:.3f}"
        for name, scores in found.items()
        if name not in (method, "chance")
    )
    return finding(
        f"Against the truth of the drawn coins: on {correct['n']} correctly classified coins the "
        f"hottest point lies on the mint's name in {interval(correct, 'pointing')} (a random "
        f"point: {chance['pointing']:.3f}; other methods: {others}); "
        f"{interval(correct, 'on_name')} of the heat lies on it (its area: "
        f"{chance['on_name']:.3f}); area under precision-recall {interval(correct, 'auprc')}",
        "coins of another make; the truth is known for drawn ones alone",
    )
