"""What the networks make of mints they never saw, in sentences."""

from mintmark.report.phrases import Details, Finding, hundred, interval, p

SIGNIFICANT = 0.05
UNTESTED = 1.0  # the p-value of a single group, of which no permutation test can be had
GUESSING, WELL = 0.5, 0.8  # AUROC of guessing, and of a score that tells most coins


def write(eval3rd: Details) -> list[Finding]:
    """Write the findings of the stage eval3rd. eval3rd: its details."""
    labels = {name: score["label"] for name, score in eval3rd["scores"].items()}
    found = [
        _predicted(eval3rd),
        _detection(eval3rd["scores"]),
        _rejected(eval3rd["scores"]),
        _far(eval3rd["far"], labels),
        _likeness(eval3rd["likeness"]),
        _consistency(eval3rd),
    ]
    if len(eval3rd["leave_one_out"]) > 1:
        found.append(_left_out(eval3rd["leave_one_out"], labels))
    if eval3rd["minor"]:
        found.append(_minor(eval3rd["minor"]))
    if eval3rd["minor_scores"]:
        found.append(_minor_scores(eval3rd["minor_scores"], labels))
    return found


def notices(score: Details) -> str:
    """How well a score tells unknown coins from known ones, as a verb. score: with its AUROC."""
    if score["auroc_low"] <= GUESSING:
        return "does not notice"
    return "notices" if score["auroc"] >= WELL else "hardly notices"


def _answers(metrics: Details) -> str:
    shares = sorted(metrics["predicted"].items(), key=lambda item: -item[1])
    return ", ".join(f"{mint} {share:.1%}" for mint, share in shares)


def _best(scores: Details) -> str:
    return max(scores, key=lambda name: scores[name]["auroc"])


def _worst(scores: Details) -> str:
    return min(scores, key=lambda name: scores[name]["auroc"])


def _predicted(metrics: Details) -> Finding:
    mint, share = max(metrics["predicted"].items(), key=lambda item: item[1])
    return Finding(
        f"Shown {metrics['n']} coins of a mint that it never saw, the network takes {hundred(share)} of "
        f"100 for {mint}, and is {hundred(metrics['confidence'])} % sure on average.",
        [
            f"It predicts {_answers(metrics)}, with a mean confidence of "
            f"{interval(metrics, 'confidence')}."
        ],
        picture="answers.png",
    )


def _likeness(likeness: Details) -> Finding:
    p_value = likeness.get("p_value", UNTESTED)
    plain = "There is no evidence that to the network these coins are more like one known mint."
    if p_value < SIGNIFICANT:
        plain = f"To the network these coins are more like those of {likeness['nearer']}."
    return Finding(
        plain,
        [
            "In feature space, difference of cosine distances to the known mints "
            f"{interval(likeness, 'difference')} (sign permutation over {likeness['groups']} groups, "
            f"{p(p_value)})."
        ],
        "features of a network trained otherwise that lie the other way",
        "features.png",
    )


def _least(metrics: Details) -> tuple[str, float]:
    """The change under which the fewest coins keep their prediction, and their share."""
    kept: dict[str, float] = {
        name: change["agreement"] for name, change in metrics["consistency"].items()
    }
    name = min(kept, key=lambda change: kept[change])
    return name.replace("_", " "), kept[name]


def _consistency(metrics: Details) -> Finding:
    (name, share), masked = _least(metrics), metrics["masked"]
    return Finding(
        f"Turned a little or lit differently, at least {hundred(share)} of 100 keep their answer.",
        [
            f"Turned by up to 10° or lit differently, at least {share:.1%} keep their prediction "
            f"({name}); with the field masked {masked['centre']['agreement']:.1%}, with the margin "
            f"masked {masked['margin']['agreement']:.1%}."
        ],
        picture="consistency.png",
    )


