"""Parley, the product's own crowd forecast: formula, interval, and the flags that stand beside it.

Notation: L_i = ln(p_i / (1 - p_i)) with p_i brought into 1 to 99 %, w_i the weights (those of
`scoring.timeline.days`), n people, σ the inverse of the log-odds.

    T  = mean of the middle 60 % of the weight       G  = mean of all
    x  = T + clip(G - T, ±0.2)                       a  = 1.3 n / (n + 1)
    p* = σ(a x)

In words: the outer 40 % pull the middle by at most 0.2; one imaginary person stands at 50 %; the rest is
stretched by 1.3. Shape and constants were chosen for their log score on seven public sets of forecasts.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, stdtrit

from scoring import checks, crowds
from scoring.checks import BoolArray, FloatArray
from scoring.pools import averages
from scoring.pools.weights import effective_number

#: Individual probabilities are brought into this range before log-odds are taken, so that nobody weighs
#: without limit by saying 0 or 100 %.
LOWEST, HIGHEST = 0.01, 0.99
#: The share of the weight cut at each end for T.
CUT = 0.2
#: How far the outer forecasts may pull, in log-odds.
PULL = 0.2
#: The stretch of a very large crowd.
STRETCH = 1.3
#: The variance of log-odds that one imaginary person adds to the interval's.
PRIOR_VARIANCE = 2.0
#: A move by the weights of more than this, in probability, is a late wave.
WAVE = 0.1
#: Outside these the weighted median heads the page, because stretching rare events needs more evidence.
RARE, NEARLY_SURE = 0.05, 0.95


@dataclass(frozen=True)
class Parley:
    """The crowd's probability of yes, and what stands beside it."""

    #: The crowd's probability, p*.
    value: float
    #: Ends of the 90 % interval for the value that another crowd of this size would give.
    low: float
    high: float
    #: How many people's forecasts it is made of, n.
    people: int
    #: How many equally weighted people they are worth.
    effective: float
    #: T, the mean log-odds of the middle 60 % of the weight.
    trimmed: float
    #: G, the mean log-odds of everyone.
    whole: float
    #: Whether the outer forecasts would pull by more than they may: |G - T| > 0.2.
    outer_pull: bool
    #: Whether recency moved the value by more than 10 points from what equal weights give.
    late_wave: bool


@dataclass(frozen=True, eq=False)
class ParleyOptions:
    """The crowd's probabilities of K options that exclude each other. Arrays have shape (K,)."""

    #: The crowd's probabilities, which sum to 1.
    value: FloatArray
    #: Ends of each option's own 90 % interval; they do not sum to 1.
    low: FloatArray
    high: FloatArray
    #: As in `Parley`.
    people: int
    effective: float
    #: T and G of each option, before the options are brought to the sum 1.
    trimmed: FloatArray
    whole: FloatArray
    #: The flags of each option, as in `Parley`.
    outer_pull: BoolArray
    late_wave: BoolArray


def parley(probability: ArrayLike, weight: ArrayLike | None = None) -> Parley:
    """The crowd forecast of a yes-or-no question.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability of yes, 0 to 1, one person or more; brought into 1 to 99 %. NaN: abstains.
    weight : shape (n,), optional
        Their weights, from `scoring.timeline.days.standing`, or none: everyone counts alike. 0: does not
        count.

    Returns
    -------
    Parley
        Its interval is ``σ(a x ± a t √(2 s² / m))`` with m the effective number of people, t the 95 % point
        of Student's distribution with m + 1 degrees of freedom, and ``s² = (m Var_w(L) + 2) / (m + 1)``. The
        2 under the root is there because both crowds vary, this one and the other.

    Raises
    ------
    ValueError
        If nobody is there, a probability lies outside 0 to 1, or a weight is negative.

    Examples
    --------
    >>> crowd = parley([0.6, 0.7, 0.7, 0.8, 0.9])
    >>> round(crowd.value, 3), round(crowd.low, 3), round(crowd.high, 3)
    (0.774, 0.54, 0.909)
    >>> crowd.people, crowd.outer_pull, crowd.late_wave
    (5, False, False)
    """
    given, weights = crowds.present(probability, weight, axes=1)
    values = log_odds(given)
    trimmed, whole = _centres(values, weights)
    position = crowd_stretch(given.size) * pulled(trimmed, whole)
    half = _half_width(values, weights)
    equal = crowd_stretch(given.size) * pulled(*_centres(values, np.ones(given.size)))
    return Parley(
        value=float(expit(position)),
        low=float(expit(position - half)),
        high=float(expit(position + half)),
        people=given.size,
        effective=effective_number(weights),
        trimmed=trimmed,
        whole=whole,
        outer_pull=bool(abs(whole - trimmed) > PULL),
        late_wave=bool(abs(expit(position) - expit(equal)) > WAVE),
    )


