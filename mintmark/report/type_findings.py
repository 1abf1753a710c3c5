"""What is known of coin types: how well they are told apart, how far to trust the predictions."""

from mintmark.report import network_findings
from mintmark.report.phrases import Details, Finding, hundred, interval


def write(transfer: Details) -> list[Finding]:
    """Write the findings about coin types. transfer: details of the stage transfer315."""
    guess = 1 / (transfer["classes"] - transfer["classes_without_test"])
    return [
        _accuracy(transfer),
        _frequency(transfer["by_frequency"]),
        _confusable(transfer["confusable"]),
        _calibration(transfer["calibration"]),
        network_findings.shortcuts(transfer["shortcuts"], guess, "type"),
    ]


def label_issues(labels: Details) -> list[Finding]:
    """Say how many labels should be checked. labels: details of the stage labels315."""
    return [
        Finding(
            f"{labels['suspected']} of {labels['checked']} labels should be looked at by a person: they "
            "may be wrong.",
            [
                "Models that never saw the photograph find the label unlikely; none is dropped or "
                "changed."
            ],
            "somebody who looks at the listed photographs and finds their labels right",
            "suspected.png",
        )
    ]


def photographs(features: Details) -> list[Finding]:
    """Say how many photographs there are. features: details of the stage features315."""
    photos, classes = features["photos"], features["classes"]
    skipped = ", ".join(f"{count} {reason}" for reason, count in photos["skipped"].items())
    parts = ", ".join(f"{count} {part}" for part, count in photos["parts"].items())
    return [
        Finding(
            f"{photos['used']} photographs of {classes['all']} coin types are used.",
            [
                f"By split: {parts}; skipped: {skipped or 'none'}; {photos['unlabelled']} more have no "
                "label.",
                f"{features['groups_across_parts']} groups of copies, or of coins from one photograph, "
                "are in more than one split.",
            ],
        )
    ]


def _accuracy(transfer: Details) -> Finding:
    return Finding(
        f"Of {transfer['classes']} coin types the network names {hundred(transfer['accuracy'])} in 100 "
        f"photographs correctly, and has {hundred(transfer['top5_accuracy'])} among its first five "
        "guesses.",
        [
            f"{transfer['n']} test photographs: balanced accuracy "
            f"{interval(transfer, 'balanced_accuracy')}; {interval(transfer, 'accuracy')} are correctly "
            "classified.",
            f"{interval(transfer, 'top3_accuracy')} are among the first three guesses, "
            f"{interval(transfer, 'top5_accuracy')} among the first five; the commonest type has "
            f"{transfer['majority_accuracy']:.3f}.",
            f"In folds of all {transfer['folds']['n']} photographs, each judged by a head that never saw its "
            f"group: balanced accuracy {interval(transfer['folds'], 'balanced_accuracy')}.",
        ],
        "photographs of the same types by other cameras on which these fall",
        "confused_pairs.png",
    )


def _frequency(kinds: Details) -> Finding:
    shown = []
    for kind, metrics in kinds.items():
        most = f"to {metrics['most']}" if "most" in metrics else "or more"
        shown.append(
            f"{kind} types ({metrics['least']} {most}) {interval(metrics, 'accuracy')} on "
            f"{metrics['n']} photographs"
        )
    ends = [kinds[kind] for kind in ("rare", "frequent") if kind in kinds]
    plain = "There is no evidence that types with few photographs to learn from are told apart less well."
    if len(ends) == 2 and ends[0]["accuracy_high"] < ends[1]["accuracy_low"]:
        rare, frequent = (hundred(metrics["accuracy"]) for metrics in ends)
        plain = (
            f"Types with few photographs to learn from are told apart less well: {rare} of 100 "
            f"photographs, {frequent} of types with many."
        )
    return Finding(
        plain,
        [f"Accuracy by how many training photographs a type has: {', '.join(shown)}."],
        "test photographs of the rare types on which these intervals trade places",
        "frequency.png",
    )


def _confusable(found: Details) -> Finding:
    if not found["groups"]:
        return Finding(
            "No evidence of confusable types: nowhere are two types taken for each other as often as "
            "they are correctly classified.",
            overturned_by="more photographs of the types that are mistaken most",
        )
    return Finding(
        f"{found['types']} types in {found['groups']} groups are confusable: to these models the types "
        "of a group look alike.",
        [
            "Who knows the group alone, and guesses its commonest type, is right for "
            f"{found['ceiling']:.3f}; the group is correctly classified for "
            f"{interval(found, 'group_accuracy')}."
        ],
        "a network that tells types of one group apart on photographs it never saw",
        "confusion.png",
    )


def _calibration(found: Details) -> Finding:
    plain = "There is no evidence that scaling makes the network's confidence more honest."
    if found["error"] < found["error_before"]:
        plain = (
            "Scaling helps to believe the network's confidence: it is "
            f"{hundred(found['error'])} in 100 off on average, before it was "
            f"{hundred(found['error_before'])}."
        )
    return Finding(
        plain,
        [
            f"Confidence and accuracy lie {found['error_before']:.3f} apart on average, "
            f"{found['error']:.3f} after scaling by the temperature {found['temperature']:.2f} chosen "
            "on the validation split."
        ],
        "photographs unlike these, on which confidence has not been checked",
        "calibration.png",
    )
