"""The beta-transformed linear pool: the mean of the forecasts, put through a curve that makes it surer."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc

from scoring import checks, crowds
from scoring.checks import FloatArray
from scoring.pools import averages

#: Both parameters of the curve, as aggreCAT's BetaArMean has them.
ALPHA = BETA = 6.0


def beta_pool(
    probability: ArrayLike,
    weight: ArrayLike | None = None,
    alpha: float = ALPHA,
    beta: float = BETA,
    untouched: tuple[float, float] | None = None,
) -> float:
    """The linear pool put through a beta distribution function, ``H(Σ w p)``.

    A mean of calibrated forecasts is less sure than it should be; H repairs that. With ``α = β`` above 1 it
    pushes away from one half, with ``α = β = 1`` it changes nothing, and with different ones it leans to a
    side.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability, 0 to 1; one person or more. NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.
    alpha, beta : above 0
        α and β of the beta distribution. The default, 6 and 6, is that of aggreCAT's BetaArMean. It is
        strong: it makes 15 % of 35 %. `scoring.pools.fitted.fit_beta` fits both.
    untouched : (low, high), optional
        Means from `low` to `high`, 0 to 1, are left as they are; those outside are put through H.

    Returns
    -------
    float
        0 to 1; it may lie outside the range of the people, even of one.

    References
    ----------
    Ranjan and Gneiting (2010), Journal of the Royal Statistical Society B 72, 71-91. With `untouched`: Gould,
    Willcox, Fraser, Singleton Thorn and Wilkinson (2021), aggreCAT (R package), BetaArMean2.

    Examples
    --------
    >>> round(beta_pool([0.3, 0.4]), 4), round(beta_pool([0.3, 0.4], alpha=2, beta=2), 4)
    (0.1487, 0.2817)
    >>> beta_pool([0.25, 0.5], untouched=(0.25, 0.75))
    0.375
    """
    given, weights = crowds.present(probability, weight, axes=1)
    centre = averages.mean(given, weights)
    curve = float(beta_curve(centre, alpha, beta))
    # A jump at both ends of `untouched`, as published.
    return centre if untouched is not None and _between(centre, *untouched) else curve


def beta_curve(probability: ArrayLike, alpha: float, beta: float) -> FloatArray:
    """H of each probability: the distribution function of the beta distribution.

    Parameters
    ----------
    probability : any shape
        Probabilities, of crowds or of people.
    alpha, beta : above 0
        α and β of the beta distribution.

    Returns
    -------
    the same shape
        Rising from 0 at 0 to 1 at 1.

    References
    ----------
    Ranjan and Gneiting (2010), Journal of the Royal Statistical Society B 72, 71-91.

    Examples
    --------
    >>> beta_curve([0.25, 0.5], 2, 2)
    array([0.15625, 0.5    ])
    """
    given = checks.probabilities("probability", probability)
    return np.asarray(betainc(checks.positive("alpha", alpha), checks.positive("beta", beta), given))


def _between(centre: float, low: float, high: float) -> bool:
    if not 0 <= low <= high <= 1:
        raise ValueError(f"untouched must be two probabilities that do not fall, got ({low}, {high})")
    return low <= centre <= high
