"""Standing forecasts by whole days: what stands on which day, with recency weights.

Events come as arrays, one row for each submission: who, on which UTC day, and what. Each person's rows stand
in the order in which they were submitted; how the people are interleaved does not matter. Of one person's
submissions on a day the last counts, so that dates alone recompute every figure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, labels
from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.ordering import counting_order
from scoring.pools.weights import fade


@dataclass(frozen=True, eq=False)
class StandingForecasts:
    """The forecasts that stand at the end of a day, one for each person who has one."""

    #: Their positions among the events, rising.
    event: IntArray
    #: Their weights in the crowd, 1/3 to 1.
    weight: FloatArray


def standing(
    person: ArrayLike, day: ArrayLike, active: ArrayLike, as_of: int | None = None
) -> StandingForecasts:
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
    StandingForecasts
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
    gives = checks.rows(person=who, active=checks.truth_values("active", active))[1]
    latest = ends_of_days(who, when)
    if as_of is not None:
        latest = latest[when[latest] <= labels.day("as_of", as_of)]
    last = ends_runs(who[latest]) & gives[latest]
    days, made_on = np.unique(when[latest], return_inverse=True)
    weight = fade(*fresh_and_standing(who[latest], made_on, gives[latest], days.size))[made_on]
    order = np.argsort(latest[last])
    return StandingForecasts(event=latest[last][order], weight=weight[last][order])


def events(person: ArrayLike, day: ArrayLike) -> tuple[IntArray, IntArray]:
    """Who and when, as vectors of one length.

    Examples
    --------
    >>> events([7, 8], [1, 1])
    (array([7, 8]), array([1, 1]))
    """
    who, when = checks.rows(person=labels.numbered("person", person), day=labels.days("day", day))
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
    order = counting_order(who)
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
