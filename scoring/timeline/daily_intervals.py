"""Forecasts as intervals of whole days: from the day of one event to that of the person's next, which ends it."""

from dataclasses import dataclass

import numpy as np

from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.ordering import counting_order
from scoring.timeline.days import ends_of_days, ends_runs, fresh_and_standing


@dataclass(frozen=True, eq=False)
class DayIntervals:
    """The intervals of a question's events, in days counted 0, 1, … over the D days with events."""

    #: The UTC days with events, rising; shape (D,).
    day: IntArray
    #: The event that began each interval; shape (N,).
    event: IntArray
    #: The day of its beginning, and the first day at whose end the forecast no longer stands; shape (N,).
    start: IntArray
    end: IntArray
    #: The factor by which g of earlier forecasts shrinks on each day, above 0 to 1; shape (D,).
    factor: FloatArray


def day_intervals(person: IntArray, day: IntArray, active: BoolArray) -> DayIntervals:
    """Intervals from events.

    Parameters
    ----------
    person, day, active : shape (events,)
        As in `scoring.timeline.days.standing`, already checked.

    Returns
    -------
    DayIntervals
        Without one for an event that a later one of the same person and day replaced.

    Raises
    ------
    ValueError
        If a person's days are out of order.

    Examples
    --------
    Person 0 forecasts on day 1 and withdraws on day 9, person 1 forecasts on day 9.

    >>> found = day_intervals(np.array([0, 0, 1]), np.array([1, 9, 9]), np.array([True, False, True]))
    >>> found.day, found.event
    (array([1, 9]), array([0, 2]))
    >>> found.start, found.end
    (array([0, 1]), array([1, 2]))
    """
    order = counting_order(person)
    latest = order[ends_of_days(person[order], day[order])]
    who, when, gives = person[latest], day[latest], active[latest]
    days, at = _numbered(when)
    fresh, people = fresh_and_standing(who, at, gives, days.size)
    until = np.where(ends_runs(who), days.size, np.roll(at, -1))
    factor = (1 - 1 / np.maximum(people, 1)) ** (2 * fresh)
    # One person alone: 0, but nobody is there whose forecast it could fade.
    factor[factor == 0] = 1
    return DayIntervals(days, latest[gives], at[gives], until[gives], factor)


def _numbered(when: IntArray) -> tuple[IntArray, IntArray]:
    """The days that occur, rising, and which of them each is. By a table, as days seldom lie far apart."""
    if when.size == 0 or np.ptp(when) > 4 * when.size + 10_000:
        days, at = np.unique(when, return_inverse=True)
        return days, at
    since = when - when.min()
    occurs = np.bincount(since) > 0
    return np.flatnonzero(occurs) + when.min(), (np.cumsum(occurs) - 1)[since]
