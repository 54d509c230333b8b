"""Calibration: does 70 % happen in 70 % of cases? Isotonic recalibration, and what it says of a score.

Everything here takes yes-or-no questions that came out, with one forecast each. The CORP approach needs no
bins: the frequencies are fitted under the one assumption that they do not fall where the forecasts rise.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, labels
from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.evaluation.resampling import Seed, percentile_interval, random_generator
from scoring.ordering import distinct

#: Forecasts that agree to this many decimals are one forecast: means of crowds differ in their last bit.
DECIMALS = 12


@dataclass(frozen=True)
class Corp:
    """A mean score and its parts: ``score = miscalibration - discrimination + uncertainty``."""

    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    recalibrated: FloatArray
    clipped: int


@dataclass(frozen=True)
class Band:
    """Between which frequencies a calibrated forecaster's curve would run, for each distinct forecast."""

    forecast: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class CalibrationTest:
    """Whether forecasts and outcomes differ by more than chance: one test of all forecasts together."""

    miscalibration: float
    p_value: float
    band: Band

    def rejects(self, level: float = 0.05) -> bool:
        """Whether a calibrated forecaster would show so much miscalibration with probability `level` at most."""
        return self.p_value <= checks.inner("level", level)


def recalibrated(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Isotonic recalibration: the best-fitting frequencies among all that do not fall as the forecast rises.

    This is isotonic least squares by pooling adjacent violators. Forecasts that agree to 12 decimals are
    pooled first, so they get the same frequency whatever their order. The solution is the best one for every
    proper score, not for squares alone.

    Parameters
    ----------
    outcome : shape (n,), or one value for all
        1 for yes, 0 for no.
    probability : shape (n,)
        Probability of yes, 0 to 1. NaN: missing.

    Returns
    -------
    shape (n,)
        Frequencies from 0 to 1 in the order of the forecasts; NaN where the forecast is missing.

    Raises
    ------
    ValueError
        If no forecast is left.

    References
    ----------
    Ayer, Brunk, Ewing, Reid and Silverman (1955), Annals of Mathematical Statistics 26, 641-647.
    Dimitriadis, Gneiting and Jordan (2021), PNAS 118, e2016191118.

    Examples
    --------
    >>> recalibrated([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.9])
    array([0. , 0.5, 0.5, 1. ])
    """
    happened, given, present = _answers(outcome, probability)
    fitted = np.full(present.shape, np.nan)
    fitted[present] = _isotonic(happened, given)
    return fitted


def corp(
    outcome: ArrayLike, probability: ArrayLike, *, score: Literal["brier", "log"] = "brier", clip: float = 0.0
) -> Corp:
    """Splits a mean score into miscalibration, discrimination and uncertainty, without bins.

    With S the mean score, x̂ the forecasts after `recalibrated` and ō the share of yes::

        MCB = S(p) - S(x̂)    DSC = S(ō) - S(x̂)    UNC = S(ō)    S(p) = MCB - DSC + UNC

    Parameters
    ----------
    outcome : shape (n,), or one value for all
        1 for yes, 0 for no.
    probability : shape (n,)
        Probability of yes, 0 to 1. NaN: missing, dropped with its outcome.
    score : "brier" or "log"
        "brier" is the ONE-sided ``(p - o)²``, half of `scoring.rules.brier`: double all parts to get the
        parts of that one. "log" is ``-ln`` of the probability given to what happened, in nats.
    clip : 0 to below 0.5
        Forecasts are moved into [clip, 1 - clip] before they are scored. The default, 0, moves none; a log
        score is then infinite where the impossible happened, and so is the miscalibration.

    Returns
    -------
    Corp
        score : S(p), lower is better
        miscalibration : MCB, 0 for the calibrated, lower is better
        discrimination : DSC, 0 for who says the same always, higher is better
        uncertainty : UNC, the score of who knows the share of yes alone; it says nothing of the forecaster
        recalibrated : x̂, shape (n,), NaN where the forecast is missing
        clipped : how many forecasts `clip` moved

        No part is negative. What rounding leaves below 0 is given as 0.

    Raises
    ------
    ValueError
        If no forecast is left, the score is unknown or `clip` is out of range.

    References
    ----------
    Dimitriadis, Gneiting and Jordan (2021), PNAS 118, e2016191118.

    Examples
    --------
    >>> parts = corp([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.9])
    >>> [round(part, 4) for part in (parts.miscalibration, parts.discrimination, parts.uncertainty)]
    [0.06, 0.125, 0.25]
    """
    happened, given, present = _answers(outcome, probability)
    bound = _clip(clip)
    moved = np.clip(given, bound, 1 - bound)
    best = _isotonic(happened, moved)
    whole, least, ignorant = (
        _mean(score, happened, p) for p in (moved, best, np.full_like(best, happened.mean()))
    )
    fitted = np.full(present.shape, np.nan)
    fitted[present] = best
    # Both differences are 0 or more by the optimality of x̂; only rounding can say otherwise.
    return Corp(
        score=whole,
        miscalibration=max(whole - least, 0.0),
        discrimination=max(ignorant - least, 0.0),
        uncertainty=ignorant,
        recalibrated=fitted,
        clipped=int((moved != given).sum()),
    )


def consistency_band(
    probability: ArrayLike, *, generator: Seed, level: float = 0.9, draws: int = 1000
) -> Band:
    """Where the recalibrated curve would lie if the forecaster were calibrated, by resampling.

    Outcomes are drawn with the forecasts as their true probabilities, each draw is recalibrated, and for each
    distinct forecast the band holds the middle `level` of the frequencies. It holds for one forecast at a
    time: a calibrated curve leaves it somewhere more often than 1 - `level`.

    Parameters
    ----------
    probability : shape (n,)
        Probability of yes, 0 to 1. NaN: missing, dropped.
    generator : numpy.random.Generator, or a whole number as the seed of one
        All randomness comes from it.
    level : above 0, below 1
        How much of the draws the band holds.
    draws : 1 or more

    Returns
    -------
    Band
        forecast : the distinct forecasts, rising
        low, high : the band at each of them

    Raises
    ------
    ValueError
        If no forecast is left, or there is no generator, or `level` or `draws` is out of range.

    References
    ----------
    Bröcker and Smith (2007), Weather and Forecasting 22, 651-661.
    Dimitriadis, Gneiting and Jordan (2021), PNAS 118, e2016191118.

    Examples
    --------
    >>> band = consistency_band([0.2] * 50 + [0.8] * 50, generator=7)
    >>> band.forecast
    array([0.2, 0.8])
    >>> bool(band.low[0] < 0.2 < band.high[0])
    True
    """
    given = present_forecasts(probability)
    random, times = random_generator(generator), checks.one_or_more("draws", draws)
    forecast, place, count = _ties(given)
    fitted = np.array([_pooled(_draw(random, given, place, count), count) for _ in range(times)])
    low, high = percentile_interval(fitted, level)
    return Band(forecast=forecast, low=low, high=high)


def calibration_test(
    outcome: ArrayLike,
    probability: ArrayLike,
    *,
    generator: Seed,
    below: ArrayLike = 0.0,
    unit: ArrayLike | None = None,
    level: float = 0.9,
    # With the observation itself a thousand, so that 0.05 is one of the p-values there are.
    draws: int = 999,
) -> CalibrationTest:
    """Joint test of calibration: CORP miscalibration against what calibrated forecasters would show.

    Outcomes are drawn with the forecasts as their true probabilities, and the miscalibration of each draw is
    compared with the one observed: a Monte Carlo test. If the forecaster is calibrated, p is at most α with
    probability α at most, whatever the number of forecasts and of draws. One verdict for all forecasts: a
    look at each place by itself would accuse most people somewhere.

    Parameters
    ----------
    outcome : shape (n,), or one value for all
        1 for yes, 0 for no.
    probability : shape (n,)
        Probability of yes, 0 to 1. NaN: missing, dropped with its outcome.
    generator : numpy.random.Generator, or a whole number as the seed of one
    below : shape (n,), or one value for all
        For forecasts that come out together. One number u from 0 to 1 is drawn for each unit, and yes is drawn where
        ``below <= u < below + probability``. 0 for the dates of a ladder, of which the later come true with
        the earlier; for exclusive options the sum of those before.
    unit : shape (n,), whole numbers, text or moments
        Which forecasts come out together. None: each by itself.
    level : above 0, below 1
        Of the band, as in `consistency_band`.
    draws : 1 or more
        The smallest p is 1/(draws + 1).

    Returns
    -------
    CalibrationTest
        miscalibration : MCB of `corp`, by the one-sided Brier score
        p_value : the share of draws, the observation among them, that are at least as miscalibrated
        band : what `consistency_band` gives, of the same draws

    Raises
    ------
    ValueError
        If no forecast is left, lengths differ, or an argument is out of range.

    References
    ----------
    Barnard (1963), Journal of the Royal Statistical Society B 25, 294, for Monte Carlo tests.
    Dimitriadis, Gneiting and Jordan (2021), PNAS 118, e2016191118.

    Examples
    --------
    >>> said = [0.2] * 10 + [0.8] * 10
    >>> calibration_test([0] * 8 + [1] * 10 + [0] * 2, said, generator=7).rejects()
    False
    >>> calibration_test([1] * 10 + [0] * 10, said, generator=7).rejects()
    True
    """
    happened, given, present = _answers(outcome, probability)
    random, times = random_generator(generator), checks.one_or_more("draws", draws)
    start = checks.aligned("below", checks.probabilities("below", below), present.shape, "probability")[
        present
    ]
    group = _groups(unit, present)
    forecast, place, count = _ties(given)
    observed = np.bincount(place, happened) / count
    drawn, fitted = [], []
    for _ in range(times):
        u = random.random(group.max(initial=0) + 1)[group]
        frequency = np.bincount(place, (start <= u) & (u < start + given)) / count
        fitted.append(_pooled(frequency, count))
        drawn.append(_miscalibration(forecast, frequency, fitted[-1], count))
    found = _miscalibration(forecast, observed, _pooled(observed, count), count)
    # A draw that equals the observation but for rounding is at least as miscalibrated.
    worse = int((np.array(drawn) >= found - 10.0**-DECIMALS).sum())
    low, high = percentile_interval(np.array(fitted), level)
    # The observation is one of the draws: a p-value of 0 would say more than so many draws can.
    return CalibrationTest(found, (1 + worse) / (1 + times), Band(forecast=forecast, low=low, high=high))


def answered(outcome: ArrayLike, probability: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Outcomes and forecasts of one length, without those that are missing; one at least is left.

    Examples
    --------
    >>> answered([1, 0, 1], [0.75, float("nan"), 0.5])
    (array([1., 1.]), array([0.75, 0.5 ]))
    """
    happened, given, _ = _answers(outcome, probability)
    return happened, given


def present_forecasts(probability: ArrayLike) -> FloatArray:
    """The forecasts that are not missing, one at least.

    Examples
    --------
    >>> present_forecasts([0.75, float("nan")])
    array([0.75])
    """
    return answered(0, probability)[1]


def _answers(outcome: ArrayLike, probability: ArrayLike) -> tuple[FloatArray, FloatArray, BoolArray]:
    """What `answered` gives, and which forecasts it kept."""
    given = checks.probabilities("probability", probability, missing=True)
    given, happened = checks.together(probability=given, outcome=checks.outcomes("outcome", outcome))
    checks.vector("probability", given)
    present = ~np.isnan(given)
    if not present.any():
        raise ValueError(f"probability must hold one forecast or more that is not missing, got {given.size}")
    return happened[present], given[present], present


def _ties(given: FloatArray) -> tuple[FloatArray, IntArray, IntArray]:
    """The distinct forecasts, which of them each forecast is, and how many each one stands for."""
    return distinct(given.round(DECIMALS))


def _isotonic(happened: FloatArray, given: FloatArray) -> FloatArray:
    """The recalibrated forecasts, in the order given."""
    _, place, count = _ties(given)
    return _pooled(np.bincount(place, happened) / count, count)[place]


def _pooled(frequency: FloatArray, count: IntArray) -> FloatArray:
    """Isotonic frequencies of distinct forecasts that rise, each of which stands for `count`."""
    # A fifth of a second, which every other use would wait for.
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(frequency, weights=count).x).clip(0, 1)  # 1 + 2e-16 is rounding


