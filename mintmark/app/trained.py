"""What a run has trained and the page shows, loaded once for all visitors."""

from dataclasses import dataclass

import keras

from mintmark.app import hiding
from mintmark.app.hiding import Choice
from mintmark.geometry.clock import Places
from mintmark.identification import command, index
from mintmark.identification.analysis import Identify
from mintmark.identification.index import Index
from mintmark.occlusion.analysis import Masking
from mintmark.pipeline import params, paths
from mintmark.pipeline.params import Data

NETWORK = "train3"


@dataclass(frozen=True)
class Trained:
    """The network that names coins, what it knows of the collection, and what can be hidden from it."""

    model: keras.Model
    index: Index
    settings: Identify
    choices: list[Choice]
    border: float  # of field and margin, a radius
    fill: str  # of what is hidden, a key of `fills.FILLS`
    seed: int
    drawn: bool  # whether the collection is the one that mintmark draws


def load() -> Trained:
    """Read what identification and the masks of a run rest on. Raises InputError before it is there."""
    known = index.load(paths.INDEX)
    masking = params.load(Masking, "mask3")
    return Trained(
        model=command.network(NETWORK),
        index=known,
        settings=params.load(Identify, "identify"),
        choices=hiding.choices(masking.radius, params.load(Places, "regions")),
        border=masking.radius,
        fill=masking.fill,
        seed=params.seed(),
        drawn=params.load(Data, "data").mints == str(paths.DRAWN_MINTS),
    )
