"""Parley, the default crowd forecast, at the end of every day: as `scoring.pools.default` day by day.

A day-by-day reading sorts the standing crowd once for each day. Here all forecasts are sorted once for all
days (`scoring.timeline.block_sums`), so that years of a large crowd cost about as much as reading it a few
times.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import checks, labels
from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.pools.default_steps import INVITED, Centres, Form, forecast, log_odds
from scoring.timeline.block_sums import DailySums, daily_sums
from scoring.timeline.daily_intervals import DayIntervals, day_intervals
from scoring.timeline.days import events

Number = TypeVar("Number", np.float64, np.bool_)


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
    #: The centres that stand beside the value, as in `scoring.pools.default.Parley`.
    trimmed: FloatArray
    outer: FloatArray
    whole: FloatArray
    quarter: FloatArray
    three_quarters: FloatArray
    #: The flags, as in `scoring.pools.default.Parley`.
    held: BoolArray
    outer_pull: BoolArray
    late_wave: BoolArray


def default_history(
    person: ArrayLike,
    day: ArrayLike,
    probability: ArrayLike,
    days: ArrayLike | None = None,
    form: Form = INVITED,
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
    (array([0.5  , 0.693, 0.693, 0.8  ]), array([0.5, 0.8, 0.8, 0.8]))
    """
    who, when = events(person, day)
    given = checks.probabilities("probability", probability, missing=True)
    given = checks.rows(person=who, probability=given)[1]
    crowd = day_intervals(who, when, ~np.isnan(given))
    return _history(crowd, given[:, None], days, form)


def default_history_options(
    person: ArrayLike,
    day: ArrayLike,
    probability: ArrayLike,
    days: ArrayLike | None = None,
    form: Form = INVITED,
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
    form : Form
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
    array([[0.5  , 0.3  , 0.2  ],
           [0.545, 0.292, 0.163]])
    """
    who, when = events(person, day)
    given = checks.shares("probability", probability, missing=True)
    if given.ndim != 2:
        raise ValueError(f"probability must have two axes, events and options, got shape {given.shape}")
    checks.one_length(person=who, probability=given)
    crowd = day_intervals(who, when, ~np.isnan(given[:, 0]))
    return _history(crowd, given, days, form)


def _history(
    crowd: DayIntervals, probability: FloatArray, days: ArrayLike | None, form: Form
) -> DefaultHistory:
    """The figures of the days wanted, from those of the days with events, of each column."""
    sums = [_sums(crowd, column) for column in probability.T]
    wanted, at = _wanted(crowd.day, days)
    effective, people = _divided(sums[0].weight ** 2, sums[0].squares), sums[0].people
    centres, equal = _centres(sums, "centres"), _centres(sums, "equal")
    variance = _columns(sums, "variance")
    found = forecast(centres, equal, variance, effective[:, None], people[:, None], form)
    figures = vars(found) | vars(centres)
    figures |= {"median": _columns(sums, "median"), "whole": _columns(sums, "mean")}
    one = slice(None) if len(sums) > 1 else 0
    return DefaultHistory(
        day=wanted,
        people=np.where(at < 0, 0, np.append(people, 0)[at]),
        effective=_at(effective, at),
        **{name: _at(column[:, one], at) for name, column in figures.items()},
    )


def _sums(crowd: DayIntervals, probability: FloatArray) -> DailySums:
    """The sums of one probability's log-odds over the days with events."""
    given = probability[crowd.event]
    return daily_sums(crowd, given, log_odds(given))


def _centres(sums: list[DailySums], name: str) -> Centres:
    """Those of all options, shape (days, K)."""
    of_each = [getattr(option, name) for option in sums]
    return Centres(*(_columns(of_each, field.name) for field in fields(Centres)))


def _wanted(known: IntArray, days: ArrayLike | None) -> tuple[IntArray, IntArray]:
    """The days wanted, and for each the latest day with events until then; -1 where there is none."""
    if days is not None:
        wanted = checks.vector("days", labels.days("days", days))
    else:
        wanted = np.arange(known[0], known[-1] + 1) if known.size else np.empty(0, dtype=np.int64)
    return wanted, np.searchsorted(known, wanted, side="right") - 1


def _at(column: NDArray[Number], row: IntArray) -> NDArray[Number]:
    """Rows of a column; NaN or False for row -1."""
    nothing = np.full((1, *column.shape[1:]), False if column.dtype == bool else np.nan, dtype=column.dtype)
    return np.asarray(np.concatenate((column, nothing))[row])


def _columns(options: Sequence[DailySums | Centres], name: str) -> FloatArray:
    """One figure of all options, shape (days, K)."""
    return np.stack([getattr(option, name) for option in options], axis=1)


def _divided(part: FloatArray, whole: FloatArray) -> FloatArray:
    """NaN where there is nothing to divide by."""
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))
