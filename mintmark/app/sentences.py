"""What the page says, in sentences."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mintmark.app.examination import Examination, Seen
from mintmark.app.hiding import Choice
from mintmark.identification.answers import ALONE, JOINED, UNKNOWN
from mintmark.identification.calibration import BOTH
from mintmark.images import decoding, reasons

NARROW = "\N{NARROW NO-BREAK SPACE}"  # before a per cent sign
REASONS = {**reasons.REASONS, decoding.MISSING: "is no longer there; drop it again"}
_ALONE = "At a confidence of {confidence} it is none of the other mints that the network knows."
_SEVERAL = "At a confidence of {confidence} it is one of these: {names}."
_UNLIKE = "It is unlike the coins from which the network learnt, and may be of a mint that it does not know."
NOTHING_YET = "Drop one or two photographs of a coin, or take a sample coin."
FOUND = "Blue: the circle of the coin that was found. Yellow, dashed: its outline."
MADE_ANEW = "A run is making the pictures of these coins anew; look again when it has ended."
SAMPLES = "Or take a sample coin:"
HEAT = "What spoke for the answer"
HEAT_LINE = "The coin as the network sees it. Colour spoke for the answer; what is grey hardly did."
HIDDEN = "What if a part were hidden?"
HIDDEN_LINE = "Hide more and more of a part, and see whether the network still knows the mint."
SIMILAR = "Similar coins of the collection"
SIMILAR_LINE = (
    "Most like this one to the network, the nearest first. Coloured is what they share with it."
)


def complaints(examined: Examination) -> list[str]:
    """A sentence for each photograph that can't be used."""
    return [
        f"{Path(examined.brought[side].iloc[0]).name} {REASONS[reason]}."
        for side, reason in examined.reasons.items()
        if reason
    ]


def lines(examined: Examination, confidence: float) -> list[str]:
    """What is said beside the answer: its doubt, the sides that it rests on, what the catalogue says.

    confidence: the promise of the set.
    """
    found = [_UNLIKE] if examined.said["status"] == UNKNOWN else []
    names = str(examined.said["set"]).split(JOINED)
    doubt = _ALONE if len(names) == 1 else _SEVERAL
    found.append(doubt.format(confidence=whole(confidence), names=", ".join(names)))
    if examined.said["shown"] != BOTH:
        found.append(ALONE.format(view=examined.said["shown"]))
    if examined.sample:
        learnt = "" if examined.sample.learnt else ", of which the network never saw a coin"
        found.append(f"The catalogue says: {examined.sample.mint}{learnt}.")
    return found


def change(seen: Seen, choice: Choice, share: float, now: np.ndarray, names: Sequence[str]) -> str:
    """What became of the probability of the answer. share: of the choice, hidden; now: (C,) of `names`."""
    if not share:
        return "Nothing is hidden yet."
    answer = int(seen.probabilities.argmax())
    before, after = (percent(chances[answer]) for chances in (seen.probabilities, now))
    hidden = choice.sentence.format(share=whole(share))
    return f"{hidden}: {names[answer]} goes from {before} to {after}."


def neighbour(examined: Examination, coin: str, mint: str) -> str:
    """What a similar coin is."""
    itself = examined.sample is not None and coin == examined.said["id"]
    return "this coin itself" if itself else f"{coin}, {mint}"


def border(radius: float) -> str:
    """Where field and margin meet, in the words of the slider."""
    return f"Of the radius. The border of field and margin is at {whole(radius)}."


def whole(share: float) -> str:
    """A share that people set."""
    return f"{100 * share:g}{NARROW}%"


def percent(share: float) -> str:
    """A probability as people read it; neither 0 nor 100 %, which it never is."""
    if share < 0.001:
        return f"< 0.1{NARROW}%"
    if share > 0.999:
        return f"> 99.9{NARROW}%"
    return f"{100 * share:.1f}{NARROW}%"
