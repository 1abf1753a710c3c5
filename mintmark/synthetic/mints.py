"""The drawn mint set: gold coins of a few mints, struck, worn, and photographed.

Because the coins are drawn, it is known where the mint is written: by default in the obverse's
margin, between the opening formula and the year, in a sector of the same width whatever the name.
The pixels of the name are kept beside the photographs, for scoring explanations and for nothing
else.
"""

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from mintmark.pipeline import paths
from mintmark.pipeline.parallel import mapped
from mintmark.synthetic import camera, relief
from mintmark.synthetic.mint_catalogue import (
    FORMULA,
    LEGENDS,
    NAMELESS,
    REVERSE_LEGEND,
    Coin,
    Die,
    Stream,
    coins,
    label_table,
)

SIZE = 256  # pixels across a coin before it is photographed
STRIP = (40, 760)  # pixels of a legend before it is bent round the coin
MARGIN = (0.58, 0.88)  # inner and outer radius of the margin legend
FIELD = 0.46  # radius of the field legend
# Sectors of the obverse legend, in strip order (Arabic runs from the strip's right end).
YEAR, NAME, OPENING = (0.0, 0.31), (0.32, 0.58), (0.59, 0.99)
FIELDS = (
    (("لا اله الا الله", "وحده", "لا شريك له"), ("الامام", "معد", "امير المؤمنين")),
    (("علي", "افضل الوصيين", "وزير خير", "المرسلين"), ("عبد الله", "ووليه", "نزار الامام")),
    (("محمد", "رسول الله"), ("المنصور", "ابو علي", "الامام", "الحاكم")),
)
PLACES = {"margin": ("margin",), "field": ("field",), "both": ("margin", "field"), "nowhere": ()}
NON_JOINING = "اأإآدذرزوةىء "  # letters that do not join the next one: no kashida after them


@dataclass(frozen=True)
class Conditions:
    """How hard the set is: see the parameters of the stage `sample`."""

    wear: float  # 0 fresh, 1 worn smooth; the mean over coins
    turn: float  # degrees by which a coin lies askew in its photograph (standard deviation)
    widths: tuple[int, int]  # the least and the greatest width of the photographs, pixels
    mint_in: str = "margin"  # a key of PLACES: where on the obverse the mint is named


@dataclass(frozen=True)
class Side:
    """One struck and worn side of a coin, three images S×S."""

    height: np.ndarray  # its relief
    name: np.ndarray  # how much of the relief names the mint, 0 to 1
    outline: np.ndarray  # 1 on the flan and 0 beside it


def draw(
    root: Path,
    truth: Path,
    *,
    number: int,
    coins_per_die: float,
    conditions: Conditions,
    seed: int,
) -> None:
    """Draw `number` coins into `root`: image_labels.csv and photos/.

    Beside them, `truth` gets a mask for each obverse that names its mint, <id>.1.png: white where
    the photograph shows the name. coins_per_die: coins struck from one pair of dies, on average.
    """
    drawn = coins(number, coins_per_die, seed)
    photos = root / paths.PHOTOS
    photos.mkdir(parents=True)
    truth.mkdir(parents=True, exist_ok=True)
    (root / paths.LABEL_TABLE).write_text(label_table(drawn, seed), encoding="utf-8")
    photographed = partial(_photograph_coin, photos, truth, conditions=conditions)
    list(mapped(photographed, drawn, desc="drawing coins"))
    _add_strays(photos)


