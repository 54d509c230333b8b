"""Means that leave out one side: where the crowd is thinnest, or where it leans to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools.averages import evenly, mean
from scoring.pools.windows import densest_mean, soften_mean
from tests.scoring.crowds import probabilities, weighted

crowds = st.lists(st.integers(0, 100).map(lambda percent: percent / 100), min_size=1, max_size=20)


class TestDensestMean:
    def test_an_outlier_goes_on_whichever_side_it_is(self):
        assert densest_mean([0.5, 0.55, 0.6, 0.99], cut=0.25) == pytest.approx(0.55)
        assert densest_mean([0.01, 0.5, 0.55, 0.6], cut=0.25) == pytest.approx(0.55)

    def test_two_may_go_on_the_same_side(self):
        assert densest_mean([0.1, 0.11, 0.12, 0.8, 0.9], cut=0.4) == pytest.approx(0.11)

    def test_fewer_than_ten_lose_nobody_by_the_tenth_that_is_usual(self):
        assert densest_mean([0.1] * 8 + [0.9]) == pytest.approx(mean([0.1] * 8 + [0.9]))
        assert densest_mean([0.1] * 9 + [0.9]) == pytest.approx(0.1)

    def test_of_windows_equally_small_the_lowest_counts_even_where_rounding_disagrees(self):
        assert densest_mean([0.1, 0.2, 0.3], cut=0.34) == pytest.approx(0.15)

    def test_a_person_is_one_whatever_they_weigh(self):
        assert densest_mean([0.1, 0.2, 0.9], [1, 3, 50], cut=0.34) == pytest.approx(0.175)

    @given(crowds, st.floats(0, 0.95))
    def test_it_is_the_search_by_hand(self, people, cut):
        rising = sorted(people)
        stay = max(1, len(rising) - int(len(rising) * cut + 1e-9))
        windows = [rising[at : at + stay] for at in range(len(rising) - stay + 1)]
        narrowest = min(round(max(window) - min(window), 9) for window in windows)
        first = next(window for window in windows if round(max(window) - min(window), 9) == narrowest)
        assert densest_mean(people, cut=cut) == pytest.approx(np.mean(first))


class TestSoftenMean:
    def test_a_sure_crowd_is_drawn_to_the_middle_from_either_side(self):
        assert soften_mean([0.6, 0.7, 0.99], cut=0.1) == pytest.approx(0.65)
        assert soften_mean([0.01, 0.3, 0.4], cut=0.1) == pytest.approx(0.35)

    def test_the_number_left_out_is_rounded_up(self):
        assert soften_mean(np.arange(60, 71) / 100, cut=0.1) == pytest.approx(np.arange(60, 69).mean() / 100)
        assert soften_mean(np.arange(60, 70) / 100, cut=0.1) == pytest.approx(np.arange(60, 69).mean() / 100)

    def test_at_one_half_nobody_is_left_out(self):
        assert soften_mean([0.1, 0.5, 0.9]) == pytest.approx(0.5)

    def test_one_person_stays(self):
        assert soften_mean([0.9, 0.8], cut=0.99) == 0.8

    @given(weighted(probabilities), st.floats(0, 0.99))
    def test_it_is_never_further_out_than_the_mean(self, crowd, cut):
        centre, soft = mean(*crowd), soften_mean(*crowd, cut=cut)
        assert soft <= centre + 1e-9 if centre >= 0.5 else soft >= centre - 1e-9


@pytest.mark.parametrize("pool", [densest_mean, soften_mean])
def test_without_a_cut_both_are_the_mean(pool):
    assert pool([0.1, 0.2, 0.9], [1, 2, 3], cut=0) == pytest.approx(mean([0.1, 0.2, 0.9], [1, 2, 3]))


@pytest.mark.parametrize("pool", [densest_mean, soften_mean])
@given(crowds, st.randoms(), st.floats(0, 0.9))
def test_who_says_the_same_shares_the_weight_so_that_the_order_does_not_matter(pool, people, random, cut):
    weight = np.arange(1.0, len(people) + 1)
    order = random.sample(range(len(people)), len(people))
    shuffled = pool(np.array(people)[order], weight[order], cut)
    assert shuffled == pytest.approx(pool(people, weight, cut), abs=1e-12)


@given(weighted(st.integers(0, 3).map(float)))
def test_sharing_keeps_the_sum_of_each_value(crowd):
    value, weight = np.sort(crowd[0]), crowd[1]
    shared = evenly(value, weight)
    for one in np.unique(value):
        assert shared[value == one].sum() == pytest.approx(weight[value == one].sum())
        assert np.ptp(shared[value == one]) == 0


@pytest.mark.parametrize("pool", [densest_mean, soften_mean])
@pytest.mark.parametrize("cut", [-0.1, 1.0, 2, np.nan])
def test_a_cut_leaves_somebody(pool, cut):
    with pytest.raises(ValueError, match=r"^cut must be at least 0 and below 1, got"):
        pool([0.2, 0.3], cut=cut)
