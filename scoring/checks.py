"""Argument rules that all of ``scoring`` shares.

Each function takes an argument's name and value and gives it back as an array that obeys the rule,
or raises ``ValueError`` with a sentence that names the argument, the rule and what came instead.
Text, objects and truth values are never read as numbers.
"""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

#: The last place that probabilities of a forecast are taken to be written to, where nobody says which it was.
LAST_PLACE = 1e-6


def numbers(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Finite real numbers of any shape; NaN passes only where `missing` is allowed.

    Examples
    --------
    >>> numbers("price", [1, 2])
    array([1., 2.])
    """
    array = real(name, value).astype(np.float64)
    wrong = np.isinf(array) if missing else ~np.isfinite(array)
    refuse(name, array, wrong, "be finite or NaN (missing)" if missing else "be finite")
    return array


def real(name: str, value: ArrayLike) -> NDArray[Any]:
    """Real numbers of any shape and kind, as they came: neither copied nor looked at one by one.

    For rules that go through the numbers themselves, a block at a time.

    Examples
    --------
    >>> real("price", [1, 2])
    array([1, 2])
    """
    return _array(name, value, kinds="iuf", rule="be real numbers")


def probabilities(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Numbers from 0 to 1, both included.

    Examples
    --------
    >>> probabilities("p", [0, 0.5])
    array([0. , 0.5])
    """
    array = numbers(name, value, missing=missing)
    refuse(name, array, (array < 0) | (array > 1), "lie between 0 and 1")
    return array


def shares(name: str, value: ArrayLike, *, missing: bool = False) -> FloatArray:
    """Probabilities of two or more options on the last axis, which sum to 1 up to rounding (`sum_rounding`).

    Where `missing` is allowed, a forecast is missing as a whole: all its options are NaN or none is.

    Examples
    --------
    >>> shares("p", [0.25, 0.75])
    array([0.25, 0.75])
    """
    array = options(name, value, missing=missing)
    total = array.sum(axis=-1)
    # By the sum, which one NaN makes NaN: no second pass over the options.
    partly = np.isnan(total) & ~np.isnan(array).all(axis=-1)
    refuse(name, total, partly, "be NaN for all options or for none")
    room = sum_rounding([LAST_PLACE] * array.shape[-1])
    refuse(name, total, np.abs(total - 1) > room, "sum to 1 on the last axis")
    return array


def sum_rounding(units: Iterable[float]) -> float:
    """How far a sum may be off because each of its terms was rounded to a last place of its own.

    Rounding to a unit moves a number by half of it at most; where all are moved the same way, the sum is off by half
    the sum of the units. So the room grows with the number of terms: 120 numbers of two decimals may miss by 0.6.

    Parameters
    ----------
    units
        One last place for each term, 0 for one that was not rounded: 0.01 for two decimals.

    Examples
    --------
    >>> sum_rounding([0.01] * 120)
    0.6
    """
    # `fsum`: ten times 0.1 added one by one is less than 1, and a sum that is just so far off would be
    # refused.
    return math.fsum(units) / 2


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


# Nowhere else are truth values read as numbers: a comparison is how outcomes mostly come about.
def outcomes(name: str, value: ArrayLike) -> FloatArray:
    """What came out, for yes-or-no questions: 0 and 1, or truth values.

    Examples
    --------
    >>> outcomes("outcome", [True, False])
    array([1., 0.])
    """
    array = _array(name, value, kinds="biuf", rule="be 0 or 1").astype(np.float64)
    refuse(name, array, (array != 0) & (array != 1), "be 0 or 1")
    return array


def categories(name: str, value: ArrayLike, count: int) -> IntArray:
    """Positions of what came out among `count` options: 0 for the first, `count` - 1 for the last.

    Examples
    --------
    >>> categories("outcome", [0, 2], 3)
    array([0, 2])
    """
    array = whole_numbers(name, value)
    refuse(name, array, (array < 0) | (array >= count), f"be a position from 0 to {count - 1}")
    return array


def whole_numbers(name: str, value: ArrayLike) -> IntArray:
    """Integers of any shape; 2.0 is not one of them.

    Examples
    --------
    >>> whole_numbers("day", [3, 4])
    array([3, 4])
    """
    array = _array(name, value, kinds="iu", rule="be whole numbers")
    if array.dtype.kind == "u":
        # Hashes of 64 bits, as pandas makes them, would come out as other, negative numbers.
        refuse(name, array, array > np.iinfo(np.int64).max, "be below 2^63 as whole numbers")
    return array.astype(np.int64)


def truth_values(name: str, value: ArrayLike) -> BoolArray:
    """True and False, of any shape; 0 and 1 are not among them.

    Examples
    --------
    >>> truth_values("active", [True])
    array([ True])
    """
    return _array(name, value, kinds="b", rule="be True or False").astype(np.bool_)


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
    """One number strictly between 0 and 1.

    Examples
    --------
    >>> inner("base_rate", 0.1)
    0.1
    """
    share = numbers(name, value, missing=True)
    if share.ndim or not 0 < share < 1:
        raise ValueError(f"{name} must lie strictly between 0 and 1, got {value}")
    return float(share)


def one_or_more(name: str, value: int) -> int:
    """One whole number, 1 or more.

    Examples
    --------
    >>> one_or_more("draws", 1000)
    1000
    """
    count = whole_numbers(name, value)
    if count.ndim or count < 1:
        raise ValueError(f"{name} must be one whole number, 1 or more, got {value}")
    return int(count)


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
    last_axis(name, array, level)
    absent = np.isnan(array)
    refuse(name, array, absent & ~absent.all(axis=-1, keepdims=True), "be NaN for all quantiles or for none")
    refuse(name, array[..., 1:], np.diff(array, axis=-1) < 0, "not decrease from one level to the next")
    return array


def last_axis(name: str, array: NDArray[Any], level: FloatArray) -> None:
    """One number on the last axis for each quantile level.

    Examples
    --------
    >>> last_axis("quantiles", np.zeros((3, 2)), np.array([0.25, 0.75]))
    """
    if array.ndim < 1 or array.shape[-1] != level.size:
        raise ValueError(f"{name} must hold {level.size} quantiles on its last axis, got shape {array.shape}")


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


def rows(**columns: NDArray[Any]) -> list[NDArray[Any]]:
    """Columns of one table, broadcast: vectors of one length, of which a single value holds for every row.

    Examples
    --------
    >>> rows(person=np.array([7, 8]), score=np.array(0.5))
    [array([7, 8]), array([0.5, 0.5])]
    """
    length = next((array.shape for array in columns.values() if array.ndim), ())
    whole = {name: array if array.ndim else np.broadcast_to(array, length) for name, array in columns.items()}
    for name, array in whole.items():
        vector(name, array)
    one_length(**whole)
    return list(whole.values())


def together(**arrays: NDArray[Any]) -> list[NDArray[Any]]:
    """Broadcasting: arrays of one shape, of which a single value holds for all of it; no axis is added otherwise.

    Examples
    --------
    >>> together(mean=np.array(0.0), outcome=np.array([1.0, 2.0]))
    [array([0., 0.]), array([1., 2.])]
    """
    other, shape = next(((name, array.shape) for name, array in arrays.items() if array.ndim), ("", ()))
    return [aligned(name, array, shape, other) for name, array in arrays.items()]


def cases(
    outcome: NDArray[Any], name: str, forecast: NDArray[Any], axes: int = 1
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Outcomes of shape S, and forecasts whose last `axes` axes hold one: one outcome or one forecast is for all.

    Examples
    --------
    >>> cases(np.array([3.0, 4.0]), "quantiles", np.array([1.0, 2.0]))
    (array([3., 4.]), array([[1., 2.],
           [1., 2.]]))
    """
    shape, one = forecast.shape[: forecast.ndim - axes], forecast.shape[forecast.ndim - axes :]
    if not shape and outcome.ndim:
        return outcome, np.broadcast_to(forecast, outcome.shape + one)
    return aligned("outcome", outcome, shape, f"the forecasts in {name}"), forecast


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
        array = np.asarray(_without_masks(value))
    except ValueError as error:
        raise ValueError(f"{name} must be one regular array, got rows of different lengths") from error
    if array.size and array.dtype.kind not in kinds:
        raise ValueError(f"{name} must {rule}, got {array.dtype} such as {array.flat[0]!r}")
    return array


def _without_masks(value: ArrayLike) -> ArrayLike:
    """Masked entries as NaN, missing: NumPy would hand on the numbers under the mask as if they were meant."""
    if type(value) is np.ndarray:
        return value
    parts = value if isinstance(value, list | tuple) else (value,)
    if not any(isinstance(part, np.ma.MaskedArray) for part in parts):
        return value
    masked: Any = np.ma.asarray(value)
    plain: NDArray[Any] = masked.astype(np.float64).filled(np.nan) if np.ma.is_masked(masked) else masked.data
    return plain


def refuse(name: str, array: NDArray[Any], wrong: BoolArray, rule: str) -> None:
    """Raise for the first entry of `array` that is wrong, if there is one.

    Examples
    --------
    >>> refuse("price", np.array([3.0, 4.0]), np.array([False, False]), "be even")
    """
    if wrong.any():
        place = tuple(int(axis) for axis in np.argwhere(wrong)[0])
        where = f" at {list(place)}" if place else ""
        raise ValueError(f"{name} must {rule}, got {array[place]}{where}")
