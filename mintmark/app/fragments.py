"""The parts of the page that show a coin, as HTML in which the pictures are embedded."""

from pathlib import Path

import jinja2
import numpy as np

from mintmark.app import pictures, wording
from mintmark.app.looking import Look, Seen
from mintmark.app.trained import Trained
from mintmark.data import manifests
from mintmark.geometry.regions import SIDES
from mintmark.identification.answers import JOINED
from mintmark.pipeline import paths

_environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
_environment.filters["percent"] = wording.percent
TEMPLATE = Path(__file__).with_name("fragments.html.j2")
MACROS = _environment.from_string(TEMPLATE.read_text(encoding="utf-8")).module


def introduction(trained: Trained) -> str:
    """What the page is, and what its network learnt."""
    learnt = int((trained.index.table["part"] == "train").sum())
    return str(MACROS.introduction(trained.index.names, learnt, trained.drawn))


def heading(text: str) -> str:
    """The heading of a part of the page."""
    return str(MACROS.heading(text))


def hint(text: str) -> str:
    """What a visitor can do."""
    return str(MACROS.hint(text))


def sentence(text: str) -> str:
    """One sentence that says what is wrong."""
    return str(MACROS.sentence(text))


def answer(look: Look, trained: Trained) -> str:
    """The answer, with its doubt; before it, what is wrong with photographs."""
    wrong = "".join(sentence(text) for text in wording.complaints(look))
    if look.seen is None:
        return wrong
    lines = wording.lines(look, trained.settings.confidence)
    rows = zip(trained.index.names, look.seen.probabilities[:, None], strict=True)
    return wrong + str(MACROS.answer(look.said, lines, list(rows)))


def photographs(look: Look) -> str:
    """The photographs, with the coin that is found in each."""
    files = {side: look.brought[side].iloc[0] for side in SIDES}
    shown = {side: pictures.found(Path(file)) for side, file in files.items() if file}
    return _pictures({side: image for side, image in shown.items() if image is not None})


def heat(seen: Seen) -> str:
    """What spoke for the answer on each side."""
    heats = seen.halves(seen.heat)
    sides = seen.halves(seen.coin.images[0])
    return _pictures({side: pictures.hot(image, heats[side]) for side, image in sides.items()})


def similar(look: Look, trained: Trained) -> str:
    """The coins of the collection that are most like this one, the nearest first."""
    ids = str(look.said["similar"]).split(JOINED)
    table = trained.index.table.set_index("id").loc[ids]
    images = manifests.images(table, paths.MERGED)
    captions = [f"{coin}, {mint}" for coin, mint in table["mint"].items()]
    return _pictures(dict(zip(captions, images, strict=True)))


def hidden(
    seen: Seen, label: str, share: float, left: np.ndarray, probabilities: np.ndarray, trained: Trained
) -> str:
    """What is left of a coin, and what the network makes of it. See `looking.hide`."""
    sides = {
        side: pictures.embedded(pictures.larger(image))
        for side, image in seen.halves(left).items()
    }
    rows = zip(
        trained.index.names,
        np.stack([seen.probabilities, probabilities], axis=1),
        strict=True,
    )
    text = wording.change(seen, label, share, probabilities, trained.index.names)
    return str(MACROS.hidden(sides, text, list(rows)))


def _pictures(images: dict[str, np.ndarray]) -> str:
    return str(
        MACROS.pictures({name: pictures.embedded(image) for name, image in images.items()})
    )
