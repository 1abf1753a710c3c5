"""The drawn type set: the competition's layout, long-tailed, and the same for the same seed."""

import pandas as pd
import pytest

from mintmark.coin_types import competition
from mintmark.synthetic import coin_types


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    root = tmp_path_factory.mktemp("types") / "set"
    coin_types.draw(root, types=40, photos=8, test=6, size=48, seed=3)
    return root


def test_the_layout_is_the_competitions(drawn):
    table, skipped = competition.checked(drawn)
    assert skipped.empty
    assert table["Class"].nunique() == 40
    assert len(competition.photographs(drawn / "test")[0]) == 6


def test_types_are_long_tailed_with_three_photographs_at_least(drawn):
    counts = pd.read_csv(drawn / "train.csv")["Class"].value_counts()
    assert counts.min() >= 3
    assert counts.mean() == pytest.approx(8, abs=1)
    assert counts.max() > 3 * counts.median()


def test_the_whole_set_has_315_types_with_commas_and_accents():
    names = [kind.name for kind in coin_types.all_types()]
    assert len(set(names)) == 315
    assert all(name.count(",") == 2 for name in names)
    assert any(not name.isascii() for name in names)


def test_the_same_seed_draws_the_same_bytes(drawn, tmp_path):
    coin_types.draw(tmp_path / "again", types=40, photos=8, test=6, size=48, seed=3)
    for path in sorted(p for p in drawn.rglob("*") if p.is_file()):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(drawn)).read_bytes()
