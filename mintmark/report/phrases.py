"""How findings are phrased: a plain sentence first, then its evidence and what would overturn it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Details = dict  # what a stage's details.json holds: numbers and texts by name, nested


@dataclass(frozen=True)
class Finding:
    """What was found, for two readers: one who wants the sentence, one who wants the proof."""

    plain: str  # one sentence that needs no statistics to be understood
    evidence: list[str] = field(default_factory=list)  # sentences with intervals, tests and counts
    overturned_by: str = ""
    picture: str = ""  # name of the picture of its stage that shows it, if one does

    @property
    def behind(self) -> list[str]:
        """What stands behind the plain sentence: evidence, and what would overturn it."""
        overturned = f"Would be overturned by: {self.overturned_by}."
        return [*self.evidence, *([overturned] if self.overturned_by else [])]

    def __str__(self) -> str:
        return " ".join([self.plain, *self.behind])


def interval(metrics: Details, key: str) -> str:
    """A number with its interval, as in `0.912 (0.840 to 0.954)`."""
    return f"{metrics[key]:.3f} ({metrics[f'{key}_low']:.3f} to {metrics[f'{key}_high']:.3f})"


def hundred(share: float) -> str:
    """A share, 0 to 1, as so many of a hundred."""
    return f"{100 * share:.0f}"


def lost(share: float) -> str:
    """What a drop of accuracy costs, as in `8 of 100 coins`; a drop of none or below costs no coin."""
    coins = round(100 * share)
    return f"{coins} of 100 coins" if coins > 0 else "no coin"


def p(value: float) -> str:
    """A p-value, as in `p = 0.012` or `p < 0.001`."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"


def counted(hits: int, total: int) -> str:
    """Hits among a total, as in `all 6` or `4 of 6`."""
    return f"all {total}" if hits == total else f"{hits} of {total}"


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names in a row, as in `a, b and c`."""
    *first, end = names
    return f"{', '.join(first)} {last} {end}" if first else end
