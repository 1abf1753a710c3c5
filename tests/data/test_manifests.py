"""Mints as class numbers."""

import pandas as pd

from mintmark.data import manifests


def test_a_mint_that_is_not_told_apart_has_no_number():
    named = pd.Series(["Misr", "Zawilah", "al-Mansuriyah", "Misr"])
    assert manifests.numbers(named, ["Misr", "al-Mansuriyah"]).tolist() == [0, -1, 1, 0]
    assert manifests.numbers(named[:0], ["Misr"]).tolist() == []
