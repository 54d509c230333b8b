"""Murphy's decomposition of the Brier score by bins, and its correction for bias.

Brier scores here are ONE-sided, ``(p - o)²`` from 0 to 1, half of `scoring.rules.brier`. Bins are those of
`scoring.evaluation.reliability`: of one width, closed on the right, the first one with 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import FloatArray
from scoring.evaluation.calibration import answered
from scoring.evaluation.reliability import Binned, equal_edges, sort_into


@dataclass(frozen=True)
class Murphy:
    """``score = reliability - resolution + uncertainty + within_variance - within_covariance``."""

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within_variance: float
    within_covariance: float
    reliability_deviation: float
    resolution_deviation: float
    uncertainty_deviation: float


@dataclass(frozen=True)
class BiasCorrected:
    """The three parts after the correction, whose sum is the same as before it."""

    reliability: float
    resolution: float
    uncertainty: float
    strength: float
    reliability_deviation: float
    resolution_deviation: float
    uncertainty_deviation: float


def murphy(outcome: ArrayLike, probability: ArrayLike, *, bins: int = 10) -> Murphy:
    """Splits the mean Brier score into reliability, resolution and uncertainty, by bins.

    With n_k forecasts in bin k, their mean p̄_k, their share of yes ō_k and the whole share of yes ō::

        REL = Σ n_k (p̄_k - ō_k)² / n    RES = Σ n_k (ō_k - ō)² / n    UNC = ō (1 - ō)
        WBV = Σ (p_i - p̄_k)² / n        WBC = 2 Σ (p_i - p̄_k) (o_i - ō_k) / n

    The mean score is REL - RES + UNC only if the forecasts in a bin are all the same. In general the variance
    and covariance within bins belong to it: ``REL - RES + UNC + WBV - WBC``, exactly.

    Parameters
    ----------
    outcome : shape (n,), or one value for all
        1 for yes, 0 for no.
    probability : shape (n,)
        Probability of yes, 0 to 1. NaN: missing, dropped with its outcome.
    bins : 1 or more

    Returns
    -------
    Murphy
        score : the mean one-sided Brier score
        reliability : REL, 0 or more, lower is better
        resolution : RES, 0 or more, higher is better
        uncertainty : UNC, 0 to 1/4
        within_variance, within_covariance : WBV and WBC; WBC may be negative
        reliability_deviation, resolution_deviation, uncertainty_deviation
            Standard deviations of the first three over samples like this one, by propagation of error: good
            for many forecasts in each bin.

    Raises
    ------
    ValueError
        If no forecast is left or `bins` breaks its rule.

    References
    ----------
    Murphy (1973), Journal of Applied Meteorology 12, 595-600.
    Stephenson, Coelho and Jolliffe (2008), Weather and Forecasting 23, 752-757, for WBV and WBC.
    Siegert (2014), Quarterly Journal of the Royal Meteorological Society 140, 1771-1777, for the deviations.

    Examples
    --------
    >>> parts = murphy([0, 1, 1, 1], [0.25, 0.25, 0.75, 0.75])
    >>> parts.reliability, parts.resolution, parts.uncertainty, parts.score
    (0.0625, 0.0625, 0.1875, 0.1875)
    """
    happened, given = answered(outcome, probability)
    binned = sort_into(equal_edges(checks.one_or_more("bins", bins)), happened, given)
    reliability, resolution, uncertainty = _parts(binned)
    apart = given - binned.forecast[binned.place]
    surprise = happened - binned.frequency[binned.place]
    deviation = _deviations(happened, given, binned, corrected=False)
    return Murphy(
        score=float(((given - happened) ** 2).mean()),
        reliability=reliability,
        resolution=resolution,
        uncertainty=uncertainty,
        within_variance=float((apart**2).mean()),
        within_covariance=float(2 * (apart * surprise).mean()),
        reliability_deviation=deviation[0],
        resolution_deviation=deviation[1],
        uncertainty_deviation=deviation[2],
    )


def murphy_bias_corrected(outcome: ArrayLike, probability: ArrayLike, *, bins: int = 10) -> BiasCorrected:
    """Murphy's parts without most of the bias that small bins give them.

    Reliability and resolution are too high in small samples and uncertainty is too low. With s_k the number
    of yes in bin k::

        C = Σ_{n_k ≥ 2} s_k (n_k - s_k) / (n_k - 1) / n_k / n    T = ō (1 - ō) / (n - 1)
        REL' = REL - α C    RES' = RES - α C + α T    UNC' = UNC + α T

    α is 1, or as much as keeps REL' ≥ 0, 0 ≤ RES' ≤ 1 and UNC' ≤ 1/4: ``min(REL / C, max(RES / (C - T),
    (RES - 1) / (C - T)), (1 - 4 UNC) / (4 T), 1)``, and 0 where that is not finite.

    Parameters
    ----------
    outcome, probability, bins
        As in `murphy`.

    Returns
    -------
    BiasCorrected
        reliability, resolution, uncertainty : REL', RES' and UNC', with REL' - RES' + UNC' as before
        strength : α, 0 to 1
        reliability_deviation, resolution_deviation, uncertainty_deviation
            Standard deviations by propagation of error, of the parts at α = 1. Bins with one forecast add
            nothing to the first two; all three are NaN for a single forecast.

    References
    ----------
    Ferro and Fricker (2012), Quarterly Journal of the Royal Meteorological Society 138, 1954-1960.
    Siegert (2014), Quarterly Journal of the Royal Meteorological Society 140, 1771-1777.

    Examples
    --------
    >>> parts = murphy_bias_corrected([0, 1, 1, 1], [0.25, 0.25, 0.75, 0.75])
    >>> parts.strength, parts.reliability, parts.resolution, parts.uncertainty
    (0.5, 0.0, 0.03125, 0.21875)
    """
    happened, given = answered(outcome, probability)
    binned = sort_into(equal_edges(checks.one_or_more("bins", bins)), happened, given)
    reliability, resolution, uncertainty = _parts(binned)
    c, t = _corrections(binned)
    alpha = _strength(reliability, resolution, uncertainty, c, t)
    gain, loss = (alpha * t, alpha * c) if alpha else (0.0, 0.0)  # T is NaN for a single forecast
    deviation = _deviations(happened, given, binned, corrected=True)
    return BiasCorrected(
        reliability=reliability - loss,
        resolution=resolution - loss + gain,
        uncertainty=uncertainty + gain,
        strength=alpha,
        reliability_deviation=deviation[0],
        resolution_deviation=deviation[1],
        uncertainty_deviation=deviation[2],
    )


def _parts(binned: Binned) -> tuple[float, float, float]:
    """REL, RES and UNC."""
    n, base = binned.count.sum(), binned.yes.sum() / binned.count.sum()
    reliability = (binned.count * (binned.forecast - binned.frequency) ** 2).sum() / n
    resolution = (binned.count * (binned.frequency - base) ** 2).sum() / n
    return float(reliability), float(resolution), float(base * (1 - base))


def _corrections(binned: Binned) -> tuple[float, float]:
    """C and T; T is NaN for a single forecast."""
    n, base = binned.count.sum(), binned.yes.sum() / binned.count.sum()
    several = binned.count >= 2
    n_k, s_k = binned.count[several], binned.yes[several]
    c = (s_k * (n_k - s_k) / (n_k * (n_k - 1))).sum() / n
    return float(c), float(base * (1 - base) / (n - 1)) if n > 1 else float("nan")


def _strength(reliability: float, resolution: float, uncertainty: float, c: float, t: float) -> float:
    """α of Ferro and Fricker; 0 where it is not finite."""
    rel, res, unc, gap, t = np.array([reliability, resolution, uncertainty, c - t, t])
    with np.errstate(divide="ignore", invalid="ignore"):
        # C - T may have either sign: of the two that keep RES' within 0 to 1 the larger is the one that
        # binds.
        limits = [rel / np.float64(c), np.maximum(res / gap, (res - 1) / gap), (1 - 4 * unc) / (4 * t), 1.0]
    alpha = float(np.min(limits))
    return alpha if np.isfinite(alpha) else 0.0


def _deviations(
    happened: FloatArray, given: FloatArray, binned: Binned, *, corrected: bool
) -> tuple[float, float, float]:
    """Standard deviations of REL, RES and UNC by propagation of error.

    Each part is a function of sums over forecasts: for each bin a of ones, b of outcomes, c of forecasts, and
    of all outcomes. Its gradient turns each forecast into one number, whose spread is the part's.
    """
    n, base = given.size, happened.mean()
    if corrected and n == 1:
        return (float("nan"),) * 3
    a, b, gap = binned.count.astype(np.float64), binned.yes, binned.yes - binned.said
    rel_a, rel_b, rel_c = -((gap / a) ** 2), 2 * gap / a, -2 * gap / a
    res_a, res_b = base**2 - (b / a) ** 2, 2 * (b / a - base)
    res_y, unc_y = 0.0, 1 - 2 * base
    if corrected:
        term_a, term_b, several = _correction_gradient(a, b)
        rel_a, rel_b, rel_c = (rel_a - term_a) * several, (rel_b - term_b) * several, rel_c * several
        res_a, res_b = (res_a - term_a) * several, (res_b - term_b) * several
        res_y, unc_y = unc_y / (n - 1), unc_y * n / (n - 1)
    k = binned.place
    return (
        _spread(rel_a[k] + rel_b[k] * happened + rel_c[k] * given),
        _spread(res_a[k] + (res_b[k] + res_y) * happened),
        _spread(unc_y * happened),
    )


def _correction_gradient(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The gradient of n C in a and b, and 1 for the bins that have one: those of two forecasts or more."""
    several = a >= 2
    # Any number that divides: what it makes counts for nothing.
    a = np.where(several, a, 2.0)
    return (
        -b * (a**2 - 2 * a * b + b) / (a * (a - 1)) ** 2,
        (a - 2 * b) / (a * (a - 1)),
        several.astype(np.float64),
    )


def _spread(influence: FloatArray) -> float:
    """The standard deviation of a mean, from what each forecast adds to it."""
    return float(np.sqrt(((influence - influence.mean()) ** 2).sum()) / influence.size)