def parley_options(probability: ArrayLike, weight: ArrayLike | None = None) -> ParleyOptions:
    """The crowd forecast of a question with options of which exactly one comes true.

    Each option is pooled to its own x_k as a yes-or-no question would be, before the stretch. Then
    ``q_k = σ(x_k) / Σ σ(x)`` and the crowd's probability is ``q_k^a / Σ q^a``. For two options that is
    `parley`. The rule serves ordered options too.

    Parameters
    ----------
    probability : shape (n, K)
        Each person's probabilities, which sum to 1; one person or more, two options or more. All NaN:
        abstains.
    weight : shape (n,)
        As in `parley`.

    Returns
    -------
    ParleyOptions
        The interval of an option has the half-width of `parley` around the log-odds of its normalised value.

    Raises
    ------
    ValueError
        If nobody is there, a person's probabilities do not sum to 1, or a weight is negative.

    Examples
    --------
    >>> crowd = parley_options([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1], [0.7, 0.2, 0.1]])
    >>> crowd.value.round(3)
    array([0.6  , 0.268, 0.132])
    """
    given, weights = crowds.present(probability, weight, axes=2)
    columns = log_odds(given).T
    trimmed, whole = _option_centres(columns, weights)
    value = normalised(pulled(trimmed, whole), crowd_stretch(len(given)))
    half = np.array([_half_width(column, weights) for column in columns])
    equal = normalised(pulled(*_option_centres(columns, np.ones(len(given)))), crowd_stretch(len(given)))
    return ParleyOptions(
        value=value,
        low=expit(logit(value) - half),
        high=expit(logit(value) + half),
        people=len(given),
        effective=effective_number(weights),
        trimmed=trimmed,
        whole=whole,
        outer_pull=np.abs(whole - trimmed) > PULL,
        late_wave=np.abs(value - equal) > WAVE,
    )


def headline(parley_value: float, weighted_median: float) -> Literal["parley", "median"]:
    """Which of the two figures heads the page: the median where it is below 5 % or above 95 %, else Parley.

    Parameters
    ----------
    parley_value, weighted_median : 0 to 1
        Both figures of one crowd, with the same weights. Only the median decides; both must be probabilities.

    Returns
    -------
    "parley" or "median"

    Examples
    --------
    >>> headline(0.03, 0.05), headline(0.03, 0.049)
    ('parley', 'median')
    """
    checks.probabilities("parley_value", parley_value)
    checks.probabilities("weighted_median", weighted_median)
    return "parley" if RARE <= weighted_median <= NEARLY_SURE else "median"


def log_odds(probability: ArrayLike) -> FloatArray:
    """L: the log-odds of probabilities, which are brought into 1 to 99 % first.

    Examples
    --------
    >>> log_odds([0.0, 0.5, 0.8]).round(3)
    array([-4.595,  0.   ,  1.386])
    """
    return np.asarray(logit(np.clip(probability, LOWEST, HIGHEST)))


def pulled(trimmed: ArrayLike, whole: ArrayLike) -> FloatArray:
    """x: the middle T, pulled towards everyone's mean G by 0.2 at most. Never falls when either rises.

    Examples
    --------
    >>> pulled([1.0, 1.0], [1.125, 0.0])
    array([1.125, 0.8  ])
    """
    middle = np.asarray(trimmed)
    return np.asarray(np.clip(whole, middle - PULL, middle + PULL))


def crowd_stretch(people: ArrayLike) -> FloatArray:
    """a: one imaginary person at 50 % shrinks, 1.3 stretches. NaN for nobody.

    Examples
    --------
    >>> crowd_stretch([0, 1, 12])
    array([ nan, 0.65, 1.2 ])
    """
    count = np.asarray(people)
    return np.where(count > 0, STRETCH * count / (count + 1), np.nan)


def normalised(position: FloatArray, stretch: ArrayLike) -> FloatArray:
    """Probabilities of the options, on the last axis, from their x.

    Dividing by the sum once, after the stretch, gives the same as doing so before it too.

    Examples
    --------
    >>> normalised(np.array([0.0, 0.0]), 1.3)
    array([0.5, 0.5])
    """
    stretched = expit(position) ** stretch
    return np.asarray(stretched / stretched.sum(axis=-1, keepdims=True))


def half_width(variance: ArrayLike, effective: ArrayLike, people: ArrayLike) -> FloatArray:
    """Half of the 90 % interval in log-odds: where another crowd of this size would come out.

    Parameters
    ----------
    variance, effective, people : one shape
        The weighted variance of the log-odds, m and n of one crowd or of many.

    Returns
    -------
    that shape

    Examples
    --------
    >>> half_width([1.0, 1.0], [5.0, 50.0], [5, 50]).round(3)
    array([1.438, 0.431])
    """
    m = np.asarray(effective)
    spread = (m * variance + PRIOR_VARIANCE) / (m + 1)
    student = stdtrit(m + 1, 0.95)
    return np.asarray(crowd_stretch(people) * student * np.sqrt(2 * spread / m))


def _half_width(values: FloatArray, weight: FloatArray) -> FloatArray:
    return half_width(averages.variance(values, weight), effective_number(weight), values.size)


def _centres(values: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """T and G."""
    return averages.trimmed_mean(values, weight, cut=CUT), averages.mean(values, weight)


def _option_centres(columns: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """T and G of each option; `columns` has a row for each."""
    trimmed, whole = np.array([_centres(column, weight) for column in columns]).T
    return trimmed, whole
