"""Proper scoring rules of quantile forecasts, of numbers and dates, and what to do where quantiles cross.

All scores are penalties in the unit of the quantity (days for dates): lower is better, 0 is best. On a
question with a logarithmic scale, pass the logarithms of quantiles and outcome. A forecast whose quantiles
are all NaN is a missing one and scores NaN. Quantiles that cross (the 25 % above the 50 %) are refused by
every score; `crossing` tells by how much they do and `rearrange` mends them. How often intervals hold the
outcome is in `scoring.interval_coverage`.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import checks
from scoring.checks import FloatArray

#: Numbers that are worked on at once: 16,384 rows of five. What is made on the way stays in a core's cache, and
#: a million rows take a fifth of the time they take as whole arrays.
BLOCK = 81_920


def pinball(outcome: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> FloatArray:
    """Pinball loss of each quantile: ``(1{y < q} - τ) (q - y)``.

    Parameters
    ----------
    outcome : shape S, or one value for all
        The value y that came out.
    quantiles : shape S + (L,)
        The forecasts' quantiles q, not decreasing on the last axis. All NaN: missing.
    levels : shape (L,)
        Their levels τ, strictly rising between 0 and 1.

    Returns
    -------
    shape S + (L,)
        0 (best) upwards: τ for each unit the outcome lies above the quantile, 1 - τ for each below it.

    References
    ----------
    Koenker and Bassett (1978), Econometrica 46, 33-50.

    Examples
    --------
    >>> pinball(10.0, [4.0, 10.0, 12.0], [0.25, 0.5, 0.75])
    array([1.5, 0. , 0.5])
    """
    case = _case(outcome, quantiles, levels)
    losses = np.empty(case.quantile.shape)
    rows = losses.reshape(-1, case.level.size)
    for block, twice in _twice_losses(case):
        # Twice the loss is what both scores share; a half of it is exact.
        np.multiply(twice.T, 0.5, out=rows[block])
    return losses


def interval(outcome: ArrayLike, lower: ArrayLike, upper: ArrayLike, alpha: float) -> FloatArray:
    """Score of a central interval: ``(u - l) + 2/α (l - y)₊ + 2/α (y - u)₊``.

    Parameters
    ----------
    outcome : shape S, or one value for all
        The value y that came out.
    lower, upper : shape S
        Ends l and u of the interval, l not above u. NaN: missing.
    alpha : 0 to 1, both excluded
        The probability left outside: 0.1 for a 90 % interval.

    Returns
    -------
    shape S
        The width, plus a fine for a miss. NaN where an end is missing.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102, 359-378.

    Examples
    --------
    >>> interval([5.0, 11.0], [0.0, 0.0], [10.0, 10.0], alpha=0.5)
    array([10., 14.])
    """
    value, low, high = ends(outcome, lower, upper)
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, got {alpha}")
    miss = np.maximum(low - value, 0) + np.maximum(value - high, 0)
    return np.asarray(high - low + 2 / alpha * miss)


# scoringrules 0.10.0 adds half of the median in place of half its distance from the outcome: no reference for
# this.
def wis(outcome: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> FloatArray:
    """Weighted interval score: the mean over the levels of twice the pinball loss.

    Where the levels are the median and pairs around it (5, 25, 50, 75, 95 %, say), this is
    ``[½|y - m| + Σ_k α_k/2 IS_k] / (K + ½)``, the weighted interval score as published, with m the median, K
    the number of central intervals, α_k what the k-th leaves outside and IS_k its `interval` score. It tends
    to the continuous ranked probability score as levels are added. Other sets of levels are scored by the
    mean, which is proper for any.

    Parameters
    ----------
    outcome : shape S, or one value for all
        The value that came out.
    quantiles : shape S + (L,)
        The forecasts' quantiles, not decreasing on the last axis. All NaN: missing.
    levels : shape (L,)
        Their levels, strictly rising between 0 and 1.

    Returns
    -------
    shape S
        0 (best) upwards, in the unit of the quantity. NaN where the forecast is missing.

    References
    ----------
    Bracher, Ray, Gneiting and Reich (2021), PLoS Computational Biology 17, e1008618.

    Examples
    --------
    >>> wis([10.0, 13.0], [[4.0, 10.0, 12.0], [4.0, 10.0, 12.0]], [0.25, 0.5, 0.75]).round(3)
    array([1.333, 3.   ])
    """
    case = _case(outcome, quantiles, levels)
    scores = np.empty(case.value.shape)
    rows = scores.reshape(-1)
    for block, twice in _twice_losses(case):
        np.divide(twice.sum(axis=0), case.level.size, out=rows[block])
    return scores


def crps_quantiles(outcome: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> FloatArray:
    """Continuous ranked probability score as far as quantiles tell it: the mean of twice the pinball loss.

    The score is the integral of twice the pinball loss over all levels; this is the mean over the levels
    there are, the same figure as `wis`. The caveat: it is the integral only in the limit of many evenly
    spaced levels. Where levels crowd they count more, and the tails beyond the outer two not at all, so that
    forecasts at different levels can't be compared by it. It is proper at any levels all the same.
    `piecewise.crps_piecewise` gives the exact integral for a distribution filled in between the quantiles.

    Parameters
    ----------
    outcome, quantiles, levels
        As in `wis`.

    Returns
    -------
    shape S
        0 (best) upwards, in the unit of the quantity. NaN where the forecast is missing.

    References
    ----------
    Laio and Tamea (2007), Hydrology and Earth System Sciences 11, 1267-1277.

    Examples
    --------
    >>> crps_quantiles([10.0], [[4.0, 10.0, 12.0]], [0.25, 0.5, 0.75]).round(3)
    array([1.333])
    """
    return wis(outcome, quantiles, levels)


def crossing(quantiles: ArrayLike) -> FloatArray:
    """By how much quantiles cross: the deepest fall below any earlier level's value, 0 for none.

    Parameters
    ----------
    quantiles : shape S + (L,)
        Values on the last axis in the order of their rising levels. All NaN: missing.

    Returns
    -------
    shape S
        0 or more, in the unit of the quantity. NaN where the forecast is missing.

    Examples
    --------
    >>> crossing([[1.0, 2.0, 3.0], [1.0, 4.0, 2.5]])
    array([0. , 1.5])
    """
    given = _rows("quantiles", quantiles)
    return np.asarray((np.maximum.accumulate(given, axis=-1) - given).max(axis=-1))


def rearrange(quantiles: ArrayLike) -> FloatArray:
    """Quantiles in rising order: the rule of this package for those that cross.

    With all levels weighed alike, the sorted values are never further from any rising quantiles than those
    that cross, and their `wis` is never higher. Whether to mend or to ask again is the caller's choice: no
    score mends by itself.

    Parameters
    ----------
    quantiles : shape S + (L,)
        Values on the last axis in the order of their rising levels. All NaN: missing.

    Returns
    -------
    shape S + (L,)
        The same values, sorted on the last axis.

    References
    ----------
    Chernozhukov, Fernández-Val and Galichon (2010), Econometrica 78, 1093-1125.

    Examples
    --------
    >>> rearrange([1.0, 4.0, 2.5])
    array([1. , 2.5, 4. ])
    """
    return np.asarray(np.sort(_rows("quantiles", quantiles), axis=-1))


def ends(outcome: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Outcome and both ends of an interval, checked and of one shape: the arguments of any interval rule.

    Examples
    --------
    >>> ends(3, [1, 4], [2, 8])
    (array([3., 3.]), array([1., 4.]), array([2., 8.]))
    """
    low = checks.numbers("lower", lower, missing=True)
    high = checks.numbers("upper", upper, missing=True)
    low, high, value = checks.together(lower=low, upper=high, outcome=checks.numbers("outcome", outcome))
    checks.refuse("upper", high, high < low, "not lie below lower")
    return value, low, high


