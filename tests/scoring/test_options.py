"""Pools over options of which exactly one comes true."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools import averages
from scoring.pools.extremizing import extremized
from scoring.pools.odds import geometric_mean, geometric_mean_of_odds, log_pool
from scoring.pools.options import lifted, log_pool_options, mean_options, median_options
from tests.scoring.crowds import probabilities, shares, weighted

POOLS = [mean_options, log_pool_options, lambda *crowd: lifted(geometric_mean_of_odds, *crowd).value]
ROWS = [[0.6, 0.3, 0.1], [0.6, 0.1, 0.3], [0.2, 0.2, 0.6]]


@given(shares())
def test_every_pool_sums_to_1(crowd):
    for pool in (*POOLS, median_options):
        assert pool(*crowd).sum() == pytest.approx(1)


@pytest.mark.parametrize("pool", POOLS)
@given(shares(), st.randoms())
def test_the_order_of_options_and_people_does_not_matter(pool, crowd, random):
    probability, weight = crowd
    people, options = (random.sample(range(size), size) for size in probability.shape)
    shuffled = pool(probability[people][:, options], weight[people])
    assert shuffled == pytest.approx(pool(probability, weight)[options], abs=1e-9)


@pytest.mark.parametrize("pool", [*POOLS, median_options])
def test_abstaining_and_having_no_weight_are_absence(pool):
    rows = [ROWS[0], [np.nan] * 3, ROWS[1], ROWS[2]]
    assert pool(rows, [1, 9, 2, 0]).tolist() == pool(ROWS[:2], [1, 2]).tolist()
    assert pool(ROWS, [0, 0, 0]).tolist() == pool(ROWS).tolist()


@pytest.mark.parametrize("pool", [*POOLS, median_options])
@given(shares(most=1))
def test_of_one_person_it_is_what_they_said(pool, crowd):
    probability, _ = crowd
    inside = np.clip(probability, 0.01, 0.99)
    inside = inside / inside.sum()
    if (inside >= 0.01).all():
        assert pool(inside) == pytest.approx(inside[0], abs=1e-9)


class TestMeanAndMedian:
    def test_the_medians_are_divided_by_their_sum(self):
        assert median_options(ROWS) == pytest.approx(np.array([0.6, 0.2, 0.3]) / 1.1)
        assert median_options(ROWS, weight=[1, 1, 3]) == pytest.approx([0.2, 0.2, 0.6])

    def test_medians_that_are_all_0_are_refused(self):
        with pytest.raises(ValueError, match=r"^probability must leave one option a median above 0"):
            median_options(np.eye(3))

    @given(shares())
    def test_both_are_a_binary_pool_lifted(self, crowd):
        assert lifted(averages.mean, *crowd).value == pytest.approx(mean_options(*crowd))
        assert lifted(averages.median, *crowd).value == pytest.approx(median_options(*crowd))

    @given(shares())
    def test_the_mean_needs_no_dividing(self, crowd):
        assert lifted(averages.mean, *crowd).total == pytest.approx(1)


class TestLifted:
    def test_the_sum_before_dividing_is_told(self):
        crowd = lifted(averages.median, ROWS)
        assert crowd.total == pytest.approx(1.1)
        assert crowd.value * crowd.total == pytest.approx([0.6, 0.2, 0.3])

    @given(weighted(st.floats(0.02, 0.98)))
    def test_two_options_of_a_fair_pool_need_no_dividing(self, crowd):
        probability, weight = crowd
        both = lifted(geometric_mean_of_odds, np.column_stack((probability, 1 - probability)), weight)
        assert both.total == pytest.approx(1)
        assert both.value[0] == pytest.approx(geometric_mean_of_odds(probability, weight))

    def test_of_one_with_a_side_they_do(self):
        assert lifted(geometric_mean, [[0.2, 0.8], [0.8, 0.2]]).total == pytest.approx(0.8)

    def test_what_else_a_pool_takes_is_set_before(self):
        strong = lifted(partial(extremized, stretch=3), ROWS).value
        assert strong.max() > lifted(extremized, ROWS).value.max()

    @pytest.mark.parametrize("answer", [0.0, -0.1, np.nan, np.inf])
    def test_a_pool_that_gives_no_weights_to_anything_is_refused(self, answer):
        with pytest.raises(ValueError, match=r"^(pool|the pooled options) must"):
            lifted(lambda column, weight: answer, ROWS)


class TestLogPool:
    def test_it_is_the_product_by_hand(self):
        product = np.prod(np.array(ROWS) ** (np.array([[1], [2], [3]]) / 6), axis=0)
        assert log_pool_options(ROWS, [1, 2, 3]) == pytest.approx(product / product.sum())

    @given(weighted(probabilities), st.floats(0.2, 4))
    def test_two_options_are_a_question_of_yes_or_no(self, crowd, total):
        probability, weight = crowd
        both = log_pool_options(np.column_stack((probability, 1 - probability)), weight, total)
        assert both[0] == pytest.approx(log_pool(probability, weight, total), abs=1e-9)

    def test_a_larger_total_is_surer(self):
        assert log_pool_options(ROWS, total=3).max() > log_pool_options(ROWS).max()

    def test_nobody_has_a_veto(self):
        assert log_pool_options([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]) == pytest.approx(
            np.array([1, 1, 0.01 / np.sqrt(0.01 * 0.99)]) / (2 + 0.01 / np.sqrt(0.01 * 0.99))
        )

    @pytest.mark.parametrize("clip", [0, 0.5, -1, np.nan])
    def test_a_bound_is_above_0(self, clip):
        with pytest.raises(ValueError, match=r"^clip must be above 0 and below 0.5"):
            log_pool_options(ROWS, clip=clip)


@pytest.mark.parametrize("pool", [*POOLS, median_options])
@pytest.mark.parametrize(
    ("probability", "weight", "message"),
    [
        ([[0.5, 0.4]], None, "^probability must sum to 1"),
        ([[0.5, 0.500005]], None, "^probability must sum to 1"),
        ([0.5, 0.5], None, "^probability must have two axes"),
        ([[1.0]], None, "^probability must hold two or more options"),
        ([[np.nan, 0.5]], None, "^probability must be NaN for all options or for none"),
        ([[np.nan, np.nan]], None, "^probability must hold one person or more"),
        ([[0.5, 0.5]], [-1.0], "^weight must be 0 or more"),
        ([[0.5, 0.5]], [1.0, 1.0], r"^weight must have shape \(1,\)"),
    ],
)
def test_wrong_crowds_are_refused_by_name(pool, probability, weight, message):
    with pytest.raises(ValueError, match=message):
        pool(probability, weight)
