"""What masks say about field and margin, in sentences."""

from mintmark.report.phrases import Details, Finding, counted, hundred, interval, listed, lost, p

ZONES = {"centre": "field", "margin": "margin"}  # what each masked variant masks
REST = {"centre": "margin", "margin": "field"}  # and what it leaves to be seen
START = {"field": "centre out", "margin": "rim in"}  # where a zone begins
SIGNIFICANT = 0.05  # after Holm's correction


def at_chance(mask: Details) -> bool:
    """Whether the network does no better than predicting the commonest mint: masks then say nothing."""
    return mask["original"]["accuracy_low"] <= mask["majority_accuracy"]


def masked(mask: Details) -> list[Finding]:
    """Write what masks say. mask: details of the stage mask or mask3.

    Nothing is concluded from a network that does no better than predicting the commonest mint.
    """
    if at_chance(mask):
        original, chance = mask["original"], mask["majority_accuracy"]
        return [
            Finding(
                "The network does no better than naming the commonest mint: masks say nothing, and no "
                "conclusion is drawn about field and margin.",
                [
                    f"Accuracy on whole coins {interval(original, 'accuracy')}; predicting the "
                    f"commonest mint gets {chance:.3f}."
                ],
            )
        ]
    return [decisive(mask), *(_drop(mask, variant) for variant in ZONES)]


def controlled(controls: Details, mask: Details) -> list[Finding]:
    """Write what the controls of masks say; nothing where masks say nothing.

    controls: details of the stage controls or controls3; mask: of mask or mask3.
    """
    if at_chance(mask):
        return []
    return [
        _costliest(controls["clock"]),
        *_regions(controls["regions"]),
        _equal_areas(controls),
        _fills(controls),
        _half(controls["half"]),
    ]


def decisive(mask: Details) -> Finding:
    """Say where what tells the mints apart stands, as far as masks can show it.

    The network adapted to masks decides where there is one: for it masked coins are nothing
    unusual. A zone tells mints apart where accuracy on it alone beats the commonest mint.
    """
    judge = mask.get("adapted", mask)
    who = "a network adapted to masks" if "adapted" in mask else "the network"
    chance = mask["majority_accuracy"]
    seen = {REST[variant]: judge[variant] for variant in ZONES}
    enough = [zone for zone, metrics in seen.items() if metrics["accuracy_low"] > chance]
    shown = " and ".join(
        f"{hundred(metrics['accuracy'])} of 100 by the {zone} alone"
        for zone, metrics in seen.items()
    )
    verdicts = {
        0: "Neither zone is enough by itself, so no conclusion is drawn about where what tells the "
        "mints apart stands",
        1: f"What tells the mints apart stands in the {''.join(enough)}",
        2: "Either zone is enough by itself: what tells the mints apart stands in both",
    }
    evidence = ", ".join(
        f"with only the {zone} visible {interval(metrics, 'accuracy')}"
        for zone, metrics in seen.items()
    )
    return Finding(
        f"{verdicts[len(enough)]}: {who} names {shown}.",
        [
            f"The decisive comparison: {who} reaches accuracy {evidence}; always predicting the "
            f"commonest mint gets {chance:.3f}."
        ],
        "a network that learns to tell the mints apart from the other zone alone",
    )


