"""Time-averaged scores over whole days: one's own mean, against the others, and beside a reference.

Events come as in ``scoring.timeline.days``: who, on which UTC day, and a number; NaN for a withdrawal. What
stands at the end of a day counts for that day.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import checks, labels
from scoring.checks import FloatArray, IntArray
from scoring.timeline.days import ends_of_days, ends_runs, events
from scoring.timeline.peer_scores import POINTS, peer, spot_peer, totals
from scoring.timeline.standing_intervals import Life


@dataclass(frozen=True, eq=False)
class DailyMean:
    """Scores over whole days, one row for each person who had a forecast on a day that counts."""

    #: Who, rising; as they were called.
    person: NDArray[Any]
    #: Mean score; which days it is over, each function says.
    mean: FloatArray
    #: Share of the days on which there was a score, 0 to 1.
    coverage: FloatArray
    #: The last day's score; NaN if there was none.
    last: FloatArray


@dataclass(frozen=True, eq=False)
class Beside:
    """Scores of people and of a reference over the same days: the rows of both are the same people."""

    own: DailyMean
    reference: DailyMean


@dataclass(frozen=True, eq=False)
class _Intervals:
    """Forecasts that stood at a day's end: which event, whose, on which first day, and until before which."""

    event: IntArray
    person: IntArray
    since: IntArray
    until: IntArray


def daily_mean(
    person: ArrayLike, day: ArrayLike, score: ArrayLike, last_day: int, *, first_day: int | None = None
) -> DailyMean:
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
    first_day : int, optional
        The first day of the question's life. Coverage is then the share of the life, as in `daily_peer`; without it
        of the days from the person's first forecast on. The mean is the same.

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
    last_day = labels.day("last_day", last_day)
    value, intervals = _read(person, day, "score", score, last_day)
    people, first, row = np.unique(intervals.person, return_index=True, return_inverse=True)
    held, scored = intervals.until - intervals.since, value[intervals.event]
    covered = np.bincount(row, weights=held, minlength=people.size)
    total = np.bincount(row, weights=held * scored, minlength=people.size)
    last = np.full(people.size, np.nan)
    final = intervals.until > last_day
    last[row[final]] = scored[final]
    people = labels.named("person", person, people)
    # A forecast from before the life makes it longer: coverage is never above 1.
    began = intervals.since[first] if first_day is None else np.minimum(intervals.since[first], first_day)
    return DailyMean(people, total / covered, covered / (last_day + 1 - began), last)


def daily_peer(
    person: ArrayLike,
    day: ArrayLike,
    probability: ArrayLike,
    *,
    first_day: int,
    last_day: int,
    counts: ArrayLike | None = None,
    factor: float = POINTS,
) -> DailyMean:
    """How much better than the others each person forecast: `scoring.timeline.peer_scores.peer` by whole days.

    Higher is better, and 0 is as good as the others. On each day a forecast standing at its end scores
    `factor` times its ln p less the mean ln p of the others that stand then, 0 where there are none. The mean
    is over the question's life: a day without a forecast brings 0. So those who count sum to 0.

    Parameters
    ----------
    person, day : shape (events,), whole numbers
        As in `daily_mean`.
    probability : shape (events,)
        What that submission gave to what came true, above 0 and at most 1. NaN: a withdrawal.
    first_day, last_day : int
        The question's life, both days included; what stands outside it counts for nothing.
    counts : shape (events,), True or False, optional
        False for events of people who are scored by the same formula, but are nobody's others.
    factor : float
        100.

    Returns
    -------
    DailyMean
        Coverage is the share of the life on which a forecast stood. Nobody, where the life has no day.

    Raises
    ------
    ValueError
        If lengths differ, a person's days are out of order, or a probability is 0 or none at all.

    Examples
    --------
    Both forecast; from day 3 on, person 2 has withdrawn, and nobody is left to compare with.

    >>> scores = daily_peer([1, 2, 2], [1, 1, 3], [0.5, 0.25, float("nan")], first_day=1, last_day=4)
    >>> scores.mean.round(3), scores.coverage, scores.last
    (array([ 34.657, -34.657]), array([1. , 0.5]), array([ 0., nan]))
    """
    first_day, last_day = labels.day("first_day", first_day), labels.day("last_day", last_day)
    given, intervals = _read(person, day, "probability", probability, last_day)
    # It was known before its first whole day was over: no day counts, and a `Life` needs one.
    if last_day < first_day:
        return DailyMean(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0))
    crowd = checks.truth_values("counts", True if counts is None else counts)
    crowd = checks.rows(probability=given, counts=crowd)[1]
    row = (
        intervals.person,
        intervals.since,
        intervals.until,
        given[intervals.event],
        # Due when it closed: a mean over the days there were. Metaculus divides by the planned life, so that
        # an early outcome takes points from everybody.
        Life(first_day, last_day + 1, last_day + 1),
    )
    there = crowd[intervals.event]
    found = totals(intervals.person, peer(*row, counts=there, factor=factor))
    end = spot_peer(*row, last_day, counts=there, factor=factor)
    last = np.full(found.person.size, np.nan)
    stands = end.coverage > 0
    last[np.searchsorted(found.person, intervals.person[stands])] = end.score[stands]
    return DailyMean(labels.named("person", person, found.person), found.score, found.coverage, last)


