"""E-values: their expectation by enumeration, what watching may not do, and the formula of the paper."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation.evidence import e_values
from scoring.rules import brier, log_score

inside = st.floats(0.01, 0.99)
shares = st.floats(0.0, 1.0)
rules = st.sampled_from([("brier", brier), ("log", log_score)])


def expected_loss(rule, truth, forecast):
    return truth * rule(1, forecast) + (1 - truth) * rule(0, forecast)


@given(inside, inside, st.floats(0.0, 1.0), shares, rules)
def test_one_e_value_expects_at_most_1_where_the_forecaster_is_as_good(p, q, truth, fraction, named):
    name, rule = named
    yes, no = (e_values([y], [p], [q], fraction=fraction, score=name).value[0] for y in (1, 0))
    expected = truth * yes + (1 - truth) * no
    excess = expected_loss(rule, truth, p) - expected_loss(rule, truth, q)
    if excess <= 0:
        assert expected <= 1 + 1e-9
    else:
        assert expected >= 1 - 1e-9


@given(st.lists(st.tuples(inside, inside), min_size=1, max_size=7), st.floats(0.1, 0.9), rules)
def test_a_product_expects_at_most_1_over_all_outcomes_if_the_forecaster_is_right(rows, fraction, named):
    p, q = np.array(rows).T
    expected, chances = 0.0, 0.0
    for outcome in itertools.product([0, 1], repeat=len(rows)):
        chance = np.prod(np.where(np.array(outcome) == 1, p, 1 - p))
        expected += chance * e_values(outcome, p, q, fraction=fraction, score=named[0]).product[-1]
        chances += chance
    assert chances == pytest.approx(1)
    assert expected <= 1 + 1e-9


@given(inside, inside, rules)
def test_at_the_indifferent_truth_an_e_value_expects_1(p, q, named):
    """Between p and q lies a truth where both lose the same: there the game is fair, whatever the stake."""
    name, rule = named
    if abs(p - q) < 1e-3:
        return
    gap_yes, gap_no = (rule(y, p) - rule(y, q) for y in (1, 0))
    truth = float(gap_no / (gap_no - gap_yes))
    yes, no = (e_values([y], [p], [q], fraction=0.7, score=name).value[0] for y in (1, 0))
    assert truth * yes + (1 - truth) * no == pytest.approx(1, abs=1e-9)


@given(inside, inside, st.integers(0, 1), shares, rules)
def test_the_value_is_the_formula_of_the_paper(p, q, y, fraction, named):
    name, rule = named
    if abs(p - q) < 1e-3:
        return
    z = int(p > q)
    formula = 1 + fraction * (rule(y, p) - rule(y, q)) / abs(rule(z, p) - rule(z, q))
    assert e_values([y], [p], [q], fraction=fraction, score=name).value[0] == pytest.approx(formula, rel=1e-7)


def test_a_worked_example():
    evidence = e_values([0, 1, 1], [0.9, 0.9, 0.2], [0.5, 0.5, 0.4], fraction=0.5)
    # (0.81 - 0.25) / (0.25 - 0.01), then against the rival, then (0.64 - 0.36) / (0.16 - 0.04)
    assert evidence.value == pytest.approx([1 + 0.5 * 0.56 / 0.24, 0.5, 1 + 0.5 * 0.28 / 0.12])
    assert evidence.product == pytest.approx(np.cumprod(evidence.value))


def test_a_watcher_is_misled_by_p_values_and_not_by_e_values():
    """The share of honest forecasters whom somebody who looks after each question would ever reject."""
    random = np.random.default_rng(3)
    rejected = []
    for _ in range(400):
        truth = random.uniform(0.2, 0.8, 300)
        outcome = (random.random(300) < truth).astype(int)
        rival = np.clip(truth + random.normal(0, 0.1, 300), 0.05, 0.95)
        rejected.append(e_values(outcome, truth, rival).rejects(0.05))
    assert np.mean(rejected) <= 0.05


def test_a_bad_forecaster_is_found_out():
    random = np.random.default_rng(3)
    truth = random.uniform(0.1, 0.9, 400)
    outcome = (random.random(400) < truth).astype(int)
    evidence = e_values(outcome, 1 - truth, truth, fraction=0.2)
    assert evidence.rejects(0.01)
    assert not e_values(outcome, truth, 1 - truth, fraction=0.2).rejects(0.5)


def test_equal_and_missing_forecasts_are_no_evidence():
    evidence = e_values([1, 0, 1, 1], [0.3, np.nan, 0.4, 0.1 + 0.2], [0.3, 0.2, np.nan, 0.3])
    assert evidence.value.tolist() == [1.0] * 4


def test_a_rejection_stays_though_the_product_falls_again():
    evidence = e_values([0, 1], [0.9, 0.9], [0.1, 0.1], fraction=1.0)
    assert evidence.product.tolist() == pytest.approx([1 + 0.8 / 0.8, 0.0])
    assert evidence.rejects(0.5)
    assert not evidence.rejects(0.49)


def test_a_whole_stake_can_be_lost_for_good_even_after_certainty_failed():
    """Certain forecasts that fail give enormous values; 0 after them stays 0 and is no NaN."""
    p, q = np.zeros(60), np.full(60, 1e-12)
    outcome = np.r_[np.ones(59, dtype=int), 0]
    evidence = e_values(outcome, p, q, fraction=1.0)
    assert np.isinf(evidence.product[-2])
    assert evidence.product[-1] == 0


def test_no_stake_is_no_evidence():
    assert e_values([0, 1], [0.9, 0.2], [0.1, 0.6], fraction=0.0).value.tolist() == [1.0, 1.0]


def test_stakes_may_differ_from_question_to_question():
    one = e_values([0, 1], [0.9, 0.2], [0.1, 0.6], fraction=[0.2, 0.7])
    apart = [
        e_values([y], [p], [q], fraction=f).value[0]
        for y, p, q, f in ((0, 0.9, 0.1, 0.2), (1, 0.2, 0.6, 0.7))
    ]
    assert one.value.tolist() == apart


def test_without_questions_nothing_is_rejected():
    assert not e_values([], [], []).rejects()


@pytest.mark.parametrize(
    ("outcome", "probability", "rival", "settings", "message"),
    [
        ([1], [1.000005], [0.5], {}, r"^probability must lie between 0 and 1, got 1.000005"),
        ([1], [0.5], [-0.1], {}, r"^rival must lie between 0 and 1, got -0.1"),
        ([2], [0.5], [0.5], {}, r"^outcome must be 0 or 1, got 2"),
        ([1, 0], [0.5], [0.5], {}, r"^probability must be as long as outcome, 2, got 1"),
        ([1], [0.5], [0.5, 0.6], {}, r"^rival must be as long as outcome, 1, got 2"),
        ([1], [0.5], [0.4], {"fraction": 1.5}, r"^fraction must lie between 0 and 1, got 1.5"),
        ([1], [0.5], [0.4], {"fraction": np.nan}, r"^fraction must be finite"),
        (
            [1, 1],
            [0.5, 0.5],
            [0.4, 0.4],
            {"fraction": [0.1]},
            r"^fraction must be one value or have shape \(2,\)",
        ),
        ([1], [0.5], [0.4], {"score": "spherical"}, r'^score must be "brier" or "log"'),
        (
            [1],
            [1.0],
            [0.4],
            {"score": "log"},
            r"^probability must lie strictly between 0 and 1 for the log score",
        ),
        (
            [1],
            [0.5],
            [1e-14],
            {"score": "log"},
            r"^rival must lie strictly between 0 and 1 for the log score",
        ),
    ],
)
def test_wrong_input_is_refused_by_name(outcome, probability, rival, settings, message):
    with pytest.raises(ValueError, match=message):
        e_values(outcome, probability, rival, **settings)


@pytest.mark.parametrize("level", [0, 1, 5, np.nan])
def test_a_wrong_level_is_refused(level):
    with pytest.raises(ValueError, match=r"^level must"):
        e_values([1], [0.5], [0.4]).rejects(level)