def _drop(mask: Details, variant: str) -> Finding:
    metrics, zone = mask[variant], ZONES[variant]
    before, after = hundred(mask["original"]["accuracy"]), hundred(metrics["accuracy"])
    if metrics["drop_low"] > 0 and metrics["p_holm"] < SIGNIFICANT:
        plain = (
            f"With the {zone} masked the network names {after} of 100 coins instead of {before}: it "
            "needs what stands there, or is put off by the fill."
        )
    elif metrics["drop_high"] < 0:
        plain = (
            f"With the {zone} masked the network does better: it names {after} of 100 coins instead "
            f"of {before}."
        )
    else:
        plain = (
            f"There is no evidence that the network needs the {zone}: it names {after} of 100 coins "
            f"with it masked, {before} with it visible."
        )
    return Finding(
        plain,
        [
            f"Accuracy changes from {mask['original']['accuracy']:.3f} to {metrics['accuracy']:.3f}, a "
            f"drop of {interval(metrics, 'drop')} on the same coins (McNemar, "
            f"{p(metrics['p_value'])}; after Holm's correction {p(metrics['p_holm'])}).",
            f"The true mint's logit changes by {interval(metrics, 'logit_change')}.",
            f"Border at {mask['radius']:g} of the radius, fill: {mask['fill']}; "
            f"{_flow(metrics['flow'])}.",
        ],
        "a fill under which the drop is another",
        "examples.png",
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


def _equal_areas(controls: Details) -> Finding:
    discs, regions = controls["discs"], controls["controls"]
    field = controls["zones"]["centre"]["drop"]
    rest = [metrics["accuracy"] for name, metrics in regions.items() if name.startswith("all_but")]
    return Finding(
        f"Masked discs as large as the field cost {lost(discs['drop'])} on average and "
        f"{lost(discs['largest_drop'])} at the worst place; the field itself costs {lost(field)}.",
        [
            f"Equal areas: discs as large as the field, masked at {discs['n']} random places, cost "
            f"{interval(discs, 'drop')} on average and {discs['largest_drop']:.3f} at the worst place, "
            f"the field {field:.3f}.",
            "With three quarters of the coin masked by other shapes than the margin, accuracy is "
            f"{min(rest):.3f} to {max(rest):.3f}.",
        ],
        picture="controls.png",
    )


def _fills(controls: Details) -> Finding:
    fills, chance = controls["fills"]["trained"], controls["majority_accuracy"]
    total = len(fills)
    more = counted(sum(fill["margin_over_field_low"] > 0 for fill in fills.values()), total)
    less = counted(sum(fill["margin_over_field_high"] < 0 for fill in fills.values()), total)
    telling = [name for name, fill in fills.items() if fill["mask_only"]["accuracy_low"] > chance]
    only = "no fill alone gives the mint away"
    if telling:
        only = f"the fill alone gives the mint away under {listed(telling)}"
    return Finding(
        f"Masking the margin costs more than masking the field under {more} ways to fill what is "
        f"masked; {only}.",
        [
            f"By the intervals of the difference: more under {more} fills, less under {less}.",
        ],
        "a fill that reverses the order",
        "fills.png",
    )


def _costliest(peak: Details) -> Finding:
    if not peak:
        return Finding("Masking one hour of one zone costs the true mint's logit nothing anywhere.")
    return Finding(
        f"Hour by hour of the clock, masking costs most {place(peak)}.",
        [f"The true mint's logit falls by {peak['value']:.2f} on average."],
        picture="clock.png",
    )


def place(peak: Details) -> str:
    """Where on the clock, as in `on the reverse, 5 to 7 o'clock, in the margin`."""
    return f"on the {peak['side']}, {peak['from']} to {peak['to']} o'clock, in the {peak['zone']}"


def _regions(regions: Details) -> list[Finding]:
    return [_region(name, region) for name, region in regions.items()]


def _region(name: str, region: Details) -> Finding:
    """What a region of a user's own costs, beside equal areas elsewhere."""
    called = f"Masking the region {name}"
    first, last = region["hours"]
    where = f"{region['side']}, {first:g} to {last:g} o'clock"
    if region["more_low"] > 0:
        plain = f"{called} ({where}) costs more than masking such a region elsewhere"
    elif region["more_high"] < 0:
        plain = f"{called} ({where}) costs less than masking such a region elsewhere"
    else:
        plain = (
            f"There is no evidence that the region {name} ({where}) matters more than such a region "
            "elsewhere"
        )
    return Finding(
        f"{plain}: masked, it costs {lost(region['drop'])}.",
        [
            f"Radii {region['radii'][0]:g} to {region['radii'][1]:g}: accuracy falls by "
            f"{interval(region, 'drop')} and the true mint's logit by {interval(region, 'cost')}.",
            f"That is {interval(region, 'more')} of the logit more than {region['elsewhere']} regions "
            "of its shape elsewhere.",
        ],
        "another fill, or a place elsewhere that happens to be empty",
    )


def _half(half: Details) -> Finding:
    parts, plain = [], []
    for variant, zone in ZONES.items():
        if "radius" in half[variant]:
            parts.append(f"for the {zone} at r = {interval(half[variant], 'radius')}")
            reach = f"{START[zone]} to {hundred(half[variant]['radius'])} % of the radius"
            plain.append(f"the {zone} is masked from the {reach}")
        else:
            parts.append(f"masking the {zone} never costs that much")
    said = "Masking either zone never costs half of what the network knows."
    if plain:
        said = f"Half of what the network knows is lost when {' or '.join(plain)}."
    return Finding(
        said,
        [f"Half of the advantage over the commonest mint is lost, {'; '.join(parts)}."],
        picture="curve.png",
    )
