"""Sample coins taught the network nothing."""

from pathlib import Path

import pandas as pd

from mintmark.app import examination, fragments


def test_samples_are_test_coins_of_each_mint_and_coins_of_mints_never_seen(known, coins):
    table = known.index.table.set_index("id")
    for sample in coins:
        coin = table.loc[sample.brought["id"].iloc[0]]
        assert coin["part"] == ("test" if sample.learnt else "")
        assert coin["mint"] == sample.mint
        assert all(Path(sample.brought[side].iloc[0]).is_file() for side in ("obverse", "reverse"))
    mints = pd.Series([sample.mint for sample in coins if sample.learnt])
    assert mints.value_counts().to_dict() == dict.fromkeys(known.index.names, 2)
    assert sum(not sample.learnt for sample in coins) == 2


def test_a_sample_is_beside_what_the_catalogue_says(known, coins):
    for sample in (coins[0], coins[-1]):
        examined = examination.examine(sample.brought, known, sample)
        said = fragments.answer(examined, known)
        assert f"The catalogue says: {sample.mint}" in said
        assert ("never saw a coin" in said) == (not sample.learnt)
        assert "this coin itself" in fragments.similar(examined, examined.seen, known)
