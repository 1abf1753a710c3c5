"""Answers as files: CSV, a workbook with pictures, JSON, and heat on the coins."""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.drawing.image import Image as Picture
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from PIL import Image

from mintmark.explain.figures import overlay
from mintmark.pipeline import archives, csv_files

THUMB = 96  # pixels, height of the pictures in a workbook
POINTS = 0.75  # of a pixel, in which a workbook measures the height of rows
WIDE = 30  # characters, width of the columns with pictures
PICTURES = ("coin", "heat", "likeness")
PROPERTIES = "docProps/core.xml"  # of a workbook
TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def as_csv(table: pd.DataFrame, path: Path) -> None:
    """Write answers as CSV, UTF-8."""
    with _whole(path) as beside:
        csv_files.write(table, beside)


def as_json(table: pd.DataFrame, probabilities: pd.DataFrame, path: Path) -> None:
    """Write answers as JSON, one object a coin, each with the probabilities of all classes.

    probabilities: row by row with the table; NaN where there is no answer.
    """
    said = [
        {**row, "probabilities": {} if chances.isna().any() else chances.round(6).to_dict()}
        for row, (_, chances) in zip(
            table.to_dict(orient="records"), probabilities.iterrows(), strict=True
        )
    ]
    with _whole(path) as beside:
        beside.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def as_picture(image: np.ndarray, path: Path) -> None:
    """Write a picture (H,W,3), uint8, as PNG."""
    with _whole(path) as beside:
        Image.fromarray(image).save(beside, "PNG")


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A place beside a file to write to, which takes the file's name once all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.partial")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def pictures(image: np.ndarray, *heats: np.ndarray) -> dict[str, np.ndarray]:
    """A coin as the network sees it, and under each heat (H,W), by PICTURES: uint8 (H,W,3)."""
    return dict(zip(PICTURES, [image, *(overlay(image, heat) for heat in heats)], strict=False))


def heat_file(coin: str, taken: set[str]) -> str:
    """A file name for the picture of a coin, whatever its id, that is none of those taken."""
    plain = re.sub(r"[^\w.,-]+", "_", coin).strip(".") or "coin"
    name, number = plain, 2
    while name.casefold() in taken:
        name, number = f"{plain}-{number}", number + 1
    taken.add(name.casefold())
    return f"{name}.png"


def as_workbook(
    table: pd.DataFrame, pictures: dict[str, dict[int, np.ndarray]], path: Path
) -> None:
    """Write answers as XLSX, with pictures of each coin in the last columns; the same bytes each time.

    pictures: by column's name, thumbnails by row.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = "coins"
    table = csv_files.inert(table)
    sheet.append([*table.columns, *pictures])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in table.itertuples(index=False):
        sheet.append(list(row))
    for number, images in enumerate(pictures.values(), len(table.columns) + 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = WIDE
        for row, image in images.items():
            sheet.add_image(_embedded(image), f"{letter}{row + 2}")
            sheet.row_dimensions[row + 2].height = THUMB * POINTS
    sheet.freeze_panes = "B2"
    with tempfile.TemporaryDirectory() as folder, _whole(path) as beside:
        dated = Path(folder) / "dated.xlsx"
        book.save(dated)
        archives.undated(dated, beside, _undated)


def _undated(name: str, content: bytes) -> bytes:
    """An entry of a workbook; what it says of the time of writing is the same each time."""
    if name != PROPERTIES:
        return content
    return TIME.sub(f"{archives.EPOCH:%Y-%m-%dT%H:%M:%SZ}".encode(), content)


def thumbnail(image: np.ndarray) -> np.ndarray:
    """A small copy of a picture (H,W,3), as the workbook shows it: uint8."""
    across = round(image.shape[1] * THUMB / image.shape[0])
    return cv2.resize(image, (across, THUMB), interpolation=cv2.INTER_AREA)


def _embedded(image: np.ndarray) -> Picture:
    content = BytesIO()
    Image.fromarray(image).save(content, "PNG")
    return Picture(content)
