"""Sorting: the order of many numbers, and which of the distinct ones each is.

A comparison sort of a million doubles takes as long as 200 copies of them, most of it spent on telling apart what
lies far apart. Spread over buckets first, which are sorted by counting, each number is compared with its neighbours
alone.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.checks import FloatArray, IntArray

#: How many buckets: as many as numbers of 16 bits, which NumPy sorts by counting.
BUCKETS = 2**16
#: With fewer numbers the passes over buckets cost what they save.
FEW = 1_000


def stable_order(values: FloatArray) -> NDArray[np.intp]:
    """Bucket sort: the positions of numbers in rising order, equal ones in the order given.

    Parameters
    ----------
    values : shape (n,)
        Any numbers; NaN comes last.

    Returns
    -------
    shape (n,)
        Positions, exactly those of a stable `numpy.argsort`. Where few buckets hold most of the numbers, as with
        very long tails, it takes as long as that.

    References
    ----------
    Knuth (1998), The Art of Computer Programming 3, section 5.2.5, for sorting by distribution.

    Examples
    --------
    >>> stable_order(np.array([0.5, 0.25, 0.5, 0.0]))
    array([3, 1, 0, 2])
    """
    if values.size < FEW:
        return np.argsort(values, kind="stable")
    if (values[1:] >= values[:-1]).all():
        return np.arange(values.size)
    low = values.min()
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        # What is infinite goes to the last bucket; forecasts without an end are so.
        high = values.max(where=values < np.inf, initial=low)
        scale = (BUCKETS - 1) / (high - low)
    # All equal, NaN among them, or a span beyond doubles or so small that its inverse is.
    if not 0 < scale < np.inf:
        return np.argsort(values, kind="stable")
    # Rounding never turns two numbers round: a lower one is in the same bucket or in a lower one.
    bucket = np.minimum((values - low) * scale, BUCKETS - 1).astype(np.uint16)
    near = np.argsort(bucket, kind="stable")
    return np.asarray(near[np.argsort(values[near], kind="stable")])


def counting_order(number: IntArray) -> IntArray:
    """The stable order of whole numbers, several times faster than comparing them.

    Parameters
    ----------
    number : shape (n,)
        Counted in two passes where they span less than 2³², and else compared.

    Returns
    -------
    shape (n,)
        Positions, as of a stable `numpy.argsort`.

    Examples
    --------
    >>> counting_order(np.array([70_000, -3, 70_000, 5]))
    array([1, 3, 0, 2])
    """
    # As Python's numbers: the span of 64-bit ones need not be one of 64 bits.
    if number.size == 0 or int(number.max()) - int(number.min()) >= 2**32:
        return np.argsort(number, kind="stable")
    above = number - number.min()
    # NumPy sorts numbers of 16 bits by counting.
    order = np.argsort((above & 0xFFFF).astype(np.uint16), kind="stable")
    high = (above >> 16).astype(np.uint16)
    return np.asarray(order[np.argsort(high[order], kind="stable")] if high.any() else order)


def lexicographic_order(*columns: NDArray[Any]) -> NDArray[np.intp]:
    """Lexicographic sort: by the first column, equal ones by the next, and so on.

    Parameters
    ----------
    columns : shape (n,) each

    Returns
    -------
    shape (n,)
        Positions, exactly those of `numpy.lexsort` with the columns the other way round.

    Examples
    --------
    >>> lexicographic_order(np.array([8, 7, 7]), np.array([0.0, 2.0, 1.0]))
    array([2, 1, 0])
    """
    order = np.arange(columns[0].size)
    for column in reversed(columns):
        by = counting_order if column.dtype.kind == "i" else stable_order
        order = order[by(column[order])]
    return order


def distinct(values: FloatArray) -> tuple[FloatArray, NDArray[np.intp], IntArray]:
    """Ties: the distinct numbers, rising, which of them each number is, and how often each occurs.

    Parameters
    ----------
    values : shape (n,)
        Finite numbers.

    Returns
    -------
    distinct : shape (d,)
    place : shape (n,)
        ``distinct[place]`` is `values`.
    count : shape (d,)
        Sums to n.

    Examples
    --------
    >>> distinct(np.array([0.5, 0.25, 0.5]))
    (array([0.25, 0.5 ]), array([1, 0, 1]), array([1, 2]))
    """
    order = stable_order(values)
    rising = values[order]
    first = np.ones(values.size, dtype=np.bool_)
    np.not_equal(rising[1:], rising[:-1], out=first[1:])
    place = np.empty(values.size, dtype=np.intp)
    place[order] = np.cumsum(first) - 1
    starts = np.flatnonzero(first)
    return rising[starts], place, np.diff(starts, append=values.size).astype(np.int64)
