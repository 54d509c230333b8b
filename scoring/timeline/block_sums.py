"""Weighted sums and cuts of a crowd that changes from day to day, on all days, without sorting again.

An interval is one forecast from the day on which it is made to the day that ends it. All intervals of a question are
sorted by value once and cut into blocks of equal length. For each day the sums of every block are known from
the intervals that began and ended on it; where a cut falls inside a block, only that block is looked into. With
N intervals, B blocks and D days that is ``N log N + D (B + N / B)`` work, and no step for each event in Python.

On day d an interval that began on day s weighs ``1/3 + 2/3 g``, where g is the product of the days' factors from
s + 1 to d (`scoring.pools.weights.fade`). Inside a stretch of days it is kept as ``g = q_d u_s``: q_d is the
product of the factors since the stretch began and u_s belongs to the interval, so that a passing day changes no
interval. A new stretch begins before q gets too small, and starts from the intervals themselves: rounding does not
add up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.checks import FloatArray, IntArray
from scoring.ordering import counting_order
from scoring.pools.averages import SAME_SHARE
from scoring.pools.default import QUARTERS
from scoring.pools.default_steps import MIDDLE, OUTERMOST, Centres
from scoring.pools.weights import FLOOR
from scoring.timeline.daily_intervals import DayIntervals

#: A stretch ends before the product of its factors falls below this, so that no square overflows.
SMALLEST = 1e-100
#: The largest number of cells (days by blocks) of a stretch, which bounds the memory of its tables.
CELLS = 2**19


@dataclass(frozen=True, eq=False)
class DailySums:
    """One number of each standing forecast, v and with a measure of it x, summed on each day; shape (D,)."""

    #: How many people stand.
    people: IntArray
    #: Sum of the weights and of their squares.
    weight: FloatArray
    squares: FloatArray
    #: Weighted mean of x, its weighted variance, and the weighted median of v.
    mean: FloatArray
    variance: FloatArray
    median: FloatArray
    #: Means of x between the cuts and quartiles of v, with the weights and with equal ones.
    centres: Centres
    equal: Centres


@dataclass(frozen=True, eq=False)
class _Ranked:
    """The intervals in rising order of their values, shape (blocks, size); the last block is filled up."""

    value: FloatArray
    measure: FloatArray
    start: IntArray
    end: IntArray


@dataclass(frozen=True, eq=False)
class _Changes:
    """Beginnings (+1) and ends (-1) of intervals, by day; `place` is the interval's rank."""

    day: IntArray
    place: IntArray
    sign: FloatArray


@dataclass(frozen=True, eq=False)
class _Stretch:
    """What a stretch of days knows: the days, q of each, u of each day of beginning."""

    day: IntArray
    q: FloatArray
    u: FloatArray


class _Table:
    """Sums by day and block under one kind of weight: the weight, and the weight times x; (days, blocks)."""

    def __init__(self, weight: FloatArray, measured: FloatArray, *, fades: bool) -> None:
        self.fades = fades
        #: Sums of all blocks before each, one column more than there are blocks.
        self.weight, self.measured = _rising(weight), _rising(measured)
        #: The whole weight of each day; NaN where nobody stands.
        self.total = np.where(self.weight[:, -1] > 0, self.weight[:, -1], np.nan)
        self.mean = self.measured[:, -1] / self.total


Part = TypeVar("Part", DailySums, Centres)