class _Case(NamedTuple):
    """The arguments of a score: outcomes of shape S, and quantiles of shape S + (L,) not yet looked at."""

    value: FloatArray
    quantile: NDArray[Any]
    level: FloatArray


def _case(outcome: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> _Case:
    level = checks.levels("levels", levels)
    quantile = checks.real("quantiles", quantiles)
    checks.last_axis("quantiles", quantile, level)
    value = checks.numbers("outcome", outcome)
    value, quantile = checks.cases(value, "quantiles", quantile)
    return _Case(value, quantile, level)


def _twice_losses(case: _Case) -> Iterator[tuple[slice, FloatArray]]:
    """Twice the pinball loss, ``(2τ - 1)(y - q) + |y - q|``, of a block of rows at a time, shape (L, rows).

    A level is a row here, so that every step runs along memory; each number is rounded alike wherever it stands.
    """
    count = case.level.size
    rows, value = case.quantile.reshape(-1, count), case.value.reshape(-1)
    lean = (2 * case.level - 1)[:, np.newaxis]
    for start in range(0, len(rows), step := max(BLOCK // count, 1)):
        block = slice(start, start + step)
        above = np.array(rows[block].T, dtype=np.float64, order="C")
        if not _rise(above):
            checks.quantiles("quantiles", case.quantile, case.level, missing=True)
        np.subtract(value[block], above, out=above)
        distance = np.abs(above)
        above *= lean
        above += distance
        yield block, above


def _rise(columns: FloatArray) -> bool:
    """Whether forecasts, shape (L, rows), obey `checks.quantiles`, which alone says where one does not."""
    # NaN is never the larger one, and where all rise an infinity stands at an end.
    rising = (columns[1:] >= columns[:-1]).all(axis=0) & np.isfinite(columns[[0, -1]]).all(axis=0)
    return bool(rising.all() or np.isnan(columns[:, ~rising]).all())


def _rows(name: str, value: ArrayLike) -> FloatArray:
    """Values on the last axis, one at least: all NaN or none."""
    array = checks.numbers(name, value, missing=True)
    if array.ndim < 1 or array.shape[-1] == 0:
        raise ValueError(f"{name} must hold one value or more on its last axis, got shape {array.shape}")
    absent = np.isnan(array)
    if (absent.any(axis=-1) != absent.all(axis=-1)).any():
        raise ValueError(f"{name} must be NaN for all levels or for none, got {array.tolist()}")
    return array
