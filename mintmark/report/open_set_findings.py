"""What the networks make of mints they never saw, in sentences."""

from mintmark.report.phrases import finding, interval, p

CALLED = {
    "max_softmax": "largest probability", "max_logit": "largest logit", "energy": "energy",
    "distance": "distance to known coins", "mahalanobis": "Mahalanobis distance",
}  # fmt: skip


def write(eval3rd: dict) -> list[str]:
    """The findings of the stage eval3rd."""
    return [
        _named(eval3rd),
        _like(eval3rd["likeness"]),
        _firm(eval3rd),
        _noticed(eval3rd["scores"]),
        _refused(eval3rd["scores"]),
        _far(eval3rd["far"]),
        *([_left_out(eval3rd["leave_one_out"])] if len(eval3rd["leave_one_out"]) > 1 else []),
        *([_minor(eval3rd["minor"])] if eval3rd["minor"] else []),
    ]


def _answers(figures: dict) -> str:
    shares = sorted(figures["predicted"].items(), key=lambda item: -item[1])
    return ", ".join(f"{mint} {share:.1%}" for mint, share in shares)


def _named(figures: dict) -> str:
    return (
        f"Shown {figures['n']} coins of a mint it never saw, the two-mint network says: "
        f"{_answers(figures)}, with a mean confidence of {interval(figures, 'confidence')}."
    )


def _like(likeness: dict) -> str:
    p_value = likeness.get("p_value", 1.0)  # none can be had from a single group
    test = f" (sign permutation over {likeness['groups']} groups, {p(p_value)})"
    sure = p_value < 0.05
    verdict = (
        f"nearer to {likeness['nearer']}" if sure else "no nearer to one known mint, by evidence"
    )
    return finding(
        f"In feature space its coins lie {verdict}: difference of cosine distances "
        f"{interval(likeness, 'difference')}{test}",
        "features of a network trained otherwise that lie the other way",
    )


def _least(figures: dict) -> float:
    return min(of["agreement"] for of in figures["consistency"].values())


def _firm(figures: dict) -> str:
    kept = {name: of["agreement"] for name, of in figures["consistency"].items()}
    least = min(kept, key=kept.get)
    return (
        f"Turned by up to 10° or lit differently, at least {kept[least]:.1%} of them keep their answer "
        f"({least.replace('_', ' ')}); with the field hidden "
        f"{figures['masked']['centre']['agreement']:.1%}, with the margin hidden "
        f"{figures['masked']['margin']['agreement']:.1%}."
    )


def _noticed(scores: dict) -> str:
    shown = ", ".join(f"{CALLED[name]} {interval(of, 'auroc')}" for name, of in scores.items())
    best = max(scores, key=lambda name: scores[name]["auroc"])
    verdict = (
        f"best by {CALLED[best]}"
        if scores[best]["auroc_low"] > 0.5
        else "no evidence that any score notices"
    )
    passed = interval(scores[best], "fpr95")
    return finding(
        f"Does the network notice? AUROC against known test coins: {shown}; {verdict}, with which "
        f"{passed} of them still pass where 95 % of the known do",
        "a score, or a network, with an AUROC near 1",
    )


def _refused(scores: dict) -> str:
    best = max(scores, key=lambda name: scores[name]["auroc"])
    refused = scores[best]["threshold"]
    return (
        f"A threshold on {CALLED[best]} that accepts 95 % of the validation coins refuses "
        f"{interval(refused['unknown'], 'refused')} of the unknown coins and wrongly "
        f"{interval(refused['known'], 'refused')} of the known ones."
    )


def _far(far: dict) -> str:
    parts = []
    for name, scores in far.items():
        best = max(scores, key=lambda score: scores[score]["auroc"])
        worst = min(scores, key=lambda score: scores[score]["auroc"])
        parts.append(
            f"{name} {scores[best]['auroc']:.3f} by {CALLED[best]}, {scores[worst]['auroc']:.3f} by "
            f"{CALLED[worst]}"
        )
    return (
        f"The same scores on what is no coin of any mint, best and worst AUROC: {'; '.join(parts)}. A "
        "score that fails here says nothing of the mint."
    )


def _left_out(found: dict) -> str:
    parts = []
    for mint, of in found.items():
        best = max(of["scores"], key=lambda name: of["scores"][name]["auroc"])
        parts.append(
            f"{mint} unseen ({_answers(of)}; the network's balanced accuracy on the other two "
            f"{interval(of['known'], 'balanced_accuracy')}): AUROC "
            f"{interval(of['scores'][best], 'auroc')} by {CALLED[best]}"
        )
    return f"Each mint left out in turn: {'; '.join(parts)}."


def _minor(minor: dict) -> str:
    parts = [
        f"{mint} ({of['n']} coins: {_answers(of)}; nearer to {of['likeness']['nearer']}, "
        f"{p(of['likeness'].get('p_value', 1.0))}; at least {_least(of):.0%} keep their answer when "
        "turned or lit differently)"
        for mint, of in minor.items()
    ]
    return (
        f"Minor mints with three coins or more: {'; '.join(parts)}. With so few coins a permutation "
        "test can hardly reach significance: three groups allow no p below 0.25."
    )
