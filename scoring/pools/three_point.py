"""Weighing people by their three-point answers: lowest l, best b and highest u probability of a claim.

Many people judge many claims, so that arrays have a row for each person and a column for each claim. Each
function of weights gives an array of that shape, and `weighted_best` makes one probability for each claim of
it, ``Σ w b / Σ w``; `pool` does both for the methods that need nothing but the three points, those of `WEIGHTS`. Who
weighs more by each, and what aggreCAT calls it, stands under its key in `scoring.pools.catalog`.

The weights are in `scoring.pools.three_point_weights`. Besides these there are its `shift_weights` (who
changed between two rounds; ShiftWAgg), weights that come from elsewhere, such as quiz results or the number
of reasons given (QuizWAgg, ReasonWAgg, CompWAgg, EngWAgg: hand them to `weighted_best`), and
`mixture_median`, which pools the whole distributions (DistribArMean).

A NaN in all three points is an abstention; it gets NaN as its weight and changes nothing for others. Where
everyone who answered a claim has weight 0, they count alike.

References
----------
Hanea and others (2021), PLoS ONE 16, e0256919.
"""

from bisect import bisect_left
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, piecewise
from scoring.checks import FloatArray
from scoring.pools.three_point_answers import answers, every_claim_answered, points
from scoring.pools.three_point_weights import (
    asymmetry_weights,
    decisiveness_weights,
    fine_steps_weights,
    interval_width_weights,
    nearness_weights,
    relative_width_weights,
    three_in_one_weights,
    width_and_asymmetry_weights,
    width_variance_weights,
)

#: Probabilities of "at most" at the lowest, the best and the highest point.
POINT_LEVELS = (0.05, 0.5, 0.95)


def weighted_best(best: ArrayLike, weight: ArrayLike) -> FloatArray:
    """The weighted mean of the best estimates of each claim: ``Σ w b / Σ w``.

    Parameters
    ----------
    best : shape (people, claims)
        Best estimates b, 0 to 1. NaN: abstains.
    weight : shape (people, claims) or (people,)
        Weights of 0 or more, on any scale; of shape (people,) they hold for all claims. NaN is allowed where
        the person abstains.

    Returns
    -------
    shape (claims,)
        Between the lowest and the highest best estimate. Where everyone's weight is 0, the plain mean.

    Raises
    ------
    ValueError
        If nobody answered a claim, someone who did has no weight, or an argument breaks its rule.

    Examples
    --------
    >>> weighted_best([[0.25, 0.5], [0.75, float("nan")]], [3, 1])
    array([0.375, 0.5  ])
    """
    given = answers("best", best)
    weighs = _weights(weight, given)
    there = ~np.isnan(given)
    none = weighs.sum(axis=0) == 0
    # Divided by the largest first, so that no sum of weights overflows.
    share = np.where(none, there, weighs / np.where(none, 1, weighs.max(axis=0)))
    value = np.where(there, given, 0)
    pooled = (share * value).sum(axis=0) / share.sum(axis=0)
    counts = share > 0
    lowest = np.where(counts, value, 1).min(axis=0)
    return np.asarray(np.clip(pooled, lowest, np.where(counts, value, 0).max(axis=0)))


def pool(lower: ArrayLike, best: ArrayLike, upper: ArrayLike, method: str) -> FloatArray:
    """One probability for each claim, by one of the methods in `WEIGHTS`.

    Parameters
    ----------
    lower, best, upper : shape (people, claims)
        Three-point answers, ``0 <= l <= b <= u <= 1``. NaN in all three: abstains.
    method : str
        A key of `WEIGHTS`.

    Returns
    -------
    shape (claims,)

    Raises
    ------
    ValueError
        If the method is unknown, nobody answered a claim, or an argument breaks its rule.

    Examples
    --------
    The first person's interval is a third as wide as the second's.

    >>> pool([[0.2], [0.3]], [[0.25], [0.75]], [[0.4], [0.9]], "interval_width").round(3)
    array([0.375])
    """
    if method not in WEIGHTS:
        raise ValueError(f"method must be one of {', '.join(WEIGHTS)}, got {method!r}")
    return weighted_best(best, WEIGHTS[method](lower, best, upper))