def _detection(scores: Details) -> Finding:
    shown = "; ".join(f"{score['label']}: {interval(score, 'auroc')}" for score in scores.values())
    best = scores[_best(scores)]
    verdict = "No evidence that any score tells them from known coins"
    if best["auroc_low"] > GUESSING:
        verdict = f"Best by {best['label']}"
    return Finding(
        f"It {notices(best)} that they are strange: it lets {hundred(best['fpr95'])} of 100 pass where "
        "it lets 95 of 100 known coins pass.",
        [
            f"Out-of-distribution scores, AUROC against known test coins: {shown}.",
            f"{verdict}, with which {interval(best, 'fpr95')} of them still pass where 95 % of the "
            "known do.",
        ],
        "a score, or a network, with an AUROC near 1",
        "scores.png",
    )


def _rejected(scores: Details) -> Finding:
    best = scores[_best(scores)]
    refused = {coins: best["threshold"][coins] for coins in ("unknown", "known")}
    unknown, known = (hundred(share["refused"]) for share in refused.values())
    return Finding(
        f"Told to refuse what is strange, it refuses {unknown} of 100 unknown coins, and wrongly {known} "
        "of 100 known ones.",
        [
            f"A threshold on {best['label']} that accepts 95 % of the validation coins rejects "
            f"{interval(refused['unknown'], 'refused')} of the unknown coins and "
            f"{interval(refused['known'], 'refused')} of the known ones."
        ],
    )


def _far(far: Details, labels: dict[str, str]) -> Finding:
    parts = []
    for name, scores in far.items():
        best, worst = _best(scores), _worst(scores)
        parts.append(
            f"{name} {scores[best]['auroc']:.3f} by {labels[best]}, {scores[worst]['auroc']:.3f} "
            f"by {labels[worst]}"
        )
    well = all(scores[_best(scores)]["auroc"] >= WELL for scores in far.values())
    return Finding(
        f"What is no coin of any mint ({', '.join(far)}) is {'' if well else 'not always '}told from "
        "coins by its best score.",
        [
            f"The same scores, best and worst AUROC: {'; '.join(parts)}.",
            "A score that fails here says nothing of the mint.",
        ],
        picture="detection.png",
    )


def _left_out(found: Details, labels: dict[str, str]) -> Finding:
    parts, ranked = [], []
    for mint, metrics in found.items():
        best = _best(metrics["scores"])
        ranked.append((metrics["scores"][best]["auroc"], mint))
        parts.append(
            f"{mint} unknown ({_answers(metrics)}; the network's balanced accuracy on the other "
            f"two {interval(metrics['known'], 'balanced_accuracy')}): AUROC "
            f"{interval(metrics['scores'][best], 'auroc')} by {labels[best]}."
        )
    return Finding(
        f"Of the mints, each left out in turn, {max(ranked)[1]} is noticed best as unknown and "
        f"{min(ranked)[1]} least.",
        ["Each mint left out in turn:", *parts],
    )


def _minor(minor: Details) -> Finding:
    parts = [
        f"{mint}, {metrics['n']} coins: {_answers(metrics)}; nearer to "
        f"{metrics['likeness']['nearer']}, {p(metrics['likeness'].get('p_value', UNTESTED))}; at "
        f"least {_least(metrics)[1]:.0%} keep their prediction when turned or lit differently."
        for mint, metrics in minor.items()
    ]
    coins = sum(metrics["n"] for metrics in minor.values())
    return Finding(
        f"{len(minor)} minor mints have {coins} coins together, too few to say what the network makes of "
        "each.",
        [
            *parts,
            "Minor mints with three coins or more; with so few coins a permutation test can hardly reach "
            "significance: three groups allow no p below 0.25.",
        ],
    )


def _minor_scores(found: Details, labels: dict[str, str]) -> Finding:
    parts = []
    for mint, scores in found.items():
        best = _best(scores)
        parts.append(
            f"{mint} {interval(scores[best], 'auroc')} by {labels[best]}, whose threshold rejects "
            f"{interval(scores[best]['threshold']['unknown'], 'refused')}."
        )
    noticed = [
        mint for mint, scores in found.items() if scores[_best(scores)]["auroc_low"] > GUESSING
    ]
    return Finding(
        f"Of {len(found)} minor mints with ten coins or more, {len(noticed)} can be told from known coins "
        "better than by guessing.",
        ["Best AUROC against known test coins:", *parts],
    )
