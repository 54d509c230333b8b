"""Recency weights: how much each standing forecast counts, and the effective number of people."""

import math

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, crowds
from scoring.checks import FloatArray
from scoring.ordering import distinct
from scoring.pools.averages import SAME_SHARE

#: The weight below which no standing forecast fades. With it, a tenth of the people can't get more than a
#: quarter of the weight, whatever they do: 0.1 / (0.1 + 0.9 / 3).
FLOOR = 1 / 3


def fade(fresh: ArrayLike, active: ArrayLike) -> FloatArray:
    """Weights, on the last of some days, of forecasts made on each of them.

    At the end of a day on which m people gave, changed or affirmed a forecast and n people have one, the part
    g of every earlier day's forecast shrinks by ``(1 - 1/n)^(2m)``: as if each of the m had put theirs on the
    pile twice. A forecast weighs ``1/3 + 2/3 g``, with g = 1 on its own day. Nobody's order inside a day
    matters, and while nobody comes nothing fades.

    Parameters
    ----------
    fresh : shape (days,), whole numbers
        m for each day, oldest first: the people whose last submission of that day gives a forecast. Days with
        m = 0 may be left out.
    active : shape (days,), whole numbers
        n for each day: the people whose forecast stands at its end; m at least.

    Returns
    -------
    shape (days,)
        The weight of each day's forecasts, rising from 1/3 at the lowest to 1 for the last day.

    Raises
    ------
    ValueError
        If a count is negative, or more people are fresh than active.

    References
    ----------
    This package's own rule.

    Examples
    --------
    Ten people on the first day, one of them again on the second:

    >>> fade([10, 1], [10, 10]).round(4)
    array([0.8733, 1.    ])
    """
    came, people = checks.whole_numbers("fresh", fresh), checks.whole_numbers("active", active)
    came, people = checks.rows(fresh=came, active=people)
    if (came < 0).any() or (came > people).any():
        raise ValueError(f"fresh must lie between 0 and active, got {came.tolist()} of {people.tolist()}")
    factor = (1 - 1 / np.maximum(people, 1)) ** (2 * came)
    kept = np.ones(factor.size)
    kept[:-1] = np.cumprod(factor[:0:-1])[::-1]  # the factors of all later days
    return FLOOR + (1 - FLOOR) * kept


def by_rank(time: ArrayLike) -> FloatArray:
    """Weights by order of age, ``exp(√i - √n)`` with i = 1 for the oldest of n forecasts: 1 for the newest.

    One or two forecasts weigh alike. The newest tenth of a large crowd gets nearly all of the weight: 81 % of
    1,000 people's. Metaculus takes the weighted median with these weights.

    Parameters
    ----------
    time : shape (n,)
        When each standing forecast was made, in any unit. Those made at the same time share the mean of their
        ranks (Metaculus gives them different ones, in no stated order).

    Returns
    -------
    shape (n,)
        Above 0 to 1, never falling with time.

    Raises
    ------
    ValueError
        If `time` is not one axis of finite numbers.

    References
    ----------
    Metaculus (2024), FAQ and source of the recency-weighted community prediction.

    Examples
    --------
    >>> by_rank([10, 30, 20]).round(4)
    array([0.4809, 1.    , 0.7277])
    >>> by_rank([10, 30])
    array([1., 1.])
    """
    when = checks.vector("time", checks.numbers("time", time))
    _, place, count = distinct(when)
    # Those of one moment share the middle of their ranks.
    return rank_weights((np.cumsum(count) - (count - 1) / 2)[place])


def rank_weights(rank: ArrayLike) -> FloatArray:
    """``exp(√i - √n)`` of ranks of all n forecasts, i = 1 for the oldest. Up to two weigh the same.

    Examples
    --------
    >>> rank_weights([1, 2.5, 2.5]).round(3)
    array([0.481, 0.86 , 0.86 ])
    """
    i = checks.vector("rank", checks.numbers("rank", rank))
    if i.size <= 2:
        return np.ones(i.size)
    # Less √n: e^√n alone is beyond doubles from 503,791 people on.
    return np.asarray(np.exp(np.sqrt(i) - np.sqrt(i.size)))


def by_age(age: ArrayLike, half_life: float) -> FloatArray:
    """Weights that halve in a fixed time, ``2^(-age / half_life)``.

    Parameters
    ----------
    age : shape (n,)
        How long ago each forecast was made, 0 or more, in any unit.
    half_life : above 0
        After how long a forecast weighs one half, in the same unit.

    Returns
    -------
    shape (n,)
        0 to 1; 1 for what is made now. After a thousand half-lives it is 0: such a forecast does not count.

    Raises
    ------
    ValueError
        If an age is negative or not finite, or `half_life` not above 0.

    References
    ----------
    Brown (1956), Exponential smoothing for predicting demand, Arthur D. Little.

    Examples
    --------
    >>> by_age([0, 7, 14], half_life=7)
    array([1.  , 0.5 , 0.25])
    """
    old = checks.vector("age", checks.numbers("age", age))
    if (old < 0).any():
        raise ValueError(f"age must be 0 or more, got {old.min()}")
    return np.asarray(2.0 ** (-old / checks.positive("half_life", half_life)))


