"""The report: one self-contained page with the figures and tables of all stages."""

import base64
import io
import json
from pathlib import Path
from typing import NamedTuple

import jinja2
from PIL import Image

from mintmark.pipeline import paths
from mintmark.pipeline.stage import InputError

QUALITY = 85  # of the embedded pictures, which are WebP: a tenth of the size of PNG
POINTING = "pointing.png"
HEADS = "heads.png"
TEMPLATE = Path(__file__).with_name("report.html.j2")


class Section(NamedTuple):
    """What the report shows of a stage: a heading, what it asks, and its pictures."""

    stage: str
    heading: str
    lead: str
    pictures: dict[str, str]  # file in the stage's plots: caption


def metrics(stages: list[str]) -> dict[str, dict]:
    """Read metrics/<stage>.json of each stage.

    Raises InputError when one is missing.
    """
    return {stage: json.loads(_existing(paths.metrics(stage)).read_text()) for stage in stages}


def available(sections: list[Section], figures: dict[str, dict]) -> list[Section]:
    """The sections without the pictures that there is nothing to draw for.

    Heat is scored against the truth where it is known, of drawn coins; heads of coin types are
    compared where there are several.
    """
    nothing = set()
    if "truth" not in figures["gradcam"]:
        nothing.add(POINTING)
    if len(figures["transfer315"]["heads"]) < 2:
        nothing.add(HEADS)
    return [
        section._replace(
            pictures={file: says for file, says in section.pictures.items() if file not in nothing}
        )
        for section in sections
    ]


def page(sections: list[Section], figures: dict[str, dict], conclusions: str) -> str:
    """Lay out the page, its pictures embedded.

    conclusions: Markdown of headings and lists, as `conclusions.write` gives it.
    Raises InputError when a picture is missing.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["embedded"] = _embedded
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    tables = {section.stage: dict(_flat(figures.get(section.stage, {}))) for section in sections}
    return template.render(sections=sections, tables=tables, conclusions=conclusions.splitlines())


def _flat(figures: dict, prefix: str = "") -> list[tuple[str, object]]:
    rows = []
    for key, value in figures.items():
        name = f"{prefix}{key}"
        rows += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, value)]
    return rows


def _embedded(stage: str, picture: str) -> str:
    buffer = io.BytesIO()
    with Image.open(_existing(paths.plots(stage) / picture)) as image:
        image.convert("RGB").save(buffer, "WEBP", quality=QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _existing(path: Path) -> Path:
    if not path.exists():
        raise InputError(f"{path} is missing; run `dvc repro` to make it.")
    return path
