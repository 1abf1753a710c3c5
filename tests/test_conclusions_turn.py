"""The project's strongest check: move the mint's name, and the conclusions must move with it.

Small sets are drawn that differ in nothing but where the obverse names its mint. The stages run on
each as they do on any other set, and the conclusions are read. `test_conclusions_extremes` goes on.
"""

import pytest
from moved_name import above_chance, details

from mintmark.report import zone_findings


@pytest.mark.parametrize(
    ("mint_in", "lost", "spared"), [("margin", "margin", "centre"), ("field", "centre", "margin")]
)
def test_the_conclusion_follows_the_name(tmp_path, mint_in, lost, spared):
    train2, mask = details(tmp_path, mint_in)
    assert above_chance(train2, train2["majority_accuracy"])
    assert f"stands in the {mint_in}" in " ".join(map(str, zone_findings.masked(mask)))
    adapted, chance = mask["adapted"], mask["majority_accuracy"]
    assert above_chance(adapted[spared], chance)
    assert not above_chance(adapted[lost], chance)
    # The network as trained loses more with the zone of the name.
    assert mask[lost]["drop_low"] > mask[spared]["drop_high"]
    assert mask[lost]["p_holm"] < 0.00005
