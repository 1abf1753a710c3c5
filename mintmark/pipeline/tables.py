"""Reading tables that people wrote: CSV in UTF-8, every cell as text."""

from pathlib import Path
from typing import Literal

import pandas as pd

from mintmark.pipeline.stage import InputError


def read(path: Path, needed: str, header: Literal["infer"] | None) -> pd.DataFrame:
    """Read a CSV with every cell as text, stripped of blanks.

    needed: what the table must hold, for the error's sentence; header: "infer" where the first line
    names the columns, None where there is no such line. Raises InputError for a table that is
    missing, empty, in another encoding or no CSV.
    """
    try:
        table = pd.read_csv(
            path, header=header, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
    except FileNotFoundError:
        raise InputError(f"{path} is missing; put it there with {needed}.") from None
    except pd.errors.EmptyDataError:
        raise InputError(f"{path} is empty; it needs {needed}.") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 (byte {error.start}); save the table again as UTF-8."
        ) from None
    except pd.errors.ParserError as error:
        raise InputError(f"{path} can't be read as CSV: {str(error).strip()}.") from None
    return table.apply(lambda column: column.str.strip())
