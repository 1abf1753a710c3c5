"""What the figures say, in sentences: each one computed from the metrics with its interval.

An effect whose interval includes none is reported as no evidence, never as its absence.
"""

Metrics = dict[str, dict]
ZONES = {"centre": "field", "margin": "margin"}  # what each masked variant hides


def write(metrics: Metrics) -> str:
    """Write the conclusions as Markdown.

    metrics: the content of metrics/<stage>.json for each stage, by the stage's name.
    """
    sections = {
        "The data": [_data(metrics)],
        "Two mints": [
            _accuracy(metrics["train2"], "two mints"),
            *_zones(metrics["mask"], metrics["gradcam"]),
            _faithfulness(metrics["gradcam"]),
            _sanity(metrics["gradcam"]),
        ],
        "A mint it never saw": [_unseen(metrics["eval3rd"]), _novelty(metrics["eval3rd"])],
        "Three mints": [
            _accuracy(metrics["train3"], "three mints"),
            _hardest(metrics["train3"]),
            *_zones(metrics["train3"]["mask"], metrics["train3"]["gradcam"]),
        ],
        "Coin types": [_types(metrics["transfer315"])],
    }
    text = (
        "# Conclusions\n\nIntervals are 95 %. Figures on drawn coins say nothing about history.\n"
    )
    for heading, sentences in sections.items():
        text += f"\n## {heading}\n\n" + "".join(f"- {sentence}\n" for sentence in sentences)
    return text


def interval(figures: dict, key: str) -> str:
    """A figure with its interval, as in `0.912 (0.840 to 0.954)`."""
    return f"{figures[key]:.3f} ({figures[f'{key}_low']:.3f} to {figures[f'{key}_high']:.3f})"


def _data(metrics: Metrics) -> str:
    coins, photos = metrics["organize"]["coins"], metrics["clean"]["photos"]
    twins = metrics["clean"]["duplicates"]
    return (
        f"{coins['organized']} of {coins['listed']} listed coins have a usable label and a "
        f"photograph; {photos['kept']} of {photos['read']} photographs were usable, "
        f"{twins['exact']} are exact and {twins['near']} near copies of another. "
        f"{metrics['split']['groups_across_parts']} groups of copies or of coins from one die "
        "cross from one part to another."
    )


def _accuracy(figures: dict, task: str) -> str:
    beats = figures["accuracy_low"] > figures["majority_accuracy"]
    verdict = "better than" if beats else "with no evidence of doing better than"
    return (
        f"The network tells {task} apart on {figures['n']} test coins with accuracy "
        f"{interval(figures, 'accuracy')}, {verdict} always naming the commonest mint "
        f"({figures['majority_accuracy']:.3f}); balanced accuracy "
        f"{figures['balanced_accuracy']:.3f}."
    )


def _zones(mask: dict, gradcam: dict) -> list[str]:
    hidden = [_masked(mask, variant) for variant in ZONES]
    return [*hidden, _field_against_margin(mask), _heat(gradcam)]


def _masked(mask: dict, variant: str) -> str:
    figures, zone = mask[variant], ZONES[variant]
    if figures["drop_low"] > 0:
        verdict = "the network needs what stands there"
    elif figures["drop_high"] < 0:
        verdict = "the network does better without it"
    else:
        verdict = "no evidence that the network needs it"
    return (
        f"Hiding the {zone} (border at {mask['radius']:g} of the radius) changes accuracy from "
        f"{mask['original']['accuracy']:.3f} to {figures['accuracy']:.3f}, a drop of "
        f"{interval(figures, 'drop')} on the same coins (exact McNemar test, "
        f"p = {figures['p_value']:.2g}): {verdict}."
    )


def _field_against_margin(mask: dict) -> str:
    centre, margin = mask["centre"], mask["margin"]
    if margin["drop_low"] > max(0, centre["drop_high"]):
        return "The mint is read in the margin: hiding it costs more than hiding the field does."
    if centre["drop_low"] > max(0, margin["drop_high"]):
        return "The mint is read in the field: hiding it costs more than hiding the margin does."
    return "The intervals of the two drops overlap: no evidence which zone matters more."


def _heat(gradcam: dict) -> str:
    mass, area = gradcam["mass"], gradcam["area"]
    if mass["margin_low"] > area["margin"]:
        verdict = "more than its share: the network looks at the margin"
    elif mass["margin_high"] < area["margin"]:
        verdict = "less than its share: the network looks at the field"
    else:
        verdict = "no evidence that it looks at one zone more than at the other"
    return (
        f"{interval(mass, 'margin')} of Grad-CAM's heat on the coin falls in the margin, which is "
        f"{area['margin']:.3f} of the coin's area: {verdict}."
    )


def _faithfulness(gradcam: dict) -> str:
    heat = gradcam["faithfulness"]["deletion_gradcam"]
    chance = gradcam["faithfulness"]["deletion_random"]
    verdict = "points" if heat < chance else "does not point"
    return (
        f"Blurring coins away, the hottest parts first, leaves an area of {heat:.3f} under the curve "
        f"of the named mint's lead, {chance:.3f} for parts at random: the heat {verdict} at what "
        "the network uses."
    )


def _sanity(gradcam: dict) -> str:
    figures = gradcam["sanity"]
    verdict = "follow" if figures["rank_correlation_high"] < 0.5 else "may not follow"
    return (
        "The maps' rank correlation with those of the same network with random weights is "
        f"{interval(figures, 'rank_correlation')}: they {verdict} what the network has learnt."
    )


def _unseen(eval3rd: dict) -> str:
    shares = sorted(eval3rd["predicted"].items(), key=lambda item: -item[1])
    named = ", ".join(f"{mint} {share:.1%}" for mint, share in shares)
    return f"Shown {eval3rd['n']} coins of a mint it never saw, the two-mint network says: {named}."


def _novelty(eval3rd: dict) -> str:
    parts = []
    for score in ("energy", "distance"):
        figures = eval3rd[score]
        verdict = "tells" if figures["auroc_low"] > 0.5 else "gives no evidence of telling"
        parts.append(
            f"{verdict} them from known coins by {score}, AUROC {interval(figures, 'auroc')}"
        )
    return f"Does the network notice? Its output {'; '.join(parts)}."


def _hardest(train3: dict) -> str:
    recall = train3["recall"]
    mint = min(recall, key=recall.get)
    return f"Of the three mints {mint} is recognised least: recall {recall[mint]:.3f}."


def _types(figures: dict) -> str:
    return (
        f"Of {figures['n']} test photographs of {figures['classes']} coin types "
        f"{interval(figures, 'accuracy')} are named rightly and "
        f"{interval(figures, 'top5_accuracy')} are among the first five guesses; balanced accuracy "
        f"{figures['balanced_accuracy']:.3f}, commonest type {figures['majority_accuracy']:.3f}."
    )
