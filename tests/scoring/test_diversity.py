"""The diversity theorem: an identity for every question, with weights, options and other crowd numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scoring.evaluation.ambiguity import crowd_gain, diversity, diversity_options
from scoring.rules import brier, brier_options
from tests.scoring.crowds import shares

#: People by questions, some forecasts missing, but nobody missing in the first row.
missing = st.one_of(st.floats(0, 1), st.just(np.nan))


@st.composite
def crowds(draw):
    """Forecasts (n, questions), outcomes and weights, some of them 0."""
    people, questions = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    given_first = draw(arrays(float, (1, questions), elements=st.floats(0, 1)))
    others = draw(arrays(float, (people - 1, questions), elements=missing))
    outcome = draw(arrays(int, questions, elements=st.integers(0, 1)))
    weight = draw(arrays(float, people, elements=st.one_of(st.just(0.0), st.floats(0.01, 10))))
    return np.vstack([given_first, others]), outcome, weight


def test_a_worked_example():
    parts = diversity(1, [0.2, 0.6])
    assert float(parts.crowd) == pytest.approx(0.4)
    assert float(parts.crowd_error) == pytest.approx(0.36)
    assert float(parts.mean_error) == pytest.approx((0.64 + 0.16) / 2)
    assert float(parts.diversity) == pytest.approx(0.04)


@given(crowds())
def test_the_crowds_error_is_the_mean_error_less_the_diversity(crowd):
    probability, outcome, weight = crowd
    for weights in (None, weight):
        parts = diversity(outcome, probability, weights)
        assert parts.crowd_error == pytest.approx(parts.mean_error - parts.diversity, abs=1e-12)
        assert (parts.diversity >= 0).all()
        assert (parts.crowd_error <= parts.mean_error + 1e-12).all()


@given(crowds())
def test_errors_are_half_the_two_sided_brier_scores(crowd):
    probability, outcome, _ = crowd
    parts = diversity(outcome, probability)
    assert parts.crowd == pytest.approx(np.nanmean(probability, axis=0), abs=1e-12)
    assert parts.crowd_error == pytest.approx(brier(outcome, parts.crowd.clip(0, 1)) / 2, abs=1e-12)
    each = brier(np.broadcast_to(outcome, probability.shape), probability) / 2
    assert parts.mean_error == pytest.approx(np.nanmean(each, axis=0), abs=1e-12)


@given(shares(), st.data())
def test_the_identity_holds_for_options(crowd, data):
    probability, weight = crowd
    outcome = data.draw(st.integers(0, probability.shape[1] - 1))
    parts = diversity_options(outcome, probability, weight)
    assert parts.crowd_error == pytest.approx(parts.mean_error - parts.diversity, abs=1e-12)
    assert parts.crowd_error == pytest.approx(brier_options(outcome, parts.crowd), abs=1e-12)
    expected = np.average(brier_options(np.full(len(probability), outcome), probability), weights=weight)
    assert parts.mean_error == pytest.approx(expected, abs=1e-12)


@given(crowds())
def test_two_options_are_twice_yes_or_no(crowd):
    probability, outcome, weight = crowd
    both = np.stack([1 - probability, probability], axis=-1)
    binary, options = diversity(outcome, probability, weight), diversity_options(outcome, both, weight)
    for part in ("crowd_error", "mean_error", "diversity"):
        assert getattr(options, part) == pytest.approx(2 * getattr(binary, part), abs=1e-12)
    assert options.crowd[..., 1] == pytest.approx(binary.crowd, abs=1e-12)


@given(crowds(), st.randoms(use_true_random=False))
def test_the_order_of_the_people_does_not_matter(crowd, random):
    probability, outcome, weight = crowd
    order = list(range(len(probability)))
    random.shuffle(order)
    before, after = (
        diversity(outcome, probability, weight),
        diversity(outcome, probability[order], weight[order]),
    )
    assert after.diversity == pytest.approx(before.diversity, abs=1e-12)


@given(crowds(), st.floats(1e-300, 1e300))
def test_the_scale_of_the_weights_does_not_matter(crowd, scale):
    probability, outcome, weight = crowd
    before, after = diversity(outcome, probability, weight), diversity(outcome, probability, weight * scale)
    assert after.crowd == pytest.approx(before.crowd, abs=1e-9)


def test_a_weight_counts_as_many_people():
    parts = diversity([1, 0], [[0.2, 0.4], [0.8, 0.5]], [3, 1])
    repeated = diversity([1, 0], [[0.2, 0.4]] * 3 + [[0.8, 0.5]])
    assert parts.diversity == pytest.approx(repeated.diversity)


def test_weight_0_does_not_count_and_nothing_but_0_weighs_all_alike():
    probability = [[0.2, 0.2], [0.6, 0.6], [0.9, np.nan]]
    assert diversity(1, probability, [1, 1, 0]).crowd == pytest.approx([0.4, 0.4])
    assert diversity(1, probability, [0, 0, 0]).crowd == pytest.approx([1.7 / 3, 0.4])
    assert diversity(1, probability, [0, 0, 1]).crowd == pytest.approx([0.9, 0.4])


def test_who_is_missing_takes_their_weight_along():
    parts = diversity([1, 1], [[0.2, 0.2], [0.6, np.nan]], [1, 3])
    assert parts.crowd == pytest.approx([0.5, 0.2])
    assert parts.diversity == pytest.approx([0.03, 0])


def test_one_person_has_no_diversity():
    parts = diversity(0, [0.3])
    assert (float(parts.diversity), float(parts.crowd_error)) == (0.0, float(parts.mean_error))


def test_shapes_of_questions_are_kept():
    assert diversity(np.ones((2, 3)), np.full((5, 2, 3), 0.5)).crowd.shape == (2, 3)
    parts = diversity_options(np.zeros((2, 3), dtype=int), np.full((5, 2, 3, 4), 0.25))
    assert (parts.crowd.shape, parts.diversity.shape) == ((2, 3, 4), (2, 3))
    assert diversity(1, [0.5, 0.6]).diversity.shape == ()


@given(crowds(), st.data())
def test_the_gain_of_any_crowd_number_is_diversity_and_what_it_gains_beyond(crowd, data):
    probability, outcome, weight = crowd
    number = data.draw(arrays(float, outcome.size, elements=st.floats(0, 1)))
    parts = crowd_gain(outcome, probability, number, weight)
    assert parts.gain == pytest.approx(parts.diversity + parts.beyond, abs=1e-12)


@given(crowds())
def test_all_that_a_mean_forecast_gains_is_diversity(crowd):
    probability, outcome, weight = crowd
    whole = diversity(outcome, probability, weight)
    parts = crowd_gain(outcome, probability, whole.crowd.clip(0, 1), weight)
    assert parts.gain == pytest.approx(whole.diversity, abs=1e-12)
    assert parts.beyond == pytest.approx(np.zeros(outcome.size), abs=1e-12)


def test_an_extremized_crowd_gains_beyond_when_right_and_loses_when_wrong():
    people = np.array([[0.6, 0.6], [0.8, 0.8]])
    beyond = crowd_gain([1, 0], people, [0.9, 0.9]).beyond
    assert beyond[0] > 0 > beyond[1]


BINARY = [
    (1, [0.5, 1.000005], None, r"^probability must lie between 0 and 1, got 1.000005"),
    (1, 0.5, None, r"^probability must have one person or more on its first axis, got shape \(\)"),
    (1, [], None, r"^probability must have one person or more on its first axis, got shape \(0,\)"),
    (1, [np.nan, np.nan], None, r"^probability must hold a forecast for each question"),
    ([1, 1], [[0.5, np.nan]], None, r"^probability must hold a forecast for each question"),
    ([1, 0, 1], [[0.5, 0.5]], None, r"^outcome must be one value or have shape \(2,\)"),
    (2, [0.5], None, r"^outcome must be 0 or 1, got 2"),
    (1, ["0.5"], None, r"^probability must be real numbers"),
    (1, [0.5, 0.5], [1.0], r"^weight must have shape \(2,\), one for each person, got \(1,\)"),
    (1, [0.5, 0.5], [1.0, -1.0], r"^weight must be 0 or more, got -1.0"),
    (1, [0.5, 0.5], [1.0, np.nan], r"^weight must be finite"),
]


@pytest.mark.parametrize(("outcome", "probability", "weight", "message"), BINARY)
def test_wrong_crowds_are_refused_by_name(outcome, probability, weight, message):
    with pytest.raises(ValueError, match=message):
        diversity(outcome, probability, weight)
    with pytest.raises(ValueError, match=message):
        crowd_gain(outcome, probability, 0.5, weight)


@pytest.mark.parametrize(
    ("outcome", "probability", "message"),
    [
        (0, [[0.5, 0.4]], r"^probability must sum to 1 on the last axis"),
        (0, [[0.5, 0.500005]], r"^probability must sum to 1 on the last axis"),
        (2, [[0.5, 0.5]], r"^outcome must be a position from 0 to 1, got 2"),
        (0.0, [[0.5, 0.5]], r"^outcome must be whole numbers"),
        ([0, 1], [[0.5, 0.5]], r"^outcome must be one value or have shape \(\)"),
        (0, [0.5, 0.5], r"^probability must have one person or more on its first axis, got shape \(2,\)"),
        (0, [[np.nan, 0.5]], r"^probability must be NaN for all options or for none"),
        (0, [[np.nan, np.nan]], r"^probability must hold a forecast for each question"),
    ],
)
def test_wrong_options_are_refused_by_name(outcome, probability, message):
    with pytest.raises(ValueError, match=message):
        diversity_options(outcome, probability)


@pytest.mark.parametrize(
    ("crowd", "message"),
    [
        ([0.5], r"^crowd must be one value or have shape \(2,\) as each person's row has"),
        ([0.5, 1.5], r"^crowd must lie between 0 and 1, got 1.5"),
        ([0.5, np.nan], r"^crowd must be finite"),
    ],
)
def test_wrong_crowd_numbers_are_refused_by_name(crowd, message):
    with pytest.raises(ValueError, match=message):
        crowd_gain([0, 1], [[0.5, 0.5], [0.6, 0.6]], crowd)
