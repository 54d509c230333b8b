"""The default crowd forecast until its second edition, to compare: publications of before keep its figures.

    T = mean of L over the middle 60 % of the weight   G = mean of all   L = ln(p / (1 - p)), p within 1 to 99 %
    x = T + clip(G - T, ±0.2)                          p* = σ(1.3 n / (n + 1) x)

Where the weighted median lay below 5 or above 95 %, pages showed that instead: a crowd at 4.9 % was shown as 4.9 and
one at 5.1 % as 2.3. `scoring.pools.default` is one rule for every value.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from scoring import crowds
from scoring.checks import FloatArray
from scoring.pools import averages
from scoring.pools.odds import CLIP, clipped

#: The share of the weight cut at each end, how far the outer forecasts pull, and the stretch of a large crowd.
CUT, PULL, STRETCH = 0.2, 0.2, 1.3


def first_edition(probability: ArrayLike, weight: ArrayLike | None = None) -> float:
    """The crowd's probability of yes by the first edition of the default.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability of yes, 0 to 1, one person or more; brought into 1 to 99 %. NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.

    Returns
    -------
    float
        It may lie outside the middle half of the people.

    References
    ----------
    This package's own rule, to version 0.1.

    Examples
    --------
    >>> round(first_edition([0.6, 0.7, 0.7, 0.8, 0.9]), 3)
    0.774
    """
    given, weights = crowds.present(probability, weight, axes=1)
    return float(expit(_stretch(given.size) * _pulled(given, weights)))


def first_edition_options(probability: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """The same over options of which exactly one comes true: ``σ(x_k)^a / Σ σ(x)^a``.

    Parameters
    ----------
    probability : shape (n, K)
        Each person's probabilities, which sum to 1. A row of NaN: abstains.
    weight : shape (n,), optional
        As in `first_edition`.

    Returns
    -------
    shape (K,)
        Probabilities that sum to 1.

    References
    ----------
    This package's own rule, to version 0.1.

    Examples
    --------
    >>> first_edition_options([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1], [0.7, 0.2, 0.1]]).round(3)
    array([0.6  , 0.268, 0.132])
    """
    given, weights = crowds.present(probability, weight, axes=2)
    shares = expit([_pulled(column, weights) for column in given.T]) ** _stretch(len(given))
    return np.asarray(shares / shares.sum())


def _pulled(probability: FloatArray, weight: FloatArray) -> float:
    """x: the middle, pulled by the outer forecasts."""
    values = logit(clipped(probability, CLIP))
    middle = averages.trimmed_mean(values, weight, cut=CUT)
    return float(np.clip(averages.mean(values, weight), middle - PULL, middle + PULL))


def _stretch(people: int) -> float:
    """a: one imaginary person at 50 % shrinks, 1.3 stretches."""
    return STRETCH * people / (people + 1)
