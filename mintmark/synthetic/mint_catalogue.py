"""The drawn mint set's catalogue: which coins there are, their dies, and the label table.

Its make-up is that of a published table of Fatimid gold coins: the same mints in the same numbers,
with the same doubts, gaps and slips of the pen. Years, periods and die marks are drawn alike for
every mint, so that nothing but the mint's name tells mints apart.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import pandas as pd

# The mint as the cataloguer writes it, and how many coins bear it.
MAKE_UP = {
    "Misr": 251, "al-Mansuriyah": 223, "m.": 104, "al-Mahdiyah": 40, "(al-Mansuriyah)": 10,
    "Filastin": 9, "al-Mansuriyah?": 8, "uncertain": 5, "(Atarablus)": 4,
    "al-Qahirah al-Mahrusah": 4, "Sur": 3, "Barqa": 3, "Atarablus": 3, "Makka": 2,
    "Tabariyyah": 2, "Zawilah": 2, "(al-Qahirah al-Mahrusah)": 1, "Dimashq": 1,
    "Madinat Rasul Allah?": 1, "no mint": 1,
}  # fmt: skip
# "in <mint>", as the margin legend has it.
LEGENDS = {
    "Misr": "بمصر", "al-Mansuriyah": "بالمنصورية", "al-Mahdiyah": "بالمهدية",
    "Filastin": "بفلسطين", "Atarablus": "باطرابلس", "al-Qahirah al-Mahrusah": "بالقاهرة المحروسة",
    "Sur": "بصور", "Barqa": "ببرقة", "Makka": "بمكة", "Tabariyyah": "بطبرية",
    "Zawilah": "بزويلة", "Dimashq": "بدمشق", "Madinat Rasul Allah": "بمدينة رسول الله",
}  # fmt: skip
NAMELESS = ("m.", "uncertain", "no mint")
FORMULA = "بسم الله ضرب هذا الدينر"
REVERSE_LEGEND = "محمد رسول الله ارسله بالهدى ودين الحق"
UNITS = ("احدى", "اثنتين", "ثلث", "اربع", "خمس", "ست", "سبع", "ثمان", "تسع")
TENS = ("اربعين", "خمسين", "ستين", "سبعين")
HEADER = "IAA no,Varieties: obverse ,Varieties: reverse,mint"
ENTERED_TWICE = 0.02  # share of coins that stand in the table under two ids
ILLEGIBLE = ("worn", "missing", "heavily clipped", "`")


class Stream(IntEnum):
    """Independent streams of random numbers, each from a seed and the stream's number."""

    COINS = 1  # which coins there are
    TABLE = 2  # how they are entered into the label table
    SIDES = 3  # which sides of a coin were photographed
    MISHAPS = 4  # what happened to a photograph


@dataclass(frozen=True)
class Die:
    """One pair of dies: what it says and the seed of how it was cut."""

    mint: str
    year: int  # 0 to 35, counted from 341 AH
    variety: int
    seed: int

    @property
    def year_legend(self) -> str:
        """The year in words, as the margin legend has it."""
        tens, unit = divmod(self.year, len(UNITS))
        return f"سنة {UNITS[unit]} و{TENS[tens]} وثلثمئة"

    @property
    def period(self) -> int:
        """0, 1 or 2: the reign whose formulae the fields carry."""
        return self.year // 12


@dataclass(frozen=True)
class Coin:
    """One row of the label table and the coin behind it."""

    id: str
    written: str  # the mint as the cataloguer writes it
    die: Die
    seed: int  # of how it was struck, worn and photographed
    copied: str = ""  # "exact" or "near" when its photographs are copies of another coin's

    @property
    def legible(self) -> bool:
        """Whether the label names a mint without doubt."""
        return self.written in LEGENDS


def mint_of(written: str) -> str | None:
    """The mint behind a written label such as `(Atarablus)` or `al-Mansuriyah?`; None for a gap."""
    return None if written in NAMELESS else written.strip("()?")


def coins(number: int, coins_per_die: float, seed: int) -> list[Coin]:
    """Draw up `number` coins in the make-up of the table, sorted by their six-digit id."""
    rng = np.random.default_rng([seed, Stream.COINS])
    table = [written for written, count in MAKE_UP.items() for _ in range(count)]
    chosen = np.linspace(0, len(table) - 1, number).round().astype(int)
    ids = np.sort(rng.choice(np.arange(100_000, 200_000), number, replace=False))
    dies: dict[str, list[Die]] = {}
    drawn = []
    for coin_id, place in zip(ids, rng.permutation(chosen), strict=True):
        written = table[place]
        mint = mint_of(written) or str(rng.choice(["Misr", "al-Mansuriyah"]))
        known = dies.setdefault(mint, [])
        if not known or rng.random() < 1 / coins_per_die:
            known.append(_cut_die(mint, known, rng))
            die = known[-1]
        else:
            die = known[rng.integers(len(known))]
        drawn.append(Coin(f"{coin_id:06d}", written, die, int(rng.integers(2**31))))
    return _entered_twice(drawn, rng)


def _entered_twice(drawn: list[Coin], rng: np.random.Generator) -> list[Coin]:
    """Let some rows repeat an earlier coin of the same mint under another id."""
    first: dict[str, Coin] = {}
    rows = []
    for coin in drawn:
        twin = first.get(coin.written)
        if twin and rng.random() < ENTERED_TWICE:
            how = "exact" if rng.random() < 0.4 else "near"
            coin = replace(coin, die=twin.die, seed=twin.seed, copied=how)
        elif rng.random() < 0.3:
            first[coin.written] = coin
        rows.append(coin)
    return rows


def _cut_die(mint: str, known: list[Die], rng: np.random.Generator) -> Die:
    year = int(rng.integers(len(UNITS) * len(TENS)))
    variety = 1 + sum(die.year == year for die in known)
    return Die(mint, year, variety, int(rng.integers(2**31)))


def label_table(drawn: list[Coin], seed: int) -> str:
    """Write the label table with the real one's quirks.

    UTF-8 text without a header line on top: it comes last, without a final newline. Here and there
    an inscription is illegible or followed by blanks.
    """
    rng = np.random.default_rng([seed, Stream.TABLE])
    rows = [
        (coin.id, *_inscriptions(coin, rng), coin.written + " " * (rng.random() < 0.03))
        for coin in drawn
    ]
    lines = pd.DataFrame(rows).to_csv(index=False, header=False, lineterminator="\n")
    return lines + HEADER


def _inscriptions(coin: Coin, rng: np.random.Generator) -> tuple[str, str]:
    die = coin.die
    name = LEGENDS[die.mint] if mint_of(coin.written) else "..."
    obverse = f"margin 1: {FORMULA} {name} {die.year_legend}; var. {die.variety}"
    reverse = f"margin 1: {REVERSE_LEGEND}; var. {die.variety}"
    if rng.random() < 0.04:
        obverse = str(rng.choice(ILLEGIBLE))
    if rng.random() < 0.04:
        reverse = str(rng.choice(ILLEGIBLE))
    return obverse, reverse + " " * (rng.random() < 0.05)
