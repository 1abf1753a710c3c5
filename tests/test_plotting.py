"""Pictures: same bytes for the same content, nothing lost."""

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from mintmark import plotting


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    image = np.random.default_rng(0).integers(0, 255, (20, 30, 3)).astype(np.uint8)
    for name in ("a.png", "b.png"):
        figure = plotting.grid([image] * 3, ["x", "y", "z"], columns=2, title="title")
        plotting.save(figure, tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_grid_without_images_is_still_a_picture(tmp_path):
    plotting.save(plotting.grid([], [], columns=4, title="Nothing rejected"), tmp_path / "none.png")
    with Image.open(tmp_path / "none.png") as picture:
        assert picture.width > 50


def test_the_confusion_matrix_counts_every_coin():
    figure = plotting.confusion(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), ["A", "B"])
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["2\n67%", "1\n33%", "0\n0%", "1\n100%"]


def test_counts_are_sorted_and_labelled():
    figure = plotting.counts({"Sur": 3, "Misr": 251, "Barqa": 3}, "coins")
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["Barqa", "Sur", "Misr"]
    assert [text.get_text() for text in figure.axes[0].texts] == ["3", "3", "251"]


def test_error_bars_reach_from_low_to_high_and_never_backwards():
    """A bound rounded beyond its value gives a bar without length, which Matplotlib draws."""
    value, low, high = [0.5, 1 / 3], [0.4, 0.333334], [0.7, 0.333333]
    lengths = plotting.error_lengths(value, low, high)
    np.testing.assert_allclose(lengths, [[0.1, 0], [0.2, 0]])
    axis = Figure().subplots()
    bars = axis.errorbar([0, 1], value, yerr=lengths)
    (whiskers,) = bars[2]
    assert whiskers.get_segments()[0].tolist() == [[0, 0.4], [0, 0.7]]


def test_signs_that_no_font_has_are_said_once(tmp_path, capsys):
    figure = Figure()
    figure.suptitle("\U000f1234 \U000f1235 Misr")  # of private use: in no font
    plotting.save(figure, tmp_path / "a.png")
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert said.startswith("Warning: a.png shows boxes, as no font here has \U000f1234 \U000f1235;")