def _draw(random: np.random.Generator, given: FloatArray, place: IntArray, count: IntArray) -> FloatArray:
    """How frequent yes is for each distinct forecast, if all forecasts are right."""
    return np.asarray(np.bincount(place, random.random(given.size) < given) / count)


def _groups(unit: ArrayLike | None, present: BoolArray) -> IntArray:
    """Which forecasts come out together, counted from 0."""
    if unit is None:
        return np.arange(int(present.sum()))
    given = checks.vector("unit", labels.numbered("unit", unit))
    checks.one_length(probability=present, unit=given)
    return np.unique(given[present], return_inverse=True)[1]


def _miscalibration(
    forecast: FloatArray, frequency: FloatArray, fitted: FloatArray, count: IntArray
) -> float:
    """MCB by the one-sided Brier score, from each distinct forecast's frequency before and after `_pooled`."""
    gap = (forecast - frequency) ** 2 - (fitted - frequency) ** 2
    return max(float((count * gap).sum() / count.sum()), 0.0)


def _mean(score: str, happened: FloatArray, p: FloatArray) -> float:
    """The mean one-sided Brier or log score."""
    if score == "brier":
        return float(((p - happened) ** 2).mean())
    if score == "log":
        with np.errstate(divide="ignore"):
            # Of what happened alone: where a fitted frequency is 0 or 1 the other outcome never came, so none
            # is infinite by it.
            return float(0.0 - np.log(np.where(happened == 1, p, 1 - p)).mean())
    raise ValueError(f'score must be "brier" or "log", got {score!r}')


def _clip(clip: float) -> float:
    bound = checks.numbers("clip", clip)
    if bound.ndim or not 0 <= bound < 0.5:
        raise ValueError(f"clip must be one number from 0 to below 0.5, got {clip}")
    return float(bound)
