"""The steps of the default crowd forecast on arrays: one crowd, its options, or all of its days at once.

`scoring.pools.default` and `scoring.timeline.default_history` are made of them. Notation: L_i log-odds of a person's
probability, w_i weights, n people, c = ln 101, σ the inverse of the log-odds ln(p / (1 - p)).

    1.  L  = ln((p + 0.01) / (1 - p + 0.01))
    2.  x  = T + clip(U - T, ±pull)     T, U: means of L with 20 % and with 5 % of the weight cut at each end
    3.  f(x) = n/(n+1) x (1 + (stretch - 1)(1 - x²/c²))
    4.  z  = clip(f(x), L(q1), L(q3))   q1, q3: weighted quartiles of the p
    5.  p* = 1.02 σ(z) - 0.01, brought into 0.01 to 99.99 %

No step falls where a forecast rises, and none jumps: that is why the crowd's number does neither.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, stdtrit

from scoring import checks
from scoring.checks import BoolArray, FloatArray

# Added, not clipped: with a bound of 1 % crowds at 0.1 and at 1 % would be one crowd.
#: Added to the chance of yes and to that of no before log-odds are taken, so that 0 and 100 % are finite.
POINT = 0.01
#: c: the log-odds of 100 %.
CERTAIN = float(np.log((1 + POINT) / POINT))
#: The share of the weight cut at each end for T, and that for U, which has no say at all.
MIDDLE, OUTERMOST = 0.2, 0.05
#: Outer forecasts that lie farther out than this, |U - T| in log-odds, are flagged.
OUTER = 0.2
# So the interval has a width where all say the same: nobody knows that the next crowd would.
#: The variance of log-odds that one imaginary person adds to the interval's.
PRIOR_VARIANCE = 2.0
# As near as the survey that ships lets people come.
#: No figure is nearer to certainty.
LOWEST = 0.0001
#: A move by the weights of more than this, in probability, is a late wave.
WAVE = 0.1
#: Two log-odds closer than this are the same: room for rounding.
SAME_PLACE = 1e-12


@dataclass(frozen=True)
class Form:
    """How far a crowd's number may go beyond the middle 60 % of its people."""

    #: How far the outer forecasts may pull, in log-odds: 0 or more.
    pull: float
    # At certainty the slope of f is 3 - 2 stretch.
    #: The slope of f at 50 % in a very large crowd: 1 to 1.5, beyond which f would fall near certainty.
    stretch: float


# Stretches from 1.2 to 1.4 and pulls from 0.1 to 0.3 differ by 0.004 of log score at most on seven public sets, and
# so do half a point to two, half an imaginary person to two: so few sets can't choose, and round numbers stand.
#: Of surveys to which people are invited.
INVITED = Form(pull=0.2, stretch=1.3)
# 200 made-up people who join 1,000 and all say 99 % moved the form above by up to 21 points on the crowds that were
# tried, this one by 12.
#: Of surveys that anybody may join, where people can be made up.
OPEN = Form(pull=0.0, stretch=1.0)


@dataclass(frozen=True, eq=False)
class Centres:
    """What the steps need of crowds: arrays of one shape, one entry a crowd."""

    #: T and U.
    trimmed: FloatArray
    outer: FloatArray
    #: q1 and q3, as probabilities.
    quarter: FloatArray
    three_quarters: FloatArray


