"""The report is one self-contained page, quickly made."""

import ast
import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

from mintmark import plotting
from mintmark.pipeline import paths
from mintmark.pipeline.stage import InputError
from mintmark.report import inputs, page, pictures
from mintmark.report.layout import Picture, Section, available
from mintmark.report.phrases import Finding
from mintmark.report.sections import SECTIONS
from mintmark.report.summary import First

CURVE = Path("plots/mask/curve.png")
FIRST = First(
    "Which mint?",
    ["The field < the margin."],
    "All is drawn.",
    {CURVE: Picture("A first look", "A falling line")},
)
SECTION = Section(
    "mask",
    "Masks",
    "What is lost <when masked>?",
    {"curve.png": Picture("A curve", "A line"), "other.png": Picture("Another", "A dot")},
)
FINDINGS = {
    "mask": [
        Finding("The field is read.", ["p < 0.001.", "n = 9."], "another fill", "curve.png"),
        Finding("Nothing else is.", picture="curve.png"),
    ],
    "split": [],
}


def shown(sections, findings=FINDINGS, read=("mask",)):
    """The page of sections."""
    return page.render(sections, inputs.read(read), findings, FIRST, "How to read it.")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with what one stage leaves, the split and cross-validation."""
    monkeypatch.chdir(tmp_path)
    image = np.zeros((8, 8, 3), np.uint8)
    figure = plotting.grid([image], ["one"], columns=1, title="title")
    for name in ("curve.png", "other.png"):
        plotting.save(figure, paths.plots("mask") / name)
    (paths.plots("mask") / "details.json").write_text('{"n": 3, "centre": {"drop": 0.25}}')
    paths.metrics("split").parent.mkdir()
    paths.metrics("split").write_text(json.dumps({"groups_across_parts": 0}))
    paths.metrics("crossval").write_text("{}")
    return tmp_path


def test_pictures_and_metrics_are_in_the_page_itself(project):
    text = shown([SECTION])
    assert 'src="data:image/png;base64,' in text
    assert "<td>centre.drop</td><td>0.25</td>" in text
    assert "<h1>Which mint?</h1>" in text and "<li>The field &lt; the margin.</li>" in text
    assert "<p>All is drawn.</p>" in text
    assert text.index('alt="A falling line"') < text.index("<nav>")
    assert "&lt;when masked&gt;" in text
    assert "http" not in text


def test_a_finding_stands_with_its_picture_and_caption_before_its_evidence_is_unfolded(project):
    text = shown([SECTION])
    section = text[text.index('<section id="mask">') :]
    in_order = ["The field is read.", "<details", "<li>p &lt; 0.001.</li>", "<li>n = 9.</li>",
                "<li>Would be overturned by: another fill.</li>", "</details>", 'alt="A line"',
                "A curve", "Nothing else is.", '<details class="rest"', "1 more picture<",
                'alt="A dot"', "</details>", '<details class="metrics"']  # fmt: skip
    place = 0
    for piece in in_order:
        place = section.index(piece, place)
    assert section.count("<img") == 2  # each picture once


def test_a_photograph_is_shrunk_and_a_drawing_is_left_as_it_is(project):
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    photograph, drawing = Path("photograph.png"), paths.plots("mask") / "curve.png"
    Image.fromarray(noise).save(photograph)
    encoded = pictures.embedded([photograph, drawing])
    head, _, data = encoded[photograph].partition(",")
    assert head == "data:image/webp;base64"
    assert len(data) < photograph.stat().st_size
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (400, 300)
    head, _, data = encoded[drawing].partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == drawing.read_bytes()


def test_a_table_is_shown(project):
    Path("counts.csv").write_text("mint,test\nMisr,46\n")
    text = shown([Section("split", "Split", "Counts", table=Path("counts.csv"))])
    assert "<tr><th>mint</th><th>test</th></tr>" in text
    assert "<tr><td>Misr</td><td>46</td></tr>" in text


def test_a_missing_picture_is_named(project):
    (paths.plots("mask") / "curve.png").unlink()
    with pytest.raises(InputError, match="plots/mask/curve.png is missing"):
        shown([SECTION])


def test_missing_details_are_named(project):
    with pytest.raises(InputError, match="plots/train9/details.json is missing"):
        inputs.read(["train9"])


def test_a_missing_table_is_named(project):
    with pytest.raises(InputError, match="data/split/counts.csv is missing"):
        inputs.table(inputs.COUNTS)


def test_pictures_of_training_are_drawn_by_the_stage_figures():
    (train2,) = (section for section in SECTIONS if section.stage == "train2")
    assert train2.path("confusion.png") == Path("plots/figures/train2/confusion.png")
    (mask,) = (section for section in SECTIONS if section.stage == "mask")
    assert mask.path("heat.png") == Path("plots/mask/heat.png")


def test_the_report_does_not_ask_for_pictures_that_there_is_nothing_to_draw_for():
    by_stage = {section.stage: section for section in SECTIONS}
    asked = [SECTION, by_stage["gradcam"], by_stage["transfer315"]]

    def absent(gradcam, heads):
        details = {"mask": {}, "gradcam": gradcam, "transfer315": {"heads": heads}}
        found = available(asked, details)
        assert found[0] == SECTION
        return [
            set(whole.pictures) - set(section.pictures)
            for whole, section in zip(asked[1:], found[1:], strict=True)
        ]

    assert absent({}, {"recipe": 1}) == [{"pointing.png"}, {"heads.png"}]
    assert absent({"localisation": {}}, {"recipe": 1}) == [set(), {"heads.png"}]
    assert absent({}, {"recipe": 1, "mean": 2}) == [{"pointing.png"}, set()]


def test_every_picture_is_described_to_who_cannot_see_it():
    for section in SECTIONS:
        for picture in section.pictures.values():
            assert len(picture.alt) > len("A picture of") and picture.alt != picture.caption


def test_what_takes_long_to_import_is_not_imported():
    """The report reruns with every experiment."""
    script = (ROOT / "stages" / "report.py").read_text()
    imports = [node for node in ast.parse(script).body if isinstance(node, ast.ImportFrom)]
    code = "\n".join(ast.unparse(node) for node in imports)
    heavy = ("keras", "tensorflow", "sklearn", "scipy", "pandas", "cv2", "matplotlib")
    code += f"\nimport sys\nprint([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
