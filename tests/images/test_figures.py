"""Contact sheets: every photograph under its title, whole and undistorted."""

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mintmark.images import figures
from mintmark.pipeline.stage import InputError


@pytest.fixture
def photographs(tmp_path):
    """Three files, one of them broken, and their manifest."""
    wide = np.full((40, 80, 3), (200, 30, 40), np.uint8)
    Image.fromarray(wide).save(tmp_path / "wide.png")
    Image.fromarray(wide[:, :40]).save(tmp_path / "square.png")
    (tmp_path / "broken.png").write_bytes(b"")
    table = pd.DataFrame({"path": ["wide.png", "square.png", "broken.png"]})
    table["id"] = ["1", "1", "2"]
    table["side"] = ["obverse", "reverse", "obverse"]
    table["reason"] = ["blank", "blurred", "broken"]
    return table.assign(mint="Misr"), tmp_path


def shown(figure):
    return [np.asarray(axis.images[0].get_array()) for axis in figure.axes if axis.images]


def test_rejected_photographs_are_shown_whole_and_a_broken_one_is_grey(photographs):
    table, folder = photographs
    figure = figures.rejected_sheet(table, 7, folder)
    wide, square, broken = shown(figure)
    red = (wide[..., 0] == 200) & (wide[..., 1] == 30)
    rows, columns = np.nonzero(red)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (figures.FRAME // 2, figures.FRAME)
    assert abs(rows.mean() - (figures.FRAME - 1) / 2) <= 0.5
    assert (square == (200, 30, 40)).all()
    assert (broken == figures.GREY).all()
    assert figure.get_suptitle() == "Rejected photographs (7)"
    titles = [axis.get_title() for axis in figure.axes[:3]]
    assert titles == ["1 obverse\nblank", "1 reverse\nblurred", "2 obverse\nbroken"]


def test_crops_are_shown_with_their_mint(photographs):
    table, folder = photographs
    figure = figures.crops_sheet(table.iloc[1:2], folder)
    (crop,) = shown(figure)
    np.testing.assert_array_equal(crop[..., ::-1], cv2.imread(str(folder / "square.png")))
    assert figure.axes[0].get_title() == "1 reverse\nMisr"
    with pytest.raises(InputError, match="broken.png can't be read"):
        figures.crops_sheet(table.iloc[2:], folder)
