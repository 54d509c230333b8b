"""From round to round: who moved and where, both tests against slow ones, and the rule for stopping."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scoring.consensus.stability import StopRule, change, location_test, spread_test, stable
from tests.scoring.crowds import probabilities, weights
from tests.skips import examples

#: A rule under which nothing but the number of people can speak against a crowd.
LENIENT = StopRule(people=2, mean_absolute=1, shift=1, moved=1, spread=1, level=0, threshold=0)

FIRST = np.array([0.1, 0.2, 0.3, 0.35, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8])


@st.composite
def rounds(draw, least=1):
    """Two rounds of the same people, with a weight for each."""
    people = draw(st.integers(least, 15))
    columns = [
        st.lists(each, min_size=people, max_size=people) for each in (probabilities, probabilities, weights)
    ]
    return tuple(np.array(draw(column)) for column in columns)


def test_change_by_hand():
    found = change([0.2, 0.5, 0.8, 0.6], [0.3, 0.5, 0.9, 0.4], crowd=0.5)
    assert found.people == 4
    assert found.shift == pytest.approx(0)
    assert found.mean_absolute == pytest.approx(0.1)
    assert found.moved == 0.75
    assert (found.toward, found.away) == (0.25, 0.25)  # from 60 to 40 % is as far on the other side
    assert found.deviation_before == pytest.approx(np.std([0.2, 0.5, 0.8, 0.6]))
    assert found.deviation_after == pytest.approx(np.std([0.3, 0.5, 0.9, 0.4]))


def test_the_crowd_is_the_median_of_the_first_round_unless_it_is_given():
    before, after = [0.2, 0.5, 0.8], [0.4, 0.5, 0.8]
    assert change(before, after) == change(before, after, crowd=0.5)
    assert change(before, after, crowd=0.0).away == pytest.approx(1 / 3)
    lopsided = change([0.2, 0.3, 0.9], [0.2, 0.4, 0.9])  # away from the median 30 %, toward the mean 47 %
    assert (lopsided.toward, lopsided.away) == (0, pytest.approx(1 / 3))


def test_small_steps_are_no_moves():
    found = change([0.50, 0.5], [0.51, 0.6], threshold=0.01)
    assert found.moved == 0.5
    assert change([0.3], [0.3 + 1e-15]).moved == 0


@given(rounds())
def test_shares_of_movers_add_up_and_no_figure_leaves_its_range(case):
    before, after, weight = case
    found = change(before, after, weight)
    assert 0 <= found.toward + found.away <= found.moved + 1e-9 <= 1 + 2e-9
    assert abs(found.shift) <= found.mean_absolute + 1e-9 <= 1 + 2e-9
    assert found.shift == pytest.approx(
        np.average(after, weights=weight) - np.average(before, weights=weight)
    )


@given(rounds())
def test_the_way_back_is_as_far_the_other_way(case):
    before, after, weight = case
    there, back = change(before, after, weight, crowd=0.5), change(after, before, weight, crowd=0.5)
    assert back.shift == pytest.approx(-there.shift, abs=1e-12)
    assert (back.toward, back.away) == pytest.approx((there.away, there.toward))


@given(rounds())
def test_a_weight_of_2_is_two_people(case):
    before, after, _ = case
    twice = np.arange(len(before)) % 2 + 1
    one = change(before, after, twice)
    many = change(np.repeat(before, twice), np.repeat(after, twice))
    for name in set(vars(one)) - {"people"}:
        assert getattr(one, name) == pytest.approx(getattr(many, name), abs=1e-7), name


def test_who_is_missing_in_one_round_is_left_out_of_both():
    nan = np.nan
    before, after = [0.2, nan, 0.8, 0.9, 0.1], [0.3, 0.5, nan, 0.7, 0.9]
    expected = change([0.2, 0.9], [0.3, 0.7])
    assert change(before, after, [1, 9, 9, 1, 0]) == expected
    assert change([0.2, 0.9], [0.3, 0.7], [0, 0]) == expected
    assert location_test(before, after) == location_test([0.2, 0.9, 0.1], [0.3, 0.7, 0.9])
    assert spread_test(before, after) == spread_test([0.2, 0.9, 0.1], [0.3, 0.7, 0.9])


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9, unique=True), st.data())
def test_the_location_test_is_that_of_all_signs(sizes, data):
    """Exact where no steps are as long as another: over every way of giving the steps their signs."""
    signs = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(sizes), max_size=len(sizes)))
    steps = np.multiply(sizes, signs) / 20
    ranks = stats.rankdata(sizes)
    below = [ranks @ (np.array(way) > 0) for way in itertools.product([-1, 1], repeat=len(sizes))]
    found, middle = ranks @ (np.array(signs) > 0), ranks.sum() / 2
    expected = np.mean(np.abs(np.array(below) - middle) >= abs(found - middle))
    assert location_test(np.full(len(sizes), 0.5), 0.5 + steps) == pytest.approx(min(expected, 1))


def test_the_location_test_is_sure_of_nothing_where_nobody_moved():
    assert location_test(FIRST, FIRST) == 1
    assert location_test([0.5], [0.5]) == 1
    assert location_test(FIRST, FIRST + 1e-15) == 1


@settings(max_examples=examples(30))
@given(rounds(least=3))
def test_the_spread_test_is_that_of_a_correlation_and_tells_no_direction(case):
    before, after, _ = case
    total, step = before + after, after - before
    if np.ptp(total) > 1e-3 and np.ptp(step) > 1e-3:
        expected = stats.pearsonr(total, step).pvalue
        assert spread_test(before, after) == pytest.approx(expected, rel=1e-5, abs=1e-7)
        assert spread_test(after, before) == pytest.approx(spread_test(before, after), abs=1e-9)


def test_the_spread_test_finds_a_crowd_that_draws_together_and_not_one_that_moves():
    wander = 0.02 * np.array([1, -1, 1, 1, -1, -1, 1, -1, 1, -1])
    assert spread_test(FIRST, 0.5 + (FIRST - 0.5) / 2 + wander) < 0.001
    assert spread_test(FIRST, FIRST + 0.1) == 1
    assert spread_test(FIRST, FIRST + wander) > 0.3


def test_the_spread_test_keeps_its_level_for_normal_figures():
    rng = np.random.default_rng(7)
    rejected = 0
    for _ in range(1000):
        common = rng.normal(size=12)
        before, after = (0.5 + 0.04 * (common + rng.normal(size=12)) for _ in range(2))
        rejected += spread_test(np.clip(before, 0, 1), np.clip(after, 0, 1)) < 0.05
    assert 30 <= rejected <= 72


def test_a_crowd_that_hardly_moves_is_stable():
    after = FIRST + 0.004 * np.array([1, -1, 1, 1, -1, -1, 1, -1, 1, -1])
    verdict = stable(FIRST, after, StopRule())
    assert (verdict.stable, verdict.reasons) == (True, ())
    assert verdict.location > 0.05
    assert verdict.spread > 0.05
    assert verdict.change == change(FIRST, after, threshold=StopRule().threshold)


def test_a_crowd_that_moves_is_not_stable_and_every_reason_is_told():
    verdict = stable(FIRST, FIRST / 2, StopRule())
    assert not verdict.stable
    assert verdict.reasons == (
        "people moved 0.225 on average, more than 0.05",
        "the crowd's mean moved by 0.225, more than 0.02",
        "a share of 1 moved, more than 0.25",
        "the spread changed by a share of 0.5, more than 0.15",
        f"people moved in one direction: p = {verdict.location:.3g}, below 0.05",
        f"the spread changed: p = {verdict.spread:.3g}, below 0.05",
    )


@pytest.mark.parametrize(
    ("limit", "after", "word"),
    [
        ({"mean_absolute": 0.05}, np.where(np.arange(10) % 2, FIRST + 0.1, FIRST - 0.1), "on average"),
        ({"shift": 0.02}, FIRST + 0.05, "crowd's mean"),
        ({"moved": 0.25}, FIRST + 0.01, "a share of 1 moved"),
        ({"spread": 0.15}, FIRST * 0.5 + 0.25, "the spread changed by a share"),
        ({"level": 0.05}, FIRST + 0.01 * np.arange(1, 11), "in one direction"),
        ({"people": 11}, FIRST, "10 answered in both rounds, fewer than 11"),
    ],
)
def test_each_limit_alone_can_speak_against_a_crowd(limit, after, word):
    assert stable(FIRST, after, LENIENT).stable
    verdict = stable(FIRST, after, replace(LENIENT, **limit))
    assert not verdict.stable
    assert word in verdict.reasons[0]


def test_a_limit_may_be_reached():
    rule = replace(LENIENT, shift=0.1, mean_absolute=0.1)
    assert stable(FIRST, FIRST + 0.1, rule).stable


def test_the_tests_object_just_below_their_level():
    """Six who all go up by different steps: p = 2/64."""
    after = FIRST[:6] + 0.01 * np.arange(1, 7)
    for level, stays in ((0.0313, False), (2 / 64, True)):
        verdict = stable(FIRST[:6], after, replace(LENIENT, level=level))
        assert verdict.location == 2 / 64
        assert any("one direction" in reason for reason in verdict.reasons) != stays


def test_few_people_are_not_stable_for_want_of_proof():
    """Three who swing widely: the tests find nothing, the limits and the number of people do."""
    verdict = stable([0.2, 0.5, 0.8], [0.8, 0.45, 0.2], StopRule(people=3))
    assert verdict.location > 0.05
    assert verdict.spread > 0.05
    assert not verdict.stable
    assert math.isnan(stable([0.2, 0.5], [0.2, 0.5], StopRule()).location)


def test_two_camps_that_stay_apart_are_stable():
    camps = [0.05] * 6 + [0.95] * 6
    assert stable(camps, camps, StopRule()).stable


def test_a_rule_for_two_people_goes_by_its_limits_alone():
    verdict = stable([0.2, 0.5], [0.2, 0.5], replace(LENIENT, level=0.05))
    assert verdict.stable
    assert math.isnan(verdict.location)
    assert math.isnan(verdict.spread)


@given(rounds(least=3), st.floats(0, 1), st.floats(0, 1))
def test_a_stricter_rule_never_finds_a_crowd_stable_that_a_milder_one_does_not(case, one, other):
    before, after, weight = case
    strict, mild = (replace(LENIENT, mean_absolute=limit) for limit in sorted((one, other)))
    assert stable(before, after, strict, weight).stable <= stable(before, after, mild, weight).stable


def test_the_weights_count_in_the_limits_and_who_weighs_0_in_neither():
    rule = replace(LENIENT, moved=0.3)
    after = FIRST.copy()
    after[0] += 0.2
    assert not stable(FIRST, after, rule, [9] + [1] * 9).stable
    assert stable(FIRST, after, rule, [0] + [1] * 9) == stable(FIRST[1:], FIRST[1:], rule)


@pytest.mark.parametrize("call", [change, location_test, spread_test])
@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ([0.5, 0.5], [0.5], "^after must be as long as before, 2, got 1"),
        ([0.5, 1.000005], [0.5, 0.5], "^before must lie between 0 and 1"),
        ([0.5], ["0.5"], "^after must be real numbers"),
        ([0.5, np.nan], [np.nan, 0.5], "^before and after must hold one person or more"),
        ([], [], "^before must have one axis and one person or more"),
        ([[0.5]], [[0.5]], "^before must have one axis"),
    ],
)
def test_wrong_rounds_are_refused_by_name(call, before, after, message):
    with pytest.raises(ValueError, match=message):
        call(before, after)


def test_the_spread_of_two_people_is_not_tested():
    with pytest.raises(ValueError, match=r"^before and after must hold three people or more who answered"):
        spread_test([0.1, 0.2], [0.3, 0.4])


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"people": 1}, "^people must be 2 or more, got 1"),
        ({"mean_absolute": -0.1}, "^mean_absolute must lie between 0 and 1"),
        ({"shift": 5}, "^shift must lie between 0 and 1, got 5"),
        ({"moved": math.nan}, "^moved must lie between 0 and 1"),
        ({"spread": -1}, "^spread must be 0 or more and finite"),
        ({"spread": math.inf}, "^spread must be 0 or more and finite"),
        ({"level": 1}, "^level must lie between 0 and 1, below 1"),
        ({"threshold": 1}, "^threshold must lie between 0 and 1, below 1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(setting, message):
    with pytest.raises(ValueError, match=message):
        StopRule(**setting)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"crowd": 1.5}, "^crowd must lie between 0 and 1, got 1.5"),
        ({"threshold": 1.0}, "^threshold must lie between 0 and 1, below 1"),
        ({"weight": [1, 2]}, r"^weight must have shape \(1,\)"),
    ],
)
def test_wrong_settings_of_change_are_refused_by_name(setting, message):
    with pytest.raises(ValueError, match=message):
        change([0.5], [0.5], **setting)
