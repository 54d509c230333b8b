"""Argument rules that all of ``scoring`` shares.

Each function takes an argument's name and value and gives it back as an array that obeys the rule,
or raises ``ValueError`` with a sentence that names the argument, the rule and what came instead.
Text, objects and truth values are never read as numbers.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

#: How far the probabilities of one forecast may miss 1 in sum: room for rounding, not for a missing option.
SUM_TOLERANCE = 1e-6


def numbers(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Finite real numbers of any shape; NaN passes only where `missing` is allowed.

    Examples
    --------
    >>> numbers("price", [1, 2])
    array([1., 2.])
    """
    array = _array(name, value, kinds="iuf", rule="be real numbers").astype(np.float64)
    wrong = np.isinf(array) if missing else ~np.isfinite(array)
    _refuse(name, array, wrong, "be finite or NaN (missing)" if missing else "be finite")
    return array


def probabilities(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Numbers from 0 to 1, both included.

    Examples
    --------
    >>> probabilities("p", [0, 0.5])
    array([0. , 0.5])
    """
    array = numbers(name, value, missing=missing)
    _refuse(name, array, (array < 0) | (array > 1), "lie between 0 and 1")
    return array


def shares(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Probabilities of two or more options on the last axis, which sum to 1.

    Where `missing` is allowed, a forecast is missing as a whole: all its options are NaN or none is.

    Examples
    --------
    >>> shares("p", [0.25, 0.75])
    array([0.25, 0.75])
    """
    array = options(name, value, missing=missing)
    total = array.sum(axis=-1)
    partly = np.isnan(total) & ~np.isnan(array).all(axis=-1)
    _refuse(name, total, partly, "be NaN for all options or for none")
    _refuse(name, total, np.abs(total - 1) > SUM_TOLERANCE, "sum to 1 on the last axis")
    return array


def options(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Probabilities with two or more options on the last axis, whatever they sum to.

    Examples
    --------
    >>> options("p", [0.25, 0.5])
    array([0.25, 0.5 ])
    """
    array = probabilities(name, value, missing=missing)
    if array.ndim < 1 or array.shape[-1] < 2:
        raise ValueError(f"{name} must hold two or more options on its last axis, got shape {array.shape}")
    return array


def outcomes(name: str, value: ArrayLike) -> FloatArray:
    """What came out, for yes-or-no questions: 0 and 1, or truth values.

    Examples
    --------
    >>> outcomes("outcome", [True, False])
    array([1., 0.])
    """
    array = _array(name, value, kinds="biuf", rule="be 0 or 1").astype(np.float64)
    _refuse(name, array, (array != 0) & (array != 1), "be 0 or 1")
    return array


def categories(name: str, value: ArrayLike, count: int) -> IntArray:
    """Positions of what came out among `count` options: 0 for the first, `count` - 1 for the last.

    Examples
    --------
    >>> categories("outcome", [0, 2], 3)
    array([0, 2])
    """
    array = whole_numbers(name, value)
    _refuse(name, array, (array < 0) | (array >= count), f"be a position from 0 to {count - 1}")
    return array


def whole_numbers(name: str, value: ArrayLike) -> IntArray:
    """Integers of any shape; 2.0 is not one of them.

    Examples
    --------
    >>> whole_numbers("day", [3, 4])
    array([3, 4])
    """
    return _array(name, value, kinds="iu", rule="be whole numbers").astype(np.int64)


def truth_values(name: str, value: ArrayLike) -> BoolArray:
    """True and False, of any shape; 0 and 1 are not among them.

    Examples
    --------
    >>> truth_values("active", [True])
    array([ True])
    """
    return _array(name, value, kinds="b", rule="be True or False").astype(np.bool_)


def weights(value: ArrayLike | None, people: int, name: str = "weight", *, zero: bool = False) -> FloatArray:
    """One positive weight for each of `people`, or 0 where `zero` is allowed; None weighs all alike, with 1.

    Examples
    --------
    >>> weights([2, 0], 2, zero=True), weights(None, 2)
    (array([2., 0.]), array([1., 1.]))
    """
    if value is None:
        return np.ones(people)
    array = numbers(name, value)
    if array.shape != (people,):
        raise ValueError(f"{name} must have shape ({people},), one for each forecast, got {array.shape}")
    if zero:
        _refuse(name, array, array < 0, "be 0 or more")
    else:
        _refuse(name, array, array <= 0, "be positive (leave out who does not count)")
    return array


def present(
    probability: ArrayLike,
    weight: ArrayLike | None = None,
    name: str = "probability",
    axes: Literal[1, 2] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Who counts: the probabilities of everyone who gave one and has a weight, and their weights.

    Parameters
    ----------
    probability : shape (n,) or (n, K)
        One from each person, 0 to 1; or those of K options, two or more, which sum to 1. NaN is an
        abstention: with options all of the row.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.
    name : str
        What the argument is called where it is refused.
    axes : 1 or 2, optional
        1 takes only (n,) and 2 only (n, K); without it either is taken.

    Returns
    -------
    probability : shape (m,) or (m, K), and weight : shape (m,)
        Without those who abstain and without those of weight 0; where everyone left would have weight 0, they
        count alike, with 1.

    Raises
    ------
    ValueError
        If a probability or a weight breaks its rule, or nobody is left.

    Examples
    --------
    >>> present([0.5, float("nan"), 0.75], weight=[2, 1, 0])
    (array([0.5]), array([2.]))
    >>> present([0.5, 0.75], weight=[0, 0])
    (array([0.5 , 0.75]), array([1., 1.]))
    """
    given = numbers(name, probability, missing=True)
    expected: Literal[1, 2] = axes or (2 if given.ndim == 2 else 1)
    rule = probabilities if expected == 1 else shares
    return counted(name, crowd(name, rule(name, given, missing=True), axes=expected), weight)


def counted(name: str, array: FloatArray, weight: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """The rows that count, and their weights: the rule of `present` for rows of any shape.

    People are on the first axis. A row with a NaN in it is missing.

    Examples
    --------
    >>> counted("values", np.array([3.0, np.nan, 5.0]), None)
    (array([3., 5.]), array([1., 1.]))
    """
    weighs = weights(weight, len(array), zero=True)
    there = ~np.isnan(array).any(axis=tuple(range(1, array.ndim)))
    counts = there & (weighs > 0)
    if counts.any():
        return array[counts], weighs[counts]
    if there.any():
        return array[there], np.ones(int(there.sum()))
    raise ValueError(f"{name} must hold one person or more who is not missing, got shape {array.shape}")


def positive(name: str, value: float) -> float:
    """A number above 0, or ``ValueError`` with its name.

    Examples
    --------
    >>> positive("stretch", 1.5)
    1.5
    """
    if not 0 < value < math.inf:
        raise ValueError(f"{name} must be above 0 and finite, got {value}")
    return value


def inner(name: str, value: float) -> float:
    """A probability strictly between 0 and 1, or ``ValueError`` with its name.

    Examples
    --------
    >>> inner("base_rate", 0.1)
    0.1
    """
    if not 0 < value < 1:
        raise ValueError(f"{name} must lie between 0 and 1, both excluded, got {value}")
    return value


def levels(name: str, value: ArrayLike) -> FloatArray:
    """Quantile levels: a vector that rises strictly between 0 and 1, both excluded.

    Examples
    --------
    >>> levels("levels", [0.25, 0.75])
    array([0.25, 0.75])
    """
    array = vector(name, numbers(name, value))
    if array.size == 0 or array[0] <= 0 or array[-1] >= 1 or (np.diff(array) <= 0).any():
        raise ValueError(f"{name} must rise strictly between 0 and 1, got {array.tolist()}")
    return array


def quantiles(name: str, value: ArrayLike, level: FloatArray, *, missing: bool = False) -> FloatArray:
    """Values on the last axis, one for each quantile level, that do not decrease.

    Where `missing` is allowed, a forecast is missing as a whole: all its quantiles are NaN or none is.

    Examples
    --------
    >>> quantiles("quantiles", [3, 9], np.array([0.25, 0.75]))
    array([3., 9.])
    """
    array = numbers(name, value, missing=missing)
    if array.ndim < 1 or array.shape[-1] != level.size:
        raise ValueError(f"{name} must hold {level.size} quantiles on its last axis, got shape {array.shape}")
    absent = np.isnan(array)
    _refuse(name, array, absent & ~absent.all(axis=-1, keepdims=True), "be NaN for all quantiles or for none")
    _refuse(name, array[..., 1:], np.diff(array, axis=-1) < 0, "not decrease from one level to the next")
    return array


def vector(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """An array of one axis, of any length.

    Examples
    --------
    >>> vector("day", np.array([3, 4]))
    array([3, 4])
    """
    if array.ndim != 1:
        raise ValueError(f"{name} must have one axis, got shape {array.shape}")
    return array


def crowd(name: str, array: FloatArray, axes: Literal[1, 2]) -> FloatArray:
    """An array of one or two axes whose first axis is people, one at least.

    Examples
    --------
    >>> crowd("p", np.array([0.5]), axes=1)
    array([0.5])
    """
    if array.ndim != axes or len(array) == 0:
        rule = "one axis" if axes == 1 else "two axes"
        raise ValueError(f"{name} must have {rule} and one person or more, got shape {array.shape}")
    return array


def one_length(**arrays: NDArray[Any]) -> None:
    """Vectors that describe the same rows have the same length.

    Examples
    --------
    >>> one_length(day=np.array([3]), person=np.array([7]))
    """
    (first, array), *others = arrays.items()
    for name, other in others:
        if len(other) != len(array):
            raise ValueError(f"{name} must be as long as {first}, {len(array)}, got {len(other)}")


def aligned(name: str, array: NDArray[Any], shape: tuple[int, ...], other: str) -> NDArray[Any]:
    """An array of exactly the shape that `other` asks for, or one value that holds for all of it.

    Examples
    --------
    >>> aligned("outcome", np.array(1), (2,), "p")
    array([1, 1])
    """
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
