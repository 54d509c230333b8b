"""Weights by rank and by skill, weighted percentiles, spread on either side of a mean."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools import averages
from scoring.timeline.recency import (
    percentiles,
    recency_weights,
    reputation,
    reputation_weights,
    semi_deviations,
)
from tests.scoring.crowds import values, weighted


@given(st.integers(3, 200))
def test_weights_are_the_formula_and_the_newest_weighs_one(people):
    expected = [math.exp(math.sqrt(rank) - math.sqrt(people)) for rank in range(1, people + 1)]
    assert recency_weights(people) == pytest.approx(expected)
    assert recency_weights(people)[-1] == 1


def test_up_to_two_weigh_the_same():
    assert [recency_weights(people).tolist() for people in range(3)] == [[], [1.0], [1.0, 1.0]]


@given(weighted(values))
def test_the_fiftieth_percentile_is_the_median(crowd):
    assert percentiles(crowd[0], 50, crowd[1]) == averages.median(*crowd)


@given(weighted(values), st.floats(1, 99))
def test_no_more_than_its_share_lies_below_a_percentile_and_the_rest_not_above(crowd, percent):
    found, total = percentiles(crowd[0], percent, crowd[1]), crowd[1].sum()
    assert crowd[1][crowd[0] < found].sum() <= (percent / 100 + 1e-9) * total
    assert crowd[1][crowd[0] > found].sum() <= (1 - percent / 100 + 1e-9) * total


@given(weighted(values), st.floats(1, 99))
def test_percentiles_from_the_other_side_are_the_same(crowd, percent):
    assert -percentiles(-crowd[0], 100 - percent, crowd[1]) == pytest.approx(
        percentiles(crowd[0], percent, crowd[1])
    )


@given(weighted(values), st.integers(1, 4))
def test_whole_weights_are_people(crowd, times):
    repeated = np.repeat(crowd[0], times)
    assert percentiles(repeated, [25, 50, 75]).tolist() == percentiles(crowd[0], [25, 50, 75]).tolist()


def test_missing_people_take_their_weight_along():
    assert percentiles([0.1, float("nan"), 0.9], 50, [1, 100, 3]) == 0.9
    assert percentiles([0.1, 0.9], 50, [0, 0]) == 0.5


def test_reputation_is_drawn_towards_zero_and_stays_above_it():
    assert reputation([62.0], [1.0]) == 2.0
    assert reputation([-500.0], [1.0]) == 1e-6


@given(st.floats(0, 3), st.floats(0.01, 30))
def test_skill_weights_are_the_formula(age, known):
    expected = (math.exp(-age) ** 0.5 * known**0.5) ** 6
    assert reputation_weights([age], [known])[0] == pytest.approx(expected)
    assert reputation_weights([age], [known], power=0)[0] == 1


@given(weighted(values))
def test_a_spread_on_one_side_is_the_mean_square_of_that_side(crowd):
    value, weight = crowd
    mean = np.average(value, weights=weight)
    for side, found in zip((value < mean, value > mean), semi_deviations(value, weight), strict=True):
        if side.any():
            assert found == pytest.approx(
                math.sqrt(np.average((value[side] - mean) ** 2, weights=weight[side])), abs=1e-6
            )


def test_one_person_has_no_spread():
    assert semi_deviations([0.25]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: recency_weights(-1), "people must be"),
        (lambda: recency_weights(2.0), "people must be whole numbers"),
        (lambda: percentiles([0.5], 0), "percent must lie above 0"),
        (lambda: percentiles([0.5], 100), "percent must lie above 0"),
        (lambda: percentiles([], 50), "values must"),
        (lambda: percentiles([float("nan")], 50), "values must"),
        (lambda: reputation([1.0], [2.0]), "coverage must lie between 0 and 1"),
        (lambda: reputation([1.0], []), "coverage must be as long"),
        (lambda: reputation_weights([-1.0], [1.0]), "age and reputations must be 0 or more"),
    ],
)
def test_wrong_input_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
