"""The drawn type set: modern coin types in the layout of a competition, long-tailed.

Every type has its value, its legend, a device and a metal. Denominations of one country share
devices, and the euro's countries share a common side, so that some types can hardly be told apart.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from PIL import Image

from mintmark.pipeline.parallel import mapped
from mintmark.synthetic import camera, relief

EURO = ("Euro", "Euro", "Cent")
# Country: currency, main unit, small unit.
CURRENCIES = {
    "argentina": ("Argentine peso", "Peso", "Centavo"),
    "australia": ("Australian dollar", "Dollar", "Cent"), "austria": EURO, "belgium": EURO,
    "bolivia": ("Boliviano", "Boliviano", "Centavo"),
    "brazil": ("Brazilian real", "Real", "Centavo"),
    "canada": ("Canadian dollar", "Dollar", "Cent"), "chile": ("Chilean peso", "Peso", "Centavo"),
    "costa rica": ("Costa Rican colón", "Colón", "Céntimo"),
    "croatia": ("Croatian kuna", "Kuna", "Lipa"), "czechia": ("Czech koruna", "Koruna", "Haléř"),
    "denmark": ("Danish krone", "Krone", "Øre"), "egypt": ("Egyptian pound", "Pound", "Piastre"),
    "finland": EURO, "france": EURO, "germany": EURO, "ghana": ("Ghanaian cedi", "Cedi", "Pesewa"),
    "hungary": ("Hungarian forint", "Forint", "Fillér"),
    "iceland": ("Icelandic króna", "Króna", "Eyrir"), "india": ("Indian rupee", "Rupee", "Paisa"),
    "indonesia": ("Indonesian rupiah", "Rupiah", "Sen"), "ireland": EURO,
    "israel": ("Israeli new shekel", "Shekel", "Agora"), "italy": EURO,
    "jamaica": ("Jamaican dollar", "Dollar", "Cent"), "japan": ("Japanese yen", "Yen", "Sen"),
    "kenya": ("Kenyan shilling", "Shilling", "Cent"),
    "malaysia": ("Malaysian ringgit", "Ringgit", "Sen"),
    "mexico": ("Mexican peso", "Peso", "Centavo"),
    "morocco": ("Moroccan dirham", "Dirham", "Santim"),
    "new zealand": ("New Zealand dollar", "Dollar", "Cent"),
    "nicaragua": ("Nicaraguan córdoba", "Córdoba", "Centavo"),
    "norway": ("Norwegian krone", "Krone", "Øre"), "peru": ("Peruvian sol", "Sol", "Céntimo"),
    "philippines": ("Philippine peso", "Piso", "Sentimo"),
    "poland": ("Polish złoty", "Złoty", "Grosz"), "romania": ("Romanian leu", "Leu", "Ban"),
    "singapore": ("Singapore dollar", "Dollar", "Cent"),
    "south africa": ("South African rand", "Rand", "Cent"), "spain": EURO,
    "sweden": ("Swedish krona", "Krona", "Öre"), "switzerland": ("Swiss franc", "Franc", "Rappen"),
    "são tomé and príncipe": ("São Tomé dobra", "Dobra", "Cêntimo"),
    "turkey": ("Turkish lira", "Lira", "Kuruş"),
    "united kingdom": ("Pound sterling", "Pound", "Penny"),
}  # fmt: skip
VALUES = (1, 5, 10, 20, 50, 100, 200)  # in small units
COPPER, BRASS, NICKEL = (0.62, 0.38, 0.27), (0.74, 0.63, 0.34), (0.68, 0.68, 0.66)
METALS = {1: COPPER, 5: COPPER, 10: BRASS, 20: BRASS, 50: BRASS, 100: NICKEL, 200: NICKEL}
SHARED = 0.5  # share of a euro's photographs that show the common side
TAIL = 0.6  # the larger, the fewer types have most of the photographs


class Stream(IntEnum):
    """Independent streams of random numbers, each from seeds and the stream's number."""

    SET = 40  # which types there are, and how many photographs of each
    PHOTOGRAPH = 41
    DESIGN = 42
    ALLOY = 43


@dataclass(frozen=True)
class CoinType:
    """A coin type: its class name and what its relief is made of."""

    name: str
    value: int
    unit: str
    country: str
    currency: str


