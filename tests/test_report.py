"""The report is one self-contained page."""

import json

import numpy as np
import pytest

from mintmark import figures, paths, report
from mintmark.stage import InputError

SECTION = report.Section("mask", "Masks", "What is lost <when hidden>?", {"curve.png": "A curve"})


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    image = np.zeros((8, 8, 3), np.uint8)
    figures.save(figures.grid([image], ["one"], 1, "title"), paths.plots("mask") / "curve.png")
    paths.metrics("mask").parent.mkdir()
    paths.metrics("mask").write_text(json.dumps({"n": 3, "centre": {"drop": 0.25}}))
    return tmp_path


def test_pictures_and_figures_are_in_the_page_itself(project):
    page = report.page([SECTION], report.metrics(["mask"]), "# Conclusions\n\n- One.\n")
    assert 'src="data:image/webp;base64,' in page
    assert "<td>centre.drop</td><td>0.25</td>" in page
    assert "<p>One.</p>" in page
    assert "&lt;when hidden&gt;" in page
    assert "http" not in page


def test_a_missing_picture_is_named(project):
    (paths.plots("mask") / "curve.png").unlink()
    with pytest.raises(InputError, match="plots/mask/curve.png is missing"):
        report.page([SECTION], {}, "")


def test_missing_metrics_are_named(project):
    with pytest.raises(InputError, match="metrics/train9.json is missing"):
        report.metrics(["train9"])


def test_the_report_does_not_ask_for_pictures_that_there_is_nothing_to_draw_for():
    pictures = {report.POINTING: "Scored", "gallery.png": "Coins", report.HEADS: "Compared"}
    section = report.Section("gradcam", "Heat", "Where?", pictures)

    def drawn(truth, heads):
        figures = {"gradcam": truth, "transfer315": {"heads": heads}}
        first, second = report.available([SECTION, section], figures)
        assert first == SECTION
        return list(second.pictures)

    assert drawn({}, {"recipe": 1}) == ["gallery.png"]
    assert drawn({"truth": {}}, {"recipe": 1}) == [report.POINTING, "gallery.png"]
    assert drawn({}, {"recipe": 1, "mean": 2}) == ["gallery.png", report.HEADS]
