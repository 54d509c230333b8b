"""Piecewise linear CDFs: number and date forecasts as straight lines between points.

A forecast is a row of values v, not decreasing, and the probabilities F of "at most v" there, not decreasing
either. Two points at one value are a jump: a mass on that value. The first probability may lie above 0 and
the last below 1: the rest is mass *beyond the ends*, as on a question with open bounds. How far beyond is
not said, so it is taken to lie at the ends: what is below sits on the first value, what is above just past
the last. On a question with a logarithmic scale pass the logarithms of values and outcome.

Functions take many forecasts at once: values of shape S + (n,), and probabilities of the same shape or of
shape (n,) for all. A forecast whose values are all NaN is a missing one and gives NaN.
"""

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import BoolArray, FloatArray


def from_quantiles(
    quantiles: ArrayLike, levels: ArrayLike, lower: float | None = None, upper: float | None = None
) -> tuple[FloatArray, FloatArray]:
    """The points of forecasts given as quantiles, with a closed bound as the point where F is 0 or 1.

    Parameters
    ----------
    quantiles : shape S + (L,)
        Values at the levels, not decreasing on the last axis. All NaN: missing.
    levels : shape (L,)
        Their levels, strictly rising between 0 and 1.
    lower, upper : float, optional
        Values below and above which the quantity can't lie. Without one, that side is open: the mass beyond
        the outer quantile stays there.

    Returns
    -------
    values : shape S + (n,), and probabilities : shape (n,)
        n is L and one more for each closed bound.

    Raises
    ------
    ValueError
        If a quantile lies beyond a bound.

    Examples
    --------
    >>> from_quantiles([2.0, 5.0], [0.25, 0.75], lower=0.0)
    (array([0., 2., 5.]), array([0.  , 0.25, 0.75]))
    """
    level = checks.levels("levels", levels)
    value = checks.quantiles("quantiles", quantiles, level, missing=True)
    ends = [(lower, 0.0, 0), (upper, 1.0, -1)]
    for bound, probability, side in ends:
        if bound is None:
            continue
        end = _bound("lower" if side == 0 else "upper", bound, value[..., side], above=side != 0)
        columns, chances = [end[..., np.newaxis], value], [np.array([probability]), level]
        order = slice(None) if side == 0 else slice(None, None, -1)
        value, level = np.concatenate(columns[order], axis=-1), np.concatenate(chances[order])
    return value, level


def evaluate(at: ArrayLike, values: ArrayLike, probabilities: ArrayLike) -> FloatArray:
    """The probability of "at most x": F at one or more places, the same for all forecasts.

    Parameters
    ----------
    at : one value, or shape (m,)
        The places x.
    values : shape S + (n,)
        Values of the points, not decreasing on the last axis, one point or more. All NaN: missing.
    probabilities : shape S + (n,) or (n,)
        F at the points, 0 to 1, not decreasing.

    Returns
    -------
    shape S, or S + (m,)
        At a jump the probability after it. 0 before the first value and 1 past the last, for the mass beyond
        the ends is taken to lie there. NaN where the forecast is missing.

    Examples
    --------
    A fifth lies below 10, and a tenth above 20:

    >>> evaluate([9.0, 10.0, 15.0, 20.0, 21.0], [10.0, 20.0], [0.2, 0.9])
    array([0.  , 0.2 , 0.55, 0.9 , 1.  ])
    """
    value, probability = _points(values, probabilities)
    place = _places("at", at)
    x = place.reshape(-1)
    low, high = value[..., np.newaxis, :-1], value[..., np.newaxis, 1:]
    part = _part(x[:, np.newaxis], low, high, reached=x[:, np.newaxis] >= high)
    rise = np.diff(probability, axis=-1)[..., np.newaxis, :]
    within = probability[..., :1] + (part * rise).sum(axis=-1)
    result = np.where(x < value[..., :1], 0, np.where(x > value[..., -1:], 1, np.minimum(within, 1)))
    return _shaped(np.where(np.isnan(value[..., :1]), np.nan, result), place)


def invert(level: ArrayLike, values: ArrayLike, probabilities: ArrayLike) -> FloatArray:
    """Quantiles: the lowest value x with F(x) of at least the level, for one or more levels.

    Parameters
    ----------
    level : one value, or shape (m,)
        Levels from 0 to 1.
    values, probabilities
        As in `evaluate`.

    Returns
    -------
    shape S, or S + (m,)
        Between the first and the last value. A level inside the mass beyond an end gives that end: read it as
        "at most" below and "at least" above. NaN where the forecast is missing.

    Examples
    --------
    >>> invert([0.1, 0.55, 0.95], [10.0, 20.0], [0.2, 0.9])
    array([10., 15., 20.])
    """
    value, probability = _points(values, probabilities)
    asked = _places("level", checks.probabilities("level", level))
    u = asked.reshape(-1)
    low, high = probability[..., np.newaxis, :-1], probability[..., np.newaxis, 1:]
    # Where F is flat the lowest value is wanted: only a level above the flat part has passed it.
    part = _part(u[:, np.newaxis], low, high, reached=u[:, np.newaxis] > high)
    step = np.diff(value, axis=-1)[..., np.newaxis, :]
    inside = value[..., :1] + (part * step).sum(axis=-1)
    return _shaped(np.clip(inside, value[..., :1], value[..., -1:]), asked)


