"""Opinion pools over options of which exactly one comes true."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

from scoring import checks, crowds
from scoring.checks import FloatArray
from scoring.pools import averages
from scoring.pools.odds import CLIP, clipped

#: A pool of one probability from each person: probabilities (n,) and weights (n,) to one number.
BinaryPool = Callable[[FloatArray, FloatArray], float]


@dataclass(frozen=True, eq=False)
class Lifted:
    """The crowd's probabilities of K options, pooled one by one."""

    #: The crowd's probabilities, shape (K,), which sum to 1.
    value: FloatArray
    #: What the pooled options summed to before each was divided by it. 1: the pool is coherent by itself.
    total: float


def lifted(pool: BinaryPool, probability: ArrayLike, weight: ArrayLike | None = None) -> Lifted:
    """A pool for yes-or-no questions used over K options: each by itself, then divided by their sum.

    Parameters
    ----------
    pool : function
        Takes probabilities (n,) and weights (n,); gives one number of 0 or more. Set what else it takes with
        ``functools.partial``.
    probability : shape (n, K)
        Each person's probabilities, which sum to 1; one person or more. A row of NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.

    Returns
    -------
    Lifted
        Probabilities that sum to 1, and what they summed to before.

    Raises
    ------
    ValueError
        If nobody is left, an argument breaks its rule, or every option is pooled to 0.

    References
    ----------
    Genest and Zidek (1986), Statistical Science 1, 114-135, on pools that look at one event at a time.

    Examples
    --------
    >>> from scoring.pools.odds import geometric_mean_of_odds
    >>> crowd = lifted(geometric_mean_of_odds, [[0.5, 0.3, 0.2], [0.9, 0.05, 0.05]])
    >>> crowd.value.round(4), round(crowd.total, 4)
    (array([0.7626, 0.1328, 0.1046]), 0.9835)
    """
    given, weights = crowds.present(probability, weight, axes=2)
    raw = checks.numbers("the pooled options", [pool(column, weights) for column in given.T])
    total = float(raw.sum())
    if total <= 0 or raw.min() < 0:
        raise ValueError(f"pool must give numbers of 0 or more, one above 0, got {raw.tolist()}")
    return Lifted(raw / total, total)


def log_pool_options(
    probability: ArrayLike, weight: ArrayLike | None = None, total: float = 1.0, clip: float = CLIP
) -> FloatArray:
    """The logarithmic opinion pool over all options at once, ``p_k ∝ Π p_ik^{w_i}``.

    Parameters
    ----------
    probability : shape (n, K)
        Each person's probabilities, which sum to 1; one person or more. A row of NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike. Only their proportions matter.
    total : above 0
        What the weights are brought to in sum; above 1 the pool is extremized.
    clip : above 0, below 0.5
        Each probability is brought into `clip` to ``1 - clip``.

    Returns
    -------
    shape (K,)
        Probabilities that sum to 1. For two options the `scoring.pools.odds.log_pool`.

    References
    ----------
    Genest and Zidek (1986), Statistical Science 1, 114-135.

    Examples
    --------
    >>> log_pool_options([[0.5, 0.3, 0.2], [0.9, 0.05, 0.05]]).round(4)
    array([0.751 , 0.1371, 0.1119])
    """
    given, weights = crowds.present(probability, weight, axes=2)
    logarithms = np.log(clipped(given, clip))
    means = np.array([averages.mean_of(column, weights) for column in logarithms.T])
    # By logarithms to the end: products of many small chances would vanish before they are divided.
    return np.asarray(softmax(checks.positive("total", total) * means))


def mean_options(probability: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """The weighted mean of each option's probability; it sums to 1 by itself.

    Parameters
    ----------
    probability, weight
        As in `lifted`.

    Returns
    -------
    shape (K,)

    References
    ----------
    Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.

    Examples
    --------
    >>> mean_options([[0.5, 0.25, 0.25], [0.0, 0.75, 0.25]])
    array([0.25, 0.5 , 0.25])
    """
    given, weights = crowds.present(probability, weight, axes=2)
    return np.array([averages.mean_of(column, weights) for column in given.T])


def median_options(probability: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """The weighted median of each option's probability, divided by their sum.

    Parameters
    ----------
    probability, weight
        As in `lifted`.

    Returns
    -------
    shape (K,)
        Probabilities that sum to 1.

    Raises
    ------
    ValueError
        If every option's median is 0, so that there is nothing to divide.

    References
    ----------
    Galton (1907), Nature 75, 450-451.

    Examples
    --------
    >>> median_options([[0.6, 0.3, 0.1], [0.6, 0.1, 0.3], [0.2, 0.2, 0.6]]).round(3)
    array([0.545, 0.182, 0.273])
    """
    given, weights = crowds.present(probability, weight, axes=2)
    medians = np.array([averages.median_of(column, weights) for column in given.T])
    # Where each of many options has the support of few, all medians may be 0: an even spread would be
    # invented.
    if medians.sum() == 0:
        raise ValueError("probability must leave one option a median above 0, got medians of 0 for all")
    return np.asarray(medians / medians.sum())
