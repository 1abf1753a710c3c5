"""What the mint data are: coins, photographs, split and corrections, in sentences."""

from mintmark.report.phrases import Details, Finding


def coins(organize: Details) -> list[Finding]:
    """Say how many coins can be used, and which labels were corrected. organize: its details."""
    counts, photos = organize["coins"], organize["photos"]
    used = Finding(
        f"{counts['organized']} of {counts['listed']} listed coins can be used.",
        [
            "They have a usable label and a photograph. "
            f"Coins left out: {_reasons(counts['skipped'])}.",
            f"Photographs left out: {_reasons(photos['skipped'])}, of {photos['found']}.",
        ],
        picture="mints.png",
    )
    return [used, *corrected(organize)]


def photographs(clean: Details) -> list[Finding]:
    """Say how many photographs can be used. clean: details of the stage."""
    photos, copies = clean["photos"], clean["duplicates"]
    return [
        Finding(
            f"{photos['kept']} of {photos['read']} photographs can be used.",
            [
                f"Rejected: {_reasons(photos['rejected'])}.",
                f"{copies['exact']} are exact and {copies['near']} near duplicates of another.",
            ],
            picture="crops.png",
        )
    ]


def split(counts: Details) -> list[Finding]:
    """Say whether groups stay together. counts: metrics/split.json."""
    crossing = counts["groups_across_parts"]
    plain = "No coin is tested of which a copy, or another coin of its die, was learnt from."
    if crossing:
        plain = f"{crossing} groups of copies, or of coins from one die, are both learnt from and tested."
    parts = ", ".join(f"{count} {part}" for part, count in counts["coins"].items())
    return [
        Finding(
            plain,
            [
                f"{crossing} groups of duplicates or of coins from one die are in more than one split; "
                f"coins: {parts}."
            ],
        )
    ]


def corrected(details: Details) -> list[Finding]:
    """Say which labels somebody corrected, if anybody did.

    details: of the stage organize or features315; `corrections` lists them, each with its outcome.
    """
    asked = details["corrections"]
    if not asked:
        return []
    applied = sum(row["outcome"] == "applied" for row in asked)
    return [
        Finding(
            f"{applied} of {len(asked)} corrections of labels were applied.",
            [
                f"{row['id']}: {row['from']} → {row['to']}"
                f"{_said(row)}; {row['outcome'].replace('_', ' ')}."
                for row in asked
            ],
        )
    ]


def _said(row: dict[str, str]) -> str:
    """Who corrected a label, when and why, as far as it is told."""
    said = ", ".join(row[name] for name in ("who", "when", "why") if row[name])
    return f" ({said})" if said else ""


def _reasons(counts: dict[str, int]) -> str:
    said = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in counts.items())
    return said or "none"