def side_relief(die: Die, side: int, mint_in: str = "margin") -> np.ndarray:
    """The fresh relief of a die: side 1 is the obverse, 2 the reverse; SIZE×SIZE×2, 0 to 1.

    The second channel is the part of the relief that names the mint. A name in the field stands
    there in place of the formula.
    """
    rng = np.random.default_rng([die.seed, side])
    turn = rng.normal(0, 0.05)
    places = PLACES[mint_in] if side == 1 else ()
    mint = LEGENDS[die.mint]
    name = np.zeros((SIZE, SIZE), np.float32)
    if "margin" in places:
        name = relief.ring(legend([(NAME, mint)]), MARGIN, SIZE, turn)
    if "field" in places:
        name = np.maximum(name, relief.lines((mint,), FIELD, SIZE))
    rest = [(YEAR, die.year_legend), (OPENING, FORMULA)]
    margin = legend(rest if side == 1 else [((0.0, 0.99), REVERSE_LEGEND)])
    height = np.maximum(name, relief.ring(margin, MARGIN, SIZE, turn))
    if "field" not in places:
        height = np.maximum(height, relief.lines(FIELDS[die.period][side - 1], FIELD, SIZE))
    height = np.maximum(height, 0.8 * relief.circle(0.52, 0.015, SIZE))
    beads = int(rng.integers(70, 90))
    height = np.maximum(height, 0.8 * relief.circle(0.94, 0.03, SIZE, beads))
    cut = _by_hand(rng)
    return np.dstack([cv2.remap(layer, *cut, cv2.INTER_LINEAR) for layer in (height, name)])


def legend(sections: list[tuple[tuple[float, float], str]]) -> np.ndarray:
    """Fill sectors of a margin strip with words, stretched by kashidas to the sector's width."""
    strip = np.zeros(STRIP, np.float32)
    for (start, end), text in sections:
        left, right = int(start * STRIP[1]), int(end * STRIP[1])
        ink = relief.lettering(_elongated(text, (right - left) / STRIP[0]))
        strip[:, left:right] = cv2.resize(
            ink, (right - left, STRIP[0]), interpolation=cv2.INTER_AREA
        )
    return strip


def _elongated(text: str, aspect: float) -> str:
    joints = [place for place in range(1, len(text)) if text[place - 1] not in NON_JOINING]
    joints = [place for place in joints if text[place] != " "]
    stretched = text
    for strokes in range(1, 40):
        height, width = relief.lettering(stretched).shape
        if width / height >= 0.75 * aspect or not joints:
            break
        pieces = np.split(np.array(list(text)), joints)
        each, over = divmod(strokes, len(joints))  # the last joints get one stroke more
        tails = ["ـ" * (each + (n >= len(joints) - over)) for n in range(len(joints))] + [""]
        stretched = "".join(
            "".join(piece) + tail for piece, tail in zip(pieces, tails, strict=True)
        )
    return stretched


