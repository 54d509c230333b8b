"""Averages on the scales of odds, logarithms and probits: by hand, bounds, and what a zero does."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from scoring.pools.averages import mean
from scoring.pools.odds import (
    clipped,
    geometric_mean,
    geometric_mean_of_odds,
    linear_log_odds,
    log_pool,
    mean_log_odds,
    probit_mean,
)
from tests.scoring.crowds import probabilities, weighted

MACHINE = float(np.finfo(float).eps)
BOUNDED = [geometric_mean_of_odds, geometric_mean, probit_mean, log_pool]

ordinary = st.floats(0.02, 0.98)


def log_odds(probability):
    return math.log(probability / (1 - probability))


def sigma(position):
    return 1 / (1 + math.exp(-position))


@given(weighted(ordinary))
def test_each_is_its_reading_by_hand(crowd):
    probability, weight = crowd
    share = weight / weight.sum()
    centre = sum(w * log_odds(p) for p, w in zip(probability, share, strict=True))
    assert mean_log_odds(*crowd) == pytest.approx(centre, abs=1e-12)
    assert geometric_mean_of_odds(*crowd) == pytest.approx(sigma(centre), abs=1e-12)
    assert geometric_mean(*crowd) == pytest.approx(math.prod(probability**share), abs=1e-12)
    assert probit_mean(*crowd) == pytest.approx(norm.cdf(share @ norm.ppf(probability)), abs=1e-12)
    yes, no = math.prod(probability ** (3 * share)), math.prod((1 - probability) ** (3 * share))
    assert log_pool(*crowd, total=3) == pytest.approx(yes / (yes + no), abs=1e-12)


@given(weighted(ordinary))
def test_the_log_pool_with_weights_of_sum_1_is_the_geometric_mean_of_odds(crowd):
    assert log_pool(*crowd) == pytest.approx(geometric_mean_of_odds(*crowd), abs=1e-12)


def test_a_total_above_1_extremizes():
    assert log_pool([0.7, 0.8], total=2) > 0.8
    assert log_pool([0.2] * 2, total=2) == pytest.approx(1 / 17)


@given(weighted(ordinary))
def test_geometric_means_of_yes_and_no_sum_to_1_at_most(crowd):
    probability, weight = crowd
    together = geometric_mean(probability, weight) + geometric_mean(1 - probability, weight)
    assert together <= 1 + 1e-12
    assert geometric_mean(probability, weight) <= mean(probability, weight) + 1e-12


def test_they_sum_to_less_where_people_differ():
    assert geometric_mean([0.2, 0.8]) + geometric_mean([0.8, 0.2]) == pytest.approx(0.8)


@pytest.mark.parametrize("pool", BOUNDED)
def test_who_says_never_counts_as_the_bound(pool):
    assert pool([0.0, 0.5, 0.6]) == pool([0.01, 0.5, 0.6])
    assert pool([1.0, 0.5, 0.6], clip=0.05) == pool([0.95, 0.5, 0.6])


@pytest.mark.parametrize("pool", [geometric_mean_of_odds, log_pool])
def test_with_the_smallest_bound_one_zero_makes_the_pool_zero(pool):
    assert pool([0.5] * 2 + [0.0], clip=MACHINE) < 1e-5
    assert pool([0.5] * 2 + [0.0]) > 0.17


def test_without_a_bound_a_zero_is_a_veto():
    assert geometric_mean([0.0, 0.9, 0.9], clip=0) == 0.0
    assert log_pool([0.0, 0.9, 0.9], clip=0) == 0.0
    assert log_pool([1.0, 0.1], clip=0) == 1.0
    assert log_pool([0.5, 0.8], clip=0) == pytest.approx(geometric_mean_of_odds([0.5, 0.8]))


def test_two_vetoes_against_each_other_are_refused():
    with pytest.raises(ValueError, match=r"^probability must not hold both 0 and 1 where clip is 0"):
        log_pool([0.0, 1.0], clip=0)


def test_a_wide_crowd_is_not_bounded_by_its_own_lowest():
    assert log_pool([0.5, 0.9999], clip=0) == pytest.approx(sigma(log_odds(0.9999) / 2))


@pytest.mark.parametrize("pool", BOUNDED)
@pytest.mark.parametrize("clip", [-0.1, 0.5, 1, np.nan, 1e-17])
def test_a_bound_lies_between_0_and_one_half_and_can_be_told_from_1(pool, clip):
    with pytest.raises(ValueError, match=r"^clip must be .*above 0 and below 0.5, got"):
        pool([0.5], clip=clip)


@pytest.mark.parametrize("pool", [geometric_mean_of_odds, probit_mean, mean_log_odds])
def test_infinite_log_odds_have_no_mean(pool):
    with pytest.raises(ValueError, match=r"^clip must be above 0"):
        pool([0.5], clip=0)


@pytest.mark.parametrize("total", [0, -1, np.inf, np.nan])
def test_a_total_is_positive(total):
    with pytest.raises(ValueError, match=r"^total must be above 0 and finite"):
        log_pool([0.5], total=total)


@given(st.lists(probabilities, max_size=5))
def test_a_line_of_slope_1_changes_nothing_inside_the_bound(values):
    given_ = np.array(values, dtype=float)
    assert linear_log_odds(given_, 1.0) == pytest.approx(np.clip(given_, 0.001, 0.999), abs=1e-12)


def test_a_line_moves_log_odds():
    assert linear_log_odds(0.8, 0.5, 1.0) == pytest.approx(sigma(0.5 * log_odds(0.8) + 1))
    assert linear_log_odds([[0.2, 0.5]], -1.0) == pytest.approx(np.array([[0.8, 0.5]]))


@pytest.mark.parametrize("line", [(np.nan, 0.0), (1.0, np.inf)])
def test_a_line_is_two_finite_numbers(line):
    with pytest.raises(ValueError, match=r"^slope and intercept must be finite"):
        linear_log_odds([0.5], *line)


def test_bringing_into_a_range_leaves_what_is_inside():
    inside = np.array([0.01, 0.5, 0.99])
    assert clipped(inside, 0.01).tolist() == inside.tolist()
    assert clipped(np.array([0.0, 1.0]), 0, zero=True).tolist() == [0.0, 1.0]
