"""Parley, the default crowd forecast, at the end of every day: as `scoring.pools.default` day by day.

A day-by-day reading sorts the standing crowd once for each day. Here all forecasts are sorted once for all
days (`scoring.timeline.block_sums`), so that years of a large crowd cost about as much as reading it a few
times.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from scoring import checks
from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.pools.default import CUT, PULL, WAVE, crowd_stretch, half_width, log_odds, normalised, pulled
from scoring.timeline.block_sums import DailySums, daily_sums
from scoring.timeline.daily_intervals import DayIntervals, day_intervals
from scoring.timeline.days import events


@dataclass(frozen=True, eq=False)
class DefaultHistory:
    """Figures at the end of each day, shape (days,), or (days, K) where they are of K options.

    Where nobody's forecast stands, numbers are NaN, `people` is 0 and flags are False.
    """

    #: The UTC days.
    day: IntArray
    #: The crowd's probability, and the ends of its 90 % interval, as in `scoring.pools.default.Parley`.
    value: FloatArray
    low: FloatArray
    high: FloatArray
    #: How many people's forecasts stand, and how many equally weighted people they are worth; shape (days,).
    people: IntArray
    effective: FloatArray
    #: The weighted median of the probabilities, which stands beside the value.
    median: FloatArray
    #: T and G: the mean log-odds of the middle 60 % of the weight, and of everyone.
    trimmed: FloatArray
    whole: FloatArray
    #: Whether the outer forecasts would pull by more than they may.
    outer_pull: BoolArray
    #: Whether recency moved the value by more than 10 points.
    late_wave: BoolArray


def default_history(
    person: ArrayLike, day: ArrayLike, probability: ArrayLike, days: ArrayLike | None = None
) -> DefaultHistory:
    """The crowd forecast of a yes-or-no question at the end of each day.

    Each day's figures are those of `scoring.pools.default.parley` and `scoring.pools.averages.median` over
    what `scoring.timeline.days.standing` says stands on it, to rounding. Cost: two sorts of the events, and
    for each day with events a walk through about the square root of their number.

    Parameters
    ----------
    person : shape (events,), whole numbers
        Who submitted.
    day : shape (events,), whole numbers
        The UTC day, never falling from one of a person's events to the next; of a person's events on one day
        the last counts.
    probability : shape (events,)
        The probability of yes, 0 to 1. NaN: a withdrawal.
    days : shape (days,), whole numbers, optional
        The days of which figures are wanted, in any order. Without them, every day from the first event's to
        the last event's.

    Returns
    -------
    DefaultHistory
        A row for each day.

    Raises
    ------
    ValueError
        If lengths differ, a person's days are out of order, or a probability lies outside 0 to 1.

    Examples
    --------
    Person 0 forecasts on day 1, person 1 on day 2; on day 4 person 0 withdraws.

    >>> history = default_history([0, 1, 0], [1, 2, 4], [0.5, 0.8, float("nan")])
    >>> history.day, history.people
    (array([1, 2, 3, 4]), array([1, 2, 2, 1]))
    >>> history.value.round(3), history.median.round(3)
    (array([0.5  , 0.69 , 0.69 , 0.711]), array([0.5, 0.8, 0.8, 0.8]))
    """
    who, when = events(person, day)
    given = checks.vector("probability", checks.probabilities("probability", probability, missing=True))
    checks.one_length(person=who, probability=given)
    crowd = day_intervals(who, when, ~np.isnan(given))
    sums = _sums(crowd, given)
    stretch = crowd_stretch(sums.people)
    position = stretch * pulled(sums.trimmed, sums.mean)
    equal = stretch * pulled(sums.equal_trimmed, sums.equal_mean)
    value = np.asarray(expit(position))
    return _history(crowd, days, [sums], value, np.asarray(expit(equal)), position)


def default_history_options(
    person: ArrayLike, day: ArrayLike, probability: ArrayLike, days: ArrayLike | None = None
) -> DefaultHistory:
    """The crowd forecast of K options, of which exactly one comes true, at the end of each day.

    Each day's figures are those of `scoring.pools.default.parley_options`, to rounding; `median` is the
    weighted median of each option's probabilities, which need not sum to 1. For two options that is
    `default_history`.

    Parameters
    ----------
    person, day : shape (events,), whole numbers
        As in `default_history`.
    probability : shape (events, K)
        Probabilities of the options, which sum to 1. All NaN: a withdrawal.
    days : shape (days,), whole numbers, optional
        As in `default_history`.

    Returns
    -------
    DefaultHistory
        A row for each day; all but `day`, `people` and `effective` have a column for each option.

    Raises
    ------
    ValueError
        If lengths differ, a person's days are out of order, or a forecast does not sum to 1.

    Examples
    --------
    >>> history = default_history_options([0, 1], [1, 2], [[0.5, 0.3, 0.2], [0.6, 0.3, 0.1]])
    >>> history.value.round(3)
    array([[0.441, 0.316, 0.243],
           [0.541, 0.311, 0.148]])
    """
    who, when = events(person, day)
    given = checks.shares("probability", probability, missing=True)
    if given.ndim != 2:
        raise ValueError(f"probability must have two axes, events and options, got shape {given.shape}")
    checks.one_length(person=who, probability=given)
    crowd = day_intervals(who, when, ~np.isnan(given[:, 0]))
    sums = [_sums(crowd, column) for column in given.T]
    stretch = crowd_stretch(sums[0].people)[:, None]
    value, equal = (
        normalised(pulled(_columns(sums, trimmed), _columns(sums, mean)), stretch)
        for trimmed, mean in (("trimmed", "mean"), ("equal_trimmed", "equal_mean"))
    )
    return _history(crowd, days, sums, value, equal, np.asarray(logit(value)))


def _sums(crowd: DayIntervals, probability: FloatArray) -> DailySums:
    """The sums of one probability's log-odds over the days with events."""
    given = probability[crowd.event]
    return daily_sums(crowd, given, log_odds(given), CUT)