def daily_sums(intervals: DayIntervals, value: FloatArray, measure: FloatArray) -> DailySums:
    """The sums of every day.

    Parameters
    ----------
    intervals : DayIntervals
        Who stands when.
    value : shape (N,)
        The number by which intervals are ranked, and of which median and quartiles are taken.
    measure : shape (N,)
        x, which never falls where the value rises: the number of which means are taken.

    Returns
    -------
    DailySums
        NaN on days on which nobody stands.

    Examples
    --------
    Two forecasts on day 0, a third on day 1, before which the first is withdrawn:

    >>> from scoring.timeline.daily_intervals import day_intervals
    >>> active = np.array([True, True, True, False])
    >>> days = day_intervals(np.array([0, 1, 2, 0]), np.array([0, 0, 1, 1]), active)
    >>> sums = daily_sums(days, np.array([0.2, 0.4, 0.8]), np.array([2.0, 4.0, 8.0]))
    >>> sums.people, sums.weight, sums.mean
    (array([2, 2]), array([2. , 1.5]), array([3.        , 6.66666667]))
    """
    ranked = _rank(intervals, value, measure)
    changes = _changes(ranked, intervals)
    parts = [
        _stretch_sums(ranked, changes, stretch)
        for stretch in _stretches(intervals.factor, most=max(1, CELLS // sum(ranked.value.shape)))
    ]
    return _joined(DailySums, parts)


def _joined(kind: type[Part], parts: Sequence[Part]) -> Part:
    """The days of all stretches, one after the other."""
    columns: dict[str, Any] = {}
    for field in fields(kind):
        column: list[Any] = [getattr(part, field.name) for part in parts]
        if field.type is Centres:
            columns[field.name] = _joined(Centres, column)
        else:
            none = np.empty(0, dtype=np.int64 if field.name == "people" else np.float64)
            columns[field.name] = np.concatenate([none, *column])
    return kind(**columns)


def _rank(intervals: DayIntervals, value: FloatArray, measure: FloatArray) -> _Ranked:
    """Sorted and cut into blocks. What fills up the last block never stands."""
    # B + N / B is least where the blocks are as long as there are many.
    size = max(1, int(np.sqrt(value.size)))
    shape = (max(1, -(-value.size // size)), size)
    # Not stable: a cut or quartile among equals is the same whoever of them stands first.
    order = np.argsort(value)

    def blocks(column: NDArray[Any], dtype: type) -> NDArray[Any]:
        filled: NDArray[Any] = np.zeros(shape, dtype=dtype)
        # Not through `flat`, which goes from number to number.
        np.take(column.astype(dtype, copy=False), order, out=filled.reshape(-1)[: column.size], mode="clip")
        return filled

    return _Ranked(
        blocks(value, np.float64),
        blocks(measure, np.float64),
        blocks(intervals.start, np.int32),
        blocks(intervals.end, np.int32),
    )


def _changes(ranked: _Ranked, intervals: DayIntervals) -> _Changes:
    """By day, so that those of a stretch are a slice."""
    begun, days = intervals.start.size, intervals.factor.size
    start, end = ranked.start.ravel()[:begun], ranked.end.ravel()[:begun]
    ended = np.flatnonzero(end < days)
    day = np.concatenate((start, end[ended]))
    order = counting_order(day)
    place = np.concatenate((np.arange(begun), ended))
    return _Changes(day[order], place[order], np.where(order < begun, 1.0, -1.0))


def _stretches(factor: FloatArray, most: int) -> Iterator[_Stretch]:
    """All days in stretches of at most so many."""
    u = np.ones(factor.size)  # of the days before a stretch: g at the end of the day before it
    first = 0
    while first < factor.size:
        q: FloatArray = np.cumprod(factor[first : first + most], dtype=np.float64)
        q = q[: max(1, int((q >= SMALLEST).sum()))]
        stop = first + q.size
        u[first:stop] = 1 / q
        yield _Stretch(np.arange(first, stop), q, u)
        u[:stop] *= q[-1]
        first = stop


def _stretch_sums(ranked: _Ranked, changes: _Changes, stretch: _Stretch) -> DailySums:
    """The sums of the days of one stretch."""
    rows, q = _rows(ranked, changes, stretch), stretch.q[:, None]
    people = rows.totals(rows.sign)
    # Counts are whole: where they say that nobody stands, whatever else is left was left by rounding.
    occupied = people > 0

    def total(what: FloatArray) -> FloatArray:
        return np.where(occupied, rows.totals(what), 0.0)

    g, x, square = rows.sign * rows.u, rows.x, rows.x**2
    part, measured = q * total(g), total(rows.sign * x)
    spread = _mixed(total(rows.sign * square), q * total(g * square)).sum(axis=1)
    # (1/3 + 2/3 g)² by its terms: 1/9, twice 2/9 g, and 4/9 g²
    squares = _mixed(_mixed(people, part), _mixed(part, q**2 * total(g * rows.u))).sum(axis=1)
    fading = _Table(_mixed(people, part), _mixed(measured, q * total(g * x)), fades=True)
    even = _Table(people, measured, fades=False)
    return DailySums(
        people=people.sum(axis=1).astype(np.int64),
        weight=fading.weight[:, -1],
        squares=squares,
        mean=fading.mean,
        # By moments, so that no day is gone through again: log-odds lie within ±4.7, of which squares cancel
        # little.
        variance=np.maximum(spread / fading.total - fading.mean**2, 0.0),
        median=_quantile(ranked, stretch, fading, 0.5),
        centres=_centres(ranked, stretch, fading),
        equal=_centres(ranked, stretch, even),
    )


def _centres(ranked: _Ranked, stretch: _Stretch, table: _Table) -> Centres:
    """What the default is made of, under one kind of weight."""
    means = (_middle(ranked, stretch, table, cut) for cut in (MIDDLE, OUTERMOST))
    quarters = (_quantile(ranked, stretch, table, share) for share in QUARTERS)
    return Centres(*means, *quarters)


@dataclass(frozen=True, eq=False)
class _Rows:
    """The changes of a stretch, those who stood before it first, as beginnings on a day before its days."""

    #: Day and block as one number, and the shape (days + 1, blocks) that it counts through.
    cell: IntArray
    shape: tuple[int, int]
    #: +1 or -1, and the interval's u and x.
    sign: FloatArray
    u: FloatArray
    x: FloatArray

    def totals(self, what: FloatArray) -> FloatArray:
        """Sum of a number over who stands, by day and block."""
        changed = np.bincount(self.cell, what, minlength=self.shape[0] * self.shape[1])
        return np.cumsum(changed.reshape(self.shape), axis=0, dtype=np.float64)[1:]


def _rows(ranked: _Ranked, changes: _Changes, stretch: _Stretch) -> _Rows:
    first, last = int(stretch.day[0]), int(stretch.day[-1])
    start, blocks = ranked.start.ravel(), len(ranked.start)
    before = np.flatnonzero((start < first) & (ranked.end.ravel() >= first))
    within = slice(*np.searchsorted(changes.day, [first, last + 1]))
    place = np.concatenate((before, changes.place[within]))
    row = np.concatenate((np.zeros(before.size, dtype=np.int64), changes.day[within] - first + 1))
    sign = np.concatenate((np.ones(before.size), changes.sign[within]))
    shape = (stretch.day.size + 1, blocks)
    cell = row * blocks + place // ranked.start.shape[1]
    return _Rows(cell, shape, sign, stretch.u[start[place]], ranked.measure.ravel()[place])


def _mixed(equal: FloatArray, faded: FloatArray) -> FloatArray:
    """What counts alike and what fades, in their parts of a weight."""
    return FLOOR * equal + (1 - FLOOR) * faded


def _rising(by_block: FloatArray) -> FloatArray:
    """Cumulative sums that begin with 0."""
    risen = np.zeros((len(by_block), by_block.shape[1] + 1))
    np.cumsum(by_block, axis=1, out=risen[:, 1:])
    return risen


def _middle(ranked: _Ranked, stretch: _Stretch, table: _Table, cut: float) -> FloatArray:
    """The mean of x between the cuts."""
    low, high = (_below(ranked, stretch, table, share * table.total) for share in (cut, 1 - cut))
    return np.asarray((high - low) / ((1 - 2 * cut) * table.total))


def _below(ranked: _Ranked, stretch: _Stretch, table: _Table, target: FloatArray) -> FloatArray:
    """Weight times x of the lowest intervals that weigh `target`; of the one on the edge, a part."""
    block = _block(table, target)
    inside = _inside(ranked, stretch, table, block)
    day = np.arange(target.size)
    weight = np.diff(inside, axis=1, prepend=table.weight[day, block][:, None])
    kept = np.clip(weight - inside + target[:, None], 0.0, weight)
    return np.asarray(table.measured[day, block] + np.einsum("ij,ij->i", kept, ranked.measure[block]))


def _quantile(ranked: _Ranked, stretch: _Stretch, table: _Table, share: float) -> FloatArray:
    """As `scoring.pools.averages.weighted_quantiles`: a midpoint where the share is reached between two values."""
    targets = [(share + room) * table.total for room in (-SAME_SHARE, SAME_SHARE)]
    low, high = (_block(table, target) for target in targets)
    inside = _inside(ranked, stretch, table, low)
    lower = _value_at(ranked, low, inside, targets[0])
    if (low != high).any():
        inside = _inside(ranked, stretch, table, high)
    upper = _value_at(ranked, high, inside, targets[1])
    between = np.where(lower == upper, lower, lower / 2 + upper / 2)
    return np.where(np.isnan(table.total), np.nan, between)


def _value_at(ranked: _Ranked, block: IntArray, inside: FloatArray, target: FloatArray) -> FloatArray:
    """The lowest value up to which the weight reaches a target."""
    # A block that reaches it may miss it by rounding when its intervals are added one by one.
    reached = inside >= np.minimum(target, inside[:, -1])[:, None]
    return np.asarray(ranked.value[block, np.argmax(reached, axis=1)])


def _block(table: _Table, target: FloatArray) -> IntArray:
    """For each day the block in which a cumulative weight is reached."""
    blocks = table.weight.shape[1] - 1
    # Counted, as NumPy searches no table row by row.
    return np.asarray(np.minimum((table.weight[:, 1:] < target[:, None]).sum(axis=1), blocks - 1))


def _inside(ranked: _Ranked, stretch: _Stretch, table: _Table, block: IntArray) -> FloatArray:
    """For each day how the cumulative weight rises from interval to interval of a block; shape (days, size)."""
    # Of one type, else every comparison turns all of the intervals' days into longer numbers.
    day, start = stretch.day.astype(ranked.start.dtype)[:, None], ranked.start[block]
    weight = ((start <= day) & (ranked.end[block] > day)).astype(np.float64)
    if table.fades:
        weight *= FLOOR + (1 - FLOOR) * stretch.q[:, None] * stretch.u[start]
    weight[:, 0] += table.weight[np.arange(block.size), block]
    return np.cumsum(weight, axis=1, out=weight)
