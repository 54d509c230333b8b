"""Forecasts with a beginning and an end: what stands on which day, and scores over whole days.

Events come as arrays, one row for each submission: who, on which UTC day, and what. Each person's rows stand
in the order in which they were submitted; how the people are interleaved does not matter. Of one person's
submissions on a day the last counts, so that dates alone recompute every figure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.pools.weights import fade


@dataclass(frozen=True, eq=False)
class Standing:
    """The forecasts that stand at the end of a day, one for each person who has one."""

    #: Their positions among the events, rising.
    event: IntArray
    #: Their weights in the crowd, 1/3 to 1.
    weight: FloatArray


@dataclass(frozen=True, eq=False)
class DailyMean:
    """Scores over time, one row for each person who ever had a forecast standing at a day's end."""

    #: Who, rising.
    person: IntArray
    #: Mean score over the days on which a forecast stood.
    mean: FloatArray
    #: Days with a standing forecast, as a share of all days from the first such day to the last day.
    coverage: FloatArray
    #: Score of the forecast that stands on the last day; NaN if it was withdrawn.
    last: FloatArray


def standing(person: ArrayLike, day: ArrayLike, active: ArrayLike, as_of: int | None = None) -> Standing:
    """The forecasts that stand at the end of a day, with the weights of the default crowd forecast.

    Forecasts made on the day `as_of` weigh 1. Older ones fade as `scoring.pools.weights.fade` says, by the
    people who gave, changed or affirmed theirs on each later day. Withdrawing fades nobody. Cost: a sort.

    Parameters
    ----------
    person : shape (events,), whole numbers
        Who submitted.
    day : shape (events,), whole numbers
        The UTC day, never falling from one of a person's events to the next.
    active : shape (events,), True or False
        True for a new, changed or affirmed forecast, False for a withdrawal.
    as_of : int, optional
        The day; later events are left out. Without it, the last event's day.

    Returns
    -------
    Standing
        Empty when nobody has a forecast.

    Raises
    ------
    ValueError
        If lengths differ or a person's days are out of order.

    Examples
    --------
    Person 0 forecasts on day 1 and person 1 on day 2; on day 3 person 2 comes and goes.

    >>> crowd = standing([0, 1, 2, 2], [1, 2, 3, 3], [True, True, True, False])
    >>> crowd.event, crowd.weight
    (array([0, 1]), array([0.5, 1. ]))
    """
    who, when = events(person, day)
    gives = checks.vector("active", checks.truth_values("active", active))
    checks.one_length(person=who, active=gives)
    latest = ends_of_days(who, when)
    if as_of is not None:
        latest = latest[when[latest] <= as_of]
    last = ends_runs(who[latest]) & gives[latest]
    days, made_on = np.unique(when[latest], return_inverse=True)
    weight = fade(*fresh_and_standing(who[latest], made_on, gives[latest], days.size))[made_on]
    order = np.argsort(latest[last])
    return Standing(event=latest[last][order], weight=weight[last][order])


def daily_mean(person: ArrayLike, day: ArrayLike, score: ArrayLike, last_day: int) -> DailyMean:
    """Each person's mean, over whole days, of the score of the forecast standing at the day's end.

    The days run from the first at whose end the person's forecast stood to `last_day`, both included. Days
    after a withdrawal, until the next forecast, count in neither mean nor last score: they lower coverage.

    Parameters
    ----------
    person : shape (events,), whole numbers
        Who submitted.
    day : shape (events,), whole numbers
        The UTC day, never falling from one of a person's events to the next.
    score : shape (events,)
        What that submission's forecast scores, by any rule. NaN: a withdrawal.
    last_day : int
        The last day that counts; later events are left out.

    Returns
    -------
    DailyMean
        Without a row for who had no forecast standing at the end of any day.

    Raises
    ------
    ValueError
        If lengths differ, a person's days are out of order, or a score is infinite.

    Examples
    --------
    Person 7 forecasts on day 1, changes on day 3, withdraws on day 4; the question ends after day 5.

    >>> scores = daily_mean([7, 7, 7], [1, 3, 4], [0.5, 0.2, float("nan")], last_day=5)
    >>> scores.person, scores.mean, scores.coverage, scores.last
    (array([7]), array([0.4]), array([0.6]), array([nan]))
    """
    who, when = events(person, day)
    value = checks.vector("score", checks.numbers("score", score, missing=True))
    checks.one_length(person=who, score=value)
    latest = ends_of_days(who, when)
    latest = latest[when[latest] <= last_day]
    who, when, value = who[latest], when[latest], value[latest]
    final = ends_runs(who)
    until = np.where(final, last_day + 1, np.roll(when, -1))
    stands = ~np.isnan(value)
    people, first, row = np.unique(who[stands], return_index=True, return_inverse=True)
    held = (until - when)[stands]
    covered = np.bincount(row, weights=held, minlength=people.size)
    total = np.bincount(row, weights=held * value[stands], minlength=people.size)
    last = np.full(people.size, np.nan)
    last[row[final[stands]]] = value[stands & final]
    return DailyMean(people, total / covered, covered / (last_day + 1 - when[stands][first]), last)


def events(person: ArrayLike, day: ArrayLike) -> tuple[IntArray, IntArray]:
    """Who and when, as vectors of one length.

    Examples
    --------
    >>> events([7, 8], [1, 1])
    (array([7, 8]), array([1, 1]))
    """
    who = checks.vector("person", checks.whole_numbers("person", person))
    when = checks.vector("day", checks.whole_numbers("day", day))
    checks.one_length(person=who, day=when)
    return who, when


def ends_of_days(who: IntArray, when: IntArray) -> IntArray:
    """Positions of the last event of each person's each day, by person and then by day.

    Raises
    ------
    ValueError
        If a person's days are out of order.

    Examples
    --------
    >>> ends_of_days(np.array([8, 7, 8]), np.array([1, 1, 1]))
    array([1, 2])
    """
    order = np.argsort(who, kind="stable")
    same_person = ~ends_runs(who[order])[:-1]
    if (same_person & (np.diff(when[order]) < 0)).any():
        raise ValueError("day must not fall from one of a person's events to the next, got days out of order")
    return order[ends_runs(who[order], when[order])]


def ends_runs(*columns: IntArray) -> BoolArray:
    """Where a run of equal rows ends: True for the last row of each.

    Examples
    --------
    >>> ends_runs(np.array([7, 7, 8]))
    array([False,  True,  True])
    """
    ends = np.ones(columns[0].size, dtype=np.bool_)
    ends[:-1] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return ends


def fresh_and_standing(
    who: IntArray, day: IntArray, gives: BoolArray, days: int
) -> tuple[IntArray, IntArray]:
    """For each day: how many gave a forecast, and how many have one at its end.

    Takes the last event of each person's each day, by person and then by day; `day` is a position.

    Examples
    --------
    Person 7 forecasts on day 0 and withdraws on day 1, on which person 8 comes.

    >>> fresh_and_standing(np.array([7, 7, 8]), np.array([0, 1, 1]), np.array([True, False, True]), days=2)
    (array([1, 1]), array([1, 1]))
    """
    had = np.zeros(gives.size, dtype=np.bool_)
    had[1:] = gives[:-1] & ~ends_runs(who)[:-1]
    fresh = np.bincount(day[gives], minlength=days)
    gone = np.bincount(day[had], minlength=days)
    return fresh, np.cumsum(fresh - gone)
