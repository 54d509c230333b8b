"""Randomized response in log-odds: what people say, moved by noise that is drawn once and kept (local privacy).

Where anybody may join, all but one of a crowd may be made up by one hand, which then reads whatever a figure tells
of the last. Noise on figures does not keep that: a new draw each week averages out, one that stays is subtracted, and
each further method, option or histogram is another look. Noise on each answer does: whatever is computed of answers
that were moved, on whatever days, tells no more of anybody than their moved answer does (post-processing; Dwork and
Roth, 2014, proposition 2.1). It averages out over people: the crowd's number moves by about 1.5/√n in log-odds.

    chance      ln(p / (1 - p)) + SHIFT z
    options     p_k exp(SHIFT z_k), divided by their sum
    ladder      the same of what lies between its dates and after the last
    quantiles   as chances of the range: the median by SHIFT z, the others' distance from it by exp(WIDTH z')

with z standard normal. The moved answers are spread wider than people are; `calmed` draws them together again.

Warner (1965): randomized response. Duchi, Jordan and Wainwright (2013): local privacy and minimax rates.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from scoring import checks
from scoring.checks import FloatArray

#: The standard deviation of the noise, in log-odds: what it leaves to whoever reads a moved answer, and what it costs
#: everybody, is in docs/open_surveys.md.
SHIFT = 1.5
#: That of the logarithm by which a person's quantiles are drawn apart or together.
WIDTH = 0.5
#: No chance is taken to be nearer to certainty than this, nor a number to an end of its range.
LEAST = 1e-4
#: Quartiles of the normal distribution, by whose distance a middle half tells a standard deviation.
HALF = 1.3489795003921634


def moved_chances(probability: ArrayLike, noise: ArrayLike) -> FloatArray:
    """Chances of yes, each moved in log-odds by `SHIFT` times its standard normal noise; NaN stays.

    Parameters
    ----------
    probability, noise : one shape
        Chances from 0 to 1, brought into 0.01 to 99.99 %.

    Examples
    --------
    >>> moved_chances([0.5, 0.1, 0.1], [0.0, 0.0, 1.0]).round(3)
    array([0.5  , 0.1  , 0.332])
    """
    given = checks.probabilities("probability", probability, missing=True)
    return np.asarray(expit(_log_odds(given) + SHIFT * checks.numbers("noise", noise)))


def moved_options(probability: ArrayLike, noise: ArrayLike) -> FloatArray:
    """Chances of options that exclude each other, shape (..., K), multiplied by `exp(SHIFT z)`, divided by their sum.

    Examples
    --------
    >>> moved_options([0.5, 0.3, 0.2], [0.0, 0.0, 1.0]).round(3)
    array([0.295, 0.177, 0.528])
    """
    given = checks.probabilities("probability", probability, missing=True)
    weighed = np.maximum(given, LEAST) * np.exp(SHIFT * checks.numbers("noise", noise))
    return np.asarray(weighed / weighed.sum(axis=-1, keepdims=True))


def moved_ladder(probability: ArrayLike, noise: ArrayLike) -> FloatArray:
    """Chances by dates that follow each other, moved by what lies between them: they rise still.

    Parameters
    ----------
    probability : shape (..., K)
        By each date; NaN where a date was not asked any more. One that falls is taken for the one before.
    noise : shape (..., K + 1)
        Standard normal, one for the time up to each date, one for later.

    Examples
    --------
    >>> moved_ladder([0.1, 0.4], [0.0, 0.0, 1.0]).round(3)
    array([0.032, 0.129])
    >>> moved_ladder([np.nan, 0.4], [0.0, 0.0, 1.0]).round(3)
    array([  nan, 0.129])
    """
    given = checks.probabilities("probability", probability, missing=True)
    asked = ~np.isnan(given)
    # A ladder may have come in falling: coherence warns and never alters, and no mass between dates is
    # negative here.
    rising = np.maximum.accumulate(np.where(asked, given, 0.0), axis=-1)
    between = np.diff(rising, axis=-1, prepend=0.0, append=1.0)
    # The time after the last date is always there: what is left over has to go somewhere.
    there = np.concatenate((asked, np.ones_like(asked[..., :1])), axis=-1)
    weighed = np.where(there, np.maximum(between, LEAST), 0.0) * np.exp(
        SHIFT * checks.numbers("noise", noise)
    )
    reached = np.cumsum(weighed, axis=-1)
    return np.where(asked, reached[..., :-1] / reached[..., -1:], np.nan)


def moved_quantiles(
    value: ArrayLike, noise: ArrayLike, lower: float, upper: float, middle: int
) -> FloatArray:
    """A number's quantiles, shape (n, K), moved as chances of its range: the median, and the distances from it.

    Parameters
    ----------
    noise : shape (n, 2)
        Standard normal: of the place, and of the width.
    lower, upper
        Ends of the range, on the scale of the values; whoever lies beyond is taken to lie at the end.
    middle
        The column of the median.

    Raises
    ------
    ValueError
        Where the range has no room, or values are no numbers in rows.

    Examples
    --------
    >>> moved_quantiles([[20.0, 50.0, 80.0]], [[1.0, 0.0]], 0, 100, middle=1).round(1)
    array([[52.8, 81.8, 94.7]])
    """
    place, draws = _places(value, lower, upper), checks.numbers("noise", noise)
    median = place[:, middle, None]
    away = (place - median) * np.exp(WIDTH * draws[:, 1:])
    return np.asarray(lower + (upper - lower) * expit(median + SHIFT * draws[:, :1] + away))


def calmed_chances(probability: ArrayLike) -> FloatArray:
    """Moved chances, shape (n, ...), drawn to their middle until they are spread as the answers were.

    Variances add: of the middle half's own, that of the noise is taken (deconvolution by moments). A few people's may
    be narrower than the noise: then all stand in the middle. It asks for nothing but the moved answers.

    Examples
    --------
    >>> noise = np.array([-1.3, -0.6, 0.0, 0.6, 1.3])
    >>> moved = moved_chances([0.2, 0.2, 0.2, 0.2, 0.2], noise)
    >>> moved.round(2), calmed_chances(moved).round(2)
    (array([0.03, 0.09, 0.2 , 0.38, 0.64]), array([0.2, 0.2, 0.2, 0.2, 0.2]))
    """
    given = checks.probabilities("probability", probability)
    if not given.ndim:
        raise ValueError(f"probability must have people on its first axis, got shape {given.shape}")
    place = _log_odds(given)
    middle, kept = _spread(place)
    return np.asarray(expit(middle + kept * (place - middle)))


def calmed_quantiles(value: ArrayLike, lower: float, upper: float, middle: int) -> FloatArray:
    """Moved quantiles, shape (n, K): every person's moved as a whole, so that the medians are spread as they were.

    Parameters and errors as of `moved_quantiles`.

    Examples
    --------
    >>> calmed_quantiles([[20.0, 50.0, 80.0], [40.0, 70.0, 90.0]], 0, 100, middle=1).round(1)
    array([[27.6, 60.4, 85.9],
           [30.4, 60.4, 85.5]])
    """
    place = _places(value, lower, upper)
    centre, kept = _spread(place[:, middle])
    moved = place - (1 - kept) * (place[:, middle, None] - centre)
    return np.asarray(lower + (upper - lower) * expit(moved))


def _spread(place: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The middle of each column, and the share of the distances from it that is people's own."""
    low, middle, high = np.quantile(place, (0.25, 0.5, 0.75), axis=0)
    # By the middle half, which a few who stand at the ends can't carry away. And not 0, by which is divided.
    seen = np.maximum(((high - low) / HALF) ** 2, LEAST)
    return np.asarray(middle), np.sqrt(np.maximum(seen - SHIFT**2, 0) / seen)


def _log_odds(probability: ArrayLike) -> FloatArray:
    return np.asarray(logit(np.clip(np.asarray(probability, dtype=np.float64), LEAST, 1 - LEAST)))


def _places(value: ArrayLike, lower: float, upper: float) -> FloatArray:
    given = checks.numbers("value", value, missing=True)
    if given.ndim != 2:
        raise ValueError(f"value must have a row for each person, got shape {given.shape}")
    return _log_odds((given - lower) / checks.positive("upper - lower", upper - lower))
