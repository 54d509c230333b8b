"""How much each standing forecast counts, and how many people a weighted crowd is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import FloatArray

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

    Examples
    --------
    Ten people on the first day, one of them again on the second:

    >>> fade([10, 1], [10, 10]).round(4)
    array([0.8733, 1.    ])
    """
    came = checks.vector("fresh", checks.whole_numbers("fresh", fresh))
    people = checks.vector("active", checks.whole_numbers("active", active))
    checks.one_length(fresh=came, active=people)
    if (came < 0).any() or (came > people).any():
        raise ValueError(f"fresh must lie between 0 and active, got {came.tolist()} of {people.tolist()}")
    factor = (1 - 1 / np.maximum(people, 1)) ** (2 * came)
    kept = np.ones(factor.size)
    kept[:-1] = np.cumprod(factor[:0:-1])[::-1]  # the factors of all later days
    return FLOOR + (1 - FLOOR) * kept


def effective_number(weight: ArrayLike) -> float:
    """How many equally weighted people carry as much information: ``W² / Σ w²``, with ``W = Σ w``.

    Parameters
    ----------
    weight : shape (n,)
        Positive weights of one person or more, on any scale.

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
    given = checks.crowd("weight", checks.numbers("weight", weight), axes=1)
    share = checks.weights(given, given.size)
    share = share / share.max()  # so that no square overflows or vanishes
    return float(share.sum() ** 2 / (share**2).sum())
