"""What the report says of naming coins that somebody brings."""

import pytest

from mintmark.report import identification_findings


@pytest.fixture
def identify(details):
    return details["identify"]


def plain(identify):
    return [finding.plain for finding in identification_findings.write(identify)]


def test_a_promise_is_called_broken_only_where_the_interval_says_so(identify):
    (sets,) = identify["views"]["both"]["sets"].values()
    for coverage, high, broken in ((0.95, 0.98, False), (0.85, 0.92, False), (0.8, 0.88, True)):
        sets |= {"coverage": coverage, "coverage_high": high}
        said = plain(identify)[0]
        assert f"of 90 in 100 coins, hold that of {100 * coverage:.0f}" in said
        assert said.endswith(", fewer than promised.") == broken


def test_what_is_refused_and_what_one_side_gives_follow_the_numbers(identify):
    both = identify["views"]["both"]
    both["refused"] |= {"unknown": {"refused": 0.4, "n": 20}, "known": {"refused": 0.02, "n": 90}}
    identify["views"]["reverse"]["accuracy"] = 0.33
    said = plain(identify)
    assert "calls 40 unknown, and wrongly 2 of 100" in said[1]
    assert "33 by the reverse alone" in said[2]


def test_without_coins_to_look_up_nothing_is_said_of_similar_ones(identify):
    assert any("most similar" in said for said in plain(identify))
    identify["similar"]["features"]["taught"] = {"n": 0}
    assert not any("most similar" in said for said in plain(identify))