def draw(root: Path, *, types: int, photos: int, test: int, size: int, seed: int) -> None:
    """Draw the set into `root`: train.csv, train/ and an unlabelled test/.

    types: how many coin types; photos: photographs a type on average; at least three of each;
    test: photographs without a label; size: pixels across.
    """
    rng = np.random.default_rng([seed, Stream.SET])
    known = all_types()
    chosen = [known[number] for number in rng.permutation(len(known))[:types]]
    labels = np.repeat(np.arange(types), _counts(types, photos, rng))
    rng.shuffle(labels)
    unlabelled = rng.integers(types, size=test)
    for folder in ("train", "test"):
        (root / folder).mkdir(parents=True)
    folders = ["train"] * len(labels) + ["test"] * test
    numbers = range(1, len(folders) + 1)
    drawn = mapped(
        partial(_photograph, size=size),
        [root / folder / f"{n}.jpg" for n, folder in zip(numbers, folders, strict=True)],
        [chosen[label] for label in (*labels, *unlabelled)],
        [[seed, Stream.PHOTOGRAPH, number] for number in numbers],
        desc="drawing types",
    )
    list(drawn)
    table = {"Id": np.arange(1, len(labels) + 1), "Class": [chosen[label].name for label in labels]}
    pd.DataFrame(table).to_csv(root / "train.csv", index=False)


def all_types() -> list[CoinType]:
    """Every type that can be drawn: each value of each country."""
    types = []
    for country, (currency, main, small) in CURRENCIES.items():
        for value in VALUES:
            amount, unit = (value // 100, main) if value >= 100 else (value, small)
            name = f"{amount} {unit},{currency},{country}"
            types.append(CoinType(name, value, unit, country, currency))
    return types


def _counts(types: int, photos: int, rng: np.random.Generator) -> np.ndarray:
    """Photographs of each type (N,): long-tailed, three at least, types × photos in all or less."""
    weight = rng.permutation((1 + np.arange(types)) ** -TAIL)
    spare = max(0, types * (photos - 3))
    return 3 + np.floor(spare * weight / weight.sum()).astype(int)


@dataclass(frozen=True)
class Design:
    """What the photographs of one side of a type have in common."""

    height: np.ndarray  # S×S
    outline: np.ndarray  # S×S, 1 on the coin and 0 beside it
    metal: np.ndarray  # red, green and blue
    ring: np.ndarray | None  # the metal of a bimetallic type's ring


@lru_cache(maxsize=1024)
def design(kind: CoinType, size: int, common: bool) -> Design:
    """Draw a type's side, size×size; `common`: the one that a currency's countries share."""
    issuer = kind.currency if common else kind.country
    rng = np.random.default_rng([sum(map(ord, issuer)), len(issuer), Stream.DESIGN])
    device = np.random.default_rng([int(rng.integers(2**31)), kind.value])
    beads = int(rng.choice([0, 0, 24, 48, 72]))
    height = relief.circle(0.94, 0.05, size, beads)
    words = kind.currency if common else f"{kind.country} {kind.currency}"
    turn = rng.uniform(-np.pi, 0)
    height = np.maximum(height, relief.legend(words.upper(), (0.68, 0.88), size, turn))
    amount = kind.value // 100 if kind.value >= 100 else kind.value
    number = relief.lines((str(amount),), 0.42, size)
    height = np.maximum(height, np.where(number > 0.2, number, 0.8 * relief.emblem(size, device)))
    radius, angle = relief.polar(size)
    sides = int(rng.choice([0, 0, 0, 7, 12])) if kind.value >= 20 else 0
    edge = 0.97 * (1 - 0.035 * (1 + np.cos(sides * angle)) / 2 * (sides > 0))
    currency = np.random.default_rng([sum(map(ord, kind.currency)), Stream.ALLOY])
    alloy = currency.uniform(0.82, 1.18, 3)
    ring = np.array(BRASS) * alloy if kind.value == 200 else None
    outline = (radius < edge).astype(np.float32)
    return Design(height, outline, np.array(METALS[kind.value]) * alloy, ring)


def _photograph(path: Path, kind: CoinType, seed: list[int], *, size: int) -> None:
    rng = np.random.default_rng(seed)
    side = design(kind, size, kind.currency == "Euro" and rng.random() < SHARED)
    height = relief.worn(side.height, rng.uniform(0.0, 0.35), rng)
    height += 0.02 * relief.cloud(size, 30, rng)
    turn = cv2.getRotationMatrix2D(((size - 1) / 2,) * 2, rng.normal(0, 10), 1)
    height = cv2.warpAffine(height, turn, (size, size))
    outline = cv2.warpAffine(side.outline, turn, (size, size))
    light = relief.Light(rng.normal(-0.8, 0.35), rng.uniform(2.0, 3.5), rng.uniform(0.1, 0.4))
    tone = rng.uniform(0.85, 1.1) * rng.uniform(0.97, 1.03, 3)
    coin = relief.lit(height, side.metal * tone, light)
    if side.ring is not None:
        outside = relief.polar(size)[0] > 0.64
        coin[outside] = relief.lit(height, side.ring * tone, light)[outside]
    image, _ = camera.take(coin, outline, width=size, rng=rng, reach=(0.43, 0.48))
    Image.fromarray(image).save(path, quality=92)