def daily_beside(
    person: ArrayLike,
    day: ArrayLike,
    score: ArrayLike,
    reference_day: ArrayLike,
    reference_score: ArrayLike,
    *,
    first_day: int,
    last_day: int,
) -> Beside:
    """Each person's mean score and a reference's over just those days on which both stood.

    So the two can be compared by `scoring.rewards.skill_score`: neither gains by days on which the other was
    silent.

    Parameters
    ----------
    person, day, score : shape (events,)
        As in `daily_mean`.
    reference_day : shape (m,), whole numbers
        The days from which each step of the reference stands, such as a published crowd; never falling.
    reference_score : shape (m,)
        What it scores, by the same rule. NaN: from that day on there is none.
    first_day, last_day : int
        The question's life, both days included.

    Returns
    -------
    Beside
        Without a row for who shares no day with the reference. Coverage is the share of the life that is
        shared.

    Raises
    ------
    ValueError
        If lengths differ, days are out of order, or a score is infinite.

    Examples
    --------
    The reference stands from day 3 on, and changes on day 4; person 7 forecast on day 1.

    >>> found = daily_beside([7], [1], [0.5], [3, 4], [0.25, 0.75], first_day=1, last_day=5)
    >>> found.own.mean, found.reference.mean.round(3), found.own.coverage
    (array([0.5]), array([0.583]), array([0.6]))
    """
    first_day, last_day = labels.day("first_day", first_day), labels.day("last_day", last_day)
    value, intervals = _read(person, day, "score", score, last_day)
    told = _on_each_day(reference_day, reference_score, first_day, last_day)
    there = ~np.isnan(told)
    since, until = (np.maximum(days - first_day, 0) for days in (intervals.since, intervals.until))
    both = _between(there.astype(np.float64), since, until)
    worth = _between(np.where(there, told, 0.0), since, until)
    kept = both > 0
    people, row = np.unique(intervals.person[kept], return_inverse=True)
    own, other = value[intervals.event][kept], worth[kept]
    shared = np.bincount(row, weights=both[kept], minlength=people.size)
    sums = [np.bincount(row, weights=sums, minlength=people.size) for sums in (both[kept] * own, other)]
    last, last_reference = np.full((2, people.size), np.nan)
    if there.size and there[-1]:
        final = intervals.until[kept] > last_day
        last[row[final]], last_reference[row[final]] = own[final], told[-1]
    coverage = shared / max(told.size, 1)
    people = labels.named("person", person, people)
    return Beside(
        DailyMean(people, sums[0] / shared, coverage, last),
        DailyMean(people, sums[1] / shared, coverage, last_reference),
    )


def _read(
    person: ArrayLike, day: ArrayLike, name: str, number: ArrayLike, last_day: int
) -> tuple[FloatArray, _Intervals]:
    """The events' numbers, and the intervals of those that have one; of a person's day the last event counts."""
    who, when = events(person, day)
    value = checks.rows(**{"person": who, name: checks.numbers(name, number, missing=True)})[1]
    latest = ends_of_days(who, when)
    latest = latest[when[latest] <= last_day]
    until = np.where(ends_runs(who[latest]), last_day + 1, np.roll(when[latest], -1))
    stands = ~np.isnan(value[latest])
    event = latest[stands]
    return value, _Intervals(event, who[event], when[event], until[stands])


def _on_each_day(day: ArrayLike, score: ArrayLike, first_day: int, last_day: int) -> FloatArray:
    """What the reference scores on each day of the life, NaN where there is none."""
    value = checks.numbers("reference_score", score, missing=True)
    when, value = checks.rows(reference_day=labels.days("reference_day", day), reference_score=value)
    if (np.diff(when) < 0).any():
        raise ValueError(f"reference_day must not fall, got {when.tolist()}")
    step = np.searchsorted(when, np.arange(first_day, last_day + 1), side="right")
    return np.concatenate(([np.nan], value))[step]


def _between(daily: FloatArray, since: IntArray, until: IntArray) -> FloatArray:
    """Sums over the days from one place up to before another."""
    total = np.concatenate(([0.0], np.cumsum(daily)))
    return np.asarray(total[until] - total[since])
