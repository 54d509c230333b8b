"""Closed forms against many digits: over twelve orders of magnitude right to 1e-9, or refused.

A form that is right on paper can lose every digit where two of its parts cancel: a lognormal forecast of great
width once scored 0, which is perfect.
"""

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from scoring.ensembles import crps_beta, crps_lognormal, crps_normal
from tests.folding import folded
from tests.skips import first_of_each

SIZES = 10.0 ** np.arange(-6, 7)
#: Where the outcome lies, in standard deviations from the middle.
PLACES = (-40.0, -6.0, -1.5, -0.1, 0.0, 0.1, 1.0, 5.0, 40.0)


@pytest.fixture(autouse=True)
def many_digits():
    # The bare forms lose up to 24 digits here, and exp(μ + σ²/2) has many before the point.
    with mpmath.workdps(80):
        yield


def Φ(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def normal(y, μ, σ):
    z = (y - μ) / σ
    return σ * (z * (2 * Φ(z) - 1) + 2 * mpmath.npdf(z) - 1 / mpmath.sqrt(mpmath.pi))


def lognormal(y, μ, σ):
    ω = (mpmath.log(y) - μ) / σ if y > 0 else mpmath.ninf
    return y * (2 * Φ(ω) - 1) - 2 * mpmath.exp(μ + σ**2 / 2) * (Φ(ω - σ) + Φ(σ / mpmath.sqrt(2)) - 1)


def beta(y, a, b):
    """E|X - y| less half of E|X - X'|, the second by the beta functions of the printed form."""
    half_spread = 2 * mpmath.exp(log_beta(2 * a, 2 * b) - 2 * log_beta(a, b)) / (a + b)
    return beta_distance(y, a, b) - half_spread


def beta_distance(y, a, b):
    if min(a, b) < 100:
        F = [mpmath.betainc(shape, b, 0, y, regularized=True) for shape in (a, a + 1)]
        return y * (2 * F[0] - 1) + a / (a + b) * (1 - 2 * F[1])
    # The series for narrow forecasts has a million terms; their density is smooth, and nothing 30 deviations away.
    middle, deviation = a / (a + b), mpmath.sqrt(a * b / (a + b + 1)) / (a + b)
    ends = [max(mpf(0), middle - 30 * deviation), min(mpf(1), middle + 30 * deviation)]
    parts = sorted({*mpmath.linspace(*ends, 13), y})

    def weighted(x):
        return abs(x - y) * mpmath.exp((a - 1) * mpmath.log(x) + (b - 1) * mpmath.log(1 - x) - log_beta(a, b))

    with mpmath.workdps(40):
        return mpmath.quad(weighted, parts)


def log_beta(a, b):
    return mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b)


def assert_right(found, expected, case):
    assert abs(mpf(float(found)) / expected - 1) < 1e-9, (case, float(found), mpmath.nstr(expected, 12))


@folded
@pytest.mark.parametrize("σ", SIZES)
@pytest.mark.parametrize("μ", [-1e6, -3.0, 0.0, 1e-6, 2.0, 1e6])
def test_the_normal_is_right_at_every_width(μ, σ):
    for place in PLACES:
        y = μ + place * σ
        assert_right(crps_normal(y, μ, σ), normal(mpf(y), mpf(μ), mpf(σ)), (μ, σ, place))


@folded
@pytest.mark.parametrize("σ", [*SIZES[SIZES <= 10], 0.3, 0.49, 0.5, 0.51, 20.0])
@pytest.mark.parametrize("μ", [-5.0, 0.0, 3.0])
def test_the_lognormal_is_right_at_every_width(μ, σ):
    for place in PLACES:
        if abs(μ + place * σ) < 690:  # else the outcome is no double
            y = float(np.exp(μ + place * σ))
            assert_right(crps_lognormal(y, μ, σ), lognormal(mpf(y), mpf(μ), mpf(σ)), (μ, σ, place))
    for y in (0.0, -1.0, 1e-9, 1e9):
        assert_right(crps_lognormal(y, μ, σ), lognormal(mpf(y), mpf(μ), mpf(σ)), (μ, σ, y))


@folded
@pytest.mark.parametrize("σ", [100.0, 1e6])
def test_a_lognormal_too_wide_for_a_number_is_refused_or_right(σ):
    with pytest.raises(ValueError, match="scale must give a score below 1e308"):
        crps_lognormal(1.0, 0.0, σ)


def test_the_wide_forecast_that_once_scored_nothing_scores_what_it_costs():
    assert crps_lognormal(1.0, 0.0, 16.0) == pytest.approx(
        float(lognormal(mpf(1), mpf(0), mpf(16))), rel=1e-9
    )
    assert crps_lognormal(1.0, 0.0, 16.0) > 1e20


@folded
@pytest.mark.parametrize("a", SIZES[::2])
@pytest.mark.parametrize("b", first_of_each([1e-6, 1e-3, 0.5, 1.0, 30.0, 1e3, 1e6], lambda b: np.sign(b - 1)))
def test_the_beta_is_right_at_every_width(a, b):
    deviation = np.sqrt(a * b / (a + b + 1)) / (a + b)
    for place in (-3.0, -1.0, 0.0, 1.0, 3.0):
        y = a / (a + b) + place * deviation
        if 0 < y < 1:
            assert_right(crps_beta(y, a, b), beta(mpf(y), mpf(a), mpf(b)), (a, b, place))
    for y in (0.0, 1.0, -1.0, 2.0):
        assert np.isfinite(crps_beta(y, a, b)) and crps_beta(y, a, b) >= 0
