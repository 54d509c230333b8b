"""Shrinkage: estimates drawn to their mean, the more the less is known of each, against rankings led by luck."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from scoring import checks
from scoring.checks import FloatArray
from scoring.evaluation.difficulty import TwoWay

#: How many values of the spread are looked at, first over all and then where it may lie.
GRID = 200


@dataclass(frozen=True)
class Shrunken:
    """Estimates drawn to their mean, with intervals, and by how much they were drawn."""

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    kept: FloatArray
    mean: float
    spread: float


def shrunken(estimate: ArrayLike, variance: ArrayLike, *, level: float = 0.95) -> Shrunken:
    """Draws estimates to their common mean, the more the less each one is known.

    Who has answered three questions is first or last by luck. With sampling variances v_i, and true values
    that spread normally with standard deviation τ about a mean μ, each estimate becomes for a given τ::

        μ + k_i (x_i - μ)    k_i = τ² / (τ² + v_i)    μ = Σ x_i / (τ² + v_i) / Σ 1 / (τ² + v_i)

    All is averaged over what the estimates leave open of τ and μ, with flat priors for both. So the intervals
    hold what isn't known of them too; with one best value of τ in their place they would be far too narrow,
    and without any width where that value is 0.

    Parameters
    ----------
    estimate : shape (n,), three or more
        x_i, as adjusted scores.
    variance : shape (n,)
        v_i > 0, as the residual variance of `scoring.evaluation.difficulty.adjusted_scores` over the number
        of answers.
    level : above 0, below 1
        Of the intervals.

    Returns
    -------
    Shrunken
        estimate : the drawn estimates, posterior means
        low, high : normal intervals with the posterior standard deviations
        kept : the mean of k_i, 0 (nothing but the mean) to 1 (as it was)
        mean : the mean of μ
        spread : the median of τ

    Raises
    ------
    ValueError
        If there are fewer than three estimates, the lengths differ or a variance is not positive.

    References
    ----------
    Lindley and Smith (1972), Journal of the Royal Statistical Society B 34, 1-41, for the model.
    Gelman (2006), Bayesian Analysis 1, 515-534, for the prior.

    Examples
    --------
    >>> drawn = shrunken([0.1, 0.3, 0.5], [0.001, 0.001, 0.1])
    >>> drawn.estimate.round(2), drawn.kept.round(2)
    (array([0.1 , 0.3 , 0.38]), array([0.97, 0.97, 0.55]))
    """
    x, v = checks.numbers("estimate", estimate), checks.numbers("variance", variance)
    x, v = checks.rows(estimate=x, variance=v)
    if x.size < 3:  # with two, the flat prior leaves the spread without any bound
        raise ValueError(f"estimate must hold three or more, got {x.size}")
    if (v <= 0).any():
        raise ValueError(f"variance must be positive, got {v.min()}")
    reach = ndtri((1 + checks.inner("level", level)) / 2)
    spread, chance = _spreads(x, v)
    given = _given_spread(x, v, spread)
    middle = chance @ given.value
    deviation = np.sqrt(chance @ (given.variance + (given.value - middle) ** 2))
    return Shrunken(
        estimate=middle,
        low=middle - reach * deviation,
        high=middle + reach * deviation,
        kept=chance @ given.kept,
        mean=float(chance @ given.mean),
        # The median: the mean of τ has no end with three estimates, whose tail falls as its square.
        spread=float(spread[np.searchsorted(np.cumsum(chance), 0.5)]),
    )


def shrunken_scores(table: TwoWay, *, level: float = 0.95) -> Shrunken:
    """Adjusted scores drawn to their mean, each by what its number of answers is worth.

    The sampling variance of each is the residual variance over the person's number of answers. That takes the
    difficulties as known, so with few people for each question the intervals are somewhat too narrow.

    Parameters
    ----------
    table : TwoWay
        From `adjusted_scores`.
    level : above 0, below 1
        Of the intervals.

    Returns
    -------
    Shrunken
        In the order of `table.person`.

    Raises
    ------
    ValueError
        If there are fewer than three people, or the table leaves no residual variance to learn from: as many
        effects as scores, or effects that explain them to the last digit.

    References
    ----------
    Efron and Morris (1975), Journal of the American Statistical Association 70, 311-319.

    Examples
    --------
    >>> from scoring.evaluation.difficulty import adjusted_scores
    >>> table = adjusted_scores([0, 0, 1, 1, 2], [7, 8, 7, 8, 8], [0.1, 0.3, 0.6, 0.7, 0.2])
    >>> shrunken_scores(table).estimate.round(3)
    array([0.201, 0.647, 0.128])
    """
    if not table.residual_variance > 0:
        raise ValueError(f"table must have a positive residual variance, got {table.residual_variance}")
    return shrunken(table.adjusted, table.residual_variance / table.answered, level=level)


@dataclass(frozen=True)
class _Given:
    """What is known for each spread (rows) of each estimate (columns), and of the mean."""

    value: FloatArray
    variance: FloatArray
    kept: FloatArray
    mean: FloatArray
    log_likelihood: FloatArray


def _given_spread(x: FloatArray, v: FloatArray, spread: FloatArray) -> _Given:
    """The normal model with known τ: posterior means and variances, and how likely the estimates are."""
    total = spread[:, np.newaxis] ** 2 + v
    precision = (1 / total).sum(axis=1)
    mean = (x / total).sum(axis=1) / precision
    kept = 1 - v / total
    apart = x - mean[:, np.newaxis]
    return _Given(
        value=mean[:, np.newaxis] + kept * apart,
        variance=kept * v + (1 - kept) ** 2 / precision[:, np.newaxis],
        kept=kept,
        mean=mean,
        # With the mean integrated out: hence the last term, without which small spreads would be too likely.
        log_likelihood=-0.5 * (np.log(total) + apart**2 / total).sum(axis=1) - 0.5 * np.log(precision),
    )


def _spreads(x: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Values of τ and their posterior chances, on a grid that is laid twice: over all, then where it matters.

    It is even in t = τ / (s + τ), from 0 to 1, where s is of the size of the data: spreads of all sizes are
    on it. What is flat in τ is then ``1 / (1 - t)²``.
    """
    scale, low, high = np.sqrt(x.var() + v.size / (1 / v).sum()), 0.0, 1.0
    for _ in range(2):
        step = (high - low) / GRID
        t = low + step * (np.arange(GRID) + 0.5)
        spread = scale * t / (1 - t)
        height = _given_spread(x, v, spread).log_likelihood - 2 * np.log1p(-t)
        # e^-30 of the highest: what lies below adds to no digit that is shown.
        likely = t[height > height.max() - 30]
        low, high = max(likely[0] - step, 0.0), min(likely[-1] + step, 1.0)
    chance = np.exp(height - height.max())
    return spread, chance / chance.sum()
