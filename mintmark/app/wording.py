"""What the page says, in sentences."""

from collections.abc import Sequence

import numpy as np

from mintmark.app.looking import Look, Seen
from mintmark.identification import photographs
from mintmark.identification.answers import ANSWERED, JOINED, UNCERTAIN, UNKNOWN
from mintmark.identification.calibration import BOTH
from mintmark.images import cleaning, decoding

REASONS = {
    photographs.MISSING: "is no longer there; drop it again",
    decoding.BROKEN: "can't be read: it is no photograph or damaged; save it anew as JPEG, PNG or TIFF",
    decoding.TOO_LARGE: f"has more than {decoding.MOST // 10**6} million pixels; make it smaller",
    "too_small": f"shows its coin too small: it must be {2 * cleaning.SMALL} pixels across or more",
    "blank": "shows nothing at all; take another photograph",
    "no_coin": "shows no coin; photograph the whole coin from above on a plain ground",
    "two_coins": "shows more than one coin; cut one of them out",
}
_ANSWERED = "With a promise of {promise} no other mint comes into question."
_UNCERTAIN = "With a promise of {promise} it is one of these: {names}."
_UNKNOWN = "But it is unlike all coins that the network learnt from: it may be of another mint."
NOTHING_YET = "Drop photographs of a coin, or take one of the sample coins."


def complaints(look: Look) -> list[str]:
    """A sentence for each photograph that can't be used."""
    return [
        f"The photograph of the {side} {REASONS[reason]}."
        for side, reason in look.reasons.items()
        if reason
    ]


def lines(look: Look, confidence: float) -> list[str]:
    """What is said beside the answer: its doubt, the sides that it rests on, what the catalogue says.

    confidence: the promise of the set.
    """
    said = {ANSWERED: _ANSWERED, UNCERTAIN: _UNCERTAIN, UNKNOWN: _UNKNOWN}[look.said["status"]]
    names = str(look.said["set"]).replace(JOINED, ", ")
    found = [said.format(promise=percent(confidence), names=names)]
    if look.said["shown"] != BOTH:
        found.append(f"The answer rests on the {look.said['shown']} alone.")
    if look.sample:
        learnt = "" if look.sample.learnt else ", of which the network never saw a coin"
        found.append(f"The catalogue says: {look.sample.mint}{learnt}.")
    return found


def change(seen: Seen, label: str, share: float, now: np.ndarray, names: Sequence[str]) -> str:
    """What became of the probability of the answer.

    label: of what is hidden; share: of it, 0 to 1; now: probabilities (C,) of `names`.
    """
    answer = int(seen.probabilities.argmax())
    if not share:
        return "Nothing is hidden."
    before, after = (percent(chances[answer]) for chances in (seen.probabilities, now))
    return f"{share:.0%} of {label} is hidden: {names[answer]} goes from {before} to {after}."


def percent(share: float) -> str:
    """A probability as people read it; neither 0 nor 100 %, which it never is."""
    if share < 0.001:
        return "< 0.1\N{NO-BREAK SPACE}%"
    if share > 0.999:
        return "> 99.9\N{NO-BREAK SPACE}%"
    return f"{share:.1%}".replace("%", "\N{NO-BREAK SPACE}%")
