"""Histories of any pool, at every change and at given times, and of the geometric mean."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.pools.averages import mean
from scoring.timeline.histories import geometric_mean_history, history
from tests.scoring.spells import columns, moments_by_hand, spells, standing_by_hand

NAN = float("nan")


def average(stands, made):
    return mean(stands)


@given(spells(least=1))
def test_every_step_is_the_pool_of_who_stands(rows):
    there = [time for time in moments_by_hand(rows) if standing_by_hand(rows, time)]
    assume(there)
    past = history(*columns(rows), average)
    assert past.start.tolist() == there
    expected = [mean([rows[at][3] for at in standing_by_hand(rows, time)]) for time in there]
    assert past.value == pytest.approx(expected, abs=1e-12)


@given(spells(least=1), st.lists(st.floats(-5, 20), min_size=1).map(sorted))
def test_given_times_are_the_pool_of_who_stands_then(rows, times):
    there = [time for time in times if standing_by_hand(rows, time)]
    assume(there)
    past = history(*columns(rows), average, times=times)
    assert past.start.tolist() == there
    expected = [mean([rows[at][3] for at in standing_by_hand(rows, time)]) for time in there]
    assert past.value == pytest.approx(expected, abs=1e-12)


@given(spells(least=1))
def test_the_pool_sees_the_oldest_first_with_their_starts(rows):
    seen = []
    there = [time for time in moments_by_hand(rows) if standing_by_hand(rows, time)]
    assume(there)
    history(*columns(rows), lambda stands, made: seen.append(made.tolist()) or 0.0)
    assert seen == [[rows[at][1] for at in standing_by_hand(rows, time)] for time in there]


@given(spells())
def test_the_geometric_mean_is_that_by_hand(rows):
    past = geometric_mean_history(*columns(rows))
    for start, value, count in zip(past.start, past.value, past.count, strict=True):
        there = [math.log(rows[at][3]) for at in standing_by_hand(rows, start)]
        assert count == len(there)
        assert value == pytest.approx(math.exp(math.fsum(there) / len(there)), rel=1e-12)


@given(spells())
def test_steps_end_where_the_next_change_is(rows):
    past = geometric_mean_history(*columns(rows))
    moments = moments_by_hand(rows)
    for start, end in zip(past.start, past.end, strict=True):
        later = [time for time in moments if time > start]
        assert (end == later[0]) if later else np.isnan(end)


def test_several_options_keep_their_columns():
    rows = ([1, 2], [0, 1], [NAN, NAN])
    value = [[0.5, 0.25, 0.25], [0.125, 0.25, 0.625]]
    past = geometric_mean_history(*rows, value)
    assert past.value[1] == pytest.approx([0.25, 0.25, math.sqrt(0.25 * 0.625)])
    pool = history(*rows, value, lambda stands, made: stands.mean(axis=0))
    assert pool.value[1].tolist() == [0.3125, 0.25, 0.4375]


def test_a_gap_has_no_row():
    past = history([1, 1], [0, 5], [2, NAN], [0.2, 0.4], average)
    assert past.start.tolist() == [0, 5]
    assert past.end[0] == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"times": [2, 1]}, "times must not fall"),
        ({"value": [0.1]}, "value must be as long"),
        ({"person": [1, 1]}, "cut_overlaps"),
    ],
)
def test_wrong_input_is_refused(change, words):
    given = {
        "person": [1, 2],
        "start": [0, 0],
        "end": [NAN, NAN],
        "value": [0.5, 0.5],
        "pool": average,
        **change,
    }
    with pytest.raises(ValueError, match=words):
        history(**given)


def test_a_geometric_mean_of_zero_is_refused():
    with pytest.raises(ValueError, match="lie above 0"):
        geometric_mean_history([1], [0], [NAN], [0.0])


@pytest.mark.parametrize(
    "change",
    [{"times": [-5]}, {"times": []}, {"end": [0, 0]}, {"person": [], "start": [], "end": [], "value": []}],
)
def test_where_nobody_ever_stands_there_is_no_row(change):
    given = {"person": [1, 2], "start": [0, 0], "end": [NAN, NAN], "value": [0.5, 0.5], **change}
    past = history(pool=average, **given)
    assert past.start.size == past.end.size == past.value.size == past.count.size == 0
    if "times" not in change:
        sister = geometric_mean_history(**given)
        assert sister.start.size == sister.value.size == 0


def test_forecasts_outside_the_life_of_the_question_leave_no_row():
    assert history([1], [5], [NAN], [0.5], average, closed=3).count.size == 0
