"""Rewards: worked values, their identities with the penalties, and the skill score.

That they are proper, and what they refuse, is in `test_rules`, for all rules alike.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import rewards, rules
from tests.scoring import propriety
from tests.scoring.crowds import probabilities, shares

BINARY = [rewards.quadratic, rewards.spherical, rewards.baseline]
OPTIONS = [rewards.quadratic_options, rewards.spherical_options, rewards.baseline_options]
PAIRS = list(zip(BINARY, OPTIONS, strict=True))
penalties = st.lists(st.floats(0, 2), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("rule", "certain", "half", "wrong"),
    [
        (rewards.quadratic, 1.0, 0.5, -1.0),
        (rewards.spherical, 1.0, math.sqrt(0.5), 0.0),
        (rewards.baseline, 100.0, 0.0, -math.inf),
    ],
)
def test_the_marks_of_each_scale(rule, certain, half, wrong):
    assert rule([1, 0, 1, 0, 1, 0], [1.0, 0.0, 0.5, 0.5, 0.0, 1.0]).tolist() == pytest.approx(
        [certain, certain, half, half, wrong, wrong], abs=1e-15
    )


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (rewards.quadratic_options, 2 * 0.3 - (0.04 + 0.09 + 0.25)),
        (rewards.spherical_options, 0.3 / math.sqrt(0.04 + 0.09 + 0.25)),
        (rewards.baseline_options, 100 * (1 + math.log(0.3) / math.log(3))),
    ],
)
def test_rewards_over_options_by_hand(rule, expected):
    assert rule(1, [0.2, 0.3, 0.5]) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("options", "worth"), [(2, [0.5, 0.5**0.5, 0]), (4, [0.25, 0.5, 0])])
def test_equal_probabilities_are_worth_the_same_whatever_happens(options, worth):
    for rule, expected in zip(OPTIONS, worth, strict=True):
        assert rule(options - 1, np.full(options, 1 / options)) == pytest.approx(expected, abs=1e-12)


@given(probabilities, st.booleans())
def test_two_options_earn_as_yes_or_no(probability, outcome):
    for binary, options in PAIRS:
        expected = binary(outcome, probability)
        assert options(int(outcome), [1 - probability, probability]) == pytest.approx(expected, abs=1e-9)


@given(shares(), st.data())
def test_the_quadratic_score_is_1_less_brier(crowd, data):
    outcome = data.draw(st.integers(0, crowd[0].shape[1] - 1))
    expected = 1 - rules.brier_options(outcome, crowd[0])
    assert rewards.quadratic_options(outcome, crowd[0]) == pytest.approx(expected, abs=1e-12)


@given(st.floats(0.001, 0.999), st.booleans())
def test_baseline_is_1_bit_of_surprise_less_for_each_100(probability, outcome):
    given_to_it = probability if outcome else 1 - probability
    assert rewards.baseline(outcome, probability) == pytest.approx(100 * (1 + math.log2(given_to_it)))


def test_the_probability_of_what_happened_fails_the_same_search():
    """A negative control: paying p itself is improper and pays for saying 1."""
    found = propriety.best_probability(lambda said: -(0.6 * said + 0.4 * (1 - said)))
    assert found > 0.99


def test_skill_is_a_ratio_of_means_and_not_a_mean_of_ratios():
    score, reference = np.array([0.02, 0.5]), np.array([0.01, 1.0])
    assert rewards.skill_score(score, reference) == pytest.approx(1 - 0.52 / 1.01)
    assert (1 - score / reference).mean() == pytest.approx(-0.25)


@given(penalties)
def test_the_reference_itself_has_no_skill_and_a_perfect_forecast_all(reference):
    if sum(reference) > 0:
        assert rewards.skill_score(reference, reference) == 0
        assert rewards.skill_score(np.zeros(len(reference)), reference) == 1


@given(penalties, st.floats(0.1, 10))
def test_skill_does_not_depend_on_the_unit_of_the_penalty(score, unit):
    assert rewards.skill_score(np.multiply(score, unit), unit) == pytest.approx(
        rewards.skill_score(score, 1.0), abs=1e-9
    )


def test_skill_counts_only_questions_that_both_answered():
    nan = np.nan
    assert rewards.skill_score([0.5, nan, 2.0], [1.0, 2.0, nan]) == rewards.skill_score([0.5], [1.0]) == 0.5


def test_skill_is_undefined_where_the_reference_has_no_penalty_or_nothing_is_shared():
    found = rewards.skill_score(
        [[0.5, 0.5], [0.5, np.nan], [0.5, 0.5]], [[0.0, 0.0], [np.nan, 1.0], [1.0, 1.0]]
    )
    assert np.isnan(found).tolist() == [True, True, False]


def test_one_reference_holds_for_all_and_people_are_rows():
    assert rewards.skill_score([[0.25, 0.25], [0.5, 1.0]], 0.5).tolist() == [0.5, -0.5]
    assert np.shape(rewards.skill_score([0.25], 0.5)) == ()


def test_skill_can_pay_to_say_other_than_one_believes():
    """It is not proper where the reference's penalty depends on the outcome, as the docstring warns."""

    def expected(said, belief=0.5, climate=0.9):
        skill = rewards.skill_score(
            rules.brier([[1], [0]], [[said]] * 2), rules.brier([[1], [0]], [[climate]] * 2)
        )
        return np.dot([belief, 1 - belief], skill)

    assert expected(0.9) > expected(0.5) + 0.1


@given(st.floats(0.01, 0.99))
def test_skill_over_a_fixed_penalty_is_proper(belief):
    def penalty(outcome, probability):
        return -rewards.skill_score(np.reshape(rules.brier(outcome, probability), (2, 1)), 0.5)

    found = propriety.best_probability(lambda said: propriety.expected_yes_or_no(penalty, belief, said))
    assert found == pytest.approx(belief, abs=1e-5)


@pytest.mark.parametrize(
    ("score", "reference", "message"),
    [
        ([0.5, 0.5], [0.5], r"^reference must be one value or have shape \(2,\)"),
        ([[0.5, 0.5]] * 2, [0.5, 0.5], r"^reference must be one value or have shape \(2, 2\)"),
        ([-0.1], [0.5], "^score must hold penalties of 0 or more, got -0.1"),
        ([0.1], [-0.5], "^reference must hold penalties of 0 or more"),
        ([np.inf], [0.5], "^score must be finite or NaN"),
        (0.5, 0.5, "^score must hold questions on its last axis"),
        (["a"], [0.5], "^score must be real numbers"),
    ],
)
def test_wrong_arguments_of_skill_are_refused_by_name(score, reference, message):
    with pytest.raises(ValueError, match=message):
        rewards.skill_score(score, reference)
