"""Proper scoring rules: worked values, identities between them, and for rewards too propriety and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import rewards, rules
from tests.scoring import propriety
from tests.scoring.crowds import probabilities, shares
from tests.skips import examples

OPTION_RULES = [rules.brier_options, rules.log_score_options, rules.ranked_probability, rules.ordered_brier]
BINARY_RULES = [rules.brier, rules.log_score]
EVERY_BINARY = [*BINARY_RULES, rewards.quadratic, rewards.spherical, rewards.baseline]
EVERY_OPTION = [
    *OPTION_RULES,
    rewards.quadratic_options,
    rewards.spherical_options,
    rewards.baseline_options,
]

#: (outcome, probability, two-sided Brier), half of it from independent implementations of the one-sided form.
BRIER = [(0, 0.0, 0.0), (1, 0.01, 2 * 0.9801), (1, 0.25, 1.125), (0, 0.5, 0.5), (0, 0.897, 2 * 0.804609)]

#: Forecasts over three options with the position that came true and their ranked probability scores.
RANKED = [
    ([0.1, 0.2, 0.7], 2, 0.10),
    ([0.7, 0.2, 0.1], 0, 0.10),
    ([1 / 3, 1 / 3, 1 / 3], 1, 2 / 9),
    ([1.0, 0.0, 0.0], 0, 0.0),
    ([0.0, 0.5, 0.5], 0, 1.25),
    ([0.2, 0.3, 0.5], 1, 0.29),
]


def as_penalty(rule):
    """A rule in the orientation of a penalty."""
    sign = -1 if rule.__module__ == rewards.__name__ else 1
    return lambda outcome, probability: sign * rule(outcome, probability)


@pytest.mark.parametrize(("outcome", "probability", "expected"), BRIER)
def test_brier_gives_the_published_values(outcome, probability, expected):
    assert rules.brier(outcome, probability) == pytest.approx(expected, abs=1e-15)


def test_brier_over_options_gives_the_published_mean():
    forecasts, outcomes = [row for row, _, _ in RANKED], [outcome for _, outcome, _ in RANKED]
    assert rules.brier_options(outcomes, forecasts).mean() == pytest.approx(0.5377777777777778, abs=1e-15)


@pytest.mark.parametrize(("probability", "outcome", "expected"), RANKED)
def test_ranked_probability_gives_the_published_values(probability, outcome, expected):
    assert rules.ranked_probability(outcome, probability) == pytest.approx(expected, abs=1e-15)


def test_log_score_is_in_nats():
    scores = rules.log_score([1, 0, 1], [0.5, 0.75, 0.01])
    assert scores == pytest.approx([math.log(2), math.log(4), math.log(100)])


def test_log_score_is_infinite_where_the_impossible_happened_and_0_where_the_certain_did():
    assert rules.log_score([1, 0, 1, 0], [0.0, 1.0, 1.0, 0.0]).tolist() == [math.inf, math.inf, 0.0, 0.0]
    assert rules.log_score_options(1, [1.0, 0.0]) == math.inf


def test_a_perfect_score_is_a_positive_zero():
    assert math.copysign(1, rules.log_score(1, 1.0)) == 1


def test_far_options_cost_more_than_near_ones_when_options_are_ordered():
    near, far = [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]
    assert rules.ordered_brier(0, near) < rules.ordered_brier(0, far)
    assert rules.brier_options(0, near) == rules.brier_options(0, far)


@given(shares(), st.data())
def test_ordered_brier_is_the_mean_of_the_cuts(crowd, data):
    probability, _ = crowd
    options = probability.shape[1]
    outcome = data.draw(st.integers(0, options - 1))
    cumulated = np.minimum(np.cumsum(probability, axis=1), 1)
    cuts = [rules.brier(outcome <= cut, cumulated[:, cut]) for cut in range(options - 1)]
    assert rules.ordered_brier(outcome, probability) == pytest.approx(np.mean(cuts, axis=0), abs=1e-12)


@given(probabilities, st.booleans())
def test_two_options_score_as_yes_or_no(probability, outcome):
    both, position = [1 - probability, probability], int(outcome)
    expected = rules.brier(outcome, probability)
    assert rules.brier_options(position, both) == pytest.approx(expected, abs=1e-12)
    assert rules.ordered_brier(position, both) == pytest.approx(expected, abs=1e-12)
    assert rules.log_score_options(position, both) == pytest.approx(rules.log_score(outcome, probability))


@given(shares(), st.data())
def test_scores_stay_in_their_range(crowd, data):
    probability, _ = crowd
    options = probability.shape[1]
    outcome = data.draw(st.integers(0, options - 1))
    for rule, worst in zip(OPTION_RULES, [2, math.inf, options - 1, 2], strict=True):
        score = rule(outcome, probability)
        assert (score >= 0).all()
        assert (score <= worst + 1e-12).all()


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_nobody_gains_by_saying_other_than_they_believe(belief, said):
    for rule in BINARY_RULES:
        honest, other = (belief * rule(1, p) + (1 - belief) * rule(0, p) for p in (belief, said))
        assert honest <= other + 1e-12


@given(shares(most=1), shares(most=1))
def test_nobody_gains_over_options_either(belief, said):
    p, q = belief[0][0], said[0][0]
    options = min(p.size, q.size)
    p, q = p[:options] / p[:options].sum(), q[:options] / q[:options].sum()
    for rule in OPTION_RULES:
        honest, other = (sum(p[k] * rule(k, forecast) for k in range(options)) for forecast in (p, q))
        assert honest <= other + 1e-9


@given(belief=st.floats(0.05, 0.45))
def test_the_absolute_error_fails_the_same_search(belief):
    """A negative control: an improper rule, which pays for saying 0."""

    def absolute(outcome, probability):
        return np.abs(np.subtract(outcome, probability))

    found = propriety.best_probability(lambda said: propriety.expected_yes_or_no(absolute, belief, said))
    assert found < 0.01


@given(probabilities, st.booleans())
def test_brier_is_twice_the_one_sided_score(probability, outcome):
    assert rules.brier(outcome, probability) == pytest.approx(2 * (probability - outcome) ** 2, abs=1e-15)


@given(shares(), st.data())
def test_ordered_brier_is_twice_the_ranked_probability_score_for_each_cut(crowd, data):
    probability, _ = crowd
    options = probability.shape[1]
    outcome = data.draw(st.integers(0, options - 1))
    expected = 2 * rules.ranked_probability(outcome, probability) / (options - 1)
    assert rules.ordered_brier(outcome, probability) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("rule", OPTION_RULES)
def test_a_sum_is_refused_outside_its_tolerance_and_passes_inside(rule):
    assert np.isfinite(rule(0, [0.5, 0.4999995]))
    for total in (0.999, 1.000005, 1.5):
        with pytest.raises(ValueError, match=r"^probability must sum to 1 on the last axis"):
            rule(0, [0.5, total - 0.5])


@pytest.mark.parametrize("rule", BINARY_RULES)
@pytest.mark.parametrize("probability", [1.000005, -1e-9, 58, np.inf, "0.5", True, None])
def test_what_is_no_probability_is_refused(rule, probability):
    with pytest.raises(ValueError, match=r"^probability must"):
        rule(1, probability)


@pytest.mark.parametrize("rule", OPTION_RULES)
def test_a_forecast_that_is_missing_in_part_is_refused(rule):
    with pytest.raises(ValueError, match=r"^probability must be NaN for all options or for none"):
        rule(0, [0.5, 0.5, np.nan])


@pytest.mark.parametrize("rule", EVERY_BINARY)
@settings(max_examples=examples(30))  # each is a search of its own
@given(belief=st.floats(0.01, 0.99))
def test_a_search_for_the_best_probability_finds_the_belief(rule, belief):
    penalty = as_penalty(rule)
    found = propriety.best_probability(lambda said: propriety.expected_yes_or_no(penalty, belief, said))
    assert found == pytest.approx(belief, abs=1e-5)


@pytest.mark.parametrize("rule", EVERY_OPTION)
@settings(max_examples=examples(15))  # each is a search of its own
@given(crowd=shares(most=1))
def test_a_search_for_the_best_options_finds_the_belief(rule, crowd):
    belief, penalty = crowd[0][0], as_penalty(rule)
    found = propriety.best_options(
        lambda said: propriety.expected_options(penalty, belief, said), belief.size
    )
    assert found == pytest.approx(belief, abs=1e-5)


@pytest.mark.parametrize("rule", EVERY_BINARY)
def test_binary_rules_keep_the_shape_take_one_outcome_for_all_and_missing_stays_missing(rule):
    forecasts = np.array([[0.25, np.nan, 1.0], [0.5, 0.75, 0.0]])
    score = rule(np.ones((2, 3)), forecasts)
    assert score.shape == (2, 3)
    assert np.isnan(score).tolist() == [[False, True, False], [False, False, False]]
    assert np.array_equal(score, rule(1, forecasts), equal_nan=True)
    assert np.shape(rule(1, 0.5)) == ()
    assert rule([], []).shape == (0,)


@pytest.mark.parametrize("rule", EVERY_OPTION)
def test_option_rules_drop_the_last_axis_and_missing_stays_missing(rule):
    forecasts = np.full((2, 3, 4), 0.25)
    assert rule(np.zeros((2, 3), dtype=int), forecasts).shape == (2, 3)
    assert np.shape(rule(3, forecasts[0, 0])) == ()
    assert np.isnan(rule(0, [[np.nan, np.nan, np.nan], [0.5, 0.25, 0.25]])).tolist() == [True, False]


@pytest.mark.parametrize("rule", EVERY_BINARY)
@pytest.mark.parametrize(
    ("outcome", "probability", "message"),
    [
        (1, 1.000005, "^probability must lie between 0 and 1, got 1.000005"),
        (1, -0.1, "^probability must lie between 0 and 1, got -0.1"),
        (1, "half", "^probability must be real numbers"),
        (1, True, "^probability must be real numbers"),
        (2, 0.5, "^outcome must be 0 or 1, got 2"),
        (np.nan, 0.5, "^outcome must be 0 or 1, got nan"),
        ([1, 0], [[0.5, 0.5]] * 3, r"^outcome must be one value or have shape \(3, 2\)"),
    ],
)
def test_binary_rules_refuse_what_is_wrong_by_name(rule, outcome, probability, message):
    with pytest.raises(ValueError, match=message):
        rule(outcome, probability)


@pytest.mark.parametrize("rule", EVERY_OPTION)
@pytest.mark.parametrize(
    ("outcome", "probability", "message"),
    [
        (0, [0.5, 0.500005], "^probability must sum to 1"),
        (0, [0.3, 0.3], "^probability must sum to 1"),
        (0, [0.9, 0.9], "^probability must sum to 1"),
        (0, [1.0], "^probability must hold two or more options"),
        (0, 0.5, "^probability must hold two or more options"),
        (3, [0.2, 0.3, 0.5], "^outcome must be a position from 0 to 2, got 3"),
        (-1, [0.5, 0.5], "^outcome must be a position from 0 to 1, got -1"),
        (0.0, [0.5, 0.5], "^outcome must be whole numbers"),
        ([0, 1, 0], [[0.5, 0.5]] * 2, r"^outcome must be one value or have shape \(2,\)"),
    ],
)
def test_option_rules_refuse_what_is_wrong_by_name(rule, outcome, probability, message):
    with pytest.raises(ValueError, match=message):
        rule(outcome, probability)
