"""Coverage: how often the prediction intervals of number and date forecasts hold what comes out.

Coverage is for checking what intervals promise and no proper score: whoever chases it can hold it without
knowing anything. The scores are in `scoring.quantiles`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring import quantiles as scores
from scoring.checks import FloatArray


@dataclass(frozen=True)
class Coverage:
    """How often central intervals held the outcome: `nominal` is what they promise, `observed` what they did.

    Both have shape (intervals,), the widest first; `forecasts` were counted. Honest forecasters have observed
    = nominal in the long run, but so has who gives the whole line nine times of ten and else a point:
    coverage checks a claim and is no proper score.
    """

    nominal: FloatArray
    observed: FloatArray
    forecasts: int


def covered(outcome: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> FloatArray:
    """Whether an interval holds the outcome, its ends included: 1 or 0.

    Parameters
    ----------
    outcome : shape S, or one value for all
        The value that came out.
    lower, upper : shape S
        Ends of the interval, lower not above upper. NaN: missing.

    Returns
    -------
    shape S
        1 for inside, 0 for outside, NaN where an end is missing.

    Examples
    --------
    >>> covered([5.0, 10.0, 11.0], [0.0, 0.0, 0.0], [10.0, 10.0, 10.0])
    array([1., 1., 0.])
    """
    value, low, high = scores.ends(outcome, lower, upper)
    inside = ((low <= value) & (value <= high)).astype(np.float64)
    return np.asarray(np.where(np.isnan(low) | np.isnan(high), np.nan, inside))


def coverage(outcome: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> Coverage:
    """The share of outcomes inside each central interval that the levels make.

    Parameters
    ----------
    outcome : shape S, or one value for all
        The values that came out.
    quantiles : shape S + (L,)
        The forecasts' quantiles, not decreasing on the last axis. All NaN: missing, and not counted.
    levels : shape (L,)
        Their levels, which mirror around one half: with each τ also 1 - τ, to nine digits.

    Returns
    -------
    Coverage
        For each pair τ, 1 - τ the promised share 1 - 2τ and the observed one.

    Raises
    ------
    ValueError
        If the levels do not mirror or make no interval, or every forecast is missing.

    Examples
    --------
    >>> coverage([3.0, 9.0], [[0, 2, 5, 7, 8], [0, 2, 5, 7, 8]], [0.05, 0.25, 0.5, 0.75, 0.95])
    Coverage(nominal=array([0.9, 0.5]), observed=array([0.5, 0.5]), forecasts=2)
    """
    level = _mirrored(levels)
    quantile = checks.quantiles("quantiles", quantiles, level, missing=True)
    value = checks.numbers("outcome", outcome)
    value, quantile = checks.cases(value, "quantiles", quantile)
    there = ~np.isnan(quantile[..., 0])
    if not there.any():
        raise ValueError(f"quantiles must hold one forecast that is not missing, got shape {quantile.shape}")
    pairs = level.size // 2
    lower, upper, value = (
        quantile[there][:, :pairs],
        quantile[there][:, : -pairs - 1 : -1],
        value[there, np.newaxis],
    )
    inside = (lower <= value) & (value <= upper)
    return Coverage((level[::-1] - level)[:pairs].round(12), inside.mean(axis=0), len(inside))


def _mirrored(levels: ArrayLike) -> FloatArray:
    """Levels that come in pairs around one half, one pair at least."""
    level = checks.levels("levels", levels)
    if level.size < 2 or np.abs(level + level[::-1] - 1).max() > 1e-9:
        raise ValueError(f"levels must mirror around one half, two or more, got {level.tolist()}")
    return level
