"""Paired significance tests: is one forecaster better than another? They are to be shown side by side.

All scores are penalties, lower is better, and pairs are two scores of the same question. Differences are
``first - second``: below 0 where the first is better. Tests disagree where differences are skewed: the sign
test and Wilcoxon's ask who is better more often, the t-tests by how much on average. Show them together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

from scoring import checks
from scoring.checks import FloatArray
from scoring.evaluation.calibration import DECIMALS
from scoring.evaluation.resampling import differences


@dataclass(frozen=True)
class PairedTest:
    """A two-sided test of paired scores.

    `difference` is the mean of first - second, below 0 if the first is better; `p_value` is 1 where no pair differs;
    `pairs` is how many pairs there were. What `statistic` is, each test says.
    """

    name: str
    difference: float
    statistic: float
    p_value: float
    pairs: int


def paired_t(first: ArrayLike, second: ArrayLike) -> PairedTest:
    """Student's t-test of the mean difference of paired scores.

    It takes the pairs as independent; see `diebold_mariano` for forecasts that overlap in time, and
    `scoring.evaluation.resampling.bootstrap_difference` for pairs that come in groups.

    Parameters
    ----------
    first, second : shape (n,)
        Penalties of two forecasters on the same questions. NaN: missing; the pair is dropped.

    Returns
    -------
    PairedTest
        Its statistic is t with n - 1 degrees of freedom.

    Raises
    ------
    ValueError
        If there are fewer than two pairs, or all differ by the same amount other than 0: they show no spread
        to measure it by.

    References
    ----------
    Student (1908), Biometrika 6, 1-25.

    Examples
    --------
    >>> test = paired_t([0.1, 0.2, 0.3, 0.2], [0.2, 0.4, 0.3, 0.5])
    >>> round(test.difference, 3), round(test.statistic, 3), round(test.p_value, 3)
    (-0.15, -2.324, 0.103)
    """
    gap = _pairs(first, second, 2)
    return _students("paired t", gap, gap.var(ddof=1) / gap.size)


def diebold_mariano(first: ArrayLike, second: ArrayLike, *, horizon: int = 1) -> PairedTest:
    """Diebold and Mariano's test of the mean difference with the correction of Harvey and others.

    With mean difference d̄ and autocovariances γ_k (over n) of the differences in time::

        DM = d̄ / √((γ_0 + 2 Σ_{k<h} γ_k) / n)
        HLN = DM √((n + 1 - 2h + h (h - 1) / n) / n), against t with n - 1 degrees of freedom

    Parameters
    ----------
    first, second : shape (n,)
        Penalties of two forecasters in the order of time, with none missing: a gap would shift the lags.
    horizon : 1 or more
        h: how many steps ahead was forecast. Errors of h-step forecasts are correlated up to lag h - 1. For
        h = 1 the test is `paired_t`.

    Returns
    -------
    PairedTest
        As `paired_t`, with the corrected statistic.

    Raises
    ------
    ValueError
        If a score is missing, there are no more pairs than `horizon` or fewer than two, or the estimated
        variance is not positive, as can be for h > 1: then try a smaller `horizon`.

    References
    ----------
    Diebold and Mariano (1995), Journal of Business and Economic Statistics 13, 253-263.
    Harvey, Leybourne and Newbold (1997), International Journal of Forecasting 13, 281-291.

    Examples
    --------
    >>> test = diebold_mariano([0.1, 0.2, 0.3, 0.2], [0.2, 0.4, 0.3, 0.5])
    >>> round(test.statistic, 3)
    -2.324
    """
    steps = checks.one_or_more("horizon", horizon)
    gap = _pairs(first, second, max(2, steps + 1), whole=True)
    apart, n = gap - gap.mean(), gap.size
    covariance = np.array([apart[lag:] @ apart[: n - lag] for lag in range(steps)]) / n
    # From a horizon of 2 on it can be 0 or less, as the kernel is cut off: refused in `_students`, no NaN.
    spread = (covariance[0] + 2 * covariance[1:].sum()) / n
    correction = (n + 1 - 2 * steps + steps * (steps - 1) / n) / n
    return _students("Diebold-Mariano", gap, spread / correction)


def sign_test(first: ArrayLike, second: ArrayLike) -> PairedTest:
    """The sign test: does the first win against the second more often, or less, than by the toss of a coin?

    Differences are compared to 12 decimals. Pairs without one are left out of the test, though not of
    `pairs`.

    Parameters
    ----------
    first, second : shape (n,)
        As in `paired_t`.

    Returns
    -------
    PairedTest
        Its statistic is the number of pairs in which the first is better (lower); the p-value is exact.

    Raises
    ------
    ValueError
        If there is no pair.

    References
    ----------
    Dixon and Mood (1946), Journal of the American Statistical Association 41, 557-566.

    Examples
    --------
    >>> test = sign_test([0.1, 0.2, 0.3, 0.2], [0.2, 0.4, 0.3, 0.5])
    >>> test.statistic, test.p_value
    (3.0, 0.25)
    """
    from scipy import stats  # half a second, which every other use of this package would wait for

    gap = _pairs(first, second, 1)
    better, worse = int((gap.round(DECIMALS) < 0).sum()), int((gap.round(DECIMALS) > 0).sum())
    decided = better + worse
    p_value = stats.binomtest(better, decided).pvalue if decided else 1.0
    return PairedTest("sign", float(gap.mean()), float(better), float(p_value), gap.size)


def wilcoxon(first: ArrayLike, second: ArrayLike) -> PairedTest:
    """Wilcoxon's signed-rank test of paired scores.

    Differences are compared to 12 decimals; those of 0 are dropped before they are ranked. The p-value is
    exact for up to 50 pairs without ties and zeros, and normal otherwise, without a correction for
    continuity.

    Parameters
    ----------
    first, second : shape (n,)
        As in `paired_t`.

    Returns
    -------
    PairedTest
        Its statistic is the smaller sum of ranks of one sign.

    Raises
    ------
    ValueError
        If there is no pair.

    References
    ----------
    Wilcoxon (1945), Biometrics Bulletin 1, 80-83.

    Examples
    --------
    >>> test = wilcoxon([0.1, 0.2, 0.1, 0.2], [0.2, 0.4, 0.4, 0.6])
    >>> test.statistic, test.p_value
    (0.0, 0.125)
    """
    from scipy import stats  # as in `sign_test`

    gap = _pairs(first, second, 1)
    rounded = gap.round(DECIMALS)
    if not rounded.any():
        return PairedTest("Wilcoxon", float(gap.mean()), 0.0, 1.0, gap.size)
    ranked = rounded[rounded != 0]
    plain = ranked.size <= 50 and np.unique(np.abs(ranked)).size == gap.size
    result = stats.wilcoxon(ranked, method="exact" if plain else "asymptotic")
    return PairedTest("Wilcoxon", float(gap.mean()), float(result.statistic), float(result.pvalue), gap.size)


def paired_tests(first: ArrayLike, second: ArrayLike) -> tuple[PairedTest, PairedTest, PairedTest]:
    """`paired_t`, `sign_test` and `wilcoxon` of the same pairs, to be shown side by side.

    Parameters
    ----------
    first, second : shape (n,)
        As in `paired_t`.

    Returns
    -------
    tuple of three PairedTest

    Examples
    --------
    >>> [test.name for test in paired_tests([0.1, 0.2, 0.5], [0.3, 0.1, 0.6])]
    ['paired t', 'sign', 'Wilcoxon']
    """
    # Of one public set's pairs the t-test said 0.83 and Wilcoxon's 0.0004: who shows one of them has chosen.
    return paired_t(first, second), sign_test(first, second), wilcoxon(first, second)


def _pairs(first: ArrayLike, second: ArrayLike, least: int, *, whole: bool = False) -> FloatArray:
    """The differences of at least so many pairs; where the series must be `whole`, none may be missing."""
    gap = differences(first, second)
    present = gap[~np.isnan(gap)]
    if whole and present.size < gap.size:
        raise ValueError(f"first and second must have no missing score, got {gap.size - present.size}")
    if present.size < least:
        raise ValueError(f"first and second must make {least} pairs or more, got {present.size}")
    return present


def _students(name: str, gap: FloatArray, variance: float) -> PairedTest:
    """The mean difference against t with n - 1 degrees of freedom, given the variance of the mean."""
    mean, n = float(gap.mean()), gap.size
    if not gap.any():
        return PairedTest(name, 0.0, 0.0, 1.0, n)
    # What rounding leaves of a constant difference is no spread.
    if variance <= (np.finfo(np.float64).eps * np.abs(gap).max()) ** 2:
        raise ValueError(
            f"first and second must differ by more than a constant, with a positive variance, got {variance} "
            f"for the mean of {n} pairs"
        )
    statistic = mean / float(np.sqrt(variance))
    return PairedTest(name, mean, statistic, float(2 * stdtr(n - 1, -abs(statistic))), n)
