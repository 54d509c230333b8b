"""The knowledge-weighted estimate: how far to go beyond the mean, given what people expect of each other.

Each person gives an estimate E and a prediction P of the mean of the others' estimates. The *surprise* D is
what they predicted less what that mean turned out to be. People with other estimates have other surprises;
a straight line through the points (E, D) shows for whom there would be none, and that estimate already holds
what the crowd leaves unused. How far to trust the line depends on how well the points lie on it:

    x̂ = argmin over x of E[(a + b x)²]

under the posterior of the line's intercept a and slope b. With n people, Ē and D̄ the means, S = Σ (E - Ē)²,
b̂ the least-squares slope and R the sum of squared residuals, the posterior variance of the line at x is
``R / (n - 4) · (1/n + (x - Ē)² / S)``, which takes five people, and

    x̂ = Ē - D̄ b̂ S / (b̂² S + R / (n - 4))

Neither the unit nor the zero of the estimates matters. This form was found from the published figures, all of
which it gives to the last printed digit, not taken from the paper's text.

References
----------
Palley and Satopää (2023), Management Science 69, 5128-5146.
"""

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import BoolArray, FloatArray

#: An influence above so many interquartile ranges of all influences is exceptional.
CUTOFF = 3.5
#: The line takes so many people.
FEWEST = 5
#: Surprises that differ by less, as a share of the largest number, are the same.
SAME = 1e-12
#: A sum of squares of which one person makes all but this share is summed anew without them.
DIGITS_LEFT = 1e-6


def knowledge_weights(estimate: ArrayLike, predicted: ArrayLike) -> FloatArray:
    """Weights of the estimates: ``1/n - D̄ b̂ (E - Ē) / (b̂² S + R / (n - 4))``.

    Parameters
    ----------
    estimate : shape (n,)
        Each person's estimate E, in any unit. NaN: abstains.
    predicted : shape (n,)
        The mean P they expect of the others' estimates. NaN: abstains.

    Returns
    -------
    shape (n,)
        Weights that sum to 1 and may be negative, so they are no weights for other pools. 0 for who abstains.
        Equal ones where all estimates are the same, or all surprises.

    Raises
    ------
    ValueError
        If fewer than five people give both, or an argument breaks its rule.

    Examples
    --------
    >>> knowledge_weights([1, 2, 3, 4, 5], [2, 2.5, 3, 3.5, 4]).round(3)
    array([0.2, 0.2, 0.2, 0.2, 0.2])
    """
    forecast, others, there = _pairs(estimate, predicted)
    weight = np.zeros(there.size)
    weight[there] = 1 / forecast.size + _tilt(forecast, others) * (forecast - forecast.mean())
    return weight


def knowledge_weighted(estimate: ArrayLike, predicted: ArrayLike, cutoff: float | None = None) -> float:
    """The knowledge-weighted estimate x̂.

    Parameters
    ----------
    estimate, predicted : shape (n,)
        As in `knowledge_weights`.
    cutoff : above 0, optional
        Who has an `influence` above so many interquartile ranges of all influences is left out; `CUTOFF` is
        the authors' choice. Without it everyone counts, which is their default.

    Returns
    -------
    float
        In the unit of the estimates. It can lie outside of what anybody said, and for probabilities even
        outside of 0 to 1: the caller clips. The common estimate where all are the same.

    Raises
    ------
    ValueError
        If fewer than five people give both, six with a cutoff, or an argument breaks its rule.

    Examples
    --------
    >>> E, P = [50, 134, 206, 290, 326, 374], [26, 92, 116, 218, 218, 206]
    >>> round(knowledge_weighted(E, P), 3)
    329.305
    """
    forecast, others, _ = _pairs(estimate, predicted)
    if cutoff is not None:
        kept = ~_exceptional(_influence(forecast, others), cutoff)
        forecast, others = _enough(forecast[kept]), others[kept]
    return _pooled(forecast, others)


def influence(estimate: ArrayLike, predicted: ArrayLike) -> FloatArray:
    """By how much each person moves the knowledge-weighted estimate: ``|x̂ - x̂ without the person|``.

    Parameters
    ----------
    estimate, predicted : shape (n,)
        As in `knowledge_weights`.

    Returns
    -------
    shape (n,)
        0 or more, in the unit of the estimates; 0 for who abstains.

    Raises
    ------
    ValueError
        If fewer than six people give both, or an argument breaks its rule.

    Examples
    --------
    >>> E, P = [50, 134, 206, 290, 326, 374, 1000], [26, 92, 116, 218, 218, 206, 400]
    >>> influence(E, P).round(1).tolist()
    [89.7, 52.0, 25.7, 14.3, 1.0, 26.7, 300.7]
    """
    forecast, others, there = _pairs(estimate, predicted)
    moved = np.zeros(there.size)
    moved[there] = _influence(forecast, others)
    return moved


