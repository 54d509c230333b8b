"""Coverage: what honest and dishonest intervals hold, who is counted, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import norm

from scoring.interval_coverage import coverage, covered
from tests.scoring.crowds import LEVELS, quantile_rows, values


def test_covered_takes_the_ends_in_and_leaves_missing_ones_out():
    found = covered([0.0, 1.0, 1.5, 1.0], [0.0, 0.0, 0.0, np.nan], [1.0, 1.0, 1.0, 2.0])
    assert np.array_equal(found, [1, 1, 0, np.nan], equal_nan=True)


def test_coverage_of_honest_quantiles_is_what_they_promise():
    outcomes = norm.ppf((np.arange(2000) + 0.5) / 2000)
    found = coverage(outcomes, np.tile(norm.ppf(LEVELS), (2000, 1)), LEVELS)
    assert found.nominal.tolist() == [0.9, 0.5]
    assert found.observed == pytest.approx(found.nominal, abs=1e-3)
    assert found.forecasts == 2000


def test_coverage_of_too_narrow_quantiles_falls_short():
    outcomes = norm.ppf((np.arange(2000) + 0.5) / 2000)
    found = coverage(outcomes, np.tile(norm.ppf(LEVELS) / 2, (2000, 1)), LEVELS)
    assert (found.observed < found.nominal - 0.2).all()


@given(quantile_rows(), values)
def test_coverage_is_the_mean_of_covered(crowd, outcome):
    quantiles, _ = crowd
    found = coverage(outcome, quantiles, LEVELS)
    outer = covered(outcome, quantiles[:, 0], quantiles[:, 4]).mean()
    inner = covered(outcome, quantiles[:, 1], quantiles[:, 3]).mean()
    assert found.observed == pytest.approx([outer, inner])
    assert inner <= outer


def test_coverage_counts_who_is_not_missing_over_any_axes():
    rows = np.full((2, 2, 2), [0.0, 1.0])
    rows[0, 1] = np.nan
    found = coverage([[0.5, 0.5], [9.0, 1.0]], rows, [0.25, 0.75])
    assert (found.forecasts, found.observed.tolist()) == (3, [2 / 3])


def test_coverage_is_no_proper_score():
    """A negative control: nine times the whole line and once a point promise 90 % and hold it."""
    rows = [[-1e9, 1e9]] * 9 + [[77.0, 77.0]]
    found = coverage(np.arange(10.0), rows, [0.05, 0.95])
    assert found.observed == pytest.approx(found.nominal)


@pytest.mark.parametrize(
    ("outcome", "quantiles", "levels", "message"),
    [
        (0.0, [0.0, 1.0], [0.25, 0.5], "^levels must mirror around one half"),
        (0.0, [0.0], [0.5], "^levels must mirror around one half, two or more"),
        (0.0, [1.0, 0.0], [0.25, 0.75], "^quantiles must not decrease"),
        (0.0, [np.nan, np.nan], [0.25, 0.75], "^quantiles must hold one forecast that is not missing"),
        ([0.0, 1.0], [[0.0, 1.0]] * 3, [0.25, 0.75], r"^outcome must be one value or have shape \(3,\)"),
    ],
)
def test_a_wrong_argument_of_coverage_is_refused_by_name(outcome, quantiles, levels, message):
    with pytest.raises(ValueError, match=message):
        coverage(outcome, quantiles, levels)


@given(quantile_rows(), values)
def test_coverage_does_not_depend_on_the_order_of_forecasts(crowd, outcome):
    quantiles, _ = crowd
    one, other = coverage(outcome, quantiles, LEVELS), coverage(outcome, quantiles[::-1], LEVELS)
    assert one.observed == pytest.approx(other.observed)


def test_a_median_makes_no_interval_and_even_levels_do_without_one():
    found = coverage(1.0, [[0.0, 1.0, 2.0, 3.0]], [0.1, 0.2, 0.8, 0.9])
    assert found.nominal.tolist() == [0.8, 0.6]
    assert found.observed.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("outcome", "lower", "upper", "message"),
    [
        (0.5, 1.0, 0.0, "^upper must not lie below lower, got 0.0"),
        (0.5, [0.0, 0.0], [1.0], r"^upper must be one value or have shape \(2,\) as lower has"),
        (np.nan, 0.0, 1.0, "^outcome must be finite"),
    ],
)
def test_a_wrong_interval_is_refused_by_name(outcome, lower, upper, message):
    with pytest.raises(ValueError, match=message):
        covered(outcome, lower, upper)
