"""From many forecasts to one: every pool behind one door, and the register of methods that pages show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from scoring import averages, checks, default, mixtures
from scoring.averages import mean, median, trimmed_mean
from scoring.checks import FloatArray
from scoring.default import Parley, ParleyOptions, headline, parley, parley_options
from scoring.mixtures import linear_pool, nearest_pool, vincent_mean, vincent_median
from scoring.weights import FLOOR

__all__ = [
    "METHODS",
    "Method",
    "Parley",
    "ParleyOptions",
    "headline",
    "linear_pool",
    "mean",
    "mean_options",
    "median",
    "median_options",
    "nearest_pool",
    "parley",
    "parley_options",
    "trimmed_mean",
    "vincent_mean",
    "vincent_median",
]


def mean_options(probability: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """The weighted mean of each option's probability; it sums to 1 by itself.

    Parameters
    ----------
    probability : shape (n, K)
        Each person's probabilities, which sum to 1; one person or more.
    weight : shape (n,), optional
        Positive weights; without them everyone counts alike.

    Returns
    -------
    shape (K,)

    Examples
    --------
    >>> mean_options([[0.5, 0.25, 0.25], [0.0, 0.75, 0.25]])
    array([0.25, 0.5 , 0.25])
    """
    columns, weights = _columns(probability, weight)
    return np.array([averages.mean(column, weights) for column in columns])


def median_options(probability: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """The weighted median of each option's probability, divided by their sum.

    Parameters
    ----------
    probability : shape (n, K)
        Each person's probabilities, which sum to 1; one person or more.
    weight : shape (n,), optional
        Positive weights; without them everyone counts alike.

    Returns
    -------
    shape (K,)
        Probabilities that sum to 1.

    Raises
    ------
    ValueError
        If every option's median is 0, so that there is nothing to divide.

    Examples
    --------
    >>> median_options([[0.6, 0.3, 0.1], [0.6, 0.1, 0.3], [0.2, 0.2, 0.6]]).round(3)
    array([0.545, 0.182, 0.273])
    """
    columns, weights = _columns(probability, weight)
    medians = np.array([averages.median(column, weights) for column in columns])
    if medians.sum() == 0:
        raise ValueError("probability must leave one option a median above 0, got medians of 0 for all")
    return np.asarray(medians / medians.sum())


def _columns(probability: ArrayLike, weight: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """A row of probabilities for each option, and the weights, checked."""
    given = checks.crowd("probability", checks.shares("probability", probability), axes=2)
    return given.T, checks.weights(weight, len(given))


@dataclass(frozen=True)
class Method:
    """What a page says about one way from many forecasts to one."""

    #: Its name, as a heading.
    name: str
    #: What it does, for someone who reads no formulas.
    words: str
    #: The formula as plain text, with its symbols defined.
    formula: str
    #: Where it comes from.
    source: str
    #: Its constants by name.
    parameters: Mapping[str, float] = field(default_factory=dict)


#: The methods a survey can show, by key; the first is the default.
METHODS: dict[str, Method] = {
    "parley": Method(
        name="Parley",
        words=(
            "Each person's latest forecast counts once. Today's forecasts count fully; older ones fade as "
            "new forecasts arrive, never below one third. We average the middle 60 % in log-odds, let the "
            "outer 40 % pull that by at most 0.2 log-odds (5 points at 50 %), add one imaginary person at "
            "50 %, and stretch by 1.3. For numbers and dates we mix the distributions of the 60 % of "
            "people whose medians are nearest the crowd's median."
        ),
        formula=(
            "p* = σ(a·x) with x = T + clip(G − T, ±0.2) and a = 1.3·n/(n + 1). n is the number of people, "
            "σ turns log-odds into a probability, G is the weighted mean of everyone's log-odds ln(p/(1 − "
            "p)), with p brought into 1 to 99 %, and T the same mean after 20 % of the weight is cut at "
            "each end. Several options: q = σ(x)/Σσ(x), then q^a/Σq^a. A forecast weighs 1/3 + 2/3·g: g "
            "is 1 on its own day, and each later day on which m people forecast and n people have a "
            "standing forecast multiplies it by (1 − 1/n)^(2m)."
        ),
        source=(
            "Own rule, its shape and constants chosen on seven public sets of forecasts. Trimming after "
            "Jose and Winkler (2008), International Journal of Forecasting 24, 163-169; stretching after "
            "Satopää, Baron, Foster, Mellers, Tetlock and Ungar (2014), International Journal of "
            "Forecasting 30, 344-356."
        ),
        parameters={
            "stretch": default.STRETCH,
            "cut": default.CUT,
            "pull": default.PULL,
            "lowest": default.LOWEST,
            "highest": default.HIGHEST,
            "floor": FLOOR,
            "nearest": mixtures.NEAREST,
        },
    ),
    "median": Method(
        name="Median",
        words=(
            "The forecast in the middle: half of the weight lies on either side. Hardest to move for a "
            "small group. For numbers and dates it is the median of everyone's quantiles, level by level."
        ),
        formula=(
            "Sorted by value, the first forecast at which the cumulated weight reaches one half of the "
            "total; where it is exactly one half, the midpoint of that forecast and the next. The medians "
            "of several options are divided by their sum. The weights are Parley's."
        ),
        source="Galton (1907), Nature 75, 450-451.",
    ),
    "mean": Method(
        name="Mean",
        words=(
            "All forecasts added up, each counted by its weight, and divided by the sum of the weights. "
            "For numbers and dates it is the mean of everyone's quantiles, level by level."
        ),
        formula="Σ w·p / Σ w, where p are the forecasts and w their weights. The weights are Parley's.",
        source="Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.",
    ),
}
