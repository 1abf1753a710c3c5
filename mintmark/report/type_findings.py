"""What the figures say of coin types: how well they are told apart, and how far to trust the answers."""

from mintmark.coin_types.evaluation import between
from mintmark.report.phrases import finding, interval


def write(transfer: dict, labels: dict) -> list[str]:
    """Write the findings of the coin types, as sentences.

    transfer, labels: the content of metrics/transfer315.json and of metrics/labels315.json.
    """
    return [_told_apart(transfer), _frequency(transfer), _alike(transfer), _confidence(transfer),
            _labels(labels)]  # fmt: skip


def _told_apart(transfer: dict) -> str:
    return finding(
        f"Of {transfer['n']} test photographs of {transfer['classes']} coin types, balanced accuracy "
        f"{interval(transfer, 'balanced_accuracy')}; {interval(transfer, 'accuracy')} are named "
        f"rightly, {interval(transfer, 'top3_accuracy')} are among the first three guesses and "
        f"{interval(transfer, 'top5_accuracy')} among the first five; the commonest type has "
        f"{transfer['majority_accuracy']:.3f}",
        "photographs of the same types by other cameras on which these fall",
    )


def _frequency(transfer: dict) -> str:
    kinds = transfer["by_frequency"]
    shown = ", ".join(
        f"{kind} types ({between(of)}) {interval(of, 'accuracy')} on {of['n']} photographs"
        for kind, of in kinds.items()
    )
    ends = [kinds[kind] for kind in ("rare", "frequent") if kind in kinds]
    apart = len(ends) == 2 and ends[0]["accuracy_high"] < ends[1]["accuracy_low"]
    verdict = (
        "types with few photographs are told apart less well"
        if apart
        else "no evidence that types with few photographs are told apart less well"
    )
    return finding(
        f"Accuracy by how many training photographs a type has: {shown}; {verdict}",
        "test photographs of the rare types on which these intervals trade places",
    )


def _alike(transfer: dict) -> str:
    same = transfer["alike"]
    if not same["groups"]:
        return finding(
            "No evidence of types that can't be told apart: nowhere are two types taken for each "
            "other as often as they are named rightly",
            "more photographs of the types that are mistaken most",
        )
    return finding(
        f"{same['types']} types in {same['groups']} groups can't be told apart by these models; who "
        f"knows the group alone, and names its commonest type, is right for {same['ceiling']:.3f}, "
        f"and the group is named rightly for {interval(same, 'group_accuracy')}",
        "a network that tells types of one group apart on photographs it never saw",
    )


def _confidence(transfer: dict) -> str:
    of = transfer["calibration"]
    better = of["error"] < of["error_before"]
    return finding(
        f"Confidence and accuracy lie {of['error_before']:.3f} apart on average, "
        f"{of['error']:.3f} after scaling by the temperature {of['temperature']:.2f} chosen on the "
        f"validation part; {'scaling helped' if better else 'no evidence that scaling helped'}",
        "photographs unlike these, on which confidence has not been checked",
    )


def _labels(labels: dict) -> str:
    return finding(
        f"{labels['suspected']} of {labels['checked']} labels are unlikely to models that never saw "
        "the photograph, and are listed to be checked; none is dropped or changed",
        "somebody who looks at the listed photographs and finds their labels right",
    )
