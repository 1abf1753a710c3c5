"""What heat maps say, and whether to believe them."""

import numpy as np
import pytest

from mintmark import explanation, masks

CIRCLES = np.tile(np.array([[[31.5, 31.5, 30], [95.5, 31.5, 30]]]), (4, 1, 1))
RADII = masks.radii(CIRCLES, (64, 128))


def test_even_heat_falls_by_area():
    shares = explanation.zone_shares(np.ones_like(RADII), RADII, 0.5)
    summary = explanation.zone_summary(shares, RADII, 0.5, seed=1)
    assert summary["mass"]["field"] == pytest.approx(summary["area"]["field"])
    assert summary["mass"]["margin"] == pytest.approx(0.75, abs=0.01)


def test_heat_in_the_margin_counts_there_and_heat_beside_the_coin_not_at_all():
    heat = ((RADII > 0.8) & (RADII < 2)).astype(float)
    shares = explanation.zone_shares(heat, RADII, 0.5)
    assert (shares["margin"] == 1).all() and (shares["field"] == 0).all()


def test_a_coin_without_heat_has_no_share_and_is_left_out():
    heat = np.ones_like(RADII)
    heat[0] = 0
    shares = explanation.zone_shares(heat, RADII, 0.5)
    assert shares.iloc[0].isna().all()
    assert explanation.zone_summary(shares, RADII, 0.5, seed=1)["n"] == 3


def test_without_any_heat_the_shares_are_nothing_rather_than_no_number():
    shares = explanation.zone_shares(np.zeros_like(RADII), RADII, 0.5)
    summary = explanation.zone_summary(shares, RADII, 0.5, seed=1)
    assert summary["n"] == 0
    assert summary["mass"]["field"] == summary["mass"]["margin"] == 0


def test_deleting_what_matters_first_costs_the_lead_sooner():
    images = np.full((4, 64, 128, 3), 90, np.uint8)
    spot = np.s_[:, 45:55, 25:40]
    images[spot] = 250

    def predict(masked):
        bright = masked[spot].mean(axis=(1, 2, 3)) - 150
        return np.column_stack([bright, -bright])

    heat = np.zeros(RADII.shape)
    heat[spot] = 1
    chance = explanation.random_heat(heat.shape, 16, seed=1)
    target = np.zeros(4, int)
    hit, miss = (explanation.deletion(predict, images, h, RADII, target) for h in (heat, chance))
    assert hit[0] == miss[0] > 0
    assert hit[1] < 0 < miss[1]


def test_rank_correlation_of_maps():
    rng = np.random.default_rng(0)
    first = rng.random((3, 8, 16))
    np.testing.assert_allclose(explanation.rank_correlation(first, first**3), 1)
    assert abs(explanation.rank_correlation(first, rng.random((3, 8, 16)))).max() < 0.35
    assert (explanation.rank_correlation(first, np.zeros_like(first)) == 0).all()
