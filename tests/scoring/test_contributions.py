"""Weights from past questions: worked values, loops written apart, what holds for any crowd, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools.contribution_scores import (
    contribution_weights,
    contribution_weights_elsewhere,
    contributions,
)
from scoring.pools.past_skill import difficulty_adjusted_points, select_crowd_weights, skill, skill_weights

NAN = float("nan")

#: Three people and three questions; the second person skipped the last, which only the first answered.
PROBABILITY = [[0.9, 0.2, 0.5], [0.6, 0.4, NAN], [0.3, 0.9, NAN]]
OUTCOME = [1, 0, 1]

WEIGHTS = [contribution_weights, skill_weights]


@st.composite
def pasts(draw, most=6):
    """Probabilities (people, questions) with one answer or more, and outcomes."""
    people, questions = draw(st.integers(1, most)), draw(st.integers(1, 6))
    size = people * questions
    percent = st.integers(0, 100).map(lambda p: p / 100)
    answer = st.one_of(st.just(NAN), percent, percent, percent)
    rows = np.array(draw(st.lists(answer, min_size=size, max_size=size))).reshape(people, questions)
    rows[draw(st.integers(0, people - 1)), draw(st.integers(0, questions - 1))] = draw(percent)
    return rows, np.array(draw(st.lists(st.integers(0, 1), min_size=questions, max_size=questions)))


def contributions_by_hand(probability, outcome, skipped=()):
    """Person by person, question by question; None where no question is left."""
    found = []
    for person in range(len(probability)):
        gains = []
        for question, came in enumerate(outcome):
            row = {who: p[question] for who, p in enumerate(probability) if not math.isnan(p[question])}
            if question in skipped or person not in row or len(row) == 1:
                continue
            crowd = math.fsum(row.values()) / len(row)
            del row[person]
            without = math.fsum(row.values()) / len(row)
            gains.append((100 - 100 * (crowd - came) ** 2) - (100 - 100 * (without - came) ** 2))
        found.append(math.fsum(gains) / len(gains) if gains else None)
    return found


def weights_by_hand(contribution):
    above = [each if each is not None and each > 1e-9 else 0.0 for each in contribution]
    return [each / math.fsum(above) if any(above) else 1 / len(above) for each in above]


def as_nan(values):
    return np.array([NAN if value is None else value for value in values])


# Known answers


def test_a_contribution_is_the_mean_gain_of_the_crowd():
    # Question 1: the crowd says 0.6 and without each 0.45, 0.6, 0.75. Question 2: 0.5; 0.65, 0.55, 0.3.
    first = 100 * np.array([0.55**2 - 0.4**2, 0.0, 0.25**2 - 0.4**2])
    second = 100 * np.array([0.65**2 - 0.5**2, 0.55**2 - 0.5**2, 0.3**2 - 0.5**2])
    assert contributions(PROBABILITY, OUTCOME) == pytest.approx((first + second) / 2)


def test_a_question_nobody_else_answered_is_skipped():
    assert np.isnan(contributions([[0.9, NAN], [NAN, 0.5]], [1, 1])).all()
    assert contribution_weights([[0.9], [NAN]], [1]) == pytest.approx([0.5, 0.5])


def test_only_positive_contributions_weigh():
    found = contribution_weights(PROBABILITY, OUTCOME)
    gain = contributions(PROBABILITY, OUTCOME)[:2]
    assert found == pytest.approx([*(gain / gain.sum()), 0.0])


def test_equals_weigh_the_same_whatever_rounding_says():
    same = np.full((3, 4), 0.1)
    assert contributions(same, [1, 0, 0, 1]) == pytest.approx([0.0] * 3, abs=1e-12)
    assert contribution_weights(same, [1, 0, 0, 1]) == pytest.approx([1 / 3] * 3)


def test_skill_is_shrunk_by_the_imaginary_answers():
    whole = skill(PROBABILITY, OUTCOME, prior=0.0)
    # The first person: ahead of the crowd by 15 and 21 points, and by none where they were alone.
    assert whole[0] == pytest.approx((15 + 21 + 0) / 3)
    assert skill(PROBABILITY, OUTCOME, prior=3.0)[0] == pytest.approx(whole[0] / 2)
    assert skill(PROBABILITY, OUTCOME, prior=2.0)[1] == pytest.approx(whole[1] / 2)
    assert skill([[0.5], [NAN]], [1], prior=0.0)[1] == 0


def test_skill_weights_multiply_by_e_for_each_scale_of_points():
    points = skill(PROBABILITY, OUTCOME)
    weight = skill_weights(PROBABILITY, OUTCOME, scale=4.0)
    assert np.log(weight[0] / weight[2]) == pytest.approx((points[0] - points[2]) / 4)


def test_difficulty_is_taken_out_of_the_points():
    # Everyone scores 20 lower on the second question; the last person met only that one.
    easy, hard = 1 - np.sqrt([0.05, 0.1]), 1 - np.sqrt([0.25, 0.3])
    rows = [[easy[0], hard[0]], [easy[1], hard[1]], [NAN, 1 - math.sqrt(0.26)]]
    assert difficulty_adjusted_points(rows, [1, 1]) == pytest.approx([85.0, 80.0, 84.0])


def test_adjusted_points_of_full_answers_are_plain_means():
    rows = np.array([[0.9, 0.2], [0.6, 0.4], [0.3, 0.9]])
    plain = (100 - 100 * (rows - [1, 0]) ** 2).mean(axis=1)
    assert difficulty_adjusted_points(rows, [1, 0]) == pytest.approx(plain)


def test_adjusted_points_are_the_least_squares_fit_on_indicators():
    random = np.random.default_rng(7)
    rows = random.random((6, 5))
    rows[random.random((6, 5)) < 0.3] = NAN
    outcome = np.array([1, 0, 1, 0, 0])
    person, question = np.nonzero(~np.isnan(rows))
    design = np.zeros((person.size, 11))
    design[np.arange(person.size), person] = 1
    design[np.arange(person.size), 6 + question] = 1
    points = 100 - 100 * (rows[person, question] - outcome[question]) ** 2
    fit = np.linalg.lstsq(design, points, rcond=None)[0]
    expected = fit[:6] + fit[6:].mean()
    assert difficulty_adjusted_points(rows, outcome) == pytest.approx(expected)


def test_the_select_crowd_are_the_best_few_and_ties_share():
    rows = [[0.9], [0.5], [0.8], [0.8], [NAN]]
    assert select_crowd_weights(rows, [1], size=1).tolist() == [1, 0, 0, 0, 0]
    assert select_crowd_weights(rows, [1], size=2) == pytest.approx([0.5, 0, 0.25, 0.25, 0])
    assert select_crowd_weights(rows, [1], size=3) == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3, 0])
    assert select_crowd_weights(rows, [1], size=9) == pytest.approx([0.25] * 4 + [0])


# Against loops


@given(pasts())
def test_contributions_are_those_of_plain_loops(past):
    found, expected = contributions(*past), as_nan(contributions_by_hand(*past))
    assert found == pytest.approx(expected, abs=1e-9, nan_ok=True)


@given(pasts())
def test_each_questions_weights_come_from_all_others(past):
    probability, outcome = past
    if outcome.size < 2:
        return
    found = contribution_weights_elsewhere(probability, outcome)
    for question in range(outcome.size):
        by_hand = contributions_by_hand(probability, outcome, skipped=[question])
        # A gain at the very edge of rounding may go either way; nobody can say which is right.
        if all(each is None or abs(each) > 1e-6 or each == 0 for each in by_hand):
            assert found[:, question] == pytest.approx(weights_by_hand(by_hand), abs=1e-6)


@given(pasts(), st.integers(0, 100))
def test_a_questions_own_answers_do_not_touch_its_weights(past, percent):
    probability, outcome = past
    if outcome.size < 2:
        return
    before = contribution_weights_elsewhere(probability, outcome)[:, 0]
    changed, other = probability.copy(), outcome.copy()
    changed[~np.isnan(changed[:, 0]), 0] = percent / 100
    other[0] = 1 - outcome[0]
    assert contribution_weights_elsewhere(changed, other)[:, 0] == pytest.approx(before, abs=1e-6)


# What holds for any past


@given(pasts(), st.randoms())
def test_the_order_of_people_and_questions_does_not_matter(past, random):
    probability, outcome = past
    people, questions = list(range(len(probability))), list(range(outcome.size))
    random.shuffle(people)
    random.shuffle(questions)
    shuffled = probability[people][:, questions], outcome[questions]
    for weights in WEIGHTS:
        assert weights(*shuffled) == pytest.approx(weights(*past)[people], abs=1e-6)


@given(pasts())
def test_who_never_answered_changes_nobodys_share(past):
    probability, outcome = past
    more = np.vstack((probability, np.full((1, outcome.size), NAN)))
    assert contributions(more, outcome)[:-1] == pytest.approx(contributions(*past), nan_ok=True)
    assert skill(more, outcome)[:-1] == pytest.approx(skill(*past))


@given(pasts())
def test_weights_sum_to_1_and_none_is_negative(past):
    for weights in WEIGHTS:
        weight = weights(*past)
        assert weight.sum() == pytest.approx(1)
        assert (weight >= 0).all()


@given(pasts())
def test_yes_and_no_exchanged_change_no_contribution(past):
    probability, outcome = past
    mirrored = contributions(1 - probability, 1 - outcome)
    assert mirrored == pytest.approx(contributions(*past), abs=1e-9, nan_ok=True)


def test_the_best_forecaster_weighs_most_and_the_worst_nothing():
    random = np.random.default_rng(3)
    outcome = random.integers(0, 2, 200)
    noise = random.normal(0, 1, (3, 200)) * [[0.1], [0.3], [0.3]]
    truth = np.where(outcome, 0.8, 0.2) * [[1], [1], [0]] + np.where(outcome, 0.2, 0.8) * [[0], [0], [1]]
    rows = np.clip(truth + noise, 0, 1)
    weight = contribution_weights(rows, outcome)
    assert weight[0] > weight[1] > weight[2] == 0
    assert skill(rows, outcome)[2] < 0 < skill(rows, outcome)[0]


# Refusals


@pytest.mark.parametrize("rule", [contributions, contribution_weights, skill, difficulty_adjusted_points])
@pytest.mark.parametrize(
    ("probability", "outcome", "words"),
    [
        ([0.5, 0.5], [1, 0], "probability must have two axes"),
        ([[0.5, 0.5]], [1], r"outcome must have shape \(2,\), one for each question, got \(1,\)"),
        ([[0.5, 0.5]], [1, 0.5], "outcome must be 0 or 1, got 0.5"),
        ([[0.5, 0.5]], [1, NAN], "outcome must be 0 or 1, got nan"),
        ([[0.5, 1.5]], [1, 0], "probability must lie between 0 and 1, got 1.5"),
        ([[NAN, NAN]], [1, 0], "probability must hold one answer or more"),
        ([["a", "b"]], [1, 0], "probability must be real numbers"),
        ([[0.5], [0.5, 0.5]], [1, 0], "probability must be one regular array"),
    ],
)
def test_wrong_pasts_are_refused(rule, probability, outcome, words):
    with pytest.raises(ValueError, match=words):
        rule(probability, outcome)


def test_people_without_a_common_question_are_not_compared():
    apart = [[0.5, NAN], [NAN, 0.5]]
    for rule in (difficulty_adjusted_points, select_crowd_weights):
        with pytest.raises(ValueError, match="share neither"):
            rule(apart, [1, 0])
    linked = difficulty_adjusted_points([*apart, [0.5, 0.5]], [1, 0])
    assert linked == pytest.approx([75.0, 75.0, 75.0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: skill([[0.5]], [1], prior=-1.0), "prior must be 0 or more"),
        (lambda: skill([[0.5]], [1], prior=NAN), "prior must be 0 or more"),
        (lambda: skill_weights([[0.5]], [1], scale=0.0), "scale must be above 0"),
        (lambda: select_crowd_weights([[0.5]], [1], size=0), "size must be one whole number, 1 or more"),
        (lambda: select_crowd_weights([[0.5]], [1], size=2.0), "size must be whole numbers"),
        (lambda: contribution_weights_elsewhere([[0.5]], [1]), "probability must hold two questions or more"),
    ],
)
def test_other_wrong_arguments_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
