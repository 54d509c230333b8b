"""Pools that push outwards: how far, from where, and when they do not."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools.averages import mean
from scoring.pools.extremizing import extremized, karmarkar, logit_normal, neyman_factor, neyman_roughgarden
from scoring.pools.odds import geometric_mean_of_odds, log_pool, mean_log_odds
from tests.scoring.crowds import weighted

ordinary = st.floats(0.02, 0.98)
stretches = st.floats(0.2, 5)
#: Variances of questions and of people, and how much people err together.
KNOWN = {"prior_variance": 2.0, "noise_variance": 1.0, "correlation": 0.25}


def sigma(position):
    return 1 / (1 + math.exp(-position))


class TestExtremized:
    @given(weighted(ordinary), stretches)
    def test_it_stretches_the_mean_log_odds(self, crowd, stretch):
        assert extremized(*crowd, stretch=stretch) == pytest.approx(sigma(stretch * mean_log_odds(*crowd)))

    @given(weighted(ordinary), stretches)
    def test_it_is_the_log_pool_with_weights_of_that_sum(self, crowd, stretch):
        assert extremized(*crowd, stretch=stretch) == pytest.approx(
            log_pool(*crowd, total=stretch), abs=1e-12
        )

    @given(weighted(ordinary))
    def test_a_stretch_of_1_is_the_geometric_mean_of_odds(self, crowd):
        assert extremized(*crowd, stretch=1) == geometric_mean_of_odds(*crowd)

    @given(ordinary)
    def test_it_goes_outwards_from_one_half(self, said):
        assert abs(extremized([said]) - 0.5) >= abs(said - 0.5) - 1e-12

    def test_one_half_stays(self):
        assert extremized([0.5, 0.5], stretch=3) == 0.5


class TestNeymanRoughgarden:
    @pytest.mark.parametrize(
        ("people", "factor"), [(1, 1.0), (2, 1.2915026221291814), (7, 1.582585211880305)]
    )
    def test_the_factor_is_the_published_one(self, people, factor):
        assert neyman_factor(people) == pytest.approx(factor, abs=1e-14)

    def test_it_rises_to_the_root_of_three(self):
        factors = [neyman_factor(people) for people in range(1, 300)]
        assert factors == sorted(factors)
        assert neyman_factor(10**6) == pytest.approx(math.sqrt(3), abs=1e-5)
        assert factors[-1] < math.sqrt(3)

    @pytest.mark.parametrize("people", [0, -3])
    def test_nobody_has_no_factor(self, people):
        with pytest.raises(ValueError, match=r"^people must be 1 or more, got"):
            neyman_factor(people)

    @given(weighted(ordinary))
    def test_from_one_half_it_is_a_stretch_that_grows_with_people(self, crowd):
        factor = neyman_factor(crowd[0].size)
        assert neyman_roughgarden(*crowd) == pytest.approx(extremized(*crowd, stretch=factor), abs=1e-12)

    @given(ordinary, st.integers(1, 20))
    def test_a_crowd_at_the_base_rate_stays(self, said, people):
        assert neyman_roughgarden([said] * people, base_rate=said) == pytest.approx(said)

    def test_it_pushes_away_from_the_base_rate_and_not_from_one_half(self):
        assert neyman_roughgarden([0.3] * 5, base_rate=0.1) > 0.3 > neyman_roughgarden([0.3] * 5)

    def test_people_are_counted_and_not_their_weights(self):
        assert neyman_roughgarden([0.8, 0.8], [5, 5]) == neyman_roughgarden([0.8, 0.8])

    @pytest.mark.parametrize("rate", [0, 1, -0.5, np.nan])
    def test_a_base_rate_lies_inside(self, rate):
        with pytest.raises(ValueError, match=r"^base_rate must lie strictly between 0 and 1"):
            neyman_roughgarden([0.5], base_rate=rate)


class TestKarmarkar:
    @given(ordinary, stretches)
    def test_it_is_a_stretch_of_log_odds_of_one_number(self, said, stretch):
        assert karmarkar([said], stretch=stretch) == pytest.approx(extremized([said], stretch=stretch))

    @given(weighted(ordinary))
    def test_a_stretch_of_1_is_the_mean(self, crowd):
        for each in (True, False):
            assert karmarkar(*crowd, stretch=1, each=each) == pytest.approx(mean(*crowd))

    def test_before_the_mean_is_not_after_it(self):
        crowd = [0.5, 0.9]
        after, before = karmarkar(crowd, stretch=2), karmarkar(crowd, stretch=2, each=True)
        assert after == pytest.approx(0.49 / (0.49 + 0.09))
        assert before == pytest.approx((0.5 + 0.81 / 0.82) / 2)

    def test_nothing_is_clipped(self):
        assert karmarkar([0.0]) == 0.0
        assert karmarkar([1.0, 1.0]) == 1.0

    def test_a_stretch_that_leaves_no_power_above_0_in_doubles_still_has_a_value(self):
        assert karmarkar([0.5], stretch=5_000) == 0.5
        assert [karmarkar([said], stretch=1e5) for said in (0.4, 0.6)] == [0.0, 1.0]


class TestLogitNormal:
    @given(weighted(ordinary))
    def test_it_lies_between_the_base_rate_and_the_crowd(self, crowd):
        centre = geometric_mean_of_odds(*crowd)
        low, high = sorted((0.3, centre))
        assert low - 1e-12 <= logit_normal(*crowd, **KNOWN, base_rate=0.3) <= high + 1e-12

    def test_it_is_bayes_rule_of_normals(self):
        crowd = [0.6, 0.7, 0.9]
        worth = 3 / (1 + 2 * 0.25)
        expected = 2 / (2 + 1 / worth) * mean_log_odds(crowd)
        assert logit_normal(crowd, **KNOWN) == pytest.approx(sigma(expected))
        assert logit_normal(crowd, **KNOWN, stretch=1.5) == pytest.approx(sigma(1.5 * expected))

    def test_people_who_err_as_one_are_worth_one(self):
        known = {"prior_variance": 1, "noise_variance": 1, "correlation": 1}
        assert logit_normal([0.8] * 50, **known) == pytest.approx(logit_normal([0.8], **known))

    def test_many_who_err_apart_are_believed(self):
        known = {"prior_variance": 1, "noise_variance": 1, "correlation": 0}
        assert logit_normal([0.8] * 5000, **known) == pytest.approx(0.8, abs=1e-3)

    def test_unequal_weights_are_worth_fewer(self):
        crowd, known = [0.8, 0.8, 0.8], {"prior_variance": 1, "noise_variance": 1, "correlation": 0}
        assert logit_normal(crowd, [9, 1, 1], **known) < logit_normal(crowd, **known)

    @given(st.integers(1, 20))
    def test_the_more_people_the_further_from_the_base_rate(self, people):
        more, fewer = logit_normal([0.9] * (people + 1), **KNOWN), logit_normal([0.9] * people, **KNOWN)
        assert more > fewer

    @pytest.mark.parametrize("correlation", [-0.1, 1.1, np.nan])
    def test_a_correlation_lies_between_0_and_1(self, correlation):
        with pytest.raises(ValueError, match=r"^correlation must lie between 0 and 1, got"):
            logit_normal([0.5], prior_variance=1, noise_variance=1, correlation=correlation)

    @pytest.mark.parametrize("name", ["prior_variance", "noise_variance", "stretch"])
    def test_variances_and_stretch_are_positive(self, name):
        with pytest.raises(ValueError, match=rf"^{name} must be above 0 and finite, got 0"):
            logit_normal([0.5], **(KNOWN | {name: 0}))


@pytest.mark.parametrize("pool", [extremized, karmarkar])
@pytest.mark.parametrize("stretch", [0, -1, np.inf, np.nan])
def test_a_stretch_is_positive(pool, stretch):
    with pytest.raises(ValueError, match=r"^stretch must be above 0 and finite"):
        pool([0.5], stretch=stretch)
