"""The review sheet: what is doubtful, the most doubtful first, as rows of corrections.csv to fill in."""

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image

from mintmark.data import corrections
from mintmark.images import decoding
from mintmark.images.reasons import REASONS
from mintmark.report import templates

COLUMNS = ["id", "from", "doubt", "reasons", "suggested"]
AS_WRITTEN = {
    "doubtful": "the label is written as doubtful",
    "contradictory_rows": "the table has several mints for it",
}
HEIGHT, QUALITY = 112, 80  # of thumbnails: pixels, and JPEG's quality


@dataclass(frozen=True)
class Sheet:
    """What is doubtful of a data set."""

    name: str
    heading: str
    folder: str  # where its corrections.csv belongs
    rows: pd.DataFrame  # by COLUMNS
    files: Mapping[str, Sequence[Path]]  # the photographs of each row, by its id
    shown: str  # what these show
    labels: Sequence[str]  # that are offered as the right ones


def of_mints(
    labels: pd.DataFrame, judged: pd.DataFrame, wrong: pd.DataFrame, rejected: pd.DataFrame
) -> pd.DataFrame:
    """The doubtful coins by COLUMNS, one row for each label as written, the most doubtful first.

    labels: columns id, written and reason, as `organize` leaves them; judged: the test coins, as
    `assessment.judged` gives them; wrong: the coins of cross-validation that `summary.always_wrong`
    gives; rejected: photographs, columns id, side and reason. doubt is how far a network that never saw
    the coin holds another mint for the true one, 0 to 1; NaN where none was asked.
    """
    test = _judged(judged[judged["taught"]])
    found = pd.concat([test, _always_wrong(wrong, labels), _rejected(rejected), _written(labels)])
    coins = found.groupby("id").agg(doubt=("doubt", "max"), reasons=("reasons", _listed))
    written = labels[["id", "written"]].drop_duplicates().rename(columns={"written": "from"})
    return _sorted(written.merge(coins.reset_index(), on="id").assign(suggested=""))


def of_types(suspected: pd.DataFrame) -> pd.DataFrame:
    """The label issues by COLUMNS, the most doubtful first. suspected: see `label_issues.suspected`."""
    rows = suspected.rename(columns={"Id": "id", "Class": "from"})
    reasons = "models that never saw the photograph find the label unlikely"
    return _sorted(rows.assign(doubt=1 - rows["quality"], reasons=reasons))


def to_fill_in(doubtful: pd.DataFrame) -> pd.DataFrame:
    """Rows of corrections.csv without what a person decides. doubtful: by COLUMNS."""
    return doubtful[["id", "from"]].reindex(columns=corrections.ALL, fill_value="")


def page(sheets: Sequence[Sheet]) -> str:
    """Lay out the review sheets, their pictures embedded."""
    files = {
        file for sheet in sheets for id in sheet.rows["id"] for file in sheet.files.get(id, ())
    }
    return templates.render(
        "review.html.j2",
        sheets=sheets,
        columns=corrections.ALL,
        file=corrections.FILE,
        pictures=thumbnails(sorted(files)),
    )


def thumbnails(files: Iterable[Path]) -> dict[Path, str]:
    """Small pictures of photographs as data URIs, "" for one that is missing or can't be decoded."""
    files = list(files)
    with ThreadPoolExecutor() as threads:
        return dict(zip(files, threads.map(_thumbnail, files), strict=True))


def _judged(judged: pd.DataFrame) -> pd.DataFrame:
    """Test coins that the network names otherwise, calls unknown, or has several answers for."""
    size = judged.filter(like="size_").iloc[:, 0].astype(int)
    other = judged["predicted"] != judged["actual"]
    said = zip(
        ("the network says " + judged["predicted"]).where(other, ""),
        judged["unknown"].map({True: "unlike anything learnt", False: ""}),
        ("several mints are possible (" + size.astype(str) + ")").where(size > 1, ""),
        strict=True,
    )
    probability = judged["probability"]
    table = judged[["id"]].assign(
        doubt=probability.where(other, 1 - probability),
        reasons=["; ".join(filter(None, reasons)) for reasons in said],
    )
    return table[table["reasons"] != ""]


def _always_wrong(wrong: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Coins that cross-validation never names as they are labelled.

    It may have been of another collection: coins without this id and this mint are left out.
    """
    rows = wrong.merge(labels[["id", "mint"]], left_on=["id", "actual"], right_on=["id", "mint"])
    reasons = "cross-validation always names it " + rows["predicted"]
    return rows[["id"]].assign(doubt=rows["confidence"], reasons=reasons)


def _listed(reasons: pd.Series) -> str:
    """Reasons, each once: a coin may be asked about by the networks of two mints and of three."""
    return "; ".join(dict.fromkeys(reasons))


def _rejected(rejected: pd.DataFrame) -> pd.DataFrame:
    reasons = "the " + rejected["side"] + " " + rejected["reason"].map(REASONS)
    return rejected[["id"]].assign(doubt=float("nan"), reasons=reasons)


def _written(labels: pd.DataFrame) -> pd.DataFrame:
    rows = labels[labels["reason"].isin(AS_WRITTEN.keys())].drop_duplicates("id")
    reasons = rows["reason"].map(AS_WRITTEN)
    return rows[["id"]].assign(doubt=float("nan"), reasons=reasons)


def _sorted(rows: pd.DataFrame) -> pd.DataFrame:
    ordered = rows.sort_values(["doubt", "id"], ascending=[False, True], na_position="last")
    return ordered.reset_index(drop=True)


def _thumbnail(file: Path) -> str:
    photograph = decoding.decode(file)
    if photograph is None:
        return ""
    small, buffer = Image.fromarray(photograph), io.BytesIO()
    small.thumbnail((2 * HEIGHT, HEIGHT))
    small.save(buffer, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
