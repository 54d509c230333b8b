"""Dispersion of a crowd at one moment: spread, entropy, bimodality, two camps.

None of these says who is right, and a crowd that agrees may be wrong together. People are on the first axis.
Missing is NaN: a person without a forecast is left out together with the weight. A weight of 0 leaves a
person out; where all weigh 0, all count alike. `scoring.consensus.camps` measures
opposite camps on a scale, `scoring.consensus.stability` compares two rounds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from scoring import checks, crowds
from scoring.checks import FloatArray
from scoring.ordering import distinct
from scoring.pools import averages, weights
from scoring.pools.averages import SAME_SHARE

#: How far probabilities are kept from 0 and 1 before their log-odds are taken.
CLIP = 0.01


@dataclass(frozen=True)
class Spread:
    """Disagreement on one probability; the deviations are of these people, not estimates for others.

    `people` counted, worth `effective` equally weighted ones; `mean` and `median` of their probabilities;
    `deviation` (standard) and `quartile_range` (75 % less 25 %) of the probabilities; the same two of their
    log-odds, where 1 and 2 % are as far apart as 50 and 67 %; `gap` is the mean less the geometric mean of
    odds, as probabilities: far from 0 where a few confident people pull the second away.
    """

    people: int
    effective: float
    mean: float
    median: float
    deviation: float
    quartile_range: float
    log_odds_deviation: float
    log_odds_quartile_range: float
    gap: float


def spread(probability: ArrayLike, weight: ArrayLike | None = None, *, clip: float = CLIP) -> Spread:
    """Disagreement on a yes-or-no question, as probabilities and as log-odds.

    Parameters
    ----------
    probability : shape (n,)
        Everyone's probability, 0 to 1. NaN: missing.
    weight : shape (n,), optional
        0 or more; without it everyone counts alike.
    clip : above 0 and below 0.5
        Before log-odds are taken, probabilities are moved to ``[clip, 1 - clip]``; the figures that are
        probabilities come from what people said, except for the second mean in `gap`.

    References
    ----------
    Satopää, Baron, Foster, Mellers, Tetlock and Ungar (2014), International Journal of Forecasting 30,
    344-356, for log-odds as the scale on which forecasts are pooled.

    Examples
    --------
    >>> spread([0.25, 0.5, 0.75]).deviation
    0.2041241452319315
    >>> round(spread([0.01, 0.5, 0.5]).gap, 3)
    0.159
    """
    if not 0 < clip < 0.5:
        raise ValueError(f"clip must lie above 0 and below 0.5, got {clip}")
    given, weighs = crowds.present(probability, weight, axes=1)
    log_odds = special.logit(np.clip(given, clip, 1 - clip))
    mean = averages.mean(given, weighs)
    # Log-odds rise with probabilities: put in order once, both are.
    rising, weight_of = averages.by_size(given, weighs)
    rising_odds = special.logit(np.clip(rising, clip, 1 - clip))
    return Spread(
        people=given.size,
        effective=weights.effective_of(weighs),
        mean=mean,
        median=averages.median(rising, weight_of),
        deviation=float(np.sqrt(averages.variance(given, weighs))),
        quartile_range=_quartile_range(rising, weight_of),
        log_odds_deviation=float(np.sqrt(averages.variance(log_odds, weighs))),
        log_odds_quartile_range=_quartile_range(rising_odds, weight_of),
        gap=mean - float(special.expit(averages.mean(log_odds, weighs))),
    )


def entropy(probability: ArrayLike) -> FloatArray:
    """How undecided a forecast over options is: ``-Σ_k p_k ln p_k``, with 0 ln 0 = 0.

    Parameters
    ----------
    probability : shape S + (K,)
        Probabilities that sum to 1 on the last axis. All NaN: missing.

    Returns
    -------
    shape S
        In nats, 0 (certain) to ln K (all alike). NaN where the forecast is missing.

    References
    ----------
    Shannon (1948), Bell System Technical Journal 27, 379-423.

    Examples
    --------
    >>> entropy([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]]).round(4)
    array([0.6931, 0.    ])
    """
    return np.asarray(special.entr(checks.shares("probability", probability, missing=True)).sum(axis=-1))


@dataclass(frozen=True)
class OptionsSpread:
    """Disagreement over options: the crowd's indecision in two parts.

    `people` counted, worth `effective`; `crowd` is the entropy of their mean forecast, `own` the mean of
    their own entropies, both in nats. `divergence` = crowd - own is the part that is disagreement: 0 where
    all say the same, at most ln K. `deviation`, shape (K,), is the standard deviation at each option.
    """

    people: int
    effective: float
    crowd: float
    own: float
    divergence: float
    deviation: FloatArray


def options_spread(probability: ArrayLike, weight: ArrayLike | None = None) -> OptionsSpread:
    """Disagreement over several options: undecided people are told apart from decided ones who differ.

    Parameters
    ----------
    probability : shape (n, K)
        Everyone's probabilities, which sum to 1. A row of NaN: missing.
    weight : shape (n,), optional
        0 or more; without it everyone counts alike.

    Returns
    -------
    OptionsSpread
        Its `divergence` is the generalized Jensen-Shannon divergence.

    References
    ----------
    Lin (1991), IEEE Transactions on Information Theory 37, 145-151.

    Examples
    --------
    Two who are certain of different options, and two who can't tell:

    >>> round(options_spread([[1.0, 0.0], [0.0, 1.0]]).divergence, 4)
    0.6931
    >>> options_spread([[0.5, 0.5], [0.5, 0.5]]).divergence
    0.0
    """
    given, weighs = crowds.present(probability, weight, axes=2)
    share = weighs / weighs.sum()
    mean = share @ given
    crowd = float(special.entr(mean).sum())
    own = float(share @ special.entr(given).sum(axis=1))
    deviation = np.sqrt(share @ (given - mean) ** 2)
    apart = max(crowd - own, 0.0)  # never negative but for rounding
    return OptionsSpread(len(given), weights.effective_of(weighs), crowd, own, apart, deviation)


def bimodality(values: ArrayLike) -> float:
    """Sarle's bimodality coefficient for small samples: ``(g² + 1) / (k + 3 (n-1)² / ((n-2) (n-3)))``.

    g is the sample's skewness and k its excess kurtosis, both with the correction for small samples. Above
    5/9, the value of a uniform distribution, two camps are suspected. The caveats: one lopsided camp exceeds
    it as well; and two equal camps, however far apart, reach ``(n-2) (n-3) / (n² - 1)``, which fewer than ten
    people can't bring above 5/9. Look at `two_groups` and at the picture.

    Parameters
    ----------
    values : shape (n,)
        One number from each person, such as probabilities; four or more that are not NaN. Not weighted: the
        corrections hold for equal people.

    Returns
    -------
    float
        Above 0; it tends to 1 for two equal camps of many people. NaN where all say the same.

    References
    ----------
    SAS Institute (1990), SAS/STAT User's Guide; Pfister, Schwarz, Janczyk, Dale and Freeman (2013), Frontiers
    in Psychology 4, 700, for the correction.

    Examples
    --------
    >>> round(bimodality([0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9]), 3)
    0.476
    >>> round(bimodality([0.2, 0.4, 0.5, 0.5, 0.5, 0.5, 0.6, 0.8]), 3)
    0.145
    """
    from scipy import stats  # half a second, which every other use would wait for

    given, _ = averages.counted_values(values, None)
    n = given.size
    # n - 3 divides.
    if n < 4:
        raise ValueError(f"values must hold four people or more who are not missing, got {n}")
    # Nobody differs: there is no shape to tell of.
    if np.ptp(given) <= 1e-12 * np.abs(given).max():
        return float("nan")
    g, k = stats.skew(given, bias=False), stats.kurtosis(given, bias=False)
    return float((g**2 + 1) / (k + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))))


@dataclass(frozen=True)
class TwoGroups:
    """The best split in two: everyone up to `cut` in the lower group, the others in the upper.

    `lower` and `upper` are the groups' means, `lower_share` the share of the weight below, `explained` the
    share of the variance that lies between the groups, 0 to 1.
    """

    cut: float
    lower: float
    upper: float
    lower_share: float
    explained: float


def two_groups(values: ArrayLike, weight: ArrayLike | None = None) -> TwoGroups:
    """The split in two that leaves the least variance inside the groups, exactly.

    The caveat: every crowd can be split, so that the split is no sign of two camps. Cut at its middle, a
    normal distribution has 2/π = 0.64 of its variance explained and a uniform one 0.75; only well above
    that are there camps, and in small crowds chance goes higher.

    Parameters
    ----------
    values : shape (n,)
        One number from each person. NaN: missing. Two different values at least.
    weight : shape (n,), optional
        0 or more; without it everyone counts alike.

    Returns
    -------
    TwoGroups
        With the lowest cut, where several do as well.

    References
    ----------
    Fisher (1958), Journal of the American Statistical Association 53, 789-798.

    Examples
    --------
    >>> two_groups([0.125, 0.125, 0.875, 0.875])
    TwoGroups(cut=0.125, lower=0.125, upper=0.875, lower_share=0.5, explained=1.0)
    """
    given, weighs = averages.counted_values(values, weight)
    value, where, _ = distinct(given)
    if value.size < 2:
        raise ValueError(f"values must hold two different values or more, got {value.tolist()}")
    mass = np.bincount(where, weighs) / weighs.sum()
    center = float(mass @ value)
    below = np.cumsum(mass)[:-1]
    lean = np.cumsum(mass * (value - center))[:-1]  # centred, so that large values lose no digits
    between = lean**2 / (below * (1 - below))
    best = int(np.argmax(between >= between.max() * (1 - SAME_SHARE)))
    share, moved = float(below[best]), float(lean[best])
    explained = min(float(between[best] / (mass @ (value - center) ** 2)), 1.0)
    return TwoGroups(
        float(value[best]), center + moved / share, center - moved / (1 - share), share, explained
    )


def _quartile_range(value: FloatArray, weight: FloatArray) -> float:
    """The weighted 75 % less the 25 %."""
    lower, upper = averages.weighted_quantiles(value, [0.25, 0.75], weight)
    return float(upper - lower)