def _pooled(estimate: FloatArray, predicted: FloatArray) -> float:
    """x̂, from checked arrays."""
    away = estimate - estimate.mean()
    return float(estimate.mean() + _tilt(estimate, predicted) * (away @ away))


def _tilt(estimate: FloatArray, predicted: FloatArray) -> float:
    """How much a weight grows with the estimate: ``-D̄ b̂ / (b̂² S + R / (n - 4))``."""
    people = estimate.size
    if (estimate == estimate[0]).all():
        return 0.0
    surprise = predicted - (estimate.sum() - estimate) / (people - 1)
    away, apart = estimate - estimate.mean(), surprise - surprise.mean()
    slope = away @ apart / (away @ away)
    residual = apart - slope * away
    uncertain = slope**2 * (away @ away) + residual @ residual / (people - 4)
    # All surprises the same, to rounding: no line tells for whom there would be none.
    if uncertain <= (SAME * max(np.abs(estimate).max(), np.abs(predicted).max())) ** 2:
        return 0.0
    return float(-surprise.mean() * slope / uncertain)


def _influence(estimate: FloatArray, predicted: FloatArray) -> FloatArray:
    # Without each of them five must be left.
    if estimate.size <= FEWEST:
        raise ValueError(f"estimate must hold six people or more who also predict, got {estimate.size}")
    without, doubtful = _without_each(estimate, predicted)
    for one in np.flatnonzero(doubtful):
        without[one] = _pooled(np.delete(estimate, one), np.delete(predicted, one))
    return np.abs(_pooled(estimate, predicted) - without)


def _without_each(estimate: FloatArray, predicted: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Leave-one-out: x̂ without each person, from sums less their part, and where too few digits are left of one.

    Without one of n, a centred sum of products loses ``n / (n - 1)`` times that person's product.
    """
    n = estimate.size
    # Without the sum of the estimates, which moves all surprises alike.
    surprise = predicted + estimate / (n - 2)
    away, apart = estimate - estimate.mean(), surprise - surprise.mean()
    part = n / (n - 1)
    wide, high = away @ away - part * away**2, apart @ apart - part * apart**2
    both = away @ apart - part * away * apart
    mean = estimate.mean() - away / (n - 1)
    gap = predicted.mean() - (predicted - predicted.mean()) / (n - 1) - mean
    doubtful = (wide <= DIGITS_LEFT * (away @ away)) | (high <= DIGITS_LEFT * (apart @ apart))
    explained = both**2 / np.where(doubtful, 1.0, wide)
    uncertain = explained + np.maximum(high - explained, 0) / (n - 5)
    # As in `_tilt`, where n - 4 is of the people who are left: here n - 1 of them.
    told = uncertain > (SAME * _largest_of_others(np.maximum(np.abs(estimate), np.abs(predicted)))) ** 2
    return mean - np.divide(gap * both, uncertain, out=np.zeros(n), where=told), doubtful


def _largest_of_others(size: FloatArray) -> FloatArray:
    """For each number the largest of all the others."""
    second, first = np.partition(size, (-2, -1))[-2:]
    largest = np.full(size.size, first)
    largest[np.argmax(size)] = second
    return largest


def _exceptional(moved: FloatArray, cutoff: float) -> BoolArray:
    """Who has an influence above so many interquartile ranges."""
    if not cutoff > 0:
        raise ValueError(f"cutoff must be above 0, got {cutoff}")
    first, third = np.quantile(moved, [0.25, 0.75])
    return np.asarray(moved > cutoff * (third - first))


def _pairs(estimate: ArrayLike, predicted: ArrayLike) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Estimates and predictions of who gave both, and who that is."""
    forecast = checks.numbers("estimate", estimate, missing=True)
    others = checks.numbers("predicted", predicted, missing=True)
    forecast, others = checks.rows(estimate=forecast, predicted=others)
    there: BoolArray = ~np.isnan(forecast) & ~np.isnan(others)
    return _enough(forecast[there]), others[there], there


def _enough(estimate: FloatArray) -> FloatArray:
    if estimate.size < FEWEST:
        raise ValueError(f"estimate must hold five people or more who also predict, got {estimate.size}")
    return estimate
