"""Whether doubt means what it says: do sets hold the truth, and are unknown coins refused?"""

import numpy as np
import pandas as pd

from mintmark.data.coins import CoinSet
from mintmark.identification import calibration
from mintmark.identification.calibration import Calibration
from mintmark.open_set.scores import Known, Output
from mintmark.stats import intervals


def judged(
    output: Output,
    coins: CoinSet,
    known: Known,
    calibrated: Calibration,
    confidences: list[float],
) -> pd.DataFrame:
    """What is said of coins whose mint is known to us, be it one of `coins.names` or not.

    Columns id, group, actual, taught (whether the network knows that mint), predicted, probability,
    unknown, and for each confidence `holds_90` and `size_90`: whether the set holds the truth, and of
    how many answers it consists.
    """
    targets, names = coins.targets, np.array(coins.names)
    table = coins.table[["id", "group"]].reset_index(drop=True)
    table["actual"] = coins.table["mint"].to_numpy()
    table["taught"] = targets >= 0
    for confidence in confidences:
        found = calibration.judge(output, known, calibrated, confidence)
        table["predicted"] = names[found.answers]
        table["probability"] = found.probabilities.max(axis=1)
        table["unknown"] = found.unknown
        holds = found.sets[np.arange(len(table)), np.maximum(targets, 0)] & (targets >= 0)
        table[f"holds_{percent(confidence)}"] = holds
        table[f"size_{percent(confidence)}"] = found.sets.sum(axis=1)
    return table


def percent(confidence: float) -> str:
    """A confidence as columns are named by it: 0.9 is 90."""
    return f"{100 * confidence:g}"


def assess(table: pd.DataFrame, confidences: list[float]) -> dict:
    """The metrics of what `judged` said of coins.

    `sets` by confidence: coverage (share of the coins whose set holds the truth, with its interval),
    size (mean number of answers), and both by mint. `refused`: the share called unknown, of coins of
    known mints (wrongly) and of each mint that the network never saw (rightly); a coin that several
    networks judged counts by the share of them.
    """
    taught = table[table["taught"]]
    return {
        "n": len(taught),
        "sets": {percent(level): _sets(taught, percent(level)) for level in confidences},
        "refused": {
            "known": _refused(taught),
            "unknown": _refused(table[~table["taught"]]),
            "by_mint": {
                mint: _refused(rows) for mint, rows in table[~table["taught"]].groupby("actual")
            },
        },
    }


def risk(table: pd.DataFrame) -> pd.DataFrame:
    """Risk against coverage: columns coverage, risk (El-Yaniv & Wiener 2010, "Selective Classification").

    The coins of known mints are answered from the surest on; risk is the share of wrong answers.
    """
    taught = table[table["taught"]].sort_values("probability", ascending=False, kind="stable")
    wrong = (taught["actual"] != taught["predicted"]).to_numpy()
    answered = np.arange(1, len(wrong) + 1)
    return pd.DataFrame({"coverage": answered / len(wrong), "risk": wrong.cumsum() / answered})


def _sets(taught: pd.DataFrame, level: str) -> dict:
    holds, size = taught[f"holds_{level}"], taught[f"size_{level}"]
    mints = taught.groupby("actual")
    return {
        **intervals.share("coverage", int(holds.sum()), len(holds)),
        "size": size.mean(),
        "coverage_by_mint": mints[f"holds_{level}"].mean().to_dict(),
        "size_by_mint": mints[f"size_{level}"].mean().to_dict(),
    }


def _refused(rows: pd.DataFrame) -> dict[str, float]:
    """The share of coins that are called unknown, and how many coins there are."""
    shares = rows.groupby("id")["unknown"].mean()
    return {"refused": float(shares.mean()) if len(shares) else 0.0, "n": len(shares)}
