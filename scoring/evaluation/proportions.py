"""Confidence intervals of proportions: how far a counted share may lie from the chance behind it."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from scoring import checks
from scoring.checks import FloatArray


def wilson(share: ArrayLike, count: ArrayLike, level: float = 0.9) -> tuple[FloatArray, FloatArray]:
    """Wilson's score interval for a proportion.

    The chances that a share such as this one does not contradict: it stays inside 0 to 1, holds the share,
    and is wide where little was counted.

    Parameters
    ----------
    share : shape S
        What came out, 0 to 1, such as the frequencies of a reliability curve.
    count : shape S, whole numbers
        Of how many, 1 or more.
    level : above 0, below 1
        How much of chance the interval allows for, on both sides together.

    Returns
    -------
    low, high : shape S

    Raises
    ------
    ValueError
        If shapes differ, a count is below 1, or another argument breaks its rule.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> low, high = wilson([0.7, 1.0], [10, 4])
    >>> low.round(3), high.round(3)
    (array([0.442, 0.597]), array([0.873, 1.   ]))
    """
    came = checks.probabilities("share", share)
    number = checks.whole_numbers("count", count)
    if number.shape != came.shape or (number < 1).any():
        raise ValueError(f"count must have the shape of share and be 1 or more, got {number.tolist()}")
    square = float(ndtri((1 + checks.inner("level", level)) / 2)) ** 2
    weight = 1 + square / number
    middle = (came + square / (2 * number)) / weight
    half = np.sqrt(square) / weight * np.sqrt(came * (1 - came) / number + square / (4 * number**2))
    # Where nothing or everything came, an end is exactly the share, which rounding may miss.
    return np.minimum(np.maximum(middle - half, 0), came), np.maximum(np.minimum(middle + half, 1), came)
