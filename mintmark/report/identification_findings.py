"""How far the answers of `mintmark identify` are to be believed, in sentences."""

from mintmark.report.phrases import Details, Finding, hundred, interval

VIEWS = {"both": "both sides", "obverse": "the obverse alone", "reverse": "the reverse alone"}


def write(identify: Details) -> list[Finding]:
    """Write the findings of the stage identify. identify: its details."""
    both = identify["views"]["both"]
    found = [
        _sets(both, identify["confidence"]),
        _refused(both["refused"]),
        _views(identify["views"]),
    ]
    if identify["similar"]["features"]["taught"]["n"]:
        found.append(_similar(identify["similar"]))
    return found


def _sets(both: Details, promised: float) -> Finding:
    (sets,) = both["sets"].values()
    less = ", fewer than promised" if sets["coverage_high"] < promised else ""
    plain = (
        f"Its sets of answers, promised to hold the true mint of {hundred(promised)} in 100 coins, hold "
        f"that of {hundred(sets['coverage'])}{less}."
    )
    by_mint = ", ".join(f"{mint} {share:.3f}" for mint, share in sets["coverage_by_mint"].items())
    return Finding(
        plain,
        [
            f"{both['n']} test coins: coverage {interval(sets, 'coverage')} with {sets['size']:.2f} "
            "answers in a set on average.",
            f"By mint: {by_mint}; the promise is for coins on average, not for each mint.",
        ],
        "coins unlike the validation coins, of which the sets hold the truth less often",
        "sets.png",
    )


def _refused(refused: Details) -> Finding:
    unknown, known = refused["unknown"], refused["known"]
    by_mint = ", ".join(
        f"{mint} {found['refused']:.3f} of {found['n']}"
        for mint, found in refused["by_mint"].items()
    )
    return Finding(
        f"Of 100 coins of mints that it was never taught it calls {hundred(unknown['refused'])} unknown, "
        f"and wrongly {hundred(known['refused'])} of 100 of those it was.",
        [
            f"{unknown['refused']:.3f} of {unknown['n']} coins, and {known['refused']:.3f} of "
            f"{known['n']}.",
            f"By mint: {by_mint or 'none'}.",
        ],
    )


def _views(views: Details) -> Finding:
    right = ", ".join(
        f"{hundred(views[view]['accuracy'])} by {name}" for view, name in VIEWS.items()
    )
    return Finding(
        f"Of 100 coins it names {right} correctly.",
        [f"{views['both']['n']} test coins, each shown in three ways."],
        picture="views.png",
    )


def _similar(similar: Details) -> Finding:
    found, hashed = similar["features"]["taught"], similar["hash"]["taught"]
    never = similar["features"]["never_taught"]
    others = f"recall at 1 {never['recall_at_1']:.3f}" if never["n"] else "none that count"
    return Finding(
        f"Of 100 coins {hundred(found['recall_at_1'])} find a coin of their own mint as the most similar "
        f"one of other dies; by chance {hundred(found['chance'])} would.",
        [
            f"Recall among the first 1, 5 and 10: {found['recall_at_1']:.3f}, "
            f"{found['recall_at_5']:.3f}, {found['recall_at_10']:.3f} of {found['n']} coins; mean average "
            f"precision {found['mean_average_precision']:.3f}.",
            f"By perceptual hash: recall at 1 {hashed['recall_at_1']:.3f}.",
            f"Coins of mints never taught ({never['n']}): {others}.",
        ],
        picture="similar.png",
    )
