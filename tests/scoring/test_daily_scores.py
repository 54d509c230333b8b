"""Scores over whole days: one's mean, against the others, beside a reference. Each against readings by hand."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rewards import skill_score
from scoring.timeline.daily_scores import daily_beside, daily_mean, daily_peer
from tests.scoring.crowds import columns, histories
from tests.scoring.reference_implementations import (
    daily_beside_by_hand,
    daily_mean_by_hand,
    daily_peer_by_hand,
)

scores = st.one_of(st.none(), st.floats(0.0, 2.0))
chances = st.one_of(st.none(), st.floats(0.01, 1.0))
#: Steps of a reference: a day, and what it scores from then on.
steps = st.lists(st.tuples(st.integers(-2, 9), scores), max_size=5).map(
    lambda found: sorted(found, key=lambda step: step[0])
)
NONE = np.nan


@given(histories(what=scores), st.integers(-3, 11))
def test_the_daily_mean_is_its_reading_by_hand(history, last_day):
    table = daily_mean(*columns(history, float), last_day=last_day)
    by_hand = daily_mean_by_hand(history, last_day)
    assert table.person.tolist() == sorted(by_hand)
    for at, person in enumerate(table.person):
        mean, coverage, last = by_hand[person]
        assert table.mean[at] == pytest.approx(mean, abs=1e-12)
        assert table.coverage[at] == pytest.approx(coverage, abs=1e-12)
        assert np.isnan(table.last[at]) if last is None else table.last[at] == last


def test_each_score_counts_for_the_days_it_stood():
    table = daily_mean([3, 3], [10, 13], [1.0, 0.2], last_day=19)
    assert table.mean == pytest.approx([(3 * 1.0 + 7 * 0.2) / 10])
    assert table.coverage.tolist() == [1.0]
    assert table.last.tolist() == [0.2]


def test_withdrawn_days_count_against_coverage_not_against_the_mean():
    table = daily_mean([0, 0, 0], [1, 3, 7], [0.4, np.nan, 0.8], last_day=10)
    assert table.mean == pytest.approx([(2 * 0.4 + 4 * 0.8) / 6])
    assert table.coverage == pytest.approx([0.6])


def test_a_forecast_withdrawn_on_its_own_day_never_stood():
    table = daily_mean([0, 0, 1, 1, 1], [1, 1, 1, 1, 3], [0.4, np.nan, 0.4, np.nan, 0.6], last_day=4)
    assert table.person.tolist() == [1]
    assert table.mean.tolist() == [0.6]
    assert table.coverage.tolist() == [1.0]


def test_what_comes_after_the_last_day_is_not_scored():
    table = daily_mean([0, 0, 1], [1, 5, 5], [0.4, 2.0, 0.1], last_day=4)
    assert table.person.tolist() == [0]
    assert table.mean.tolist() == [0.4]


def test_a_forecast_of_the_last_day_alone_is_its_own_mean():
    table = daily_mean([9], [4], [0.3], last_day=4)
    assert (table.mean.tolist(), table.coverage.tolist(), table.last.tolist()) == ([0.3], [1.0], [0.3])


def test_nobody_gives_an_empty_table():
    assert daily_mean(*columns([], float), last_day=4).person.shape == (0,)


@pytest.mark.parametrize(
    ("day", "score", "message"),
    [
        ([2, 1], [0.1, 0.1], "^day must not fall"),
        ([1, 2], [0.1], "^score must be as long as person, 2, got 1"),
        ([1, 2], [0.1, np.inf], "^score must be finite or NaN"),
    ],
)
def test_wrong_scores_are_refused_by_name(day, score, message):
    with pytest.raises(ValueError, match=message):
        daily_mean([0, 0], day, score, last_day=5)


def test_coverage_is_of_the_life_where_its_first_day_is_given():
    """Four of the ten days; since the first forecast it would be all."""
    of_life = daily_mean([1], [6], [0.5], last_day=9, first_day=0)
    assert (of_life.coverage.tolist(), of_life.mean.tolist()) == ([0.4], [0.5])
    assert daily_mean([1], [6], [0.5], last_day=9).coverage.tolist() == [1.0]


# ---- Against the others


@given(histories(what=chances), st.integers(-2, 5), st.integers(0, 8), st.sets(st.integers(0, 6)))
def test_the_daily_peer_score_is_its_reading_by_hand(history, first_day, length, outside):
    person, day, probability = columns(history, float)
    table = daily_peer(
        person,
        day,
        probability,
        first_day=first_day,
        last_day=first_day + length,
        counts=~np.isin(person, list(outside)),
    )
    by_hand = daily_peer_by_hand(history, first_day, first_day + length, outside)
    assert table.person.tolist() == sorted(by_hand)
    for at, who in enumerate(table.person):
        score, coverage, last = by_hand[who]
        assert table.mean[at] == pytest.approx(score, abs=1e-9)
        assert table.coverage[at] == pytest.approx(coverage)
        assert np.isnan(table.last[at]) if last is None else table.last[at] == pytest.approx(last, abs=1e-9)


@given(histories(what=chances), st.integers(-2, 9))
def test_those_who_count_sum_to_nothing(history, last_day):
    table = daily_peer(*columns(history, float), first_day=-2, last_day=last_day)
    assert table.mean.sum() == pytest.approx(0, abs=1e-9)
    assert np.nansum(table.last) == pytest.approx(0, abs=1e-9)


def test_a_better_forecast_scores_above_0_by_the_logarithm_of_the_ratio():
    table = daily_peer([1, 2], [0, 0], [0.8, 0.4], first_day=0, last_day=9)
    assert table.mean == pytest.approx([100 * log(2), -100 * log(2)])
    assert table.coverage.tolist() == [1.0, 1.0]


def test_days_before_somebody_came_bring_nothing():
    table = daily_peer([1, 2], [0, 3], [0.8, 0.4], first_day=0, last_day=3)
    assert table.mean == pytest.approx([25 * log(2), -25 * log(2)])
    assert table.coverage.tolist() == [1.0, 0.25]


def test_whoever_is_alone_is_as_good_as_the_others():
    table = daily_peer([1], [0], [0.01], first_day=0, last_day=3)
    assert (table.mean.tolist(), table.last.tolist()) == ([0.0], [0.0])


def test_days_after_a_withdrawal_bring_nothing():
    table = daily_peer([1, 2, 2], [0, 0, 1], [0.8, 0.4, NONE], first_day=0, last_day=3)
    assert table.mean == pytest.approx([25 * log(2), -25 * log(2)])
    assert table.last[0] == 0 and np.isnan(table.last[1])


def test_who_does_not_count_is_scored_and_changes_nobody():
    given, counts = [0.8, 0.4, 0.1], [True, True, False]
    table = daily_peer([1, 2, 3], [0] * 3, given, first_day=0, last_day=1, counts=counts)
    without = daily_peer([1, 2], [0] * 2, given[:2], first_day=0, last_day=1)
    assert table.mean[:2] == pytest.approx(without.mean)
    # ln(p/g): both who count are others
    assert table.mean[2] == pytest.approx(100 * (log(0.1) - (log(0.8) + log(0.4)) / 2))


def test_a_life_without_a_day_scores_nobody():
    assert daily_peer([1], [0], [0.5], first_day=3, last_day=2).person.tolist() == []


def test_a_chance_of_nothing_is_refused_by_name():
    with pytest.raises(ValueError, match=r"^probability must be above 0"):
        daily_peer([1], [0], [0.0], first_day=0, last_day=2)
    with pytest.raises(ValueError, match=r"^counts must be as long as probability"):
        daily_peer([1], [0], [0.5], first_day=0, last_day=2, counts=[True, False])


# ---- Beside a reference


@given(histories(what=scores), steps, st.integers(-2, 5), st.integers(0, 8))
def test_scores_beside_a_reference_are_their_reading_by_hand(history, reference, first_day, length):
    when, told = np.array([day for day, _ in reference], int), np.array([x for _, x in reference], float)
    last_day = first_day + length
    found = daily_beside(*columns(history, float), when, told, first_day=first_day, last_day=last_day)
    by_hand = daily_beside_by_hand(history, reference, first_day, last_day)
    assert found.own.person.tolist() == found.reference.person.tolist() == sorted(by_hand)
    for at, who in enumerate(found.own.person):
        own, other, coverage, last = by_hand[who]
        assert found.own.mean[at] == pytest.approx(own, abs=1e-9)
        assert found.reference.mean[at] == pytest.approx(other, abs=1e-9)
        assert found.own.coverage[at] == found.reference.coverage[at] == pytest.approx(coverage)
        both = (found.own.last[at], found.reference.last[at])
        assert np.isnan(both).all() if last is None else both == last


@given(histories(what=scores), st.integers(-2, 9))
def test_a_reference_that_says_the_same_leaves_no_skill(history, last_day):
    person, day, score = columns(history, float)
    mine = person == 0
    found = daily_beside(
        person[mine], day[mine], score[mine], day[mine], score[mine], first_day=-2, last_day=last_day
    )
    assert found.own.mean == pytest.approx(found.reference.mean, abs=1e-9)
    ratio = skill_score(found.own.mean, found.reference.mean)
    assert np.isnan(ratio) or ratio == pytest.approx(0, abs=1e-6)


def test_only_days_on_which_both_stood_count():
    # The person on days 1 to 4, the reference on days 3 to 5: 3 and 4 are shared.
    found = daily_beside([7, 7], [1, 5], [0.5, NONE], [3, 4, 6], [1.0, 2.0, NONE], first_day=0, last_day=7)
    assert (found.own.mean.tolist(), found.reference.mean.tolist()) == ([0.5], [1.5])
    assert found.own.coverage.tolist() == [2 / 8]
    assert np.isnan(found.own.last).all() and np.isnan(found.reference.last).all()


@pytest.mark.parametrize(("when", "told"), [([], []), ([9], [1.0]), ([0], [NONE])])
def test_without_a_reference_nobody_is_compared(when, told):
    found = daily_beside([7], [1], [0.5], np.array(when, int), told, first_day=0, last_day=8)
    assert found.own.person.tolist() == found.reference.person.tolist() == []


def test_steps_out_of_order_are_refused_by_name():
    with pytest.raises(ValueError, match=r"^reference_day must not fall"):
        daily_beside([7], [1], [0.5], [3, 2], [1.0, 1.0], first_day=0, last_day=8)
