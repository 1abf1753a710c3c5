"""What the networks make of mints they never saw, in sentences."""

from mintmark.report.phrases import Details, finding, interval, p

SIGNIFICANT = 0.05
UNTESTED = 1.0  # the p-value of a single group, of which no permutation test can be had


def write(eval3rd: Details) -> list[str]:
    """Write the findings of the stage eval3rd. eval3rd: its details."""
    labels = {name: score["label"] for name, score in eval3rd["scores"].items()}
    found = [
        _predicted(eval3rd),
        _likeness(eval3rd["likeness"]),
        _consistency(eval3rd),
        _detection(eval3rd["scores"]),
        _rejected(eval3rd["scores"]),
        _far(eval3rd["far"], labels),
    ]
    if len(eval3rd["leave_one_out"]) > 1:
        found.append(_left_out(eval3rd["leave_one_out"], labels))
    if eval3rd["minor"]:
        found.append(_minor(eval3rd["minor"]))
    if eval3rd["minor_scores"]:
        found.append(_minor_scores(eval3rd["minor_scores"], labels))
    return found


def _answers(metrics: Details) -> str:
    shares = sorted(metrics["predicted"].items(), key=lambda item: -item[1])
    return ", ".join(f"{mint} {share:.1%}" for mint, share in shares)


def _best(scores: Details) -> str:
    return max(scores, key=lambda name: scores[name]["auroc"])


def _worst(scores: Details) -> str:
    return min(scores, key=lambda name: scores[name]["auroc"])


def _predicted(metrics: Details) -> str:
    return (
        f"Shown {metrics['n']} coins of a mint it never saw, the two-mint network predicts "
        f"{_answers(metrics)}, with a mean confidence of {interval(metrics, 'confidence')}."
    )


def _likeness(likeness: Details) -> str:
    p_value = likeness.get("p_value", UNTESTED)
    verdict = "no nearer to one known mint, by evidence"
    if p_value < SIGNIFICANT:
        verdict = f"nearer to {likeness['nearer']}"
    return finding(
        f"In feature space its coins lie {verdict}: difference of cosine distances "
        f"{interval(likeness, 'difference')} (sign permutation over {likeness['groups']} groups, "
        f"{p(p_value)})",
        "features of a network trained otherwise that lie the other way",
    )


def _least(metrics: Details) -> tuple[str, float]:
    """The change under which the fewest coins keep their prediction, and their share."""
    kept: dict[str, float] = {
        name: change["agreement"] for name, change in metrics["consistency"].items()
    }
    name = min(kept, key=lambda change: kept[change])
    return name.replace("_", " "), kept[name]


def _consistency(metrics: Details) -> str:
    (name, share), masked = _least(metrics), metrics["masked"]
    return (
        f"Turned by up to 10° or lit differently, at least {share:.1%} of them keep their "
        f"prediction ({name}); with the field masked {masked['centre']['agreement']:.1%}, with the "
        f"margin masked {masked['margin']['agreement']:.1%}."
    )


def _detection(scores: Details) -> str:
    shown = "; ".join(f"{score['label']}: {interval(score, 'auroc')}" for score in scores.values())
    best = scores[_best(scores)]
    verdict = "No evidence that any score tells them from known coins"
    if best["auroc_low"] > 0.5:
        verdict = f"Best by {best['label']}"
    return finding(
        f"Out-of-distribution scores, AUROC against known test coins: {shown}. {verdict}, with "
        f"which {interval(best, 'fpr95')} of them still pass where 95 % of the known do",
        "a score, or a network, with an AUROC near 1",
    )


def _rejected(scores: Details) -> str:
    best = scores[_best(scores)]
    unknown, known = (
        interval(best["threshold"][coins], "refused") for coins in ("unknown", "known")
    )
    return (
        f"A threshold on {best['label']} that accepts 95 % of the validation coins rejects "
        f"{unknown} of the unknown coins and, wrongly, {known} of the known ones."
    )


def _far(far: Details, labels: dict[str, str]) -> str:
    parts = []
    for name, scores in far.items():
        best, worst = _best(scores), _worst(scores)
        parts.append(
            f"{name} {scores[best]['auroc']:.3f} by {labels[best]}, {scores[worst]['auroc']:.3f} "
            f"by {labels[worst]}"
        )
    return (
        f"The same scores on what is no coin of any mint, best and worst AUROC: "
        f"{'; '.join(parts)}. "
        "A score that fails here says nothing of the mint."
    )


def _left_out(found: Details, labels: dict[str, str]) -> str:
    parts = []
    for mint, metrics in found.items():
        best = _best(metrics["scores"])
        parts.append(
            f"{mint} unknown ({_answers(metrics)}; the network's balanced accuracy on the other "
            f"two {interval(metrics['known'], 'balanced_accuracy')}): AUROC "
            f"{interval(metrics['scores'][best], 'auroc')} by {labels[best]}"
        )
    return f"Each mint left out in turn: {'; '.join(parts)}."


def _minor(minor: Details) -> str:
    parts = [
        f"{mint} ({metrics['n']} coins: {_answers(metrics)}; nearer to "
        f"{metrics['likeness']['nearer']}, {p(metrics['likeness'].get('p_value', UNTESTED))}; at "
        f"least {_least(metrics)[1]:.0%} keep their prediction when turned or lit differently)"
        for mint, metrics in minor.items()
    ]
    return (
        f"Minor mints with three coins or more: {'; '.join(parts)}. With so few coins a "
        "permutation test can hardly reach significance: three groups allow no p below 0.25."
    )


def _minor_scores(found: Details, labels: dict[str, str]) -> str:
    parts = []
    for mint, scores in found.items():
        best = _best(scores)
        parts.append(
            f"{mint} {interval(scores[best], 'auroc')} by {labels[best]}, whose threshold rejects "
            f"{interval(scores[best]['threshold']['unknown'], 'refused')}"
        )
    return f"Minor mints with ten coins or more, best AUROC against known test coins: {'; '.join(parts)}."
