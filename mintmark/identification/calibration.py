"""How sure an answer is: calibrated probabilities, sets of answers, and coins that are not known.

All of it is learnt from validation coins, which taught the network nothing, and for each choice of
sides by itself: of coins that show one side the network is less sure.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy.special import softmax

from mintmark.data.coins import CoinSet
from mintmark.images.cropping import FILL
from mintmark.networks.augmentation import side_boxes
from mintmark.open_set.scores import SCORES, Known, Output
from mintmark.pipeline import scratch
from mintmark.pipeline.params import Block
from mintmark.stats import calibration, conformal

BOTH, OBVERSE, REVERSE = "both", "obverse", "reverse"
VIEWS = (BOTH, OBVERSE, REVERSE)  # the sides of a coin that are shown
HIDDEN = {OBVERSE: 1, REVERSE: 0}  # the side that a view does not show
# One that notices what is no coin, and one that notices doubt between mints; see studies/.
DOUBTS = ("distance", "energy")


class Doubt(Block):
    """How coins are told that the network does not know."""

    accepted: Annotated[float, Field(gt=0.5, lt=1)]
    neighbours: Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Calibration:
    """What validation coins say of a network's answers."""

    temperature: float  # what logits are divided by
    nonconformity: np.ndarray  # (V,), see `conformal.nonconformity`
    limits: dict[str, float]  # a coin with a higher out-of-distribution score is unknown

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated probabilities (N,C) of logits."""
        return _calibrated(logits, self.temperature)


@dataclass(frozen=True)
class Judged:
    """What is said of coins, row by row."""

    probabilities: np.ndarray  # (N,C), calibrated
    sets: np.ndarray  # bool (N,C), the answers that belong to a coin's set
    unknown: np.ndarray  # bool (N,), unlike anything learnt

    @property
    def answers(self) -> np.ndarray:
        """The likeliest class of each coin: (N,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def second(self) -> np.ndarray:
        """The runner-up of each coin: (N,)."""
        return np.argsort(-self.probabilities, axis=1, kind="stable")[:, 1]


def shown(coins: CoinSet, view: str) -> CoinSet:
    """Coins of which a view alone is shown; the other side is left grey, as a missing one is."""
    if view == BOTH or not len(coins):
        return coins
    images = scratch.taken(coins.images, np.arange(len(coins)))
    rows, columns = side_boxes(images.shape[1:], coins.circles[0])[HIDDEN[view]]
    images[:, rows, columns] = FILL
    return replace(coins, images=images)


def calibrate(
    validation: Output, targets: np.ndarray, known: Known, accepted: float
) -> Calibration:
    """Learn from validation coins how sure a network's answers are.

    targets: their class numbers (V,); known: the coins that taught; accepted: the share of known
    coins that no limit of DOUBTS calls unknown, at least.
    """
    temperature = calibration.temperature(validation.logits, targets)
    probabilities = _calibrated(validation.logits, temperature)
    each = 1 - (1 - accepted) / len(DOUBTS)  # Bonferroni's bound
    limits = {
        name: float(np.quantile(SCORES[name].values(validation, known), each)) for name in DOUBTS
    }
    return Calibration(temperature, conformal.nonconformity(probabilities, targets), limits)


def _calibrated(logits: np.ndarray, temperature: float) -> np.ndarray:
    return softmax(logits.astype(float) / temperature, axis=1)


def of_parts(output: Output, coins: CoinSet, settings: Doubt) -> tuple[Known, Calibration]:
    """The coins that taught a network, and what validation coins say of its answers.

    output: what it makes of coins (N,), which have the column `part`.
    """
    train, validation = (
        (coins.table["part"] == part).to_numpy() for part in ("train", "validation")
    )
    known = Known(output.features[train], coins.targets[train], settings.neighbours)
    judging = output.subset(validation)
    return known, calibrate(judging, coins.targets[validation], known, settings.accepted)


def judge(output: Output, known: Known, calibrated: Calibration, confidence: float) -> Judged:
    """What is said of coins. confidence: of their sets, see `conformal.sets`."""
    probabilities = calibrated.probabilities(output.logits)
    return Judged(
        probabilities,
        conformal.sets(calibrated.nonconformity, probabilities, confidence),
        unknown(output, known, calibrated),
    )


def unknown(output: Output, known: Known, calibrated: Calibration) -> np.ndarray:
    """Which coins are unlike anything learnt: bool (N,)."""
    doubted = np.zeros(len(output.logits), bool)
    if len(doubted):
        for name, limit in calibrated.limits.items():
            doubted |= SCORES[name].values(output, known) > limit
    return doubted
