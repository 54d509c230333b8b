"""Logarithmic opinion pools and kin: one probability from each person, averaged as log-odds, logs or probits.

Notation: ``L(p) = ln(p / (1 - p))`` are the log-odds, σ is their inverse, w are weights brought to the sum 1,
and ``mean L = Σ w L(p)``. A probability of 0 or 1 has infinite log-odds, so every function brings the
probabilities into ``clip`` to ``1 - clip`` first: one person who says 0 or 1 then counts as if they had said
`clip` or one minus it. The smaller `clip`, the more power a single such person has: with 2.2e-16, the
distance of 1 from the next number, one zero among ordinary forecasts makes the pool practically zero.
"""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, ndtr, ndtri

from scoring import checks, crowds
from scoring.checks import FloatArray
from scoring.pools import averages

#: How close to 0 and 1 a person's probability counts: 1 and 99 %.
CLIP = 0.01
#: How close to 0 and 1 the probability of a whole crowd counts, where its log-odds are taken again.
CROWD_CLIP = 0.001


def geometric_mean_of_odds(
    probability: ArrayLike, weight: ArrayLike | None = None, clip: float = CLIP
) -> float:
    """The geometric mean of everyone's odds as a probability: ``σ(mean L)``.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability, 0 to 1; one person or more. NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.
    clip : above 0, below 0.5
        Probabilities are brought into `clip` to ``1 - clip``.

    Returns
    -------
    float
        Between the lowest and the highest probability after clipping.

    References
    ----------
    Genest and Zidek (1986), Statistical Science 1, 114-135.

    Examples
    --------
    Odds of 1 to 4 and 4 to 1 cancel; without the second person the first stands alone.

    >>> geometric_mean_of_odds([0.2, 0.8]), round(geometric_mean_of_odds([0.2, float("nan")]), 12)
    (0.5, 0.2)
    """
    return float(expit(mean_log_odds(probability, weight, clip)))


def mean_log_odds(probability: ArrayLike, weight: ArrayLike | None = None, clip: float = CLIP) -> float:
    """The weighted mean of everyone's log-odds, ``mean L``.

    Parameters
    ----------
    probability, weight, clip
        As in `geometric_mean_of_odds`.

    Returns
    -------
    float
        In log-odds: 0 is one half.

    Examples
    --------
    >>> round(mean_log_odds([0.5, 0.8]), 4)
    0.6931
    """
    given, weights = crowds.present(probability, weight, axes=1)
    return averages.mean(logit(clipped(given, clip)), weights)


def geometric_mean(probability: ArrayLike, weight: ArrayLike | None = None, clip: float = CLIP) -> float:
    """The geometric mean of the probabilities themselves, ``Π p^w``.

    The chances of yes and of no pooled so do not sum to 1 but to less, unless all agree: use
    `geometric_mean_of_odds` where that matters.

    Parameters
    ----------
    probability, weight : shape (n,)
        As in `geometric_mean_of_odds`.
    clip : 0 to below 0.5
        Probabilities are brought into `clip` to ``1 - clip``. With 0 a single zero makes the mean 0.

    Returns
    -------
    float
        Between the lowest and the highest probability after clipping, and at most their mean.

    References
    ----------
    Genest and Zidek (1986), Statistical Science 1, 114-135.

    Examples
    --------
    >>> round(geometric_mean([0.2, 0.8]), 12), geometric_mean([0.0, 0.8], clip=0)
    (0.4, 0.0)
    """
    given, weights = crowds.present(probability, weight, axes=1)
    kept = clipped(given, clip, zero=True)
    if kept.min() == 0:
        return 0.0
    return math.exp(averages.mean(np.log(kept), weights))


def probit_mean(probability: ArrayLike, weight: ArrayLike | None = None, clip: float = CLIP) -> float:
    """The mean on the scale of normal quantiles, ``Φ(Σ w Φ⁻¹(p))``, with Φ the normal distribution function.

    Parameters
    ----------
    probability, weight, clip
        As in `geometric_mean_of_odds`.

    Returns
    -------
    float
        Between the lowest and the highest probability after clipping.

    References
    ----------
    Gould, Willcox, Fraser, Singleton Thorn and Wilkinson (2021), aggreCAT (R package), ProbitArMean.

    Examples
    --------
    >>> probit_mean([0.2, 0.8]), round(probit_mean([0.1, 0.5]), 4)
    (0.5, 0.2608)
    """
    given, weights = crowds.present(probability, weight, axes=1)
    return float(ndtr(averages.mean(ndtri(clipped(given, clip)), weights)))


