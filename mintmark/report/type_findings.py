"""What is known of coin types: how well they are told apart, how far to trust the predictions."""

from mintmark.report import network_findings
from mintmark.report.phrases import Details, finding, interval


def write(transfer: Details, labels: Details) -> list[str]:
    """Write the findings about coin types.

    transfer, labels: details of the stages transfer315 and labels315.
    """
    guess = 1 / (transfer["classes"] - transfer["classes_without_test"])
    return [
        _accuracy(transfer),
        _frequency(transfer["by_frequency"]),
        _confusable(transfer["confusable"]),
        _calibration(transfer["calibration"]),
        _label_issues(labels),
        network_findings.shortcuts(transfer["shortcuts"], guess),
    ]


def _accuracy(transfer: Details) -> str:
    return finding(
        f"Of {transfer['n']} test photographs of {transfer['classes']} coin types, balanced "
        f"accuracy {interval(transfer, 'balanced_accuracy')}; {interval(transfer, 'accuracy')} are "
        f"correctly classified, {interval(transfer, 'top3_accuracy')} are among the first three "
        f"guesses and {interval(transfer, 'top5_accuracy')} among the first five; the commonest "
        f"type has {transfer['majority_accuracy']:.3f}; in folds of all {transfer['folds']['n']} "
        f"photographs, each judged by a head that never saw its group, balanced accuracy "
        f"{interval(transfer['folds'], 'balanced_accuracy')}",
        "photographs of the same types by other cameras on which these fall",
    )


def _frequency(kinds: Details) -> str:
    shown = []
    for kind, metrics in kinds.items():
        most = f"to {metrics['most']}" if "most" in metrics else "or more"
        shown.append(
            f"{kind} types ({metrics['least']} {most}) {interval(metrics, 'accuracy')} on "
            f"{metrics['n']} photographs"
        )
    ends = [kinds[kind] for kind in ("rare", "frequent") if kind in kinds]
    apart = len(ends) == 2 and ends[0]["accuracy_high"] < ends[1]["accuracy_low"]
    verdict = "types with few photographs are told apart less well"
    return finding(
        f"Accuracy by how many training photographs a type has: {', '.join(shown)}; "
        f"{verdict if apart else f'no evidence that {verdict}'}",
        "test photographs of the rare types on which these intervals trade places",
    )


def _confusable(found: Details) -> str:
    if not found["groups"]:
        return finding(
            "No evidence of confusable types: nowhere are two types taken for each other as often "
            "as they are correctly classified",
            "more photographs of the types that are mistaken most",
        )
    return finding(
        f"{found['types']} types in {found['groups']} groups are confusable to these models; who "
        "knows the group alone, and guesses its commonest type, is right for "
        f"{found['ceiling']:.3f}, and the group is correctly classified for "
        f"{interval(found, 'group_accuracy')}",
        "a network that tells types of one group apart on photographs it never saw",
    )


def _calibration(found: Details) -> str:
    better, verdict = found["error"] < found["error_before"], "scaling helped"
    return finding(
        f"Confidence and accuracy lie {found['error_before']:.3f} apart on average, "
        f"{found['error']:.3f} after scaling by the temperature {found['temperature']:.2f} chosen "
        f"on the validation split; {verdict if better else f'no evidence that {verdict}'}",
        "photographs unlike these, on which confidence has not been checked",
    )


def _label_issues(labels: Details) -> str:
    return finding(
        f"{labels['suspected']} of {labels['checked']} labels are listed as label issues, to be "
        "checked: models that never saw the photograph find them unlikely; none is dropped or "
        "changed",
        "somebody who looks at the listed photographs and finds their labels right",
    )
