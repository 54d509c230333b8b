"""Forecasts in bins: reliability curve, calibration error and consistency bars.

Every figure depends on the bins; `scoring.evaluation.calibration.corp` needs none. Murphy's decomposition by the same
bins is in `scoring.evaluation.decomposition`.

Bins are closed on the right, and the first one holds 0 too: with ten, 0.1 belongs to the first and 0.3 to
the third. A curve may close them on the left instead, and the last one holds 1 too. Forecasts and edges are
compared to 12 decimals, so that 0.1 + 0.2 lies where 0.3 does.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import checks
from scoring.checks import FloatArray, IntArray
from scoring.evaluation.calibration import DECIMALS, answered
from scoring.evaluation.resampling import Seed, percentile_interval, random_generator

Bins = Literal["equal", "quantile"]
Side = Literal["right", "left"]


@dataclass(frozen=True)
class ReliabilityCurve:
    """What was said and what came out, for each bin that holds a forecast."""

    forecast: FloatArray
    frequency: FloatArray
    count: IntArray
    edges: FloatArray


@dataclass(frozen=True)
class CalibrationError:
    """The expected calibration error, beside what it can't be read without."""

    error: float
    forecasts: int
    bins: int
    bins_used: int


@dataclass(frozen=True)
class Bars:
    """Frequencies that a calibrated forecaster's bins would show, for each bin that holds a forecast."""

    forecast: FloatArray
    low: FloatArray
    high: FloatArray
    count: IntArray


def reliability_curve(
    outcome: ArrayLike,
    probability: ArrayLike,
    *,
    bins: int = 10,
    kind: Bins = "equal",
    closed: Side = "right",
) -> ReliabilityCurve:
    """Mean forecast and share of yes in each bin; `scoring.evaluation.proportions.wilson` has their intervals.

    Parameters
    ----------
    outcome : shape (n,), or one value for all
        1 for yes, 0 for no.
    probability : shape (n,)
        Probability of yes, 0 to 1. NaN: missing, dropped with its outcome.
    bins : 1 or more
    kind : "equal" or "quantile"
        "equal": edges at 0, 1/bins, ... 1. "quantile": edges at the quantiles (linear) of the forecasts, so
        that the bins hold about as many each.
    closed : "right" or "left"
        To which side a bin holds its edge: a forecast of 0.3 is in 0.2 to 0.3, or in 0.3 to 0.4.

    Returns
    -------
    ReliabilityCurve
        forecast, frequency, count : for each bin that is not empty, from low to high
        edges : all bins + 1 edges

    Raises
    ------
    ValueError
        If no forecast is left, or `bins`, `kind` or `closed` breaks its rule.

    References
    ----------
    Murphy and Winkler (1977), Applied Statistics 26, 41-47.

    Examples
    --------
    >>> curve = reliability_curve([0, 1, 1, 1], [0.25, 0.25, 0.75, 0.8], bins=2)
    >>> curve.forecast, curve.frequency, curve.count
    (array([0.25 , 0.775]), array([0.5, 1. ]), array([2, 2]))
    """
    happened, given = answered(outcome, probability)
    edges = _edges(given, checks.one_or_more("bins", bins), kind)
    if closed not in ("right", "left"):
        raise ValueError(f'closed must be "right" or "left", got {closed!r}')
    binned = sort_into(edges, happened, given, closed)
    return ReliabilityCurve(
        forecast=binned.forecast, frequency=binned.frequency, count=binned.count, edges=edges
    )


def expected_calibration_error(
    outcome: ArrayLike, probability: ArrayLike, *, bins: int = 10, kind: Bins = "equal"
) -> CalibrationError:
    """Mean distance of forecast and frequency over bins, weighted by size: ``Σ n_k/n |ō_k - p̄_k|``.

    Read it with care: it is biased upward, the more so the fewer forecasts a bin holds, so that calibrated
    forecasters get more than 0; it changes with the bins; and it is no proper score, so it can be gamed. What
    `scoring.evaluation.calibration.corp` calls miscalibration needs no bins and is a part of a proper score.

    Parameters
    ----------
    outcome, probability, bins, kind
        As in `reliability_curve`.

    Returns
    -------
    CalibrationError
        error : 0 (best) to 1
        forecasts : how many forecasts it is made of
        bins : how many bins there were
        bins_used : how many of them held a forecast

    References
    ----------
    Naeini, Cooper and Hauskrecht (2015), AAAI Conference on Artificial Intelligence 29, 2901-2907.

    Examples
    --------
    >>> expected_calibration_error([0, 1, 1, 1], [0.25, 0.25, 0.75, 0.75], bins=4)
    CalibrationError(error=0.25, forecasts=4, bins=4, bins_used=2)
    """
    curve = reliability_curve(outcome, probability, bins=bins, kind=kind)
    number = int(curve.count.sum())
    error = float((curve.count * np.abs(curve.frequency - curve.forecast)).sum() / number)
    return CalibrationError(error, number, int(bins), curve.count.size)


