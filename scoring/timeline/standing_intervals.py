"""Forecasts that stand from a start to an end: which stand at a moment, and when anything changes.

Times are any real numbers in one unit (days, seconds), counted from any moment. A forecast stands at t where
``start <= t < end``: at the moment of a change the new one stands and the old one no longer does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, labels
from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.ordering import lexicographic_order


@dataclass(frozen=True, eq=False)
class Intervals:
    """Checked forecasts of one question; no person has two at once."""

    #: Who, when from, and until when (infinite: it still stands), one row for each forecast.
    person: IntArray
    start: FloatArray
    end: FloatArray


@dataclass(frozen=True)
class Life:
    """When a question opened, was to close and really closed, in the unit of the forecasts.

    Raises
    ------
    ValueError
        Unless ``opened < closed <= due``.

    Examples
    --------
    >>> Life(opened=0, due=10, closed=8).length
    10
    """

    opened: float
    #: The planned close. Scores are shares of the time from opening to here.
    due: float
    #: The real close: the planned one or an earlier one.
    closed: float

    def __post_init__(self) -> None:
        for name in ("opened", "due", "closed"):
            moment(name, getattr(self, name))
        if not self.opened < self.closed <= self.due:
            raise ValueError(
                "closed must lie after opened and not after due, "
                f"got {self.opened}, {self.closed}, {self.due}"
            )

    @property
    def length(self) -> float:
        """The planned time from opening to close."""
        return self.due - self.opened


def moment(name: str, value: float) -> float:
    """One finite point in time.

    Examples
    --------
    >>> moment("time", 3)
    3.0
    """
    array = checks.numbers(name, value)
    if array.ndim:
        raise ValueError(f"{name} must be one number, got shape {array.shape}")
    return float(array)


def intervals(person: ArrayLike, start: ArrayLike, end: ArrayLike) -> Intervals:
    """Checked forecasts of one question.

    Parameters
    ----------
    person : shape (n,), whole numbers
        Who made each forecast.
    start : shape (n,)
        From when it stands.
    end : shape (n,)
        Until when: its start or later. NaN: it still stands. One that ends where it starts never stands.

    Returns
    -------
    Intervals
        The rows in the order given.

    Raises
    ------
    ValueError
        If lengths differ, a forecast ends before it starts, or a person has two forecasts at once;
        `cut_overlaps` ends the earlier one.

    Examples
    --------
    >>> intervals([7, 7], [0.0, 2.0], [2.0, float("nan")]).end
    array([ 2., inf])
    """
    who, since, until = _columns(person, start, end)
    # By the end too: of two that start at once one may have no length, and comes first.
    order = lexicographic_order(who, since, until)
    too_long = until[order][:-1] > since[order][1:]
    wrong = too_long & (np.diff(who[order]) == 0)
    if wrong.any():
        row = int(order[np.argmax(wrong)])
        raise ValueError(
            "end must not lie after the same person's next start, "
            f"got {until[row]} at [{row}], person {who[row]};"
            " cut_overlaps ends the earlier forecast"
        )
    return Intervals(who, since, until)


def cut_overlaps(person: ArrayLike, start: ArrayLike, end: ArrayLike) -> FloatArray:
    """Ends such that each forecast stops, at the latest, where the same person's next one starts.

    Parameters
    ----------
    person, start, end : shape (n,)
        As in `intervals`, but people may have several forecasts at once. Of those with one start the last row is
        the next one.

    Returns
    -------
    shape (n,)
        The ends, NaN where a forecast still stands.

    Examples
    --------
    >>> cut_overlaps([7, 7, 8], [0.0, 2.0, 1.0], [float("nan"), 5.0, float("nan")])
    array([ 2.,  5., nan])
    """
    who, since, until = _columns(person, start, end)
    order = lexicographic_order(who, since)
    following = np.full(who.size, np.inf)
    same = np.diff(who[order]) == 0
    following[order[:-1][same]] = since[order[1:][same]]
    cut = np.minimum(until, following)
    return np.where(np.isinf(cut), np.nan, cut)


def standing_at(forecasts: Intervals, time: float) -> IntArray:
    """Which forecasts stand at a moment: their rows, oldest first.

    Parameters
    ----------
    forecasts : Intervals
    time : float

    Returns
    -------
    shape (m,)
        Rows by start; of equal starts the lower person first.

    Examples
    --------
    >>> standing_at(intervals([3, 7, 8], [1.0, 0.0, 2.0], [2.0, 9.0, float("nan")]), 2.0)
    array([1, 2])
    """
    rows = np.flatnonzero(stands_at(forecasts, moment("time", time)))
    return rows[lexicographic_order(forecasts.start[rows], forecasts.person[rows])]


def stands_at(forecasts: Intervals, time: float) -> BoolArray:
    """For each forecast, whether it stands at a moment.

    Examples
    --------
    >>> stands_at(intervals([3, 7], [0.0, 6.0], [5.0, float("nan")]), 6.0)
    array([False,  True])
    """
    return np.asarray((forecasts.start <= time) & (time < forecasts.end))


def within(forecasts: Intervals, life: Life) -> tuple[FloatArray, FloatArray]:
    """From when until when each forecast stands within the question's life; of equal ones, never.

    Examples
    --------
    >>> within(intervals([3, 7], [-4.0, 6.0], [5.0, float("nan")]), Life(0, 10, 8))
    (array([0., 6.]), array([5., 8.]))
    """
    first = np.clip(forecasts.start, life.opened, life.closed)
    # Never before the start: who ended before the opening would stand for a negative time.
    return first, np.clip(forecasts.end, first, life.closed)


def by_start(forecasts: Intervals) -> IntArray:
    """Rows by start; of equal starts the lower person first, so that the order given makes no difference.

    Examples
    --------
    >>> by_start(intervals([3, 7, 5], [4.0, 0.0, 4.0], [float("nan")] * 3))
    array([1, 0, 2])
    """
    return lexicographic_order(forecasts.start, forecasts.person, forecasts.end)


def changes(
    forecasts: Intervals, opened: float | None = None, closed: float | None = None
) -> tuple[FloatArray, IntArray, IntArray]:
    """The moments at which a forecast comes or goes, and which of them each forecast comes and goes at.

    Parameters
    ----------
    forecasts : Intervals
    opened : float, optional
        Forecasts made earlier come at this moment; those that ended by then never do.
    closed : float, optional
        What happens later is left out.

    Returns
    -------
    time : shape (m,)
        Rising.
    first, last : shape (n,)
        The forecast stands from ``time[first]`` until before ``time[last]``. m: it doesn't come, or doesn't
        go.

    Examples
    --------
    >>> changes(intervals([7, 8], [0.0, 2.0], [2.0, float("nan")]), opened=1.0)
    (array([1., 2.]), array([0, 1]), array([1, 2]))
    """
    start = forecasts.start if opened is None else np.maximum(forecasts.start, opened)
    stands = start < forecasts.end
    if closed is not None:
        stands &= start <= closed
    until = forecasts.end if closed is None else np.where(forecasts.end <= closed, forecasts.end, np.inf)
    goes = stands & np.isfinite(until)
    time = np.unique(np.concatenate((start[stands], until[goes])))
    first = np.where(stands, np.searchsorted(time, start), time.size)
    return time, first, np.where(stands, np.searchsorted(time, until), time.size)


def _columns(person: ArrayLike, start: ArrayLike, end: ArrayLike) -> tuple[IntArray, FloatArray, FloatArray]:
    """Who, from when and until when, of one length; infinite where a forecast still stands."""
    who, since, until = checks.rows(
        person=labels.numbered("person", person),
        start=checks.numbers("start", start),
        end=checks.numbers("end", end, missing=True),
    )
    wrong = until < since
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"end must not lie before start, got {until[row]} before {since[row]} at [{row}]")
    return who, since, np.where(np.isnan(until), np.inf, until)