def by_later_forecasts(time: ArrayLike, half_life: float) -> FloatArray:
    """Weights that halve with so many later forecasts by others, ``2^(-later / half_life)``.

    Nothing fades while nobody comes, however long that takes.

    Parameters
    ----------
    time : shape (n,)
        When each standing forecast was made, in any unit.
    half_life : above 0
        After how many later forecasts one weighs one half.

    Returns
    -------
    shape (n,)
        0 to 1; 1 for the newest. Forecasts made at the same time weigh alike.

    Raises
    ------
    ValueError
        If `time` is not one axis of finite numbers, or `half_life` not above 0.

    References
    ----------
    Brown (1956), Exponential smoothing for predicting demand, Arthur D. Little, with forecasts as the clock.

    Examples
    --------
    >>> by_later_forecasts([1, 2, 90], half_life=1)
    array([0.25, 0.5 , 1.  ])
    """
    when = checks.vector("time", checks.numbers("time", time))
    _, place, count = distinct(when)
    later = (when.size - np.cumsum(count))[place]
    return np.asarray(2.0 ** (-later / checks.positive("half_life", half_life)))


def newest(time: ArrayLike, share: float) -> FloatArray:
    """Weight 1 for the newest share of the forecasts and 0 for the rest.

    Parameters
    ----------
    time : shape (n,)
        When each standing forecast was made, in any unit.
    share : above 0, to 1
        Of n forecasts the newest ``ceil(n · share)`` stay, and with them all made at the same time as the
        oldest of these.

    Returns
    -------
    shape (n,)
        0 and 1.

    Raises
    ------
    ValueError
        If `time` is not one axis of finite numbers, or `share` lies outside its range.

    References
    ----------
    Atanasov, Rescober, Stone, Swift, Servan-Schreiber, Tetlock, Ungar and Mellers (2017), Management Science
    63, 691-706.

    Examples
    --------
    >>> newest([1, 3, 2, 4], share=0.5)
    array([0., 1., 0., 1.])
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, got {share}")
    when = checks.vector("time", checks.numbers("time", time))
    if when.size == 0:
        return np.ones(0)
    # 100 times 0.07 is 7.000000000000001, whose ceiling is 8.
    kept = math.ceil(when.size * share * (1 - SAME_SHARE))
    # Whoever came at the same moment as the last of them stays too: times do not tell them apart.
    return np.asarray(when >= np.sort(when)[when.size - kept], dtype=np.float64)


def product(*weights: ArrayLike) -> FloatArray:
    """Several sets of weights as one: each person's are multiplied, recency by skill, say.

    Parameters
    ----------
    weights : one argument or more, each of shape (n,)
        Weights of 0 or more.

    Returns
    -------
    shape (n,)

    Raises
    ------
    ValueError
        If none is given, their lengths differ, or a weight is negative.

    References
    ----------
    Mellers, Ungar, Baron et al. (2014), Psychological Science 25, 1106-1115.

    Examples
    --------
    >>> product([1.0, 0.5], [3, 1], [2, 0])
    array([6., 0.])
    """
    if not weights:
        raise ValueError("weights must be one set or more, got none")
    people = checks.vector("weights[0]", checks.numbers("weights[0]", weights[0])).size
    sets = [crowds.weights(one, people, f"weights[{at}]", zero=True) for at, one in enumerate(weights)]
    return np.asarray(np.prod(sets, axis=0))


def effective_number(weight: ArrayLike) -> float:
    """How many equally weighted people carry as much information: ``W² / Σ w²``, with ``W = Σ w``.

    Parameters
    ----------
    weight : shape (n,)
        Weights of one person or more, on any scale. People of weight 0 do not count, unless all have it: then
        they count alike.

    Returns
    -------
    float
        1 to n; n where all weigh the same.

    References
    ----------
    Kish (1965), Survey Sampling, section 11.7.

    Examples
    --------
    >>> effective_number([1.0, 1.0, 1.0, 1.0])
    4.0
    >>> effective_number([1.0, 0.5, 0.5])
    2.6666666666666665
    """
    given = crowds.crowd("weight", checks.numbers("weight", weight), axes=1)
    return effective_of(crowds.counted("weight", given, given)[1])


def effective_of(weight: FloatArray) -> float:
    """`effective_number` of weights above 0, checked already.

    Examples
    --------
    >>> effective_of(np.array([1.0, 0.5, 0.5]))
    2.6666666666666665
    """
    share = weight / weight.max()  # so that no square overflows or vanishes
    return float(share.sum() ** 2 / (share**2).sum())