def consistency_bars(
    probability: ArrayLike,
    *,
    generator: Seed,
    bins: int = 10,
    kind: Bins = "equal",
    level: float = 0.9,
    draws: int = 1000,
) -> Bars:
    """Which frequencies the bins would show if the forecaster were calibrated, by resampling.

    Outcomes are drawn with the forecasts as their true probabilities; each bar holds the middle `level` of
    its bin's frequencies. A bin with few forecasts has a long bar.

    Parameters
    ----------
    probability : shape (n,)
        Probability of yes, 0 to 1. NaN: missing, dropped.
    generator : numpy.random.Generator, or a whole number as the seed of one
        All randomness comes from it.
    bins, kind
        As in `reliability_curve`.
    level : above 0, below 1
    draws : 1 or more

    Returns
    -------
    Bars
        forecast, low, high, count : for each bin that is not empty, from low to high

    Raises
    ------
    ValueError
        As in `reliability_curve`, or if there is no generator, or `level` or `draws` breaks its rule.

    References
    ----------
    Bröcker and Smith (2007), Weather and Forecasting 22, 651-661.

    Examples
    --------
    >>> bars = consistency_bars([0.2] * 5 + [0.8] * 500, generator=7)
    >>> bool(bars.high[0] - bars.low[0] > bars.high[1] - bars.low[1])
    True
    """
    _, given = answered(0, probability)
    random, total = random_generator(generator), checks.one_or_more("draws", draws)
    edges = _edges(given, checks.one_or_more("bins", bins), kind)
    binned = sort_into(edges, np.zeros_like(given), given)
    frequency = np.array([_drawn(random, given, binned) for _ in range(total)])
    low, high = percentile_interval(frequency, level)
    return Bars(forecast=binned.forecast, low=low, high=high, count=binned.count)


@dataclass(frozen=True)
class Binned:
    """Forecasts sorted into bins, of which only those that hold one are kept.

    place : shape (n,), each forecast's bin among those kept
    count, said, yes : for each bin kept, its forecasts, their sum, and the sum of their outcomes
    """

    place: NDArray[np.intp]
    count: IntArray
    said: FloatArray
    yes: FloatArray

    @property
    def forecast(self) -> FloatArray:
        """Mean forecast of each bin."""
        return self.said / self.count

    @property
    def frequency(self) -> FloatArray:
        """Share of yes of each bin."""
        return self.yes / self.count


def sort_into(edges: FloatArray, happened: FloatArray, given: FloatArray, closed: Side = "right") -> Binned:
    """Sorts forecasts and outcomes into bins that are closed on one side.

    Examples
    --------
    >>> binned = sort_into(equal_edges(2), np.array([0.0, 1.0, 1.0]), np.array([0.25, 0.5, 1.0]))
    >>> binned.count, binned.forecast, binned.frequency
    (array([2, 1]), array([0.375, 1.   ]), array([0.5, 1. ]))
    """
    # Without the outer two: 0 and 1 are in the first and the last bin on whichever side these are closed.
    inner = edges[1:-1].round(DECIMALS)
    # Closed on the right as in R's SpecsVerification, to whose figures these are held; `numpy.digitize`
    # closes on the left.
    bin_of = np.searchsorted(inner, given.round(DECIMALS), side="left" if closed == "right" else "right")
    # Many equal forecasts make quantile edges equal: bins between these hold nobody, and are not kept.
    count = np.bincount(bin_of)
    kept = count > 0
    said, yes = (np.bincount(bin_of, each)[kept].astype(np.float64) for each in (given, happened))
    return Binned(place=(np.cumsum(kept) - 1)[bin_of], count=count[kept].astype(np.int64), said=said, yes=yes)


def equal_edges(bins: int) -> FloatArray:
    """The edges of `bins` bins of one width from 0 to 1.

    Examples
    --------
    >>> equal_edges(4)
    array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    return np.arange(bins + 1) / bins


def _edges(given: FloatArray, bins: int, kind: str) -> FloatArray:
    if kind == "equal":
        return equal_edges(bins)
    if kind == "quantile":
        return np.asarray(np.quantile(given, equal_edges(bins)))
    raise ValueError(f'kind must be "equal" or "quantile", got {kind!r}')


def _drawn(random: np.random.Generator, given: FloatArray, binned: Binned) -> FloatArray:
    """The bins' frequencies in one draw of outcomes under calibration."""
    return np.asarray(np.bincount(binned.place, random.random(given.size) < given) / binned.count)
