"""The drawn mint set: the make-up of the real one, and no cue but the mint's name."""

import hashlib
from collections import Counter
from dataclasses import replace

import cv2
import numpy as np
import pytest

from mintmark.synthetic import mint_catalogue, mints, relief

CONDITIONS = mints.Conditions(wear=0.3, turn=5, widths=(300, 400))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    root = tmp_path_factory.mktemp("mints")
    draw(root)
    return root


def draw(root):
    small = replace(CONDITIONS, widths=(100, 150))
    mints.draw(root, root / "truth", number=80, coins_per_die=1.5, conditions=small, seed=3)


def digest(root):
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return [(p.name, hashlib.sha256(p.read_bytes()).hexdigest()) for p in files]


def test_the_whole_table_has_the_make_up_of_the_published_one():
    coins = mint_catalogue.coins(677, 1.5, seed=1)
    assert Counter(coin.written for coin in coins) == mint_catalogue.MAKE_UP
    assert len({coin.id for coin in coins}) == 677
    assert all(len(coin.id) == 6 for coin in coins)


def test_a_smaller_table_keeps_the_proportions():
    written = Counter(coin.written for coin in mint_catalogue.coins(68, 1.5, seed=1))
    assert written["Misr"] == pytest.approx(25, abs=1)
    assert written["al-Mahdiyah"] == pytest.approx(4, abs=1)


def test_the_header_comes_last_without_a_final_newline():
    coins = mint_catalogue.coins(677, 1.5, seed=1)
    lines = mint_catalogue.label_table(coins, seed=1).split("\n")
    assert len(lines) == 678
    assert lines[-1] == mint_catalogue.HEADER
    assert lines[0].startswith(coins[0].id + ",")
    assert any(",`," in line for line in lines)


def test_years_are_drawn_alike_for_the_mints():
    coins = mint_catalogue.coins(2_000, 1, seed=5)
    years = {m: [c.die.year for c in coins if c.written == m] for m in ("Misr", "al-Mansuriyah")}
    means = [np.mean(values) for values in years.values()]
    error = np.hypot(*[np.std(values) / np.sqrt(len(values)) for values in years.values()])
    assert abs(means[0] - means[1]) < 4 * error


def test_the_same_seed_draws_the_same_bytes(drawn, tmp_path):
    draw(tmp_path / "again")
    assert digest(drawn) == digest(tmp_path / "again")


def test_photographs_are_named_and_listed_as_in_the_study(drawn):
    names = sorted(path.name for path in (drawn / "photos").iterdir())
    assert all(name[:6].isdigit() and name[6:9] in (".1.", ".2.") for name in names)
    listed = (drawn / "image_labels.csv").read_text(encoding="utf-8")
    assert sum(name[:6] not in listed for name in names) == 3


def test_only_the_sector_of_the_name_differs_between_mints():
    dies = [mint_catalogue.Die(mint, 14, 1, seed=9) for mint in ("Misr", "al-Mansuriyah")]
    misr, mansuriyah = (mints.side_relief(die, side=1)[..., 0] for die in dies)
    different = np.abs(misr - mansuriyah) > 0.05
    radius, angle = relief.polar(mints.SIZE)
    assert different.any()
    assert radius[different].min() > 0.54
    share = angle[different] / (2 * np.pi)
    assert share.min() > mints.NAME[0] - 0.06
    assert share.max() < mints.NAME[1] + 0.06


def test_reverses_do_not_tell_the_mint():
    dies = [mint_catalogue.Die(mint, 14, 1, seed=9) for mint in ("Misr", "al-Mahdiyah")]
    np.testing.assert_array_equal(*(mints.side_relief(die, side=2) for die in dies))


def test_a_nameless_coin_shows_no_name():
    die = mint_catalogue.Die("Misr", 14, 1, seed=9)
    named, nameless = (mints.side_relief(die, 1, place) for place in ("margin", "nowhere"))
    assert named[..., 0].sum() > nameless[..., 0].sum() + 100
    assert not nameless[..., 1].any()


@pytest.mark.parametrize(
    ("mint_in", "zones"),
    [
        ("margin", {"margin"}),
        ("field", {"field"}),
        ("both", {"margin", "field"}),
        ("nowhere", set()),
    ],
)
def test_mints_differ_where_the_name_is_said_to_be_and_nowhere_else(mint_in, zones):
    dies = [mint_catalogue.Die(mint, 14, 1, seed=9) for mint in ("Misr", "al-Mansuriyah")]
    faces = [mints.side_relief(die, 1, mint_in) for die in dies]
    different = np.abs(faces[0][..., 0] - faces[1][..., 0]) > 0.05
    named = np.maximum(faces[0][..., 1], faces[1][..., 1]) > 0
    radius, _ = relief.polar(mints.SIZE)
    assert not (different & ~named).any()
    for zone, inside in {"field": radius < 0.5, "margin": radius > 0.54}.items():
        assert different[inside].any() == named[inside].any() == (zone in zones)


def test_the_truth_lies_on_the_name_in_the_photograph():
    coins = [coin for coin in mint_catalogue.coins(60, 1, seed=8) if coin.legible][:8]
    for coin in coins:
        image, name = mints.coin_photograph(coin, 1, replace(CONDITIONS, wear=0.0))
        assert name.shape == image.shape[:2]
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(float)
        detail = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 4))
        beside = cv2.dilate(name, np.ones((9, 9))) > 0
        wider = (cv2.dilate(name, np.ones((41, 41))) > 0) & ~beside
        assert detail[beside].mean() > detail[wider & (grey > 60)].mean()
    assert not mints.coin_photograph(coins[0], 2, CONDITIONS)[1].any()  # the reverse names no mint


def test_the_third_mint_looks_more_like_the_second_than_the_first():
    written = [mint_catalogue.LEGENDS[mint] for mint in ("al-Mahdiyah", "al-Mansuriyah", "Misr")]
    names = [mints.legend([(mints.NAME, text)]) for text in written]
    soft = [cv2.GaussianBlur(name, (0, 0), 4).ravel() for name in names]
    assert np.corrcoef(soft[0], soft[1])[0, 1] > np.corrcoef(soft[0], soft[2])[0, 1]