def mixture_median(
    lower: ArrayLike,
    best: ArrayLike,
    upper: ArrayLike,
    levels: tuple[float, float, float] = POINT_LEVELS,
) -> FloatArray:
    """The median of the mean of everyone's distributions. aggreCAT's DistribArMean.

    A person's distribution function rises in straight lines through (0, 0), (l, 5 %), (b, 50 %), (u, 95 %)
    and (1, 1); equal points are a jump. The mean of the functions is inverted exactly, without a grid.

    Parameters
    ----------
    lower, best, upper : shape (people, claims)
        Three-point answers, ``0 <= l <= b <= u <= 1``. NaN in all three: abstains.
    levels : three numbers
        The probabilities of "at most" at the three points, rising strictly between 0 and 1.

    Returns
    -------
    shape (claims,)
        Between the lowest and the highest best estimate, with the levels as they are.

    Raises
    ------
    ValueError
        If nobody answered a claim, or an argument breaks its rule.

    Examples
    --------
    >>> mixture_median([[0.1], [0.2]], [[0.2], [0.8]], [[0.8], [0.9]]).round(4)
    array([0.5])
    """
    level = checks.levels("levels", levels)
    if level.size != 3:
        raise ValueError(f"levels must be three, for lower, best and upper, got {level.tolist()}")
    given = np.stack(points(lower, best, upper), axis=-1)
    every_claim_answered(given[..., 1])
    heights = np.concatenate(([0.0], level, [1.0]))
    return np.array([_median_of_mean(claim, heights) for claim in given.swapaxes(0, 1)])


def _median_of_mean(answer: FloatArray, heights: FloatArray) -> float:
    """The median of the mean of distributions with three points each, those missing left out."""
    given = answer[~np.isnan(answer).any(axis=1)]
    values = np.hstack((np.zeros((len(given), 1)), given, np.ones((len(given), 1))))
    places = np.unique(values)

    def below(place: float) -> float:
        return float(piecewise.evaluate(place, values, heights).mean())

    # Between two neighbouring places the mean is straight, so it is enough to find the two around the median.
    after = max(bisect_left(places, 0.5, key=below), 1)
    left, right = float(places[after - 1]), float(places[after])
    low = below(left)
    # Just before a jump: what is not above, with all values negated.
    high = 1 - float(piecewise.evaluate(-right, -values[:, ::-1], 1 - heights[::-1]).mean())
    if low >= 0.5 or high <= low:
        return left if low >= 0.5 else right
    return left + (right - left) * min((0.5 - low) / (high - low), 1.0)


def _weights(weight: ArrayLike, best: FloatArray) -> FloatArray:
    """Weights of shape (people, claims), 0 where the person abstains."""
    every_claim_answered(best)
    array = checks.numbers("weight", weight, missing=True)
    array = array if array.ndim else np.broadcast_to(array, best.shape)
    if array.shape not in (best.shape, best.shape[:1]):
        raise ValueError(f"weight must have shape {best.shape} or {best.shape[:1]}, got {array.shape}")
    spread = np.broadcast_to(array if array.ndim == 2 else array[:, np.newaxis], best.shape)
    there = ~np.isnan(best)
    if (array < 0).any() or np.isnan(spread[there]).any():
        raise ValueError("weight must be 0 or more for everyone who answered, got a negative one or NaN")
    return np.where(there, spread, 0)


def _of_best(weights: Callable[[ArrayLike], FloatArray]) -> Callable[..., FloatArray]:
    """Weights that need the best estimate alone, for callers that hand over all three points."""
    return lambda lower, best, upper: weights(points(lower, best, upper)[1])


#: The methods that need nothing but the three points, by key.
WEIGHTS: dict[str, Callable[[ArrayLike, ArrayLike, ArrayLike], FloatArray]] = {
    "interval_width": interval_width_weights,
    "relative_width": relative_width_weights,
    "width_variance": width_variance_weights,
    "asymmetry": asymmetry_weights,
    "width_and_asymmetry": width_and_asymmetry_weights,
    "three_in_one": three_in_one_weights,
    "decisiveness": _of_best(decisiveness_weights),
    "nearness": _of_best(nearness_weights),
    "fine_steps": _of_best(fine_steps_weights),
}
