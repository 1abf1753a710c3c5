"""The report is one self-contained page."""

import json

import numpy as np
import pytest

from mintmark import plotting
from mintmark.pipeline import paths
from mintmark.report import page
from mintmark.pipeline.stage import InputError

SECTION = page.Section("mask", "Masks", "What is lost <when hidden>?", {"curve.png": "A curve"})


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    image = np.zeros((8, 8, 3), np.uint8)
    plotting.save(plotting.grid([image], ["one"], 1, "title"), paths.plots("mask") / "curve.png")
    paths.metrics("mask").parent.mkdir()
    paths.metrics("mask").write_text(json.dumps({"n": 3, "centre": {"drop": 0.25}}))
    return tmp_path


def test_pictures_and_figures_are_in_the_page_itself(project):
    page = page.page([SECTION], page.metrics(["mask"]), "# Conclusions\n\n- One.\n")
    assert 'src="data:image/webp;base64,' in page
    assert "<td>centre.drop</td><td>0.25</td>" in page
    assert "<p>One.</p>" in page
    assert "&lt;when hidden&gt;" in page
    assert "http" not in page


def test_a_missing_picture_is_named(project):
    (paths.plots("mask") / "curve.png").unlink()
    with pytest.raises(InputError, match="plots/mask/curve.png is missing"):
        page.page([SECTION], {}, "")


def test_missing_metrics_are_named(project):
    with pytest.raises(InputError, match="metrics/train9.json is missing"):
        page.metrics(["train9"])


def test_the_report_does_not_ask_for_pictures_that_there_is_nothing_to_draw_for():
    pictures = {page.POINTING: "Scored", "gallery.png": "Coins", page.HEADS: "Compared"}
    section = page.Section("gradcam", "Heat", "Where?", pictures)

    def drawn(truth, heads):
        figures = {"gradcam": truth, "transfer315": {"heads": heads}}
        first, second = page.available([SECTION, section], figures)
        assert first == SECTION
        return list(second.pictures)

    assert drawn({}, {"recipe": 1}) == ["gallery.png"]
    assert drawn({"truth": {}}, {"recipe": 1}) == [page.POINTING, "gallery.png"]
    assert drawn({}, {"recipe": 1, "mean": 2}) == ["gallery.png", page.HEADS]
