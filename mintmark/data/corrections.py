"""Corrections of labels, in a table beside the data: the data themselves are never changed."""

from pathlib import Path

import pandas as pd

from mintmark.pipeline import csv_files, tables
from mintmark.pipeline.stage import InputError

FILE = "corrections.csv"
NEEDED = ["id", "from", "to"]
ALL = [*NEEDED, "who", "when", "why"]
APPLIED, OTHER_LABEL, NO_ID = "applied", "has_another_label", "no_such_id"


def read(folder: Path) -> pd.DataFrame:
    """The corrections in a folder, in their order: columns ALL, text; none where there is no such file.

    Rows without `to` are left out: nobody has decided them yet. Raises InputError when the table has
    not the columns id, from and to.
    """
    path = folder / FILE
    if not path.exists():
        return pd.DataFrame(columns=ALL, dtype=str)
    table = tables.spreadsheet(path)
    found = {name: tables.column(path, table, name) for name in ALL}
    missing = [name for name in NEEDED if found[name] is None]
    if missing:
        raise InputError(
            f"{path} has no column {missing[0]!r}; it needs id, from and to (who, when, why are welcome)."
        )
    rows = pd.DataFrame({name: table[of] if of else "" for name, of in found.items()})
    return rows[rows["to"] != ""].reset_index(drop=True).map(csv_files.as_it_was)


def apply(
    labelled: pd.DataFrame, corrections: pd.DataFrame, *, key: str, label: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labels with corrections applied, one after the other, and what became of each correction.

    labelled: the columns `key` (ids) and `label`, text. A correction applies to the rows of its id that
    are labelled as it says in `from`. Returns a corrected copy, and the corrections with the column
    outcome: APPLIED, OTHER_LABEL or NO_ID.
    """
    corrected, outcomes = labelled.copy(), []
    for coin, before, after in corrections[NEEDED].itertuples(index=False):
        of_coin = corrected[key] == coin
        rows = of_coin & (corrected[label] == before)
        corrected.loc[rows, label] = after
        outcomes.append(APPLIED if rows.any() else OTHER_LABEL if of_coin.any() else NO_ID)
    return corrected, corrections.assign(outcome=outcomes)


def told(corrections: pd.DataFrame) -> list[dict[str, str]]:
    """Each correction with its outcome, to be told to a reader. corrections: see `apply`."""
    return [{str(k): v for k, v in row.items()} for row in corrections.to_dict("records")]


def warning(corrections: pd.DataFrame) -> str:
    """What a person must know of corrections that did not apply; "" where all did."""
    idle = corrections[corrections["outcome"] != APPLIED]
    if idle.empty:
        return ""
    named = ", ".join(f"{row.id} ({row.outcome})" for row in idle.itertuples())
    return f"Warning: {len(idle)} of {len(corrections)} corrections change nothing: {named}."
