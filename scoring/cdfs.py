"""Cumulative distribution functions (CDFs) at evenly spaced places: buckets, their baseline, percentiles.

A forecast gives N + 1 values of its distribution function, at places 0, 1/N, …, 1 between the lowest and the
highest answer. That makes N + 2 buckets: 0 below the range, 1 to N inside it, N + 1 above it.
"""

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import FloatArray, IntArray

# The reference of Metaculus, whose scores of numbers are counted from it.
#: What a bucket outside the range has by itself, where answers may lie there.
OUTER = 0.05
# As wide as at Metaculus: an answer on an edge is scored in the same bucket.
#: Room for rounding where an answer lies on the edge of two buckets.
ON_EDGE = 1e-10


def to_place(value: ArrayLike, lowest: float, highest: float, zero_point: float | None = None) -> FloatArray:
    """Where answers lie on the scale: 0 at the lowest, 1 at the highest.

    Without a zero point u = (x - lowest)/(highest - lowest). With one the scale is logarithmic: with
    r = (highest - zero)/(lowest - zero), ``x = lowest + (highest - lowest)(r^u - 1)/(r - 1)``.

    Parameters
    ----------
    value : any shape
        Answers. With a zero point, on the same side of it as the range.
    lowest, highest : float
        The range.
    zero_point : float, optional
        Where the logarithmic scale would reach minus infinity: outside the range.

    Returns
    -------
    shape of `value`
        Below 0 or above 1 outside the range.

    Examples
    --------
    >>> to_place([0.0, 25.0, 150.0], 0, 100), to_place(10.0, 1, 100, zero_point=0)
    (array([0.  , 0.25, 1.5 ]), array(0.5))
    """
    x = checks.numbers("value", value)
    growth = _growth(lowest, highest, zero_point)
    if growth is None:
        return (x - lowest) / (highest - lowest)
    away = growth * (x - lowest) / (highest - lowest)
    # Beyond the zero point the scale has no places.
    if (away <= -1).any():
        raise ValueError(
            f"value must lie on the range's side of zero_point {zero_point}, got {x[away <= -1][0]}"
        )
    return np.asarray(np.log1p(away) / np.log1p(growth))


def from_place(
    place: ArrayLike, lowest: float, highest: float, zero_point: float | None = None
) -> FloatArray:
    """Answers from their places on the scale: the inverse of `to_place`.

    Parameters
    ----------
    place : any shape
        Finite numbers, 0 at the lowest and 1 at the highest.
    lowest, highest, zero_point
        As in `to_place`.

    Returns
    -------
    shape of `place`

    Examples
    --------
    >>> from_place([0.0, 0.5, 1.0], 1, 100, zero_point=0)
    array([  1.,  10., 100.])
    """
    u = checks.numbers("place", place)
    growth = _growth(lowest, highest, zero_point)
    share = u if growth is None else np.expm1(u * np.log1p(growth)) / growth
    return np.asarray(lowest + (highest - lowest) * share)


def to_bucket(place: ArrayLike, count: int) -> IntArray:
    """The buckets in which places on the scale lie.

    Parameters
    ----------
    place : any shape
        Finite numbers, 0 at the lowest and 1 at the highest.
    count : int
        N, the number of buckets inside the range, 1 or more.

    Returns
    -------
    shape of `place`, whole numbers
        0 below the range and N + 1 above it. A place on the edge of two buckets belongs to the lower, and the
        lowest place to bucket 1.

    Examples
    --------
    >>> to_bucket([-0.1, 0.0, 0.25, 0.26, 1.0, 1.1], 4)
    array([0, 1, 1, 2, 4, 5])
    """
    u = checks.numbers("place", place)
    checks.one_or_more("count", count)
    # A hair less than one more, cut off: an edge belongs to the lower bucket.
    inside = np.maximum(1, np.trunc(np.clip(u, 0, 1) * count + 1 - ON_EDGE))
    return np.where(u < 0, 0, np.where(u > 1, count + 1, inside)).astype(np.int64)


