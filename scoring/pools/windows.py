"""Trimmed means that leave out one side of a crowd: where it is thinnest, or where it leans to."""

import math

import numpy as np
from numpy.typing import ArrayLike

from scoring import crowds
from scoring.checks import FloatArray
from scoring.pools import averages
from scoring.pools.averages import SAME_SHARE, by_size, evenly


def densest_mean(probability: ArrayLike, weight: ArrayLike | None = None, cut: float = 0.1) -> float:
    """Highest-density trimmed mean: the mean of the people who stand closest together.

    Of n people, ``floor(n · cut)`` are left out, all at the low end, all at the high end or some at each: so
    that those who stay span the shortest range. Where several windows are equally short (to 1e-12) the lowest
    is taken; so the chance of no need not be one minus the chance of yes. People are counted, whatever they
    weigh; the mean of those who stay is weighted, after people who say the same have shared their weight.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability, 0 to 1; one person or more. NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.
    cut : 0 to below 1
        The share of the people left out.

    Returns
    -------
    float
        Between the lowest and the highest probability.

    Raises
    ------
    ValueError
        If nobody is left, an argument breaks its rule, or `cut` lies outside its range.

    References
    ----------
    Powell, Satopää, MacKay and Tetlock (2022), Decision, doi 10.1037/dec0000191.

    Examples
    --------
    The one far above the rest goes, with nobody at the low end.

    >>> densest_mean([0.0, 0.25, 0.5, 1.0], cut=0.25)
    0.25
    """
    value, weights = _people(probability, weight)
    stay = value.size - _left_out(value.size, cut, up=False)
    width = value[stay - 1 :] - value[: value.size - stay + 1]
    first = int(np.argmax(width <= width.min() + SAME_SHARE))
    return averages.mean(value[first : first + stay], weights[first : first + stay])


def soften_mean(probability: ArrayLike, weight: ArrayLike | None = None, cut: float = 0.1) -> float:
    """The mean without the people furthest out on the side to which it leans.

    Where the mean is above one half the highest ``ceil(n · cut)`` of n people are left out, and where it is
    below, as many of the lowest: a crowd of the overconfident is drawn to the middle. At exactly one half
    nobody is. One person always stays. People are counted, whatever they weigh; both means are weighted, and
    people who say the same share their weight.

    Parameters
    ----------
    probability, weight, cut
        As in `densest_mean`.

    Returns
    -------
    float
        Between the lowest and the highest probability, and never further from one half, on the side of the
        mean, than the mean.

    Raises
    ------
    ValueError
        If nobody is left, an argument breaks its rule, or `cut` lies outside its range.

    References
    ----------
    Forecasting Research Institute (2022), aggutils (R package). There the low side loses
    ``ceil(n · cut) - 1`` people; here both sides lose the same.

    Examples
    --------
    >>> soften_mean([0.5, 0.75, 1.0]), soften_mean([0.0, 0.25, 0.5])
    (0.625, 0.375)
    """
    value, weights = _people(probability, weight)
    centre = averages.mean(value, weights)
    if abs(centre - 0.5) <= SAME_SHARE:
        return centre
    out = _left_out(value.size, cut, up=True)
    stay = slice(0, value.size - out) if centre > 0.5 else slice(out, value.size)
    return averages.mean(value[stay], weights[stay])


def _people(probability: ArrayLike, weight: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """Who counts, in rising order; who says the same shares their weight, so that either may be left out."""
    value, weights = by_size(*crowds.present(probability, weight, axes=1))
    return value, evenly(value, weights)


def _left_out(people: int, cut: float, up: bool) -> int:
    """How many of the people a cut leaves out, rounded up or down, so that one stays."""
    if not 0 <= cut < 1:
        raise ValueError(f"cut must be at least 0 and below 1, got {cut}")
    slack = SAME_SHARE * people
    # Each as published: Powell and others round down, aggutils up.
    out = math.ceil(people * cut - slack) if up else math.floor(people * cut + slack)
    return min(out, people - 1)