def crps_piecewise(
    outcome: ArrayLike, values: ArrayLike, probabilities: ArrayLike, *, censored: bool = False
) -> FloatArray:
    """Continuous ranked probability score, exactly: ``∫ (F(x) - 1{y <= x})² dx``. Lower is better.

    In closed form on each segment: where F rises from p to r over a width d, the integral of F² is
    ``d (p² + p r + r²) / 3``, and beyond the outcome the same holds for 1 - F.

    Parameters
    ----------
    outcome : shape S, or one value for all
        The value y that came out.
    values, probabilities
        As in `evaluate`.
    censored : bool
        What an outcome beyond an end means. False: that value, and its distance to the end is added, since
        all mass lies at or inside the ends. True: no more than that it lies beyond, as on a question with
        open bounds; it counts as the end itself, and any value beyond gives the same score.

    Returns
    -------
    shape S
        0 (best) upwards, in the unit of the quantity. NaN where the forecast is missing.

    References
    ----------
    Matheson and Winkler (1976), Management Science 22, 1087-1096; Gneiting and Ranjan (2011), Journal of
    Business and Economic Statistics 29, 411-422, for the integral over a part of the line, which is what
    `censored` gives.

    Examples
    --------
    All of 0 to 1 alike likely, then one value for certain:

    >>> crps_piecewise([0.5, 3.0], [[0.0, 1.0], [5.0, 5.0]], [0.0, 1.0]).round(4)
    array([0.0833, 2.    ])
    """
    value, probability = _points(values, probabilities)
    came = checks.numbers("outcome", outcome)
    came, value = checks.cases(came, "values", value)
    y, probability = came[..., np.newaxis], np.broadcast_to(probability, value.shape)
    low, high, before, after = value[..., :-1], value[..., 1:], probability[..., :-1], probability[..., 1:]
    reached = before + (after - before) * _part(y, low, high, reached=y >= high)
    split = np.clip(y, low, high)
    below = (split - low) * _mean_square(before, reached)
    above = (high - split) * _mean_square(1 - reached, 1 - after)
    beyond = np.maximum(value[..., :1] - y, 0) + np.maximum(y - value[..., -1:], 0)
    outside = 0 * beyond if censored else beyond  # 0 times NaN keeps a missing forecast missing
    return np.asarray((below + above).sum(axis=-1) + outside[..., 0])


def _mean_square(first: FloatArray, last: FloatArray) -> FloatArray:
    """The mean of the square along a straight line from `first` to `last`."""
    return np.asarray((first**2 + first * last + last**2) / 3)


def _part(x: FloatArray, low: FloatArray, high: FloatArray, *, reached: BoolArray) -> FloatArray:
    """How much of the way from `low` to `high` lies before x, 0 to 1; `reached` answers for no way at all."""
    width = high - low
    part = np.clip(x - low, 0, width) / np.where(width == 0, 1, width)
    return np.asarray(np.where(width == 0, reached, part))


def _points(values: ArrayLike, probabilities: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Values and probabilities of the points, both of shape S + (n,)."""
    value = checks.numbers("values", values, missing=True)
    if value.ndim < 1 or value.shape[-1] == 0:
        raise ValueError(f"values must hold one point or more on the last axis, got shape {value.shape}")
    absent = np.isnan(value)
    if (absent.any(axis=-1) != absent.all(axis=-1)).any():
        raise ValueError("values must be NaN for all points of a forecast or for none, got some")
    probability = checks.probabilities("probabilities", probabilities)
    if probability.shape not in (value.shape, value.shape[-1:]):
        raise ValueError(
            f"probabilities must have shape {value.shape} or {value.shape[-1:]}, got {probability.shape}"
        )
    for name, array in (("values", value), ("probabilities", probability)):
        if (np.diff(array, axis=-1) < 0).any():
            raise ValueError(f"{name} must not decrease on the last axis, got {array.tolist()}")
    return value, np.broadcast_to(probability, value.shape)


def _bound(name: str, bound: float, quantile: FloatArray, *, above: bool) -> FloatArray:
    """A closed bound for each forecast, NaN where that is missing, beyond every outer quantile."""
    end = checks.numbers(name, bound)
    if end.ndim or ((quantile > end) if above else (quantile < end)).any():
        rule = "not below the highest quantile" if above else "not above the lowest quantile"
        raise ValueError(f"{name} must be one value, {rule}, got {bound}")
    return np.where(np.isnan(quantile), np.nan, end)


def _places(name: str, value: ArrayLike) -> FloatArray:
    array = checks.numbers(name, value)
    if array.ndim > 1:
        raise ValueError(f"{name} must be one value or have one axis, got shape {array.shape}")
    return array


def _shaped(result: FloatArray, asked: FloatArray) -> FloatArray:
    """Shape S + (m,), or S where one place was asked for."""
    return np.asarray(result if asked.ndim else result[..., 0])
