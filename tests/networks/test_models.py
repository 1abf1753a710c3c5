"""A network that is shown the same coins again and again."""

import numpy as np
import pandas as pd
import pytest
from small_training import SETTINGS

from mintmark.data.coins import CoinSet
from mintmark.networks import models, training

BACKBONE = {"network": "EfficientNetLite0", "maps": "block1_1", "upward_from": "none"}


@pytest.fixture(scope="module")
def coins():
    """Three coins of noise."""
    images = np.random.default_rng(0).integers(0, 255, (3, 32, 64, 3)).astype(np.uint8)
    table = pd.DataFrame({"mint": list("ABA")})
    for side, x in (("obverse", 16), ("reverse", 48)):
        table[f"{side}_x"], table[f"{side}_y"], table[f"{side}_r"] = x, 16, 14
    return CoinSet(table, images, ["A", "B"])


@pytest.mark.parametrize("changes", [{}, BACKBONE, {**BACKBONE, "sides": "together"}])
@pytest.mark.parametrize("columns", [np.s_[4:9], np.s_[40:50], np.s_[20:40], np.s_[0:0]])
def test_changed_coins_are_read_as_by_the_whole_network(coins, changes, columns):
    model = training.build(SETTINGS.model_copy(update=changes), coins)
    changed = coins.images.copy()
    changed[:, 5:20, columns] = 90
    read = models.Reading(model, coins.images).logits(changed)
    np.testing.assert_allclose(read, models.logits(model, changed), rtol=1e-4, atol=1e-5)


def test_a_side_that_has_not_changed_is_not_seen_again(coins, monkeypatch):
    model = training.build(SETTINGS.model_copy(update=BACKBONE), coins)
    reading, seen = models.Reading(model, coins.images), []
    through = models.in_batches
    monkeypatch.setattr(
        models, "in_batches", lambda net, images: (seen.append(net), through(net, images))[1]
    )
    changed = coins.images.copy()
    changed[:, 5:20, 40:50] = 90
    reading.logits(changed)
    assert seen == [reading.side, reading.head]
