"""Summaries of a crowd at one moment: its aggregate, quartiles, mean and number of forecasts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, crowds
from scoring.cdfs import distributions, percentile_places
from scoring.checks import FloatArray
from scoring.pools import averages
from scoring.timeline.recency import percentiles

#: The percentiles between which the middle half of the weight lies, and the one in the middle.
QUARTILES = (25.0, 50.0, 75.0)
# Both are Metaculus' own.
#: What a crowd gives to every option at least.
LEAST = 0.001
#: How many columns a histogram of probabilities has.
BINS = 100


@dataclass(frozen=True, eq=False)
class Summary:
    """A crowd at one moment. Arrays have a number for each option; a yes-or-no question has one, for yes."""

    value: FloatArray
    #: Weighted quartiles of the forecasts, for numbers and dates of their pool: places on the scale.
    lower: FloatArray
    centre: FloatArray
    upper: FloatArray
    #: The weighted mean of the forecasts.
    mean: FloatArray
    #: How many people count.
    count: int


def binary_summary(probability: ArrayLike, weight: ArrayLike | None = None) -> Summary:
    """A crowd on a yes-or-no question: its value is the weighted median.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability of yes; one or more. NaN: missing.
    weight : shape (n,), optional
        Weights of 0 or more, such as `scoring.timeline.recency.recency_weights`; without them everyone counts
        alike.

    Examples
    --------
    >>> summary = binary_summary([0.2, 0.3, 0.9])
    >>> summary.value, summary.lower, summary.upper, summary.count
    (array([0.3]), array([0.2]), array([0.9]), 3)
    """
    given, weighs = crowds.present(probability, weight, axes=1)
    lower, centre, upper = percentiles(given, QUARTILES, weighs)[:, None]
    return Summary(centre, lower, centre, upper, np.array([averages.mean(given, weighs)]), given.size)


def options_summary(probability: ArrayLike, weight: ArrayLike | None = None, least: float = LEAST) -> Summary:
    """A crowd on several options: its value is the medians, brought to sum 1 with `least` for every option.

    With medians m_k of K options, ``(m_k - least) / Σ(m_k - least) · (1 - K · least) + least``. The quartiles
    of an option are stretched as its median is.

    Parameters
    ----------
    probability : shape (n, K)
        Each person's probabilities, `least` or more, which sum to 1. NaN in a whole column: not on offer.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.
    least : float
        0.001.

    Returns
    -------
    Summary
        NaN for an option that is not on offer.

    Examples
    --------
    >>> options_summary([[0.6, 0.3, 0.1], [0.6, 0.1, 0.3], [0.2, 0.2, 0.6]]).value.round(3)
    array([0.545, 0.182, 0.273])
    """
    columns = crowds.crowd(
        "probability", checks.probabilities("probability", probability, missing=True), axes=2
    )
    weighs = crowds.weights(weight, len(columns), zero=True)
    offered: checks.BoolArray = np.asarray(~np.isnan(columns).all(axis=0))
    whole = crowds.crowd("probability", checks.shares("probability", columns[:, offered]), axes=2)
    whole, weighs = crowds.counted("probability", whole, weighs)
    quartiles = np.array([percentiles(column, QUARTILES, weighs) for column in whole.T])
    medians = quartiles[:, 1]
    value = _with_least(medians, least)
    # A median of 0, where no least is asked for, is stretched as all the others are then.
    stretch = np.divide(value, medians, out=np.full(medians.shape, 1 / medians.sum()), where=medians > 0)
    lower, upper = (quartiles[:, side] * stretch for side in (0, 2))
    mean = np.array([averages.mean(column, weighs) for column in whole.T])
    lower, value, upper, mean = (_placed(part, offered) for part in (lower, value, upper, mean))
    return Summary(value, lower, value, upper, mean, len(whole))


def cdf_summary(cdf: ArrayLike, weight: ArrayLike | None = None) -> Summary:
    """A crowd on a number or date: its value is the weighted mean of the distribution functions.

    Parameters
    ----------
    cdf : shape (n, N + 1)
        Each person's distribution function at evenly spaced places, see ``scoring.cdfs``.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.

    Returns
    -------
    Summary
        Value and mean are the distribution function; the quartiles are places on the scale.

    Examples
    --------
    >>> summary = cdf_summary([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
    >>> summary.value, summary.centre
    (array([0. , 0.5, 1. ]), array([0.5]))
    """
    given = crowds.crowd("cdf", distributions("cdf", cdf), axes=2)
    given, weighs = crowds.counted("cdf", given, weight)
    pool = weighs @ given / weighs.sum()
    # Rounding may take the pool a last digit above 1 or below the place before.
    pool = np.maximum.accumulate(np.minimum(pool, 1.0))
    lower, centre, upper = percentile_places(pool, QUARTILES)[:, None]
    return Summary(pool, lower, centre, upper, pool, len(given))


def probability_histogram(
    probability: ArrayLike, weight: ArrayLike | None = None, bins: int = BINS
) -> FloatArray:
    """The weight in columns of one width: column ⌊p · bins⌋, and the last one for p = 1.

    Parameters
    ----------
    probability : shape (n,)
        One or more. NaN: missing.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.
    bins : int
        100.

    Returns
    -------
    shape (bins,)

    Examples
    --------
    >>> probability_histogram([0.1, 0.9, 1.0], bins=4)
    array([1., 0., 0., 2.])
    """
    given, weighs = crowds.present(probability, weight, axes=1)
    # No room for rounding, unlike in `consensus.camps.histogram`: 0.29 stands in column 28 at Metaculus too,
    # whose figures these are held to.
    column = np.minimum((given * bins).astype(np.int64), bins - 1)
    return np.bincount(column, weights=weighs, minlength=bins).astype(np.float64)


def _with_least(medians: FloatArray, least: float) -> FloatArray:
    """Medians brought to sum 1, with `least` for every option."""
    if not 0 <= least < 1 / medians.size:
        raise ValueError(f"least must be 0 or more and below 1 / {medians.size} options, got {least}")
    above = medians - least
    if (above < 0).any() or above.sum() <= 0:
        raise ValueError(
            f"probability must give every option a median of {least} or more, got {medians.tolist()}"
        )
    return np.asarray(above / above.sum() * (1 - least * medians.size) + least)


def _placed(part: FloatArray, offered: checks.BoolArray) -> FloatArray:
    """One number for each option, NaN for those not on offer."""
    whole = np.full(offered.size, np.nan)
    whole[offered] = part
    return whole