def log_pool(
    probability: ArrayLike, weight: ArrayLike | None = None, total: float = 1.0, clip: float = CLIP
) -> float:
    """The logarithmic opinion pool, ``Π p^w / (Π p^w + Π (1 - p)^w)`` with weights of any sum.

    With the sum 1 it is the geometric mean of odds; a larger sum treats the people as independent witnesses
    and extremizes. `scoring.pools.options.log_pool_options` is the same for more than two options.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability, 0 to 1; one person or more. NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike. Only their proportions matter.
    total : above 0
        What the weights are brought to in sum.
    clip : 0 to below 0.5
        Probabilities are brought into `clip` to ``1 - clip``. With 0 anybody who says 0 or 1 decides alone.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If nobody is left, an argument breaks its rule, or with `clip` 0 one says 0 and another 1.

    References
    ----------
    Genest and Zidek (1986), Statistical Science 1, 114-135.

    Examples
    --------
    >>> round(log_pool([0.2, 0.8, 0.8], total=3), 12), log_pool([0.0, 0.8], clip=0)
    (0.8, 0.0)
    """
    given, weights = crowds.present(probability, weight, axes=1)
    kept = clipped(given, clip, zero=True)
    if kept.min() > 0 and kept.max() < 1:
        return float(expit(checks.positive("total", total) * averages.mean(logit(kept), weights)))
    # Each of them vetoes what the other is sure of: 0 over 0.
    if kept.min() == 0 and kept.max() == 1:
        raise ValueError("probability must not hold both 0 and 1 where clip is 0, got both")
    return float(kept.min() if kept.min() == 0 else kept.max())


def linear_log_odds(
    probability: ArrayLike, slope: float, intercept: float = 0.0, clip: float = CROWD_CLIP
) -> FloatArray:
    """Probabilities moved by a straight line in log-odds: ``σ(a · L(p) + b)``.

    `scoring.pools.fitted.fit_line` finds a and b on questions that are resolved.

    Parameters
    ----------
    probability : any shape
        Probabilities, of crowds or of people.
    slope, intercept : float
        a and b.
    clip : above 0, below 0.5
        Probabilities are brought into `clip` to ``1 - clip``.

    Returns
    -------
    the same shape

    References
    ----------
    Platt (1999), Advances in Large Margin Classifiers, 61-74; Turner, Steyvers, Merkle, Budescu and Wallsten
    (2014), Machine Learning 95, 261-289.

    Examples
    --------
    >>> linear_log_odds([0.2, 0.5], slope=2.0, intercept=0.0).round(4)
    array([0.0588, 0.5   ])
    """
    given = checks.probabilities("probability", probability)
    line = checks.numbers("slope and intercept", [slope, intercept])
    return np.asarray(expit(line[0] * logit(clipped(given, clip)) + line[1]))


def clipped(probability: FloatArray, clip: float, *, zero: bool = False) -> FloatArray:
    """Probabilities brought into `clip` to ``1 - clip``.

    Parameters
    ----------
    probability : any shape
        Probabilities, already checked.
    clip : above 0 (with `zero`, 0 or above), below 0.5
        The bound; large enough for ``1 - clip`` not to be 1.
    zero : bool
        Whether 0, which changes nothing, is allowed.

    Returns
    -------
    the same shape

    Examples
    --------
    >>> clipped(np.array([0.0, 0.5, 1.0]), 0.01)
    array([0.01, 0.5 , 0.99])
    """
    # Below 1.1e-16 one less it is 1 in doubles, whose log-odds are infinite.
    if not ((0 < clip < 0.5 and 1 - clip < 1) or (zero and clip == 0)):
        raise ValueError(f"clip must be {'0 or ' if zero else ''}above 0 and below 0.5, got {clip}")
    return np.clip(probability, clip, 1 - clip)
