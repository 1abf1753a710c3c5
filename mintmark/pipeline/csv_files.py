"""CSV files that stages write and read back: what is text stays text, and no cell is a formula.

A text that a spreadsheet would calculate is written behind an apostrophe, and read without it.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

TEXT = (  # columns that hold text, whatever it looks like
    "id", "mint", "side", "path", "part", "reason", "file", "detail", "Id", "Class", "actual",
    "predicted", "suggested", "example", "first", "second",
)  # fmt: skip
FORMULA = re.compile(r"'*[=+\-@\t]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def write(table: pd.DataFrame, path: Path, **options: Any) -> None:
    """Write a table as CSV, without its index. options: of `pandas.DataFrame.to_csv`."""
    inert(table).to_csv(path, index=False, **options)


def read(path: Path, text: Iterable[str] = TEXT) -> pd.DataFrame:
    """Read what `write` wrote; text: columns that are text, in which a mint NA is a name."""
    names = list(pd.read_csv(path, nrows=0, dtype=str))
    told = [name for name in names if name in set(text)]
    table = pd.read_csv(
        path,
        dtype=dict.fromkeys(told, str),
        keep_default_na=False,
        na_values={name: [""] for name in names if name not in told},
    )
    return table.assign(**{name: table[name].map(as_it_was) for name in told})


def inert(table: pd.DataFrame) -> pd.DataFrame:
    """A table in which no text is a formula to a spreadsheet; plain numbers stay as they are."""
    whole = table.copy()
    for place, kind in enumerate(table.dtypes):  # by their places: names may be there twice
        if not is_numeric_dtype(kind):
            whole.isetitem(place, table.iloc[:, place].map(_inert))
    return whole.rename(columns=_inert)


def _inert(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")  # which pandas does not quote
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def as_it_was(value: str) -> str:
    """A text before `write` made it inert."""
    return value[1:] if value.startswith("'") and FORMULA.match(value) else value
