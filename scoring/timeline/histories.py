"""The history of a pool: what it said at every change of the forecasts, or at given times."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import checks
from scoring.checks import FloatArray, IntArray
from scoring.timeline.running import running_sum
from scoring.timeline.standing_intervals import Intervals, by_start, changes, intervals

#: Takes the forecasts that stand, oldest first, and when each was made; gives one number or one for each
#: option.
Pool = Callable[[FloatArray, FloatArray], ArrayLike]


@dataclass(frozen=True, eq=False)
class History:
    """What a pool said over time, one row for each step."""

    #: From when and until when each step holds; NaN: to the end.
    start: FloatArray
    end: FloatArray
    #: What the pool said: shape (steps,) or (steps, …).
    value: FloatArray
    #: How many forecasts stood.
    count: IntArray


def history(
    person: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    value: ArrayLike,
    pool: Pool,
    times: ArrayLike | None = None,
    *,
    opened: float | None = None,
    closed: float | None = None,
) -> History:
    """What any pool said of the standing forecasts, at every change or at given times.

    Cost: one call of the pool for each step. `scoring.timeline.recency_changes.recency_history` and
    `geometric_mean_history` are quick.

    Parameters
    ----------
    person, start, end : shape (n,)
        As in `scoring.timeline.standing_intervals.intervals`.
    value : shape (n,) or (n, K)
        Each forecast. NaN is handed on to the pool.
    pool : function
        Of the standing forecasts, shape (m,) or (m, K) and oldest first, and the moments at which they were
        made, shape (m,); m is 1 or more. Of those made at one moment the lower person comes first.
    times : shape (steps,), optional
        Rising moments. Without them, every moment at which a forecast comes or goes.
    opened : float, optional
        Earlier forecasts come at this moment, but stay older than those made later.
    closed : float, optional
        Changes after this moment are left out.

    Returns
    -------
    History
        Without a row where nobody has a forecast: a step then ends before the next begins. At given times a row
        holds at its time; its end is the next time given.

    Raises
    ------
    ValueError
        If an argument breaks its rule.

    Examples
    --------
    >>> from scoring.pools.averages import mean
    >>> past = history([1, 2], [0, 4], [float("nan"), 6], [0.5, 0.25], lambda stands, made: mean(stands))
    >>> past.start, past.end, past.value, past.count
    (array([0., 4., 6.]), array([ 4.,  6., nan]), array([0.5  , 0.375, 0.5  ]), array([1, 2, 1]))
    """
    forecasts = intervals(person, start, end)
    given = _for_all(forecasts, checks.numbers("value", value, missing=True))
    if given.ndim not in (1, 2):
        raise ValueError(f"value must have one or two axes, got shape {given.shape}")
    checks.one_length(person=forecasts.person, value=given)
    moments, first, last = changes(forecasts, opened, closed)
    order = by_start(forecasts)
    asked = moments if times is None else _rising(times)
    at = np.searchsorted(moments, asked, side="right") - 1
    found: list[tuple[int, int, FloatArray]] = []
    for row, step in enumerate(at):
        rows = order[(first[order] <= step) & (step < last[order])]
        if rows.size:
            found.append(
                (row, rows.size, np.asarray(pool(given[rows], forecasts.start[rows]), dtype=np.float64))
            )
    return _history(asked, found)


def geometric_mean_history(person: ArrayLike, start: ArrayLike, end: ArrayLike, value: ArrayLike) -> History:
    """The plain geometric mean of the standing probabilities at every change. Cost: a sort.

    Parameters
    ----------
    person, start, end : shape (n,)
        As in `scoring.timeline.standing_intervals.intervals`.
    value : shape (n,) or (n, K)
        Probabilities above 0. They are not brought to sum 1 again.

    Returns
    -------
    History
        Without a row where nobody has a forecast.

    Examples
    --------
    >>> past = geometric_mean_history([1, 2], [0, 4], [float("nan")] * 2, [0.5, 0.125])
    >>> past.value, past.count
    (array([0.5 , 0.25]), array([1, 2]))
    """
    forecasts = intervals(person, start, end)
    given = _for_all(forecasts, checks.probabilities("value", value))
    if given.ndim not in (1, 2) or (given == 0).any():
        raise ValueError(f"value must have one or two axes and lie above 0, got shape {given.shape}")
    checks.one_length(person=forecasts.person, value=given)
    time, first, last = changes(forecasts)
    count = _standing(first, last, time.size)
    columns = np.atleast_2d(np.log(given).T)
    stands = count > 0
    sums = [_sums(column, first, last, time.size)[stands] for column in columns]
    mean = np.exp(np.array(sums) / count[stands]).T.reshape(int(stands.sum()), *given.shape[1:])
    until = np.append(time[1:], np.nan)[: time.size]
    return History(time[stands], until[stands], mean, count[stands])


def _for_all(forecasts: Intervals, value: FloatArray) -> FloatArray:
    """One value stands for every forecast."""
    return value if value.ndim else np.broadcast_to(value, forecasts.person.shape)


def _rising(times: ArrayLike) -> FloatArray:
    """Given times, checked."""
    asked = checks.vector("times", checks.numbers("times", times))
    if (np.diff(asked) < 0).any():
        raise ValueError("times must not fall, got times out of order")
    return asked


def _history(asked: FloatArray, found: list[tuple[int, int, FloatArray]]) -> History:
    """The steps at which somebody has a forecast."""
    if not found:
        nobody = np.empty(0)
        return History(nobody, nobody, nobody, np.empty(0, dtype=np.int64))
    rows = np.array([row for row, _, _ in found])
    shapes: list[NDArray[np.float64]] = [value for _, _, value in found]
    until = np.append(asked[1:], np.nan)
    return History(asked[rows], until[rows], np.array(shapes), np.array([count for _, count, _ in found]))


def _standing(first: IntArray, last: IntArray, steps: int) -> IntArray:
    """How many forecasts stand from each change to the next."""
    comes = np.bincount(first, minlength=steps + 1) - np.bincount(last, minlength=steps + 1)
    return np.cumsum(comes)[:steps]


def _sums(log: FloatArray, first: IntArray, last: IntArray, steps: int) -> FloatArray:
    """The sum of what stands from each change to the next, without the rest of what has left."""
    place = np.concatenate((first, last))
    order = np.argsort(place, kind="stable")
    total = running_sum(np.concatenate((log, -log))[order]).values()
    return np.asarray(total[np.searchsorted(place[order], np.arange(steps), side="right")])
