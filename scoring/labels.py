"""Argument rules of identifiers and calendar days: names, numbers and dates, all read into whole numbers.

Formulas compare who and when, and count days; what people, questions and days are called is theirs to say.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import checks
from scoring.checks import IntArray


def identifiers(name: str, value: ArrayLike) -> NDArray[Any]:
    """Identifiers of people, questions or groups: whole numbers, text, or moments (datetime64).

    Anything else is refused: numbers with decimals come from missing ones, and two spellings of one name in an
    array of objects (7 and "7") would be two people.

    Examples
    --------
    >>> identifiers("person", ["ann", "bob"])
    array(['ann', 'bob'], dtype='<U3')
    >>> identifiers("person", [7, 8])
    array([7, 8])
    """
    array = _plain(value)
    if array.dtype.kind in "UM" and not (array.dtype.kind == "M" and np.isnat(array).any()):
        return array
    if array.dtype.kind in "iu" or array.size == 0:
        return checks.whole_numbers(name, array)
    raise ValueError(
        f"{name} must be whole numbers, text or moments, got {array.dtype} such as {array.flat[0]!r}"
    )


def numbered(name: str, value: ArrayLike) -> IntArray:
    """Identifiers as whole numbers: those stay as they are, names get their place in their own order.

    Examples
    --------
    >>> numbered("person", ["bob", "ann", "bob"])
    array([1, 0, 1])
    >>> numbered("person", [7, 8])
    array([7, 8])
    """
    array = identifiers(name, value)
    return array if array.dtype.kind == "i" else places(array)


def named(name: str, value: ArrayLike, number: IntArray) -> NDArray[Any]:
    """The identifiers that `numbered` made these numbers of.

    Examples
    --------
    >>> named("person", ["bob", "ann", "bob"], np.array([1, 0]))
    array(['bob', 'ann'], dtype='<U3')
    """
    array = identifiers(name, value)
    return number if array.dtype.kind == "i" else np.unique(array)[number]


def places(array: NDArray[Any]) -> IntArray:
    """The place of each entry among the distinct ones in order.

    Examples
    --------
    >>> places(np.array(["bob", "ann"]))
    array([1, 0])
    """
    return np.unique(array, return_inverse=True)[1].reshape(array.shape).astype(np.int64)


def days(name: str, value: ArrayLike) -> IntArray:
    """Days as whole numbers; dates (datetime64, or text as ISO 8601 has it) are counted from 1970-01-01.

    A moment is of the day it lies in. ``result.astype("datetime64[D]")`` makes dates of the numbers again.

    Examples
    --------
    >>> days("day", ["2026-11-24", "2026-11-25"])
    array([20781, 20782])
    >>> days("day", [3, 4])
    array([3, 4])
    """
    array = _plain(value)
    if array.dtype.kind not in "UM":
        return checks.whole_numbers(name, array if array.dtype.kind != "O" else value)
    try:
        dates = array.astype("datetime64[D]")
    except ValueError as error:
        raise ValueError(f"{name} must be whole numbers or dates such as 2026-11-24: {error}") from None
    checks.refuse(name, array, np.isnat(dates), "be a date")
    return dates.astype(np.int64)


def day(name: str, value: ArrayLike) -> int:
    """One day, as `days` reads it.

    Examples
    --------
    >>> day("last_day", np.datetime64("2026-11-24"))
    20781
    """
    one = days(name, value)
    if one.ndim:
        raise ValueError(f"{name} must be one day, got shape {one.shape}")
    return int(one)


def _plain(value: ArrayLike) -> NDArray[Any]:
    """Text and dates that came as objects, as tables of pandas hold them, as NumPy's own kinds."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        return np.array(value.tolist(), dtype=object)  # None for what is hidden: nobody's name, and no day
    array = np.asarray(value)
    if array.dtype.kind != "O" or not array.size:
        return array
    kinds = {type(one) for one in array.flat}
    if kinds == {str}:
        return array.astype(np.str_)
    if {kind.__name__ for kind in kinds} <= {"date", "datetime", "datetime64"}:
        return array.astype("datetime64[us]")
    return array
