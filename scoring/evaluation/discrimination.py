"""Discrimination and sharpness: whether yes got higher forecasts than no, and how far they are from one half.

Neither figure looks at calibration: both stay as they are if an overconfident forecaster is right in order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from scoring import checks
from scoring.checks import FloatArray
from scoring.evaluation.calibration import DECIMALS, answered
from scoring.ordering import distinct


@dataclass(frozen=True)
class AreaInterval:
    """An area under the curve with its interval."""

    area: float
    low: float
    high: float
    standard_error: float
    level: float


def area_under_curve(outcome: ArrayLike, probability: ArrayLike) -> float:
    """Area under the ROC curve (AUC): the chance that a yes got a higher forecast than a no.

    It is the area under the receiver operating characteristic and the Mann-Whitney statistic over the number
    of pairs. Two forecasts that agree to 12 decimals are a tie and count one half.

    Parameters
    ----------
    outcome : shape (n,)
        1 for yes, 0 for no; each must occur.
    probability : shape (n,)
        Probability of yes, 0 to 1. NaN: missing, dropped with its outcome.

    Returns
    -------
    float
        1 if all yes are above all no, 1/2 without any order, 0 if all are below. Higher is better.

    Raises
    ------
    ValueError
        If all questions left came out the same, because then there is no pair.

    References
    ----------
    Hanley and McNeil (1982), Radiology 143, 29-36.

    Examples
    --------
    >>> area_under_curve([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.9])
    0.75
    """
    yes, no = _classes(outcome, probability, 1)
    return float(_placements(yes, no)[0].mean())


def area_interval(outcome: ArrayLike, probability: ArrayLike, *, level: float = 0.95) -> AreaInterval:
    """`area_under_curve` with the interval of DeLong, DeLong and Clarke-Pearson.

    The area of each yes is the share of no below it, and the other way round; the spread of these shares
    gives the standard error, and the normal distribution the interval. What would lie outside 0 to 1 is cut
    off there. Where yes and no do not overlap, the interval has no width and says nothing.

    Parameters
    ----------
    outcome, probability
        As in `area_under_curve`, with two questions or more of each outcome.
    level : above 0, below 1

    Returns
    -------
    AreaInterval
        area, low, high, standard_error, level

    Raises
    ------
    ValueError
        If fewer than two questions came out yes, or no, or `level` breaks its rule.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44, 837-845.

    Examples
    --------
    >>> interval = area_interval([0, 1, 0, 1, 0, 1], [0.1, 0.4, 0.5, 0.9, 0.3, 0.7])
    >>> round(interval.area, 3), round(interval.low, 3), interval.high
    (0.889, 0.581, 1.0)
    """
    share = checks.inner("level", level)
    yes, no = _classes(outcome, probability, 2)
    above, below = _placements(yes, no)
    error = float(np.sqrt(above.var(ddof=1) / yes.size + below.var(ddof=1) / no.size))
    area, reach = float(above.mean()), float(ndtri((1 + share) / 2)) * error
    return AreaInterval(area, max(area - reach, 0.0), min(area + reach, 1.0), error, share)


def sharpness(probability: ArrayLike) -> FloatArray:
    """Sharpness: how far forecasts stand from one half, the mean of ``(p - 1/2)²``.

    It is a property of the forecasts alone. Sharp forecasts are good only if they are calibrated too.

    Parameters
    ----------
    probability : shape S + (n,)
        Probability of yes, 0 to 1, forecasts on the last axis. NaN: missing.

    Returns
    -------
    shape S
        0 (all 50 %) to 1/4 (all certain).

    Raises
    ------
    ValueError
        If a row has no forecast.

    References
    ----------
    Bross (1953), Design for Decision; Gneiting, Balabdaoui and Raftery (2007), Journal of the Royal
    Statistical Society B 69, 243-268, for sharpness subject to calibration.

    Examples
    --------
    >>> sharpness([[0.0, 1.0], [0.5, 0.5]])
    array([0.25, 0.  ])
    """
    return _mean((_rows(probability) - 0.5) ** 2)


def forecast_variance(probability: ArrayLike) -> FloatArray:
    """How far forecasts stand from their own mean: the mean of ``(p - p̄)²``, over n, not n - 1.

    Parameters
    ----------
    probability : shape S + (n,)
        As in `sharpness`.

    Returns
    -------
    shape S
        0 (all the same) to 1/4.

    Raises
    ------
    ValueError
        If a row has no forecast.

    References
    ----------
    Murphy and Winkler (1987), Monthly Weather Review 115, 1330-1338.

    Examples
    --------
    >>> forecast_variance([[0.0, 1.0], [0.9, 0.9]])
    array([0.25, 0.  ])
    """
    given = _rows(probability)
    return _mean((given - _mean(given)[..., np.newaxis]) ** 2)


def _classes(outcome: ArrayLike, probability: ArrayLike, least: int) -> tuple[FloatArray, FloatArray]:
    """The forecasts of what came out yes and of what came out no, at least so many of each."""
    happened, given = answered(outcome, probability)
    yes, no = given[happened == 1].round(DECIMALS), given[happened == 0].round(DECIMALS)
    # With one class alone there is no pair: one half in its place would say that nothing is told apart.
    if min(yes.size, no.size) < least:
        raise ValueError(
            f"outcome must hold both yes and no, {least} of each at least, "
            f"got {yes.size} yes and {no.size} no"
        )
    return yes, no


def _placements(yes: FloatArray, no: FloatArray) -> tuple[FloatArray, FloatArray]:
    """For each yes the share of no below it, and for each no the share of yes above it; ties are halves."""
    values, place, _ = distinct(np.concatenate([yes, no]))
    of_yes, of_no = place[: yes.size], place[yes.size :]
    yes_at, no_at = (np.bincount(of, minlength=values.size) for of in (of_yes, of_no))
    # By counts at the distinct forecasts: all pairs of a yes and a no would be quadratic.
    no_below, yes_below = (np.cumsum(at) - at / 2 for at in (no_at, yes_at))
    return no_below[of_yes] / no.size, 1 - yes_below[of_no] / yes.size


def _rows(probability: ArrayLike) -> FloatArray:
    """Forecasts on the last axis, one at least in each row."""
    given = checks.probabilities("probability", probability, missing=True)
    if given.ndim < 1 or np.isnan(given).all(axis=-1).any():
        raise ValueError(f"probability must hold a forecast in each row, got shape {given.shape}")
    return given


def _mean(values: FloatArray) -> FloatArray:
    return np.asarray(np.nanmean(values, axis=-1))
