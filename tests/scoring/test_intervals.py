"""Forecasts with a start and an end: who stands, what changes, overlaps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.timeline.standing_intervals import changes, cut_overlaps, intervals, standing_at
from tests.scoring.spells import columns, moments_by_hand, spells, standing_by_hand

NAN = float("nan")


@given(spells(), st.floats(-5, 20))
def test_who_stands_is_who_stands_by_hand(rows, time):
    found = standing_at(intervals(*columns(rows)[:3]), time)
    assert found.tolist() == standing_by_hand(rows, time)


@given(spells(), st.integers(-4, 6), st.integers(7, 16))
def test_changes_are_those_by_hand(rows, opened, closed):
    time, first, last = changes(intervals(*columns(rows)[:3]), opened, closed)
    assert time.tolist() == moments_by_hand(rows, opened, closed)
    for step, now in enumerate(time):
        stands = np.flatnonzero((first <= step) & (step < last)).tolist()
        assert stands == sorted(standing_by_hand(rows, now))


def test_at_the_moment_of_a_change_the_new_one_stands():
    both = intervals([1, 1], [0, 2], [2, NAN])
    assert standing_at(both, 2).tolist() == [1]
    assert standing_at(both, 1.999).tolist() == [0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 5) | st.none()), max_size=12))
def test_cut_forecasts_never_overlap_and_the_newest_stands(rows):
    drawn = [(who, start, NAN if length is None else start + length) for who, start, length in rows]
    person, start, end, _ = columns([(*row, 0.5) for row in drawn])
    cut = cut_overlaps(person, start, end)
    forecasts = intervals(person, start, cut)
    for time in range(15):
        there = {}
        for who, since, until in drawn:
            alive = math.isnan(until) or time < until
            if since <= time and (who not in there or there[who][0] <= since):
                there[who] = (since, alive)
        expected = sorted(who for who, (_, alive) in there.items() if alive)
        assert sorted(person[standing_at(forecasts, time)]) == expected


def test_an_overlap_is_refused_with_a_way_out():
    with pytest.raises(ValueError, match=r"end .* got 3.0 at \[1\], person 7; cut_overlaps"):
        intervals([7, 7], [2, 0], [NAN, 3])
    with pytest.raises(ValueError, match="got inf"):
        intervals([7, 7], [0, 2], [NAN, NAN])


def test_a_forecast_that_ends_where_it_starts_never_stands():
    forecasts = intervals([1, 1], [3, 3], [3, NAN])
    assert standing_at(forecasts, 3).tolist() == [1]
    time, first, last = changes(intervals([1], [3], [3]))
    assert (time.size, first.tolist(), last.tolist()) == (0, [0], [0])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (([1], [0], [-1]), "end must not lie before start, got -1.0 before 0.0"),
        (([1, 2], [0], [NAN]), "start must be as long as person, 2, got 1"),
        (([1], ["x"], [NAN]), "start must be real numbers"),
        (([True], [0], [NAN]), "person must be whole numbers"),
        (([1], [0], [math.inf]), "end must be finite or NaN"),
        (([[1]], [0], [NAN]), "person must"),
    ],
)
def test_wrong_input_is_refused(given, words):
    for function in (intervals, cut_overlaps):
        with pytest.raises(ValueError, match=words):
            function(*given)


def test_a_moment_is_one_finite_number():
    for wrong in (NAN, math.inf, [1.0], "now"):
        with pytest.raises(ValueError, match="time must"):
            standing_at(intervals([1], [0], [NAN]), wrong)