@dataclass(frozen=True, eq=False)
class Position:
    """Crowds on the scale of log-odds, and their probabilities; arrays of the shape of `Centres`."""

    #: x and z.
    pooled: FloatArray
    place: FloatArray
    #: p*.
    value: FloatArray
    #: Whether f(x) lies outside the middle half of people.
    held: BoolArray


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is shown of crowds; arrays of the shape of `Centres`, options on the last axis."""

    #: The crowd's probability, and the ends of its 90 % interval.
    value: FloatArray
    low: FloatArray
    high: FloatArray
    #: The flags.
    held: BoolArray
    outer_pull: BoolArray
    late_wave: BoolArray


def log_odds(probability: ArrayLike) -> FloatArray:
    """Step 1, L: the log-odds after one point is added to both sides.

    Examples
    --------
    >>> log_odds([0.0, 0.5, 0.8]).round(3)
    array([-4.615,  0.   ,  1.35 ])
    """
    yes = np.asarray(probability, dtype=np.float64)
    return np.asarray(np.log((yes + POINT) / (1 - yes + POINT)))


def pulled(trimmed: ArrayLike, outer: ArrayLike, form: Form = INVITED) -> FloatArray:
    """Step 2, x: the middle T, pulled towards U. Never falls when either rises.

    Examples
    --------
    >>> pulled([1.0, 1.0], [1.125, 0.0]), pulled(1.0, 0.0, OPEN)
    (array([1.125, 0.8  ]), array(1.))
    """
    middle = np.asarray(trimmed, dtype=np.float64)
    return np.asarray(np.minimum(np.maximum(outer, middle - form.pull), middle + form.pull))


def stretched(pooled: ArrayLike, people: ArrayLike, form: Form = INVITED) -> FloatArray:
    """Step 3, f: drawn to 50 % by one imaginary person, then moved away from it, less the nearer to certainty.

    Beyond the log-odds of certainty it goes on as a line, so that it rises everywhere. NaN for nobody.

    Examples
    --------
    >>> stretched([0.0, 1.0, CERTAIN, 10.0], 9).round(3)
    array([0.   , 1.157, 4.154, 9.   ])
    """
    x, count = np.asarray(pooled, dtype=np.float64), np.asarray(people, dtype=np.float64)
    shrunk = np.where(count > 0, count / (count + 1), np.nan)
    return np.asarray(shrunk * x * (1 + (form.stretch - 1) * (1 - np.minimum((x / CERTAIN) ** 2, 1))))


def probability(place: ArrayLike) -> FloatArray:
    """Step 5, p*: the inverse of `log_odds`, brought into 0.01 to 99.99 %.

    Examples
    --------
    >>> probability(log_odds([0.0, 0.25, 0.8]))
    array([1.0e-04, 2.5e-01, 8.0e-01])
    """
    return np.asarray(np.clip((1 + 2 * POINT) * expit(place) - POINT, LOWEST, 1 - LOWEST))


def positions(centres: Centres, people: ArrayLike, form: Form = INVITED) -> Position:
    """Steps 2 to 5.

    Parameters
    ----------
    centres : Centres
        Of one crowd or of many.
    people : that shape, or one that is stretched to it
        n.
    form : Form
        How far the number may go.

    Returns
    -------
    Position

    Examples
    --------
    A crowd in which all say 4.9 % shows that, as does one in which all say 5.1 %:

    >>> said = np.array([0.049, 0.051])
    >>> crowds = Centres(log_odds(said), log_odds(said), said, said)
    >>> found = positions(crowds, people=8)
    >>> found.value.round(12), found.held
    (array([0.049, 0.051]), array([ True,  True]))
    """
    pooled = pulled(centres.trimmed, centres.outer, form)
    free = stretched(pooled, people, form)
    place = np.clip(free, log_odds(centres.quarter), log_odds(centres.three_quarters))
    return Position(pooled, place, probability(place), np.abs(place - free) > SAME_PLACE)


def forecast(
    centres: Centres,
    equal: Centres,
    variance: FloatArray,
    effective: ArrayLike,
    people: ArrayLike,
    form: Form = INVITED,
) -> Forecast:
    """All steps, with interval and flags: of yes or no, or of options that exclude each other.

    Parameters
    ----------
    centres, equal : Centres of shape (..., K)
        Of each of K options by itself, with the crowd's weights and with equal ones. K = 1: yes or no.
    variance : shape (..., K)
        The weighted variance of the log-odds.
    effective, people : shape (..., 1), or numbers
        m and n.
    form
        As in `positions`.

    Returns
    -------
    Forecast

    Examples
    --------
    >>> said = np.array([0.2, 0.9])
    >>> crowd = Centres(log_odds(said), log_odds(said), said, said)
    >>> found = forecast(crowd, crowd, np.array([1.0, 1.0]), effective=8, people=8)
    >>> found.value.round(3), found.held
    (array([0.182, 0.818]), array([ True,  True]))
    """
    position = positions(centres, people, form)
    low, high = interval_ends(position, half_width(variance, effective), people, form)
    value, own = divided(position.value), position.value
    if value.shape[-1] > 1:
        # Divided, a value may lie nearer to certainty than any end is shown.
        low = np.minimum(shifted(low, own, value), value)
        high = np.maximum(shifted(high, own, value), value)
    alike = divided(positions(equal, people, form).value)
    return Forecast(
        value=value,
        low=low,
        high=high,
        held=position.held,
        outer_pull=np.abs(centres.outer - centres.trimmed) > OUTER,
        late_wave=np.abs(value - alike) > WAVE,
    )


def divided(value: FloatArray) -> FloatArray:
    """Probabilities of options, on the last axis, each divided by their sum; one alone stays as it is.

    Examples
    --------
    >>> divided(np.array([0.5, 0.5, 0.25])), divided(np.array([0.3]))
    (array([0.4, 0.4, 0.2]), array([0.3]))
    """
    return value if value.shape[-1] == 1 else np.asarray(value / value.sum(axis=-1, keepdims=True))


def half_width(variance: ArrayLike, effective: ArrayLike) -> FloatArray:
    """h: half of a 90 % interval for x, where another crowd of this size would come out.

    Parameters
    ----------
    variance, effective : one shape
        The weighted variance of the log-odds, and m, the effective number of people. NaN: nobody is there.

    Returns
    -------
    that shape
        NaN where nobody is there. Else
        ``t √(2 s² / m)`` with t the 95 % point of Student's distribution with m + 1 degrees of freedom and
        ``s² = (m Var_w(L) + 2) / (m + 1)``. The 2 under the root: both crowds vary, this one and the other.

    Examples
    --------
    >>> half_width([1.0, 1.0], [5.0, 50.0]).round(3)
    array([1.327, 0.338])
    """
    m = checks.numbers("effective", effective, missing=True)
    spread = (m * checks.numbers("variance", variance, missing=True) + PRIOR_VARIANCE) / (m + 1)
    # Twice the variance of a mean: another crowd's number scatters as much as this one's.
    return np.asarray(stdtrit(m + 1, 0.95) * np.sqrt(2 * spread / m))


def interval_ends(
    position: Position, half: FloatArray, people: ArrayLike, form: Form = INVITED
) -> tuple[FloatArray, FloatArray]:
    """Ends of the 90 % interval: as far from z as f(x ± h) lies from f(x). Always around p*.

    Examples
    --------
    >>> crowd = positions(Centres(*np.full((2, 1), 1.0), *np.array([[0.5], [0.9]])), people=9)
    >>> [end.round(3) for end in interval_ends(crowd, np.array([0.5]), people=9)]
    [array([0.645]), array([0.854])]
    """
    # Around z and not f(x): where the middle half holds z, f(x) lies outside, and its interval might not hold
    # p*.
    here = stretched(position.pooled, people, form)
    low, high = (stretched(position.pooled + move, people, form) for move in (-half, half))
    return probability(position.place - (here - low)), probability(position.place + (high - here))


def shifted(end: FloatArray, own: FloatArray, shown: FloatArray) -> FloatArray:
    """An end of an option's own interval, moved as the option was by the division, on the scale of log-odds.

    Examples
    --------
    >>> shifted(np.array([0.25]), np.array([0.5]), np.array([0.5]))
    array([0.25])
    """
    return probability(log_odds(end) + log_odds(shown) - log_odds(own))