def masses(cdf: ArrayLike) -> FloatArray:
    """The probabilities of the N + 2 buckets.

    Parameters
    ----------
    cdf : shape (..., N + 1)
        Values of distribution functions, 0 to 1, that do not fall along the last axis.

    Returns
    -------
    shape (..., N + 2)
        They sum to 1.

    Examples
    --------
    >>> masses([0.0, 0.25, 1.0])
    array([0.  , 0.25, 0.75, 0.  ])
    """
    given = distributions("cdf", cdf)
    return np.diff(given, axis=-1, prepend=0.0, append=1.0)


def bucket_baseline(bucket: int, count: int, open_bounds: int, outer: float = OUTER) -> float:
    """What a bucket has by itself, when nothing is known.

    Parameters
    ----------
    bucket : int
        0 to N + 1.
    count : int
        N, the number of buckets inside the range.
    open_bounds : 0, 1 or 2
        On how many sides of the range the answer may lie outside.
    outer : float
        The share of a bucket outside the range.

    Returns
    -------
    float
        `outer` for a bucket outside; the ones inside share the rest evenly.

    Examples
    --------
    >>> bucket_baseline(0, 200, 1), bucket_baseline(7, 200, 1)
    (0.05, 0.00475)
    """
    checks.one_or_more("count", count)
    position = int(checks.categories("bucket", bucket, count + 2))
    sides = int(checks.categories("open_bounds", open_bounds, 3))
    if not 0 < outer < 0.5:
        raise ValueError(f"outer must lie between 0 and 0.5, got {outer}")
    return outer if position in (0, count + 1) else (1 - outer * sides) / count


def percentile_places(cdf: ArrayLike, percent: ArrayLike) -> FloatArray:
    """Places on the scale below which a distribution has so many percent.

    Between two values of the distribution function the place moves evenly. Where it stays level at exactly
    the percentage, the first of those places counts.

    Parameters
    ----------
    cdf : shape (N + 1,)
        One distribution function, 0 to 1, that does not fall.
    percent : any shape
        0 to 100.

    Returns
    -------
    shape of `percent`
        0 where that much lies below the range, 1 where the range holds less.

    Examples
    --------
    >>> percentile_places([0.0, 0.5, 1.0], [25, 50, 75])
    array([0.25, 0.5 , 0.75])
    """
    given = distributions("cdf", cdf)
    if given.ndim != 1:
        raise ValueError(f"cdf must have one axis, got shape {given.shape}")
    asked = checks.probabilities("percent", checks.numbers("percent", percent) / 100)
    # From the left, so that of a level stretch the first place is found.
    at = np.clip(np.searchsorted(given, asked), 1, given.size - 1)
    low, high = given[at - 1], given[at]
    # Level at exactly what is asked only before the first place that rises: the first of those counts.
    part = np.divide(asked - low, high - low, out=np.zeros(asked.shape), where=high > low)
    place = (at - 1 + np.clip(part, 0, 1)) / (given.size - 1)
    return np.where(asked < given[0], 0.0, np.where(asked >= given[-1], 1.0, place))


def distributions(name: str, value: ArrayLike) -> FloatArray:
    """Values from 0 to 1, two or more on the last axis, that do not fall.

    Examples
    --------
    >>> distributions("cdf", [0, 0.25, 1])
    array([0.  , 0.25, 1.  ])
    """
    array = checks.probabilities(name, value)
    if array.ndim < 1 or array.shape[-1] < 2:
        raise ValueError(f"{name} must hold two or more values on its last axis, got shape {array.shape}")
    if (np.diff(array, axis=-1) < 0).any():
        raise ValueError(
            f"{name} must not fall along its last axis, got {array[..., :3].ravel()[:3].tolist()} …"
        )
    return array


def _growth(lowest: float, highest: float, zero_point: float | None) -> float | None:
    """r - 1 of a logarithmic scale; None for an even one."""
    if not np.isfinite([lowest, highest]).all() or lowest >= highest:
        raise ValueError(f"highest must be finite and lie above lowest, got {lowest} and {highest}")
    if zero_point is None:
        return None
    if lowest <= zero_point <= highest or not np.isfinite(zero_point):
        raise ValueError(f"zero_point must lie outside the range {lowest} to {highest}, got {zero_point}")
    # Not r itself: where the zero point is far away r is nearly 1, and its digits are those of 1.
    return (highest - lowest) / (lowest - zero_point)
