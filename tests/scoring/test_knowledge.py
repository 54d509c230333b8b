"""The knowledge-weighted estimate: published figures, the criterion it minimises, refusals.

The published figures are those printed in the documentation of the authors' package metaggR, version 0.3.0.
Known difference: without standardising first the package prints 329.3266 for the first example. The formula
itself does not depend on unit or zero, so that there is one figure here, 329.305.
"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.pools.knowledge import CUTOFF, influence, knowledge_weighted, knowledge_weights

NAN = float("nan")

#: The Three Gorges Dam example.
E = np.array([50.0, 134, 206, 290, 326, 374])
P = np.array([26.0, 92, 116, 218, 218, 206])
#: The same with a far-off person.
E_FAR, P_FAR = np.append(E, 1000), np.append(P, 400)


@st.composite
def judges(draw, least=5):
    number = st.integers(-100, 100).map(float)
    people = draw(st.integers(least, 12))
    return tuple(np.array(draw(st.lists(number, min_size=people, max_size=people))) for _ in "EP")


# Published figures


def test_the_published_example_gives_the_published_estimate():
    assert knowledge_weighted(E, P) == pytest.approx(329.305, abs=5e-4)


def test_the_published_example_with_a_seventh_person():
    assert knowledge_weighted(E_FAR, P_FAR) == pytest.approx(630.0491, abs=5e-5)
    assert knowledge_weighted(np.append(E, 200), np.append(P, 200)) == pytest.approx(314.8606, abs=5e-5)


def test_the_published_influences():
    published = [89.6910974, 52.0441977, 25.6565467, 14.3443785, 0.9792417, 26.6575698, 300.7440879]
    assert influence(E_FAR, P_FAR) == pytest.approx(published, abs=5e-8)


def test_the_exceptional_seventh_person_is_left_out_with_the_published_cutoff():
    assert knowledge_weighted(E_FAR, P_FAR, cutoff=CUTOFF) == pytest.approx(329.305, abs=5e-4)
    assert knowledge_weighted(E_FAR, P_FAR, cutoff=100.0) == knowledge_weighted(E_FAR, P_FAR)


def one_by_one(estimate, predicted):
    """The influences by their definition: the estimate anew without each person."""
    whole, everyone = knowledge_weighted(estimate, predicted), range(len(estimate))
    without = [knowledge_weighted(np.delete(estimate, one), np.delete(predicted, one)) for one in everyone]
    return np.abs(whole - np.array(without))


@given(judges(least=6))
def test_influences_are_what_leaving_each_out_changes(people):
    assert influence(*people) == pytest.approx(one_by_one(*people), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("estimate", "predicted"),
    [
        pytest.param([3.0] * 6 + [9.0], [1.0, 2, 3, 4, 5, 6, 7], id="one differs from all others"),
        pytest.param([3.0] * 7, [1.0, 2, 3, 4, 5, 6, 7], id="all the same"),
        pytest.param([1.0, 2, 3, 4, 5, 6, 1e9], [1.0, 3, 2, 4, 6, 5, 1.0], id="one is far off"),
        pytest.param([1.0, 2, 3, 4, 5, 6, 7], [1.0, 3, 2, 4, 6, 5, 1e9], id="one expects what is far off"),
        pytest.param(1e8 + np.arange(8.0), 1e8 + np.array([0.0, 2, 1, 5, 3, 4, 7, 9]), id="far from zero"),
        pytest.param(np.arange(8.0), (28 - np.arange(8.0)) / 7 - 0.5, id="all as surprised"),
    ],
)
def test_influences_keep_their_digits_where_one_person_makes_the_sum(estimate, predicted):
    crowd = np.asarray(estimate), np.asarray(predicted)
    unit = np.abs(crowd).max()
    assert influence(*crowd) == pytest.approx(one_by_one(*crowd), rel=1e-6, abs=1e-12 * unit)


def test_a_crowd_of_many_has_the_influences_of_leaving_each_out():
    random = np.random.default_rng(5)
    crowd = random.normal(50, 9, 400), random.normal(50, 5, 400)
    assert influence(*crowd) == pytest.approx(one_by_one(*crowd), rel=1e-8, abs=1e-10)


# What the estimate is


def expected_square(x, estimate, predicted):
    """E[(a + b x)²] by the normal equations of the line, in matrices rather than sums."""
    people = estimate.size
    surprise = predicted - np.array([np.delete(estimate, one).mean() for one in range(people)])
    design = np.column_stack((np.ones(people), estimate))
    line, rest, _, _ = np.linalg.lstsq(design, surprise, rcond=None)
    squares = float(rest[0]) if rest.size else 0.0
    covariance = squares / (people - 4) * np.linalg.inv(design.T @ design)
    at = np.array([1.0, x])
    return float((at @ line) ** 2 + at @ covariance @ at)


@given(judges(), st.floats(-20.0, 20.0))
def test_no_other_estimate_has_a_lower_expected_square(people, step):
    estimate, predicted = people
    assume(np.ptp(estimate) > 0)
    found = knowledge_weighted(estimate, predicted)
    here = expected_square(found, estimate, predicted)
    assert here <= expected_square(found + step, estimate, predicted) + 1e-6 * (1 + here)


@given(judges())
def test_the_weights_sum_to_1_and_give_the_estimate(people):
    weight = knowledge_weights(*people)
    assert weight.sum() == pytest.approx(1)
    assert weight @ people[0] == pytest.approx(knowledge_weighted(*people), rel=1e-6, abs=1e-6)


@given(judges(), st.sampled_from([0.5, 2.0, 1024.0]), st.integers(-50, 50))
def test_neither_the_unit_nor_the_zero_matters(people, unit, zero):
    estimate, predicted = people
    other = knowledge_weighted(unit * estimate + zero, unit * predicted + zero)
    assert other == pytest.approx(unit * knowledge_weighted(estimate, predicted) + zero, rel=1e-6, abs=1e-4)


@given(judges(), st.randoms())
def test_the_order_of_people_does_not_matter(people, random):
    order = list(range(people[0].size))
    random.shuffle(order)
    shuffled = knowledge_weighted(*(array[order] for array in people))
    assert shuffled == pytest.approx(knowledge_weighted(*people), rel=1e-6, abs=1e-6)


def test_who_lacks_either_number_might_as_well_be_absent():
    more = np.append(E, [500, NAN]), np.append(P, [NAN, 500])
    assert knowledge_weighted(*more) == knowledge_weighted(E, P)
    assert knowledge_weights(*more)[-2:].tolist() == influence(*more)[-2:].tolist() == [0, 0]


def test_estimates_all_the_same_are_the_estimate():
    assert knowledge_weighted([3.0] * 5, [1, 2, 3, 4, 5]) == 3.0
    assert knowledge_weights([3.0] * 5, [1, 2, 3, 4, 5]) == pytest.approx([0.2] * 5)


def test_a_mean_that_was_expected_stays():
    assert knowledge_weighted([1, 2, 3, 4, 5], [3] * 5) == pytest.approx(3.0)


def test_surprises_all_the_same_tell_nothing():
    estimate = np.array([0.1, 0.2, 0.3, 0.4, 0.55])
    predicted = (estimate.sum() - estimate) / 4 - 0.05
    assert knowledge_weighted(estimate, predicted) == pytest.approx(estimate.mean())


def test_predictions_on_a_line_lead_to_where_nobody_would_be_surprised():
    """People who share s and know t beyond it, with half the weight on each, all lead to the truth."""
    truth, shared = 10.0, 4.0
    known = truth + np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
    estimate = (shared + known) / 2
    assert estimate.mean() == 7.0
    # In a large crowd everyone expects the mean (s + their estimate) / 2; here the others are four.
    others = (estimate.sum() - estimate) / 4
    predicted = (shared + estimate) / 2 - 7.0 + others
    assert knowledge_weighted(estimate, predicted) == pytest.approx(truth)


# Refusals


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: knowledge_weighted(E[:4], P[:4]), "estimate must hold five people or more .* got 4"),
        (lambda: knowledge_weights([*E[:4], NAN], P[:5]), "estimate must hold five people or more .* got 4"),
        (lambda: influence(E[:5], P[:5]), "estimate must hold six people or more .* got 5"),
        (lambda: knowledge_weighted(E[:5], P[:5], cutoff=3.5), "estimate must hold six people or more"),
        (lambda: knowledge_weighted(E, P, cutoff=0.0), "cutoff must be above 0"),
        (lambda: knowledge_weighted(E, P, cutoff=NAN), "cutoff must be above 0"),
        (lambda: knowledge_weighted(E, P[:5]), "predicted must be as long as estimate, 6, got 5"),
        (lambda: knowledge_weighted(E[:, None], P), "estimate must have one axis"),
        (lambda: knowledge_weighted([*E[:5], np.inf], P), "estimate must be finite or NaN"),
        (lambda: knowledge_weighted(E > 0, P), "estimate must be real numbers"),
    ],
)
def test_wrong_arguments_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
