"""Weights from three-point answers: who is surer, who leans, who is near the others, who changed.

All take arrays of shape (people, claims), from 0 to 1, and give weights of that shape: `lower`, `best` and `upper`
are three-point answers l <= b <= u, and some ask for `best` alone. NaN in all three is an abstention, whose weight is
NaN. What makes a crowd's probability of the weights, and which method is which, stands in
`scoring.pools.three_point`.

References
----------
Hanea and others (2021), PLoS ONE 16, e0256919.
"""

import numpy as np
from numpy.typing import ArrayLike

from scoring.checks import FloatArray
from scoring.pools.three_point_answers import answers, every_claim_answered, points

#: What an interval of width 0 counts as: the distance from 1 to the next number, as in aggreCAT.
NARROWEST = float(np.finfo(np.float64).eps)
#: Weights closer to 0 than this are 0, and widths that differ by less are the same: room for rounding, which
#: must not give one of several equals the whole weight.
SAME = 1e-9
#: The steps in which a careless answer is given.
STEP = 0.05


def interval_width_weights(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> FloatArray:
    """Who is surer weighs more: ``1 / (u - l)``. aggreCAT's IntWAgg.

    Returns
    -------
    shape (people, claims)
        Weights of 1 or more. A width below `NARROWEST` counts as that, so that who claims to be certain outweighs
        everybody else on that claim.

    Examples
    --------
    >>> interval_width_weights([[0.25], [0.0]], [[0.5], [0.5]], [[0.5], [1.0]]).tolist()
    [[4.0], [1.0]]
    """
    return 1 / _narrow(_widths(lower, best, upper))


def relative_width_weights(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> FloatArray:
    """Who is surer than usual weighs more: their widest interval over this one. aggreCAT's IndIntWAgg.

    A person who always gives narrow intervals gains nothing by it.

    Returns
    -------
    shape (people, claims)
        Weights of 1 or more; 0 for who gave a width of 0 on every claim. Otherwise a width of 0 counts as
        `NARROWEST`.

    Examples
    --------
    >>> relative_width_weights([[0.25, 0.0]], [[0.5, 0.5]], [[0.5, 1.0]]).tolist()
    [[4.0, 1.0]]
    """
    width = _widths(lower, best, upper)
    widest = np.where(np.isnan(width), 0, width).max(axis=1, keepdims=True)
    return np.asarray(widest / _narrow(width))


def width_variance_weights(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> FloatArray:
    """Who tells sure from unsure weighs more: the variance of their widths. aggreCAT's VarIndIntWAgg.

    Returns
    -------
    shape (people, claims)
        The same weight on each of a person's claims: the sample variance, divided by the number of their
        answers less 1. 0 for a single answer.

    Examples
    --------
    >>> width_variance_weights([[0.25, 0.0]], [[0.5, 0.5]], [[0.75, 1.0]]).tolist()
    [[0.125, 0.125]]
    """
    width = _widths(lower, best, upper)
    there = ~np.isnan(width)
    answers = there.sum(axis=1, keepdims=True)
    value = np.where(there, width, 0)
    mean = value.sum(axis=1, keepdims=True) / np.maximum(answers, 1)
    squares = (np.where(there, width - mean, 0) ** 2).sum(axis=1, keepdims=True)
    # Over one less than the answers, as R's `var`, on which aggreCAT rests. One answer alone has none: 0.
    variance = np.where(squares < SAME**2, 0, squares) / np.maximum(answers - 1, 1)
    return np.where(there, variance, np.nan)


def asymmetry_weights(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> FloatArray:
    """Who leans to one side weighs more: ``1 - 2 min(b - l, u - b) / (u - l)``. aggreCAT's AsymWAgg.

    Returns
    -------
    shape (people, claims)
        From 0, the best in the middle of the interval, to 1, the best at one of its ends; 1 for a width of 0.

    Examples
    --------
    >>> asymmetry_weights([[0.0, 0.25]], [[0.25, 0.5]], [[1.0, 0.75]]).tolist()
    [[0.5, 0.0]]
    """
    low, middle, high = points(lower, best, upper)
    width = high - low
    nearer = np.minimum(high - middle, middle - low)
    return _above_0(1 - 2 * nearer / np.where(width == 0, 1, width))


def width_and_asymmetry_weights(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> FloatArray:
    """The product of `relative_width_weights` and `asymmetry_weights`. aggreCAT's IndIntAsymWAgg.

    Examples
    --------
    >>> width_and_asymmetry_weights([[0.25, 0.0]], [[0.25, 0.25]], [[0.5, 1.0]]).tolist()
    [[4.0, 0.5]]
    """
    return relative_width_weights(lower, best, upper) * asymmetry_weights(lower, best, upper)


def three_in_one_weights(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> FloatArray:
    """Relative width, asymmetry and variance of the widths, multiplied. aggreCAT's KitchSinkWAgg.

    Examples
    --------
    >>> three_in_one_weights([[0.25, 0.0]], [[0.25, 0.25]], [[0.75, 1.0]]).tolist()
    [[0.25, 0.0625]]
    """
    product = width_and_asymmetry_weights(lower, best, upper)
    return product * width_variance_weights(lower, best, upper)


def decisiveness_weights(best: ArrayLike) -> FloatArray:
    """Who comes nearer to 0 or 1 weighs more: ``max(b, 1 - b)``. aggreCAT's DistLimitWAgg.

    Returns
    -------
    shape (people, claims)
        1/2 to 1.

    Examples
    --------
    >>> decisiveness_weights([[0.25], [0.5]]).tolist()
    [[0.75], [0.5]]
    """
    given = answers("best", best)
    return np.maximum(given, 1 - given)


def nearness_weights(best: ArrayLike) -> FloatArray:
    """Outliers weigh less: ``1 - d / max d`` with ``d = (b - median b)²`` on each claim. aggreCAT's OutWAgg.

    Parameters
    ----------
    best : shape (people, claims)
        Best estimates b, 0 to 1; each claim with one answer or more. NaN: abstains.

    Returns
    -------
    shape (people, claims)
        0, the farthest from the claim's median, to 1, on it; all 1 where nobody differs.

    Raises
    ------
    ValueError
        If nobody answered a claim, or an argument breaks its rule.

    Examples
    --------
    >>> nearness_weights([[0.0], [0.5], [0.75]]).tolist()
    [[0.0], [1.0], [0.75]]
    """
    given = every_claim_answered(answers("best", best))
    distance = (given - np.nanmedian(given, axis=0)) ** 2
    farthest = np.nanmax(distance, axis=0)
    return _above_0(1 - distance / np.where(farthest == 0, 1, farthest))


def fine_steps_weights(best: ArrayLike, step: float = STEP) -> FloatArray:
    """Who answers more finely than in steps of 5 points weighs more. aggreCAT's GranWAgg.

    Parameters
    ----------
    best : shape (people, claims)
        Best estimates b, 0 to 1. NaN: abstains.
    step : above 0, to 1
        An answer is coarse where it is a whole multiple of the step, to rounding (1e-9).

    Returns
    -------
    shape (people, claims)
        The share of the person's answers that are not coarse, 0 to 1, the same on each of their claims.

    Examples
    --------
    >>> fine_steps_weights([[0.25, 0.33], [0.5, 0.55]]).tolist()
    [[0.5, 0.5], [0.0, 0.0]]
    """
    given = answers("best", best)
    if not 0 < step <= 1:
        raise ValueError(f"step must lie above 0 and not above 1, got {step}")
    there = ~np.isnan(given)
    # Figures that aggreCAT ships for this one differ by up to 0.087: the package has changed since it made
    # them.
    fine = np.abs(given - np.round(given / step) * step) > 1e-9  # never where the answer is missing
    share = fine.sum(axis=1, keepdims=True) / np.maximum(there.sum(axis=1, keepdims=True), 1)
    return np.where(there, share, np.nan)


def shift_weights(
    first: tuple[ArrayLike, ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike, ArrayLike]
) -> FloatArray:
    """Who changed more between two rounds weighs more: ``|Δb| + |Δl| / 2 + |Δu| / 2``. aggreCAT's ShiftWAgg.

    Parameters
    ----------
    first, second : three arrays of shape (people, claims)
        The lower, best and upper points of the two rounds, people in the same rows and
        ``0 <= l <= b <= u <= 1``. NaN in all three: abstains in that round.

    Returns
    -------
    shape (people, claims)
        0 to 2, for `weighted_best` with the best estimates of the second round. 0 for who answered in the
        second alone and so showed no change; NaN for who did not answer in the second.

    Examples
    --------
    >>> shift_weights(([[0.0]], [[0.5]], [[1.0]]), ([[0.25]], [[0.5]], [[0.75]])).tolist()
    [[0.25]]
    """
    before, after = points(*first), points(*second)
    if before[0].shape != after[0].shape:
        raise ValueError(f"first must have the shape of second, {after[0].shape}, got {before[0].shape}")
    low, middle, high = (np.abs(new - old) for old, new in zip(before, after, strict=True))
    change = middle + low / 2 + high / 2
    # Who answered the second time alone has not changed: a weight of 0, and not NaN, which is for who is not
    # there now.
    return np.where(np.isnan(after[1]) | ~np.isnan(change), change, 0)


def _widths(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> FloatArray:
    low, _, high = points(lower, best, upper)
    return high - low


def _narrow(width: FloatArray) -> FloatArray:
    """Widths to divide by: what can't be told from 0 counts as the narrowest that can, so that none outweighs 0."""
    return np.maximum(width, NARROWEST)


def _above_0(weight: FloatArray) -> FloatArray:
    """Weights with 0 where nothing but rounding is left."""
    return np.where(weight < SAME, 0, weight)
