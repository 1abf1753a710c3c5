"""The parts of the page that show a coin, as HTML in which the pictures are embedded."""

from pathlib import Path

import jinja2
import numpy as np

from mintmark import plotting
from mintmark.app import examination, pictures, sentences
from mintmark.app.examination import Examination, Seen
from mintmark.app.trained import Trained
from mintmark.data import manifests
from mintmark.explain.figures import overlay
from mintmark.geometry.regions import SIDES
from mintmark.identification.answers import JOINED
from mintmark.pipeline import paths
from mintmark.pipeline.stage import InputError

TEMPLATE = Path(__file__).with_name("fragments.html.j2")
_environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
_environment.globals["colours"] = plotting.COLOURS
_environment.filters["percent"] = sentences.percent
_macros = _environment.from_string(TEMPLATE.read_text(encoding="utf-8")).module


def part(name: str, *arguments: object) -> str:
    """A part of the page, by the name of its macro in the template."""
    return str(getattr(_macros, name)(*arguments))


def introduction(trained: Trained) -> str:
    """What the page is, and what its network learnt."""
    learnt = int((trained.index.table["part"] == "train").sum())
    return part("introduction", trained.index.names, learnt, trained.drawn)


def answer(examined: Examination, trained: Trained) -> str:
    """The answer, with its doubt; before it, what is wrong with photographs."""
    complaints = part("wrong", sentences.complaints(examined))
    if examined.seen is None:
        return complaints
    lines = sentences.lines(examined, trained.settings.confidence)
    rows = zip(trained.index.names, examined.seen.probabilities[:, None], strict=True)
    return complaints + part("answer", examined.said, lines, list(rows))


def photographs(examined: Examination) -> str:
    """The photographs that can be decoded, with the coin that is found in each."""
    files = {side: examined.brought[side].iloc[0] for side in SIDES}
    shown = {side: pictures.found(Path(file)) for side, file in files.items() if file}
    decoded = {side: image for side, image in shown.items() if image is not None}
    return _pictures(decoded, "found") + part("hint", sentences.FOUND) if decoded else ""


def heat(seen: Seen) -> str:
    """What spoke for the answer on each side."""
    heats, sides = seen.halves(seen.heat), seen.halves(seen.coin.images[0])
    return _pictures({side: pictures.hot(image, heats[side]) for side, image in sides.items()})


def scale() -> str:
    """What the colours of the heat mean."""
    return part("scale", pictures.embedded(pictures.scale()))


def similar(examined: Examination, seen: Seen, trained: Trained) -> str:
    """The coins of the collection that are most like this one, the nearest first."""
    ids = str(examined.said["similar"]).split(JOINED)
    table = trained.index.table.set_index("id").loc[ids]
    captions = [sentences.neighbour(examined, coin, mint) for coin, mint in table["mint"].items()]
    try:
        images = manifests.images(table, paths.MERGED)
    except InputError:  # the page may be open while a run makes them anew
        return part("hint", sentences.MADE_ANEW)
    heats = examination.likeness_of(images, seen, trained)
    pairs = [
        np.vstack([image, overlay(image, heat)]) for image, heat in zip(images, heats, strict=True)
    ]
    return _pictures(dict(zip(captions, pairs, strict=True)), "small")


def left(seen: Seen, sentence: str, probabilities: np.ndarray, trained: Trained) -> str:
    """What the network makes of a coin of which something is hidden. probabilities: (C,)."""
    both = np.stack([seen.probabilities, probabilities], axis=1)
    return part("left", sentence, list(zip(trained.index.names, both, strict=True)))


def masked(seen: Seen, image: np.ndarray) -> str:
    """The sides of a coin of which something is hidden. image: (H,W,3)."""
    return _pictures({side: pictures.larger(half) for side, half in seen.halves(image).items()})


def _pictures(images: dict[str, np.ndarray], kind: str = "large") -> str:
    """Pictures with captions, kind: a class of page.css."""
    sources = {caption: pictures.embedded(image) for caption, image in images.items()}
    return part("pictures", sources, kind)
