"""Linear opinion pool, weighted median, quantiles and trimmed mean of one number from each person.

The pools are made of these. Values are any finite numbers: probabilities, log-odds, quantiles. The order of
people never matters, and only the proportions of the weights do.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, crowds
from scoring.checks import FloatArray, IntArray
from scoring.ordering import stable_order

#: Two shares of the weight closer than this are the same: room for rounding in a sum of weights.
SAME_SHARE = 1e-12
#: Up to so many quantiles are selected one by one; for more, everything is put in order.
SELECTED = 16
_HALF = np.array(0.5)


def mean(values: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Weighted mean, ``Σ w v / Σ w``: for probabilities the linear opinion pool.

    Parameters
    ----------
    values : shape (n,)
        One finite number from each person, one person or more. NaN: missing.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.

    Returns
    -------
    float
        Between the lowest and the highest value.

    References
    ----------
    Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.

    Examples
    --------
    >>> mean([0.25, 0.75], weight=[3, 1])
    0.375
    """
    return mean_of(*counted_values(values, weight))


def median(values: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Weighted median: the value at which half of the weight lies on either side.

    Sorted by value, it is the first at which the weight so far reaches one half. Where it reaches exactly one
    half there (an even number of equal weights, say), it is the midpoint of that value and the next.

    Parameters
    ----------
    values, weight : shape (n,)
        As in `mean`.

    Returns
    -------
    float
        One of the values or the midpoint of two.

    References
    ----------
    Galton (1907), Nature 75, 450-451.

    Examples
    --------
    >>> median([0.1, 0.2, 0.9])
    0.2
    >>> median([0.25, 0.5, 0.75], weight=[1, 1, 2])
    0.625
    """
    return median_of(*counted_values(values, weight))


def weighted_quantiles(values: ArrayLike, share: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """Weighted quantiles: the values below which such shares of the weight lie.

    Sorted by value, a quantile is the first value at which the weight so far reaches the share. Where it
    reaches exactly the share there, it is the midpoint of that value and the next.

    Parameters
    ----------
    values, weight : shape (n,)
        As in `mean`.
    share : any shape
        Above 0 and below 1.

    Returns
    -------
    shape of `share`

    References
    ----------
    Galton (1907), Nature 75, 450-451, for the weighted median.

    Examples
    --------
    >>> weighted_quantiles([0.1, 0.2, 0.4, 0.9], [0.25, 0.5, 0.6])
    array([0.15, 0.3 , 0.4 ])
    """
    value, weights = counted_values(values, weight)
    asked = checks.numbers("share", share)
    checks.refuse("share", asked, (asked <= 0) | (asked >= 1), "lie above 0 and below 1")
    return quantiles_of(value, weights, asked)


def trimmed_mean(
    values: ArrayLike,
    weight: ArrayLike | None = None,
    cut: float = 0.2,
    edge: Literal["fraction", "round", "floor"] = "fraction",
) -> float:
    """Weighted mean of the middle, after so much of the crowd is cut at each end.

    With `edge` "fraction" the cut is of the weight: a person on its edge keeps the part of their weight that
    lies inside, so that the result moves smoothly with the weights. The other two count people, whatever they
    weigh, and take away whole ones: ``n · cut`` of n at each end, rounded to the nearest whole number (of two
    equally near, the even one) or rounded down. One person or two in the middle always stay, and people with
    the same value share their weight first.

    Parameters
    ----------
    values, weight : shape (n,)
        As in `mean`.
    cut : 0 to below 0.5
        The share cut at each end: of the weight with "fraction", of the people with the other two.
    edge : "fraction", "round" or "floor"
        What becomes of the person on the edge of the cut.

    Returns
    -------
    float
        Between the lowest and the highest value; the `mean` where nothing is cut.

    Raises
    ------
    ValueError
        If nobody is left, `cut` leaves no middle, or `edge` is none of the three.

    References
    ----------
    Jose and Winkler (2008), International Journal of Forecasting 24, 163-169.

    Examples
    --------
    Of five people the middle three count; of three, the middle one fully and the others with two fifths, or,
    where people are counted, none at the ends or all of it: 0.6 is rounded up to one, or down to none.

    >>> trimmed_mean([0.0, 2.0, 3.0, 7.0, 99.0])
    4.0
    >>> trimmed_mean([0.0, 1.0, 8.0])
    2.333333333333333
    >>> trimmed_mean([0.0, 1.0, 8.0], edge="round"), trimmed_mean([0.0, 1.0, 8.0], edge="floor")
    (1.0, 3.0)
    """
    if not 0 <= cut < 0.5:
        raise ValueError(f"cut must be at least 0 and below 0.5, got {cut}")
    value, weights = by_size(*counted_values(values, weight))
    if edge != "fraction":
        left = counted_out(value.size, cut, edge)
        middle = slice(left, value.size - left)
        return mean(value[middle], evenly(value, weights)[middle])
    return middle_mean(value, weights, cut)


def counted_out(people: int, cut: float, edge: str) -> int:
    """How many whole people a cut takes away at one end, so that one or two are left in the middle.

    Parameters
    ----------
    people : int, 1 or more
        n, of whom ``n · cut`` go.
    cut : 0 to 1
        The share of the people.
    edge : "round" or "floor"
        To the nearest whole number, or down.

    Returns
    -------
    int
        0 to (n - 1) / 2, rounded down.

    Examples
    --------
    >>> counted_out(7, 0.1, "round"), counted_out(7, 0.1, "floor"), counted_out(2, 0.4, "round")
    (1, 0, 0)
    """
    if edge not in ("round", "floor"):
        raise ValueError(f"edge must be fraction, round or floor, got {edge!r}")
    # Room for rounding: 0.29 · 100 is 28.999999999999996.
    taken = round(people * cut) if edge == "round" else int(people * cut + SAME_SHARE * people)
    return min(taken, (people - 1) // 2)


def variance(values: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Weighted variance around the weighted mean, ``Σ w (v - mean)² / Σ w``.

    Parameters
    ----------
    values, weight : shape (n,)
        As in `mean`.

    Returns
    -------
    float
        0 or more, in the square of the values' unit: the variance of these people, no estimate for others.

    Examples
    --------
    >>> variance([1.0, 3.0])
    1.0
    """
    return variance_of(*counted_values(values, weight))


def mean_of(value: FloatArray, weight: FloatArray) -> float:
    """`mean` of numbers and weights that are checked already, as a pool of many such figures has them.

    Examples
    --------
    >>> mean_of(np.array([0.25, 0.75]), np.array([3.0, 1.0]))
    0.375
    """
    return _between(weighted_sum(value, weight) / float(weight.sum()), value.min(), value.max())


def variance_of(value: FloatArray, weight: FloatArray) -> float:
    """`variance` of numbers and weights that are checked already.

    Examples
    --------
    >>> variance_of(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    1.0
    """
    total = float(weight.sum())
    # Around the mean first: of days since 1970 the mean of squares less the squared mean has few digits.
    distance = value - weighted_sum(value, weight) / total
    return weighted_sum(distance**2, weight) / total


def median_of(value: FloatArray, weight: FloatArray) -> float:
    """`median` of numbers and weights that are checked already.

    Examples
    --------
    >>> median_of(np.array([0.9, 0.1, 0.2]), np.ones(3))
    0.2
    """
    return float(quantiles_of(value, weight, _HALF))


def quantiles_of(value: FloatArray, weight: FloatArray, share: FloatArray) -> FloatArray:
    """`weighted_quantiles` of numbers, weights and shares that are checked already.

    Examples
    --------
    >>> quantiles_of(np.array([0.9, 0.1, 0.4, 0.2]), np.ones(4), np.array([0.25, 0.6]))
    array([0.15, 0.4 ])
    """
    # Where all weigh alike, where a quantile stands is known before anything is put in order.
    if share.size <= SELECTED and bool((weight == weight[0]).all()):
        places = _quantile_places(weight, share)
        return _midpoint(np.partition(value, np.unique(places)), *places)
    return quantiles_of_rising(*by_size(value, weight), share)


def quantiles_of_rising(value: FloatArray, weight: FloatArray, share: FloatArray) -> FloatArray:
    """`quantiles_of` numbers that are in rising order.

    Examples
    --------
    >>> quantiles_of_rising(np.array([0.1, 0.2, 0.4, 0.9]), np.ones(4), np.array([0.25, 0.6]))
    array([0.15, 0.4 ])
    """
    return _midpoint(value, *_quantile_places(weight, share))


def _quantile_places(weight: FloatArray, share: FloatArray) -> tuple[IntArray, IntArray]:
    """The two positions, by size, between which each quantile lies: one where no share is reached exactly."""
    reached = weight.cumsum()
    reached /= reached[-1]
    at = reached.searchsorted(share - SAME_SHARE)
    # Nobody stands above the last, however near to 1 the share is.
    above = np.minimum(reached.searchsorted(share + SAME_SHARE, side="right"), weight.size - 1)
    return at, above


def _midpoint(value: FloatArray, at: IntArray, above: IntArray) -> FloatArray:
    low, high = value[at], value[above]
    # One half of the smallest number is 0.
    return np.where(low == high, low, low / 2 + high / 2)


def middle_mean(value: FloatArray, weight: FloatArray, cut: float) -> float:
    """`trimmed_mean`, a share of the weight cut, of numbers in rising order, checked already as their weights are.

    Examples
    --------
    >>> middle_mean(np.array([0.0, 2.0, 3.0, 7.0, 99.0]), np.ones(5), 0.2)
    4.0
    """
    total = weight.sum()
    edges = np.zeros(weight.size + 1)
    weight.cumsum(out=edges[1:])
    inside = np.minimum(np.maximum(edges, cut * total), total - cut * total)
    kept = inside[1:] - inside[:-1]
    return _between(weighted_sum(value, kept) / float(kept.sum()), value[0], value[-1])


def _between(number: float, lowest: np.float64, highest: np.float64) -> float:
    """An average where rounding can't carry it out of what is averaged."""
    return float(min(max(number, lowest), highest))


def weighted_sum(value: FloatArray, weight: FloatArray) -> float:
    """``Σ w v``, to the same bits however many processors there are.

    A product of vectors would be handed to the linear algebra library, whose order of adding depends on how many
    threads it starts; of ten thousand people these also cost more than the sum.

    Parameters
    ----------
    value, weight : shape (n,)
        Numbers and their weights, already checked.

    Examples
    --------
    >>> weighted_sum(np.array([0.5, 2.0]), np.array([1.0, 3.0]))
    6.5
    """
    return float((weight * value).sum())


def counted_values(values: ArrayLike, weight: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """Numbers and weights of those who count, both of shape (m,).

    Examples
    --------
    >>> counted_values([3, float("nan"), 5], [1, 2, 0])
    (array([3.]), array([1.]))
    """
    value = crowds.crowd("values", checks.numbers("values", values, missing=True), axes=1)
    return crowds.counted("values", value, weight)


def evenly(value: FloatArray, weight: FloatArray) -> FloatArray:
    """Weights after people with the same value share theirs, so that it does not matter who of them is cut.

    The same but for rounding: 0.02 and the next double after it are one number on the other side of one half.

    Parameters
    ----------
    value, weight : shape (n,)
        Numbers in rising order and their weights, already checked.

    Returns
    -------
    shape (n,)
        With the same sum for each value.

    Examples
    --------
    >>> evenly(np.array([0.25, 0.5, 0.5]), np.array([1.0, 2.0, 4.0]))
    array([1., 3., 3.])
    """
    same = SAME_SHARE * (value[-1] - value[0])
    group = np.cumsum(np.diff(value, prepend=value[0]) > same)
    return np.asarray((np.bincount(group, weights=weight) / np.bincount(group))[group])


def by_size(value: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Values in rising order, and their weights.

    Parameters
    ----------
    value, weight : shape (n,)
        Numbers and their weights, already checked.

    Returns
    -------
    value, weight : shape (n,)

    Examples
    --------
    >>> by_size(np.array([0.5, 0.25]), np.array([1.0, 2.0]))
    (array([0.25, 0.5 ]), array([2., 1.]))
    """
    order = stable_order(value)
    return value[order], weight[order]
