"""Pools with meta-predictions: worked values, ties and zeros, what holds for any crowd, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools.meta_predictions import (
    meta_probability_weighted,
    meta_probability_weights,
    minimal_pivot,
    surprisingly_popular,
)

NAN = float("nan")

percent = st.integers(0, 100).map(lambda p: p / 100)


@st.composite
def pairs(draw, most=9):
    """A forecast and a meta-prediction from each of one person or more."""
    people = draw(st.integers(1, most))
    return tuple(np.array(draw(st.lists(percent, min_size=people, max_size=people))) for _ in range(2))


# Surprisingly popular


def test_the_majority_is_wrong_about_philadelphia():
    """65 of 100 say it is the capital of Pennsylvania, but they expect 80 % to say so and the others 70 %."""
    vote = np.repeat([1, 0], [65, 35])
    assert surprisingly_popular(vote, np.repeat([0.8, 0.7], [65, 35])) == 0
    assert surprisingly_popular(vote, np.full(100, 0.6)) == 1


@pytest.mark.parametrize(("share", "expected"), [(0.6, 0.5), (0.5, 0.4), (0.2, 0.1), (0.9, 0.89)])
def test_yes_wins_exactly_where_more_say_so_than_expected(share, expected):
    assert surprisingly_popular([share] * 3, [expected] * 3) == 1
    assert surprisingly_popular([1 - share] * 3, [1 - expected] * 3) == 0


def test_of_several_options_the_highest_ratio_wins():
    vote = np.eye(3)[[0, 0, 0, 1, 1, 2]]
    predicted = np.tile([0.6, 0.2, 0.2], (6, 1))
    # Shares of votes 1/2, 1/3, 1/6, so ratios of 0.83, 1.67, 0.83.
    assert surprisingly_popular(vote, predicted) == 1


def test_a_tie_goes_to_the_majority():
    assert surprisingly_popular([0.7] * 2, [0.7] * 2) == 1
    assert surprisingly_popular([0.3] * 2, [0.3] * 2) == 0
    third = np.tile([0.2, 0.5, 0.3], (2, 1))
    assert surprisingly_popular(third, third) == 1
    assert surprisingly_popular([0.5], [0.5]) == 0


def test_a_tie_up_to_rounding_is_a_tie():
    vote, predicted = [0.1 + 0.2, 0.9], [0.3, 0.9]
    assert surprisingly_popular(vote, predicted) == 1
    assert surprisingly_popular(predicted, vote) == 1


def test_an_option_that_nobody_expected_wins_if_anybody_votes_for_it():
    vote = np.eye(3)[[0, 0, 0, 1]]
    assert surprisingly_popular(vote, np.tile([0.5, 0.0, 0.5], (4, 1))) == 1
    assert surprisingly_popular(vote[:3], np.tile([0.5, 0.0, 0.5], (3, 1))) == 0


def test_of_two_unexpected_options_that_with_more_votes_wins():
    vote = np.eye(3)[[0, 1, 1, 2]]
    assert surprisingly_popular(vote, np.tile([0.0, 0.0, 1.0], (4, 1))) == 1


def test_all_yes_as_expected_is_yes():
    assert surprisingly_popular([1.0, 1.0], [1.0, 1.0]) == 1
    assert surprisingly_popular([0.0, 0.0], [0.0, 0.0]) == 0


def test_weights_count_votes_and_expectations_alike():
    vote, predicted = [1.0, 0.0, 0.0], [0.5, 0.2, 0.2]
    assert surprisingly_popular(vote, predicted) == 1
    assert surprisingly_popular(vote, predicted, weight=[1, 9, 9]) == 0
    assert surprisingly_popular(vote, predicted, weight=[0, 1, 1]) == 0


@given(pairs())
def test_the_two_forms_of_a_yes_or_no_question_agree(crowd):
    vote, predicted = crowd
    both = (np.column_stack((1 - each, each)) for each in crowd)
    assert surprisingly_popular(vote, predicted) == surprisingly_popular(*both)


@given(pairs())
def test_yes_is_surprisingly_popular_iff_the_share_is_above_the_expected_one(crowd):
    share, expected = (each.mean() for each in crowd)
    if abs(share - expected) > 1e-9:
        assert surprisingly_popular(*crowd) == (share > expected)


# Minimal pivot


def test_the_pivot_goes_on_as_far_as_the_mean_is_from_the_expected_one():
    assert minimal_pivot([0.6, 0.8], [0.5, 0.6]) == pytest.approx(0.7 + (0.7 - 0.55))
    estimate, predicted = [50, 134, 206, 290, 326, 374], [26, 92, 116, 218, 218, 206]
    assert minimal_pivot(estimate, predicted, highest=np.inf) == pytest.approx(2 * 230 - 146)


def test_the_pivot_is_clipped_to_the_bounds_given():
    assert minimal_pivot([0.9], [0.5]) == 1.0
    assert minimal_pivot([0.1], [0.5]) == 0.0
    assert minimal_pivot([0.9], [0.5], highest=1.2) == 1.2
    assert minimal_pivot([0.9], [0.5], lowest=-np.inf, highest=np.inf) == pytest.approx(1.3)


@given(pairs())
def test_an_expected_mean_is_not_moved(crowd):
    estimate, _ = crowd
    assert minimal_pivot(estimate, np.full(estimate.size, estimate.mean())) == pytest.approx(estimate.mean())


@given(pairs())
def test_the_pivots_of_yes_and_no_sum_to_1(crowd):
    estimate, predicted = crowd
    assert minimal_pivot(1 - estimate, 1 - predicted) == pytest.approx(1 - minimal_pivot(*crowd))


# Meta-probability weighting


def test_who_expects_to_differ_weighs_more():
    assert meta_probability_weights([0.9, 0.5, 0.2], [0.5, 0.6, 0.2]) == pytest.approx([0.4, 0.1, 0.0])
    assert meta_probability_weighted([0.9, 0.5, 0.2], [0.5, 0.6, 0.2]) == pytest.approx((0.36 + 0.05) / 0.5)


def test_the_mean_remains_where_nobody_expects_to_differ():
    assert meta_probability_weighted([0.1 + 0.2, 0.9], [0.3, 0.9]) == pytest.approx(0.6)
    assert meta_probability_weights([0.3, NAN], [0.3, 0.5]).tolist() == [1.0, 0.0]


@given(pairs())
def test_meta_probability_weighting_stays_among_the_probabilities(crowd):
    estimate, _ = crowd
    assert estimate.min() <= meta_probability_weighted(*crowd) <= estimate.max()


# All of them

POOLS = [surprisingly_popular, minimal_pivot, meta_probability_weighted]


@given(pairs(), st.randoms())
def test_the_order_of_people_does_not_matter(crowd, random):
    order = list(range(crowd[0].size))
    random.shuffle(order)
    for rule in POOLS:
        assert rule(*(each[order] for each in crowd)) == pytest.approx(rule(*crowd))


@given(pairs(), percent)
def test_who_lacks_either_number_might_as_well_be_absent(crowd, other):
    more = np.append(crowd[0], [NAN, other]), np.append(crowd[1], [other, NAN])
    for rule in POOLS:
        assert rule(*more) == pytest.approx(rule(*crowd))


def test_the_rules_differ_from_the_mean():
    """People who know that others do not know: each rule follows them, the mean does not."""
    estimate, predicted = [0.9, 0.45, 0.45], [0.5, 0.45, 0.45]
    assert np.mean(estimate) == pytest.approx(0.6)
    assert minimal_pivot(estimate, predicted) == pytest.approx(0.6 + 0.4 / 3)
    assert meta_probability_weighted(estimate, predicted) == pytest.approx(0.9)
    assert surprisingly_popular([0.9, 0.3, 0.2], [0.4, 0.3, 0.2]) == 1


@pytest.mark.parametrize("rule", POOLS)
@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ([0.5, 0.5], [0.5], r"predicted must (have the shape|be as long)"),
        ([NAN, 0.5], [0.5, NAN], "must hold one person or more who is not missing"),
        ([True, False], [0.5, 0.5], "must be real numbers"),
        ([0.5, np.inf], [0.5, 0.5], "must be finite or NaN"),
        (["a"], ["b"], "must be real numbers"),
    ],
)
def test_wrong_crowds_are_refused(rule, first, second, words):
    with pytest.raises(ValueError, match=words):
        rule(first, second)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: surprisingly_popular([1.5], [0.5]), "vote must lie between 0 and 1"),
        (lambda: surprisingly_popular([[0.5, 0.4]], [[0.5, 0.5]]), "vote must sum to 1"),
        (lambda: surprisingly_popular([[0.5, 0.5]], [[0.5, 0.500005]]), "predicted must sum to 1"),
        (lambda: surprisingly_popular([0.5, 0.5], [0.5, 0.5], [1, -1]), "weight must be 0 or more"),
        (lambda: meta_probability_weighted([0.5], [1.5]), "predicted must lie between 0 and 1"),
        (lambda: minimal_pivot([0.5], [0.5], lowest=1.0, highest=0.0), "lowest must not lie above highest"),
        (lambda: minimal_pivot([[0.5, 0.5]], [[0.5, 0.5]]), "estimate must have one axis"),
        (lambda: meta_probability_weighted([[0.5, 0.5]], [[0.5, 0.5]]), "estimate must have one axis"),
    ],
)
def test_other_wrong_arguments_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
