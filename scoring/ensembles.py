"""Proper scoring rules of forecasts given as a sample of values or as a named distribution.

All are penalties: lower is better. An ensemble is a sample of equally likely values, of one quantity or of
several; a crowd's point forecasts may be read as one. With all members NaN it is missing and scores NaN.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from scoring import checks
from scoring.checks import FloatArray


def crps_ensemble(outcome: ArrayLike, ensemble: ArrayLike, *, fair: bool = False) -> FloatArray:
    """Continuous ranked probability score of a sample: ``mean |x - y| - ½ mean |x - x'|``.

    The second mean is over all pairs, each member with itself among them: the score of the sample as the
    distribution that it is. The fair form leaves out pairs of one, which estimates without bias what the
    distribution behind the sample would score; it can fall below 0. One sort: time n log n, not n².

    Parameters
    ----------
    outcome : shape S, or one value for all
        The value y that came out.
    ensemble : shape S + (m,)
        The members x, in any order. All NaN: missing.
    fair : bool
        The fair form; it asks for two members or more.

    Returns
    -------
    shape S
        0 (best) upwards, in the unit of the quantity. NaN where the forecast is missing.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102, 359-378. The fair form:
    Ferro (2014), Quarterly Journal of the Royal Meteorological Society 140, 1917-1923.

    Examples
    --------
    >>> crps_ensemble([2.0, 9.0], [[1.0, 3.0], [1.0, 3.0]])
    array([0.5, 6.5])
    >>> crps_ensemble(2.0, [1.0, 3.0], fair=True)
    array(0.)
    """
    members = _members("ensemble", ensemble, axes=1)
    value = checks.numbers("outcome", outcome)
    value, members = checks.cases(value, "ensemble", members)
    # From the outcome, which changes no distance between members: days since 1970 would leave few digits of
    # the sum.
    above = np.sort(members - value[..., np.newaxis], axis=-1)
    count = above.shape[-1]
    # In rising order the k-th of m members is the upper one of k - 1 pairs and the lower one of m - k.
    rank = 2 * np.arange(1, count + 1) - count - 1
    return np.asarray(np.abs(above).mean(axis=-1) - (above @ rank) / _pairs(count, fair))


def energy(outcome: ArrayLike, ensemble: ArrayLike, *, fair: bool = False) -> FloatArray:
    """Energy score of a sample of several quantities: ``mean ‖X - y‖ - ½ mean ‖X - X'‖``.

    For D = 1 it is `crps_ensemble`. Give the quantities one scale first, for the largest rules the distance. It sees
    wrong means well and wrong dependence poorly; `variogram` the reverse.

    Parameters
    ----------
    outcome : shape S + (D,), or shape (D,) for all
        The point y that came out.
    ensemble : shape S + (m, D)
        The members X. All NaN: missing.
    fair : bool
        As in `crps_ensemble`.

    Returns
    -------
    shape S
        0 (best) upwards, in the quantities' common unit. NaN where the forecast is missing.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102, 359-378.

    Examples
    --------
    >>> energy([0.0, 0.0], [[3.0, 4.0], [3.0, -4.0]])
    array(3.)
    """
    members, point = _points(outcome, ensemble)
    miss = np.linalg.norm(members - point[..., np.newaxis, :], axis=-1).mean(axis=-1)
    count = members.shape[-2]
    between = 0.0 * miss
    for member in range(count - 1):  # a loop, because all pairs at once would fill the memory
        away = members[..., member + 1 :, :] - members[..., member, np.newaxis, :]
        between += np.linalg.norm(away, axis=-1).sum(axis=-1)
    return np.asarray(miss - between / _pairs(count, fair))


def variogram(
    outcome: ArrayLike, ensemble: ArrayLike, *, order: float = 0.5, weight: ArrayLike | None = None
) -> FloatArray:
    """Variogram score of several quantities: ``Σ_ij w_ij (|y_i - y_j|^p - mean |X_i - X_j|^p)²``.

    It sees wrong dependence, but not a bias that all quantities share: proper, not strictly so.

    Parameters
    ----------
    outcome : shape S + (D,), or shape (D,) for all
        The point y that came out, in two dimensions or more.
    ensemble : shape S + (m, D)
        The members X. All NaN: missing.
    order : positive
        The power p.
    weight : shape (D, D), optional
        w_ij, 0 or more; without it 1, so that each pair counts twice.

    Returns
    -------
    shape S
        0 (best) upwards. NaN where the forecast is missing.

    References
    ----------
    Scheuerer and Hamill (2015), Monthly Weather Review 143, 1321-1334.

    Examples
    --------
    >>> variogram([0.0, 4.0], [[0.0, 1.0], [0.0, 1.0]])
    array(2.)
    """
    members, point = _points(outcome, ensemble)
    if not 0 < order < np.inf:
        raise ValueError(f"order must be positive and finite, got {order}")
    weights = _pair_weights(weight, point.shape[-1])
    total = np.zeros(members.shape[:-2])
    for one in range(point.shape[-1]):  # one quantity against all: memory grows with D, not with D²
        seen = np.abs(point - point[..., one, np.newaxis]) ** order
        said = (np.abs(members - members[..., one, np.newaxis]) ** order).mean(axis=-2)
        total += (seen - said) ** 2 @ weights[one]
    return total


def crps_normal(outcome: ArrayLike, mean: ArrayLike, deviation: ArrayLike) -> FloatArray:
    """Continuous ranked probability score of a normal: ``σ [z (2Φ(z) - 1) + 2φ(z) - 1/√π]``, z = (y - μ)/σ.

    Parameters
    ----------
    outcome : shape S, or one value for all
        The value y that came out.
    mean : shape S
        μ of each forecast. NaN: missing.
    deviation : shape S, or one value for all
        σ, positive.

    Returns
    -------
    shape S
        0 upwards, in the unit of the quantity. NaN where the forecast is missing.

    References
    ----------
    Gneiting, Raftery, Westveld and Goldman (2005), Monthly Weather Review 133, 1098-1118.

    Examples
    --------
    >>> crps_normal([0.0, 2.5], [0.0, 0.0], 1.0).round(4)
    array([0.2337, 1.9398])
    """
    μ = checks.numbers("mean", mean, missing=True)
    μ, y, σ = _together("mean", μ, outcome=outcome, deviation=deviation)
    _positive("deviation", σ)
    with np.errstate(over="ignore"):
        z = (y - μ) / σ
        peak = np.sqrt(2) * np.exp(-(z**2) / 2) - 1
        # The distance by itself: where σ is tiny z can be infinite, and 0 times that is no number.
        return _told("deviation", (y - μ) * special.erf(z / np.sqrt(2)) + σ * peak / np.sqrt(np.pi), μ)


def crps_lognormal(outcome: ArrayLike, location: ArrayLike, scale: ArrayLike) -> FloatArray:
    """Continuous ranked probability score of a lognormal.

    ``y (2Φ(ω) - 1) - 2 exp(μ + σ²/2) [Φ(ω - σ) + Φ(σ/√2) - 1]`` with ``ω = (ln y - μ)/σ``, minus infinity
    where y is not positive. It weighs the upper tail much more than `crps_normal` of the logarithms.

    Parameters
    ----------
    outcome : shape S, or one value for all
        The value y that came out.
    location : shape S
        μ, the mean of the logarithm. NaN: missing.
    scale : shape S, or one value for all
        σ, the logarithm's standard deviation, positive.

    Returns
    -------
    shape S
        0 upwards, in the quantity's own unit. NaN where the forecast is missing.

    References
    ----------
    Baran and Lerch (2015), Quarterly Journal of the Royal Meteorological Society 141, 2289-2299.

    Examples
    --------
    >>> crps_lognormal([1.0, 100.0], [0.0, 3.0], 1.0).round(4)
    array([ 0.2674, 56.8524])
    """
    μ = checks.numbers("location", location, missing=True)
    μ, y, σ = _together("location", μ, outcome=outcome, scale=scale)
    _positive("scale", σ)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        # An outcome that can't be, 0 or below, is scored all the same: ω is minus infinity, where F is 0.
        ω = (np.log(np.maximum(y, 0)) - μ) / σ
        score = np.where(σ < _NARROW, _narrow_lognormal(y, μ, σ, ω), _wide_lognormal(y, μ, σ, ω))
    return _told("scale", score, μ)


def crps_beta(outcome: ArrayLike, a: ArrayLike, b: ArrayLike) -> FloatArray:
    """Continuous ranked probability score of a beta distribution, for a quantity between 0 and 1.

    ``y (2F_{a,b}(y) - 1) + a/(a+b) (1 - 2F_{a+1,b}(y) - 2 B(2a, 2b) / (a B(a,b)²))``, with F the distribution
    function and B the beta function, brought into a form in which nothing cancels.

    Parameters
    ----------
    outcome : shape S, or one value for all
        The value y that came out, outside 0 to 1 too.
    a : shape S
        First shape, positive. NaN: missing.
    b : shape S, or one value for all
        Second shape, positive.

    Returns
    -------
    shape S
        0 upwards. NaN where the forecast is missing.

    References
    ----------
    Taillardat, Mestre, Zamo and Naveau (2016), Monthly Weather Review 144, 2375-2393.

    Examples
    --------
    >>> crps_beta([0.4, 0.9], [2.0, 1.0], [3.0, 1.0]).round(4)
    array([0.0516, 0.2433])
    """
    first = _positive("a", checks.numbers("a", a, missing=True))
    first, y, second = _together("a", first, outcome=outcome, b=b)
    _positive("b", second)
    both = first + second
    inside = np.clip(y, 0, 1)  # where the distribution function is 0 or 1 already
    below = special.betainc(first, second, inside)
    # F_{a+1,b} differs from F_{a,b} by the density alone: taken from each other the two leave rounding.
    with np.errstate(invalid="ignore"):
        density = np.where(inside == y, inside * (1 - inside) * stats.beta.pdf(inside, first, second), 0.0)
    density = np.where((inside == 0) | (inside == 1), 0.0, density)
    # From the nearer end: next to 1 the mean has no digits left for how far it lies from there.
    off = np.where(first > second, second / both - (1 - y), y - first / both)
    distance = off * (2 * below - 1) + 2 * density / both
    # B(2a, 2b) / B(a, b)² by Legendre's duplication: its logarithms are huge for narrow forecasts.
    ratio = special.poch(first, 0.5) * special.poch(second, 0.5) / special.poch(both, 0.5) / np.sqrt(np.pi)
    return _told("a", distance - ratio / both, first)


#: Scales below this take the form in which nothing cancels as the scale goes to 0.
_NARROW = 0.5
#: Nodes and weights on -1 to 1 that integrate the bell over a stretch of less than 1/2 to the last digit.
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(12)


def _wide_lognormal(y: FloatArray, μ: FloatArray, σ: FloatArray, ω: FloatArray) -> FloatArray:
    """The lognormal's score from σ of `_NARROW` on.

    The mean exp(μ + σ²/2) and the tails it is multiplied by are huge and tiny: each product is taken as one,
    by the scaled complement ``erfcx(x) = exp(x²) erfc(x)``.
    """
    below = y * np.exp(-(ω**2) / 2) * special.erfcx((σ - ω) / np.sqrt(2))
    above = np.exp(μ + σ**2 / 2) * special.erfc((σ - ω) / np.sqrt(2))
    part = np.where(ω < σ, np.where(ω == -np.inf, 0.0, below), above)
    return np.asarray(y * special.erf(ω / np.sqrt(2)) - part + np.exp(μ + σ**2 / 4) * special.erfcx(σ / 2))


def _narrow_lognormal(y: FloatArray, μ: FloatArray, σ: FloatArray, ω: FloatArray) -> FloatArray:
    """The lognormal's score below σ of `_NARROW`: every part is of the size of the score, none of the mean's."""
    mean, end = np.exp(μ + σ**2 / 2), ω / np.sqrt(2)
    step = σ / np.sqrt(2)
    # erf(end) - erf(end - step) by quadrature: taken from each other the two leave rounding.
    at = end[..., np.newaxis] - step[..., np.newaxis] * (1 + _NODES) / 2
    stretch = step / np.sqrt(np.pi) * (np.exp(-(at**2)) @ _NODE_WEIGHTS)
    near = np.abs(σ * ω) < 1
    away = np.where(near, mean * np.expm1(np.where(near, σ * ω - σ**2 / 2, 0)), y - mean)
    return np.asarray(away * special.erf(end) + mean * (stretch - special.erf(σ / 2)))


def _told(name: str, score: FloatArray, forecast: FloatArray) -> FloatArray:
    """Scores that are numbers wherever there is a forecast; a forecast too wide for doubles is refused."""
    checks.refuse(name, forecast, ~np.isfinite(score) & ~np.isnan(forecast), "give a score below 1e308")
    return np.asarray(score)


def _pairs(count: int, fair: bool) -> int:
    """By what a sum over the pairs i < j is divided to be half of a mean over ordered pairs."""
    if fair and count < 2:
        raise ValueError(f"ensemble must have two members or more for the fair form, got {count}")
    return count * (count - 1) if fair else count**2


def _members(name: str, value: ArrayLike, axes: int) -> FloatArray:
    """An ensemble whose last `axes` axes hold one forecast: one member at least, all NaN or no NaN."""
    array = checks.numbers(name, value, missing=True)
    if array.ndim < axes or 0 in array.shape[array.ndim - axes :]:
        shape = "S + (m,)" if axes == 1 else "S + (m, D)"
        raise ValueError(f"{name} must have shape {shape} with one member or more, got {array.shape}")
    absent, last = np.isnan(array), tuple(range(-axes, 0))
    if (absent.any(axis=last) != absent.all(axis=last)).any():
        raise ValueError(f"{name} must be NaN for all members or for none, got some of a forecast")
    return array


def _points(outcome: ArrayLike, ensemble: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Members of shape S + (m, D) and the point of shape S + (D,), or (D,), that came out."""
    members = _members("ensemble", ensemble, axes=2)
    point = checks.numbers("outcome", outcome)
    whole = members.shape[:-2] + members.shape[-1:]
    if point.shape not in (whole, whole[-1:]):
        raise ValueError(
            f"outcome must have shape {whole} or {whole[-1:]} as ensemble has, got {point.shape}"
        )
    return members, np.broadcast_to(point, whole)


def _pair_weights(weight: ArrayLike | None, quantities: int) -> FloatArray:
    if quantities < 2:
        raise ValueError(f"outcome must hold two quantities or more, got {quantities}")
    array = np.ones((quantities, quantities)) if weight is None else checks.numbers("weight", weight)
    if array.shape != (quantities, quantities) or (array < 0).any():
        raise ValueError(
            f"weight must be 0 or more, of shape {(quantities, quantities)}, got {array.tolist()}"
        )
    return array


def _together(name: str, first: FloatArray, **given: ArrayLike) -> list[FloatArray]:
    """Forecasts and finite numbers, of one shape or one value for all."""
    return checks.together(
        **{name: first}, **{other: checks.numbers(other, one) for other, one in given.items()}
    )


def _positive(name: str, array: FloatArray) -> FloatArray:
    if (array <= 0).any():
        raise ValueError(f"{name} must be positive, got {np.nanmin(array)}")
    return array