def _history(
    crowd: DayIntervals,
    days: ArrayLike | None,
    sums: list[DailySums],
    value: FloatArray,
    equal: FloatArray,
    position: FloatArray,
) -> DefaultHistory:
    """The figures of the days wanted, from those of the days with events; `sums` has an entry an option."""
    wanted, at = _wanted(crowd.day, days)
    one = value.ndim == 1
    trimmed, whole, median, variance = (
        getattr(sums[0], name) if one else _columns(sums, name)
        for name in ("trimmed", "mean", "median", "variance")
    )
    effective = _divided(sums[0].weight ** 2, sums[0].squares)
    shape = (-1,) if one else (-1, 1)
    half = half_width(variance, effective.reshape(shape), sums[0].people.reshape(shape))
    return DefaultHistory(
        day=wanted,
        value=_at(value, at),
        low=_at(expit(position - half), at),
        high=_at(expit(position + half), at),
        people=np.where(at < 0, 0, np.append(sums[0].people, 0)[at]),
        effective=_at(effective, at),
        median=_at(median, at),
        trimmed=_at(trimmed, at),
        whole=_at(whole, at),
        outer_pull=_at(np.abs(whole - trimmed), at) > PULL,
        late_wave=_at(np.abs(value - equal), at) > WAVE,
    )


def _wanted(known: IntArray, days: ArrayLike | None) -> tuple[IntArray, IntArray]:
    """The days wanted, and for each the latest day with events until then; -1 where there is none."""
    if days is not None:
        wanted = checks.vector("days", checks.whole_numbers("days", days))
    else:
        wanted = np.arange(known[0], known[-1] + 1) if known.size else np.empty(0, dtype=np.int64)
    return wanted, np.searchsorted(known, wanted, side="right") - 1


def _at(column: FloatArray, row: IntArray) -> FloatArray:
    """Rows of a column; NaN for row -1."""
    return np.asarray(np.concatenate((column, np.full((1, *column.shape[1:]), np.nan)))[row])


def _columns(sums: list[DailySums], name: str) -> FloatArray:
    """One figure of all options, shape (days, K)."""
    return np.stack([getattr(option, name) for option in sums], axis=1)


def _divided(part: FloatArray, whole: FloatArray) -> FloatArray:
    """NaN where there is nothing to divide by."""
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))
