"""Weights from three-point answers: worked values, what holds for any crowd, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools.three_point import WEIGHTS, mixture_median, pool, weighted_best
from scoring.pools.three_point_weights import (
    asymmetry_weights,
    decisiveness_weights,
    fine_steps_weights,
    interval_width_weights,
    nearness_weights,
    relative_width_weights,
    shift_weights,
    three_in_one_weights,
    width_and_asymmetry_weights,
    width_variance_weights,
)

NAN = float("nan")

#: Three people and two claims, worked by hand below.
LOWER = np.array([[0.2, 0.4], [0.1, 0.0], [0.5, 0.6]])
BEST = np.array([[0.3, 0.5], [0.1, 0.5], [0.6, 0.9]])
UPPER = np.array([[0.4, 0.8], [0.6, 1.0], [0.9, 1.0]])


def replaced(array, place, value):
    copy = array.copy()
    copy[place] = value
    return copy


@st.composite
def answers(draw, most=7):
    """Three points (people, claims); abstentions among them, but every claim has an answer."""
    people, claims = draw(st.integers(1, most)), draw(st.integers(1, 4))
    point = st.one_of(st.integers(0, 20).map(lambda twentieth: twentieth / 20), st.floats(0.0, 1.0))
    rows = draw(st.lists(st.tuples(point, point, point), min_size=people * claims, max_size=people * claims))
    points = np.sort(np.array(rows).reshape(people, claims, 3), axis=-1)
    gone = np.array(draw(st.lists(st.booleans(), min_size=people * claims, max_size=people * claims)))
    gone = gone.reshape(people, claims)
    gone[draw(st.integers(0, people - 1))] = False
    points[gone] = np.nan
    return tuple(np.moveaxis(points, -1, 0))


# Known answers


def test_a_narrow_interval_weighs_one_over_its_width():
    expected = [[5.0, 2.5], [2.0, 1.0], [2.5, 2.5]]
    assert interval_width_weights(LOWER, BEST, UPPER) == pytest.approx(np.array(expected))


def test_the_relative_width_compares_with_the_persons_own_widest():
    expected = [[2.0, 1.0], [2.0, 1.0], [1.0, 1.0]]
    assert relative_width_weights(LOWER, BEST, UPPER) == pytest.approx(np.array(expected))


def test_the_variance_of_widths_is_the_sample_variance_on_every_claim():
    expected = [[0.02, 0.02], [0.125, 0.125], [0.0, 0.0]]
    assert width_variance_weights(LOWER, BEST, UPPER) == pytest.approx(np.array(expected), abs=1e-12)


def test_asymmetry_is_0_in_the_middle_and_1_at_an_end():
    expected = [[0.0, 0.5], [1.0, 0.0], [0.5, 0.5]]
    assert asymmetry_weights(LOWER, BEST, UPPER) == pytest.approx(np.array(expected), abs=1e-12)


def test_the_products_are_products():
    relative, asymmetry = relative_width_weights(LOWER, BEST, UPPER), asymmetry_weights(LOWER, BEST, UPPER)
    both = width_and_asymmetry_weights(LOWER, BEST, UPPER)
    assert both == pytest.approx(relative * asymmetry)
    three = three_in_one_weights(LOWER, BEST, UPPER)
    assert three == pytest.approx(both * width_variance_weights(LOWER, BEST, UPPER))


def test_decisiveness_is_the_distance_to_the_farther_end():
    assert decisiveness_weights(BEST) == pytest.approx(np.array([[0.7, 0.5], [0.9, 0.5], [0.6, 0.9]]))


def test_the_farthest_from_the_median_has_no_weight():
    expected = [[1.0, 1.0], [1 - 0.04 / 0.09, 1.0], [0.0, 0.0]]
    assert nearness_weights(BEST) == pytest.approx(np.array(expected))


def test_an_answer_in_steps_of_five_points_is_coarse_whatever_rounding_does_to_it():
    every_step = np.arange(21)[np.newaxis] * 0.05
    assert (fine_steps_weights(every_step) == 0).all()
    assert fine_steps_weights([[0.33, 0.35, 0.01, 0.5]]) == pytest.approx(np.full((1, 4), 0.5))
    assert (fine_steps_weights([[0.33, 0.35]], step=0.01) == 0).all()


def test_a_shift_counts_the_ends_half():
    first, second = ([[0.2]], [[0.5]], [[0.7]]), ([[0.3]], [[0.4]], [[0.9]])
    assert shift_weights(first, second) == pytest.approx(np.array([[0.1 + 0.05 + 0.1]]))
    assert shift_weights(second, first) == pytest.approx(np.array([[0.25]]))
    assert shift_weights(first, first) == 0


def test_who_answered_in_the_second_round_alone_showed_no_change():
    gone = [replaced(array, (0, 0), NAN) for array in (LOWER, BEST, UPPER)]
    assert shift_weights(gone, (LOWER, BEST, UPPER))[0, 0] == 0
    assert np.isnan(shift_weights((LOWER, BEST, UPPER), gone)[0, 0])


def test_a_pool_is_the_weighted_mean_of_the_best_estimates():
    weight = interval_width_weights(LOWER, BEST, UPPER)
    expected = [(5 * 0.3 + 2 * 0.1 + 2.5 * 0.6) / 9.5, (2.5 * 0.5 + 1 * 0.5 + 2.5 * 0.9) / 6]
    assert pool(LOWER, BEST, UPPER, "interval_width") == pytest.approx(expected)
    assert weighted_best(BEST, weight) == pytest.approx(expected)


def test_weights_from_elsewhere_hold_for_all_claims_or_for_each():
    quiz = np.array([1.0, 0.0, 3.0])
    expected = [(0.3 + 3 * 0.6) / 4, (0.5 + 3 * 0.9) / 4]
    assert weighted_best(BEST, quiz) == pytest.approx(expected)
    assert weighted_best(BEST, np.column_stack((quiz, quiz))) == pytest.approx(expected)


def test_weights_all_0_are_equal_weights():
    assert weighted_best(BEST, np.zeros(3)) == pytest.approx(BEST.mean(axis=0))


def test_who_claims_to_be_certain_outweighs_everybody():
    certain = replaced(LOWER, (2, 0), 0.6), BEST, replaced(UPPER, (2, 0), 0.6)
    assert pool(*certain, "interval_width")[0] == pytest.approx(0.6)
    assert np.isfinite(pool(*certain, "three_in_one")).all()


def test_who_gives_no_width_on_any_claim_has_no_relative_width():
    assert (relative_width_weights([[0.4, 0.6]], [[0.4, 0.6]], [[0.4, 0.6]]) == 0).all()
    assert pool([[0.4, 0.6]], [[0.4, 0.6]], [[0.4, 0.6]], "relative_width") == pytest.approx([0.4, 0.6])


def test_a_single_answer_has_no_variance_of_widths():
    alone = [replaced(array, (0, 1), NAN) for array in (LOWER, BEST, UPPER)]
    assert width_variance_weights(*alone)[0, 0] == 0


# The mixture of distributions


def median_by_bisection(lower, best, upper):
    """The median of the mean distribution function by halving: slow, and written apart."""
    rows = [(0.0, low, middle, high, 1.0) for low, middle, high in zip(lower, best, upper, strict=True)]

    def below(x):
        total = 0.0
        for row in rows:
            for at in range(4):
                left, right, rise = row[at], row[at + 1], (0.05, 0.45, 0.45, 0.05)[at]
                inside = min(max(x - left, 0.0), right - left)
                total += rise * (inside / (right - left) if right > left else x >= right)
        return total / len(rows)

    lowest, highest = 0.0, 1.0
    for _ in range(60):
        middle = (lowest + highest) / 2
        lowest, highest = (lowest, middle) if below(middle) >= 0.5 else (middle, highest)
    return highest


@given(answers())
def test_the_mixtures_median_is_that_found_by_bisection(points):
    found = mixture_median(*points)
    for claim, value in enumerate(found):
        there = ~np.isnan(points[1][:, claim])
        by_hand = median_by_bisection(*(array[there, claim] for array in points))
        assert value == pytest.approx(by_hand, abs=1e-9)


def test_one_persons_mixture_is_their_best_estimate():
    assert mixture_median([[0.2]], [[0.35]], [[0.9]]) == pytest.approx([0.35])


def test_certain_answers_jump_and_the_median_lies_on_a_jump():
    certain = [[0.2], [0.2], [0.9]]
    assert mixture_median(certain, certain, certain) == pytest.approx([0.2])


# What holds for any crowd

METHODS = sorted(WEIGHTS)


@given(answers())
def test_every_method_stays_among_the_best_estimates(points):
    best = points[1]
    for found in [*(pool(*points, method) for method in METHODS), mixture_median(*points)]:
        assert (found >= np.nanmin(best, axis=0) - 1e-12).all()
        assert (found <= np.nanmax(best, axis=0) + 1e-12).all()


@given(answers(), st.randoms())
def test_the_order_of_people_does_not_matter(points, random):
    order = list(range(len(points[1])))
    random.shuffle(order)
    shuffled = tuple(array[order] for array in points)
    for method in METHODS:
        assert pool(*shuffled, method) == pytest.approx(pool(*points, method), abs=1e-9)
    assert mixture_median(*shuffled) == pytest.approx(mixture_median(*points), abs=1e-9)


@given(answers())
def test_who_abstains_from_everything_might_as_well_be_absent(points):
    more = tuple(np.vstack((array, np.full((1, array.shape[1]), np.nan))) for array in points)
    for method in METHODS:
        assert pool(*more, method) == pytest.approx(pool(*points, method), abs=1e-12)
    assert mixture_median(*more) == pytest.approx(mixture_median(*points), abs=1e-12)


@given(answers())
def test_weights_are_0_or_more_and_missing_exactly_where_the_answer_is(points):
    for method in METHODS:
        weight = WEIGHTS[method](*points)
        assert (np.isnan(weight) == np.isnan(points[1])).all()
        assert (weight[~np.isnan(weight)] >= 0).all()


@given(answers())
def test_yes_and_no_exchanged_give_the_complement(points):
    low, best, high = points
    mirrored = (1 - high, 1 - best, 1 - low)
    # Not among them: those that compare widths, for 1 - u and 1 - l round widths of 0 and nearly 0.
    for method in ("decisiveness", "nearness", "fine_steps"):
        assert pool(*mirrored, method) == pytest.approx(1 - pool(*points, method), abs=1e-6)


@given(answers(), st.sampled_from([1e-6, 3.0, 1e6]))
def test_only_the_proportions_of_weights_matter(points, factor):
    weight = WEIGHTS["interval_width"](*points)
    assert weighted_best(points[1], factor * weight) == pytest.approx(weighted_best(points[1], weight))


@pytest.mark.parametrize("width", [5e-324, 2.2e-309, 1e-300, 1e-17])
def test_a_width_that_cannot_be_told_from_none_weighs_as_none(width):
    weight = WEIGHTS["interval_width"]([[0.0], [0.0]], [[0.0], [0.0]], [[width], [0.0]])
    assert np.isfinite(weight).all()
    assert weight[0] == weight[1]


# Negative controls and refusals


def test_the_methods_differ_from_the_mean_and_from_each_other():
    found = {tuple(np.round(pool(LOWER, BEST, UPPER, method), 6)) for method in METHODS}
    assert len(found) == len(METHODS)
    # All three answer in coarse steps, so that fine_steps is the mean; nothing else is.
    mean = tuple(np.round(BEST.mean(axis=0), 6))
    assert mean in found
    assert mean not in {tuple(np.round(pool(LOWER, BEST, UPPER, m), 6)) for m in METHODS if m != "fine_steps"}


def test_rounding_does_not_give_one_of_several_equals_the_whole_weight():
    symmetric = [[0.1], [0.3]], [[0.2], [0.45]], [[0.1 + 0.2], [0.6]]
    for method in ("asymmetry", "width_and_asymmetry", "three_in_one"):
        assert pool(*symmetric, method) == pytest.approx([0.325])
    apart = [[1.0], [1 - 0.1]]
    assert weighted_best(apart, nearness_weights(apart)) == pytest.approx([0.95])
    equal_widths = [[0.1, 0.2], [0.3, 0.5]], [[0.2, 0.3], [0.4, 0.6]], [[0.1 + 0.2, 0.4], [0.5, 0.7]]
    assert pool(*equal_widths, "width_variance") == pytest.approx([0.3, 0.45])


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ((BEST + 0.01, BEST, UPPER), "lower must not lie above best"),
        ((LOWER, BEST, BEST - 0.01), "upper must not lie below best"),
        ((LOWER, BEST, UPPER + 0.5), "upper must lie between 0 and 1"),
        ((LOWER - 0.5, BEST, UPPER), "lower must lie between 0 and 1"),
        ((LOWER[:2], BEST, UPPER), r"lower must have the shape of best, \(3, 2\), got \(2, 2\)"),
        ((LOWER[0], BEST[0], UPPER[0]), "best must have two axes"),
        ((replaced(LOWER, (0, 0), NAN), BEST, UPPER), "lower must be NaN exactly where best is"),
        ((LOWER, BEST, replaced(UPPER, (0, 0), NAN)), "upper must be NaN exactly where best is"),
        ((LOWER, BEST > 0.5, UPPER), "best must be real numbers"),
        ((LOWER, BEST, UPPER.astype(str)), "upper must be real numbers"),
    ],
)
def test_wrong_points_are_refused_by_every_method(points, words):
    for method in METHODS:
        with pytest.raises(ValueError, match=words):
            pool(*points, method)
    with pytest.raises(ValueError, match=words):
        mixture_median(*points)


def test_a_claim_that_nobody_answered_is_refused():
    empty = [np.where([True, False], array, NAN) for array in (LOWER, BEST, UPPER)]
    for method in METHODS:
        with pytest.raises(ValueError, match="got none on claim 1"):
            pool(*empty, method)
    with pytest.raises(ValueError, match="got none on claim 1"):
        mixture_median(*empty)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        ([1.0, -1.0, 1.0], "weight must be 0 or more"),
        ([1.0, NAN, 1.0], "weight must be 0 or more"),
        ([1.0, 1.0], r"weight must have shape \(3, 2\) or \(3,\), got \(2,\)"),
        (np.ones((2, 3)), "weight must have shape"),
        ([True, True, True], "weight must be real numbers"),
    ],
)
def test_wrong_weights_are_refused(weight, words):
    with pytest.raises(ValueError, match=words):
        weighted_best(BEST, weight)


def test_other_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match=r"method must be one of interval_width, .*got 'IntWAgg'"):
        pool(LOWER, BEST, UPPER, "IntWAgg")
    with pytest.raises(ValueError, match="step must lie above 0"):
        fine_steps_weights(BEST, step=0.0)
    with pytest.raises(ValueError, match="levels must be three"):
        mixture_median(LOWER, BEST, UPPER, levels=(0.05, 0.95))
    with pytest.raises(ValueError, match="first must have the shape of second"):
        shift_weights((LOWER[:2], BEST[:2], UPPER[:2]), (LOWER, BEST, UPPER))
    with pytest.raises(ValueError, match="best must hold one answer or more"):
        nearness_weights(np.full((2, 1), NAN))