def _by_hand(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Where an engraver's hand takes each pixel from: columns and rows."""
    axis = np.arange(SIZE, dtype=np.float32)
    columns, rows = (place + 1.2 * relief.cloud(SIZE, 6, rng) for place in np.meshgrid(axis, axis))
    return columns, rows


def strike(die: np.ndarray, conditions: Conditions, rng: np.random.Generator) -> Side:
    """Strike and wear one side. die: see `side_relief`."""
    if rng.random() < 0.06:  # struck twice, the flan turned in between
        again = _moved(die, _turn(rng.normal(0, 4), rng.normal(0, 2, 2)))
        die = np.maximum(die, 0.6 * again)
    height, name = cv2.split(_moved(die, _turn(0, rng.normal(0, 2.0, 2))))
    height = relief.worn(height, min(rng.exponential(conditions.wear), 0.9), rng)
    height = height + rng.uniform(0.01, 0.04) * relief.cloud(SIZE, 40, rng)
    radius, angle = relief.polar(SIZE)
    waves = [rng.normal(0, 0.006) * np.cos(k * angle + rng.uniform(0, 6.3)) for k in (2, 3, 5)]
    edge = 0.975 + sum(waves)
    if rng.random() < 0.06:  # clipped
        cut = rng.uniform(0.72, 0.9) / np.maximum(np.cos(angle - rng.uniform(0, 6.3)), 1e-3)
        edge = np.where(cut > 0, np.minimum(edge, cut), edge)
    outline = (radius < edge).astype(np.float32)
    return Side(height * outline, name * outline, outline)


def _moved(layers: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    size = layers.shape[:2]
    return np.dstack([cv2.warpAffine(layer, matrix, size) for layer in cv2.split(layers)])


def _turn(degrees: float, shift: np.ndarray) -> np.ndarray:
    matrix = cv2.getRotationMatrix2D(((SIZE - 1) / 2, (SIZE - 1) / 2), degrees, 1)
    matrix[:, 2] += shift
    return matrix


def _photograph_coin(photos: Path, truth: Path, coin: Coin, *, conditions: Conditions) -> None:
    rng = np.random.default_rng([coin.seed, Stream.SIDES])
    kept = rng.random() < (0.97 if coin.legible else 0.4)
    sides = (1,) if rng.random() < 0.03 else (1, 2)
    for side in sides if kept else ():
        rng = np.random.default_rng([coin.seed, side, Stream.MISHAPS])
        image, name = coin_photograph(coin, side, conditions)
        if coin.copied == "near":
            image, name = (
                cv2.resize(picture, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
                for picture in (image, name)
            )
        image, cut = _spoilt(image, rng)
        if name.any():
            (truth / f"{coin.id}.{side}.png").write_bytes(cv2.imencode(".png", name)[1].tobytes())
        _save(image, photos / f"{coin.id}.{side}", cut, rng)


def _spoilt(image: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """What can happen to a photograph: the image, and the share of its file that was written."""
    mishap = rng.random()
    if mishap < 0.004:
        return image, 0.4  # broken off half-way
    if mishap < 0.006:
        return image, 0.0  # an empty file
    if mishap < 0.009:
        return np.full_like(image, rng.integers(20, 235)), 1.0  # the lens cap left on
    if mishap < 0.012:
        return cv2.GaussianBlur(image, (0, 0), image.shape[1] / 30), 1.0  # out of focus
    if mishap < 0.014:
        return camera.empty(image.shape[1], rng), 1.0  # the table without a coin
    return image, 1.0


def coin_photograph(coin: Coin, side: int, conditions: Conditions) -> tuple[np.ndarray, np.ndarray]:
    """Strike, wear and photograph one side of a coin.

    Returns the photograph, uint8 RGB (H,W,3), and the mask of the mint's name on it, uint8 (H,W), 0
    or 255.
    """
    rng = np.random.default_rng([coin.seed, side])
    mint_in = "nowhere" if coin.written in NAMELESS else conditions.mint_in
    struck = strike(side_relief(coin.die, side, mint_in), conditions, rng)
    turn = _turn(rng.normal(0, conditions.turn), np.zeros(2))
    layers = np.dstack((struck.height, struck.name, struck.outline))
    height, name, outline = cv2.split(_moved(layers, turn))
    gold = np.array([0.80, 0.62, 0.27]) * rng.uniform(0.9, 1.1) * rng.uniform(0.97, 1.03, 3)
    light = relief.Light(rng.normal(-0.8, 0.5), rng.uniform(2.5, 4.0), rng.uniform(0.1, 0.5))
    coin_image = relief.lit(height, gold, light)
    least, greatest = np.log(conditions.widths)
    width = int(np.exp(rng.uniform(least, greatest)))
    image, place = camera.take(coin_image, outline, width=width, rng=rng)
    seen = cv2.warpAffine(name, place, image.shape[1::-1], flags=cv2.INTER_AREA) > 0.5
    return image, np.uint8(255) * seen


def _save(image: np.ndarray, stem: Path, written: float, rng: np.random.Generator) -> None:
    suffix = rng.choice(["jpg", "JPG", "tif", "png"], p=[0.80, 0.16, 0.02, 0.02])
    picture = Image.fromarray(image)
    if rng.random() < 0.02:
        picture = picture.convert("L")
    path = stem.with_name(f"{stem.name}.{suffix}")
    if suffix.lower() == "jpg":
        picture.save(path, quality=int(rng.integers(82, 96)))
    else:
        picture.save(path)
    if written < 1:
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * written)])


def _add_strays(photos: Path) -> None:
    """Leave a few photographs behind that no row of the table belongs to."""
    for number, path in enumerate(sorted(photos.iterdir())[:3]):
        shutil.copyfile(path, photos / f"{300_000 + number}.1{path.suffix}")
