"""Weighted averages of one number from each person: mean, median and trimmed mean.

The pools are made of these. Values are any finite numbers: probabilities, log-odds, quantiles. The order of
people never matters, and only the proportions of the weights do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import FloatArray

#: Two shares of the weight closer than this are the same: room for rounding in a sum of weights.
SAME_SHARE = 1e-12


def mean(values: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Weighted mean, ``Σ w v / Σ w``: for probabilities the linear opinion pool.

    Parameters
    ----------
    values : shape (n,)
        One finite number from each person, one person or more.
    weight : shape (n,), optional
        Positive weights; without them everyone counts alike.

    Returns
    -------
    float
        Between the lowest and the highest value.

    References
    ----------
    Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.

    Examples
    --------
    >>> mean([0.25, 0.75], weight=[3, 1])
    0.375
    """
    value, weights = _checked(values, weight)
    return float(np.clip(weights @ value / weights.sum(), value.min(), value.max()))


def median(values: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Weighted median: the value at which half of the weight lies on either side.

    Sorted by value, it is the first at which the weight so far reaches one half. Where it reaches exactly one
    half there (an even number of equal weights, say), it is the midpoint of that value and the next.

    Parameters
    ----------
    values : shape (n,)
        One finite number from each person, one person or more.
    weight : shape (n,), optional
        Positive weights; without them everyone counts alike.

    Returns
    -------
    float
        One of the values or the midpoint of two.

    References
    ----------
    Galton (1907), Nature 75, 450-451.

    Examples
    --------
    >>> median([0.1, 0.2, 0.9])
    0.2
    >>> median([0.25, 0.5, 0.75], weight=[1, 1, 2])
    0.625
    """
    value, weights = _sorted(*_checked(values, weight))
    reached = np.cumsum(weights) / weights.sum()
    lower = value[np.argmax(reached >= 0.5 - SAME_SHARE)]
    upper = value[np.argmax(reached > 0.5 + SAME_SHARE)]
    return float(lower / 2 + upper / 2)


def trimmed_mean(values: ArrayLike, weight: ArrayLike | None = None, cut: float = 0.2) -> float:
    """Weighted mean of the middle, after so much of the weight is cut at each end.

    The cut is fractional: a person on its edge keeps the part of their weight that lies inside, so that the
    result moves smoothly with the weights and no rounding of people is needed.

    Parameters
    ----------
    values : shape (n,)
        One finite number from each person, one person or more.
    weight : shape (n,), optional
        Positive weights; without them everyone counts alike.
    cut : 0 to below 0.5
        The share of the weight cut at each end.

    Returns
    -------
    float
        Between the lowest and the highest value; the `mean` where nothing is cut.

    References
    ----------
    Jose and Winkler (2008), International Journal of Forecasting 24, 163-169.

    Examples
    --------
    Of five people the middle three count; of three, the middle one fully and the others with two fifths.

    >>> trimmed_mean([0.0, 2.0, 3.0, 7.0, 99.0])
    4.0
    >>> trimmed_mean([0.0, 1.0, 8.0])
    2.333333333333333
    """
    if not 0 <= cut < 0.5:
        raise ValueError(f"cut must be at least 0 and below 0.5, got {cut}")
    value, weights = _sorted(*_checked(values, weight))
    total = weights.sum()
    edges = np.concatenate(([0.0], np.cumsum(weights)))
    kept = np.diff(np.clip(edges, cut * total, total - cut * total))
    return float(np.clip(kept @ value / kept.sum(), value[0], value[-1]))


def variance(values: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Weighted variance around the weighted mean, ``Σ w (v - mean)² / Σ w``.

    Parameters
    ----------
    values : shape (n,)
        One finite number from each person, one person or more.
    weight : shape (n,), optional
        Positive weights; without them everyone counts alike.

    Returns
    -------
    float
        0 or more, in the square of the values' unit: the variance of these people, no estimate for others.

    Examples
    --------
    >>> variance([1.0, 3.0])
    1.0
    """
    value, weights = _checked(values, weight)
    distance = value - weights @ value / weights.sum()
    return float(weights @ distance**2 / weights.sum())


def _checked(values: ArrayLike, weight: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """Values and weights, both of shape (n,)."""
    value = checks.crowd("values", checks.numbers("values", values), axes=1)
    return value, checks.weights(weight, value.size)


def _sorted(value: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    order = np.argsort(value, kind="stable")
    return value[order], weight[order]
