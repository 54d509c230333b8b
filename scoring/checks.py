"""Argument rules that all of ``scoring`` shares.

Each function takes an argument's name and value and gives it back as an array that obeys the rule,
or raises ``ValueError`` with a sentence that names the argument, the rule and what came instead.
Text, objects and truth values are never read as numbers.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

#: How far the probabilities of one forecast may miss 1 in sum: room for rounding, not for a missing option.
SUM_TOLERANCE = 1e-6


def numbers(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Finite real numbers of any shape; NaN passes only where `missing` is allowed."""
    array = _array(name, value, kinds="iuf", rule="be real numbers").astype(np.float64)
    wrong = np.isinf(array) if missing else ~np.isfinite(array)
    _refuse(name, array, wrong, "be finite or NaN (missing)" if missing else "be finite")
    return array


def probabilities(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Numbers from 0 to 1, both included."""
    array = numbers(name, value, missing=missing)
    _refuse(name, array, (array < 0) | (array > 1), "lie between 0 and 1")
    return array


def shares(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Probabilities of two or more options on the last axis, which sum to 1.

    Where `missing` is allowed, a forecast is missing as a whole: all its options are NaN or none is.
    """
    array = options(name, value, missing=missing)
    total = array.sum(axis=-1)
    partly = np.isnan(total) & ~np.isnan(array).all(axis=-1)
    _refuse(name, total, partly, "be NaN for all options or for none")
    _refuse(name, total, np.abs(total - 1) > SUM_TOLERANCE, "sum to 1 on the last axis")
    return array


def options(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Probabilities with two or more options on the last axis, whatever they sum to."""
    array = probabilities(name, value, missing=missing)
    if array.ndim < 1 or array.shape[-1] < 2:
        raise ValueError(f"{name} must hold two or more options on its last axis, got shape {array.shape}")
    return array


def outcomes(name: str, value: ArrayLike) -> FloatArray:
    """What came out, for yes-or-no questions: 0 and 1, or truth values."""
    array = _array(name, value, kinds="biuf", rule="be 0 or 1").astype(np.float64)
    _refuse(name, array, (array != 0) & (array != 1), "be 0 or 1")
    return array


def categories(name: str, value: ArrayLike, count: int) -> IntArray:
    """Positions of what came out among `count` options: 0 for the first, `count` - 1 for the last."""
    array = whole_numbers(name, value)
    _refuse(name, array, (array < 0) | (array >= count), f"be a position from 0 to {count - 1}")
    return array


def whole_numbers(name: str, value: ArrayLike) -> IntArray:
    """Integers of any shape; 2.0 is not one of them."""
    return _array(name, value, kinds="iu", rule="be whole numbers").astype(np.int64)


def truth_values(name: str, value: ArrayLike) -> BoolArray:
    """True and False, of any shape; 0 and 1 are not among them."""
    return _array(name, value, kinds="b", rule="be True or False").astype(np.bool_)


def weights(value: ArrayLike | None, people: int, name: str = "weight") -> FloatArray:
    """One positive weight for each of `people`; None weighs all alike, with 1."""
    if value is None:
        return np.ones(people)
    array = numbers(name, value)
    if array.shape != (people,):
        raise ValueError(f"{name} must have shape ({people},), one for each forecast, got {array.shape}")
    _refuse(name, array, array <= 0, "be positive (leave out who does not count)")
    return array


def levels(name: str, value: ArrayLike) -> FloatArray:
    """Quantile levels: a vector that rises strictly between 0 and 1, both excluded."""
    array = vector(name, numbers(name, value))
    if array.size == 0 or array[0] <= 0 or array[-1] >= 1 or (np.diff(array) <= 0).any():
        raise ValueError(f"{name} must rise strictly between 0 and 1, got {array.tolist()}")
    return array


def quantiles(name: str, value: ArrayLike, level: FloatArray, *, missing: bool = False) -> FloatArray:
    """Values on the last axis, one for each quantile level, that do not decrease.

    Where `missing` is allowed, a forecast is missing as a whole: all its quantiles are NaN or none is.
    """
    array = numbers(name, value, missing=missing)
    if array.ndim < 1 or array.shape[-1] != level.size:
        raise ValueError(f"{name} must hold {level.size} quantiles on its last axis, got shape {array.shape}")
    absent = np.isnan(array)
    _refuse(name, array, absent & ~absent.all(axis=-1, keepdims=True), "be NaN for all quantiles or for none")
    _refuse(name, array[..., 1:], np.diff(array, axis=-1) < 0, "not decrease from one level to the next")
    return array


def vector(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """An array of one axis, of any length."""
    if array.ndim != 1:
        raise ValueError(f"{name} must have one axis, got shape {array.shape}")
    return array


def crowd(name: str, array: FloatArray, axes: Literal[1, 2]) -> FloatArray:
    """An array of one or two axes whose first axis is people, one at least."""
    if array.ndim != axes or len(array) == 0:
        rule = "one axis" if axes == 1 else "two axes"
        raise ValueError(f"{name} must have {rule} and one person or more, got shape {array.shape}")
    return array


def one_length(**arrays: NDArray[Any]) -> None:
    """Vectors that describe the same rows have the same length."""
    (first, array), *others = arrays.items()
    for name, other in others:
        if len(other) != len(array):
            raise ValueError(f"{name} must be as long as {first}, {len(array)}, got {len(other)}")


def aligned(name: str, array: NDArray[Any], shape: tuple[int, ...], other: str) -> NDArray[Any]:
    """An array of exactly the shape that `other` asks for, or one value that holds for all of it."""
    if array.ndim and array.shape != shape:
        raise ValueError(f"{name} must be one value or have shape {shape} as {other} has, got {array.shape}")
    return np.broadcast_to(array, shape)


def _array(name: str, value: ArrayLike, *, kinds: str, rule: str) -> NDArray[Any]:
    """The value as an array of one of NumPy's `kinds` of number. An empty one passes: it breaks no rule."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be one regular array, got rows of different lengths") from error
    if array.size and array.dtype.kind not in kinds:
        raise ValueError(f"{name} must {rule}, got {array.dtype} such as {array.flat[0]!r}")
    return array


def _refuse(name: str, array: NDArray[Any], wrong: BoolArray, rule: str) -> None:
    """Raise for the first entry of `array` that is wrong, if there is one."""
    if np.any(wrong):
        place = tuple(int(axis) for axis in np.argwhere(wrong)[0])
        where = f" at {list(place)}" if place else ""
        raise ValueError(f"{name} must {rule}, got {array[place]}{where}")
