"""Scores of quantile forecasts: worked values, the identity behind the weighted interval score, propriety."""

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import norm

from scoring.quantiles import interval, pinball, wis
from tests.scoring.crowds import LEVELS, quantile_rows, values

#: A forecast with its pinball losses and twice their mean, from an independent implementation.
QUANTILES, OUTCOME = [6.673, 7.504, 9.294, 10.822, 11.972], 8.97
PINBALL, TWICE_MEAN = [0.11485, 0.3665, 0.162, 0.463, 0.1501], 0.50258


def test_pinball_gives_the_published_values():
    assert pinball(OUTCOME, QUANTILES, LEVELS) == pytest.approx(PINBALL, abs=1e-12)


def test_wis_gives_the_published_value():
    assert wis(OUTCOME, QUANTILES, LEVELS) == pytest.approx(TWICE_MEAN, abs=1e-12)


def test_interval_inside_is_its_width_and_outside_pays_for_the_distance():
    scores = interval([3, 12, -1], [0] * 3, [10] * 3, alpha=0.1)
    assert scores == pytest.approx([10, 10 + 20 * 2, 10 + 20 * 1])


@given(quantile_rows(), values)
def test_wis_is_the_weighted_sum_of_intervals_and_the_median_error(crowd, outcome):
    quantiles, _ = crowd
    median_error = np.abs(outcome - quantiles[:, 2]) / 2
    outer = interval(outcome, quantiles[:, 0], quantiles[:, 4], alpha=0.1) * 0.1 / 2
    inner = interval(outcome, quantiles[:, 1], quantiles[:, 3], alpha=0.5) * 0.5 / 2
    expected = (median_error + outer + inner) / 2.5
    assert wis(outcome, quantiles, LEVELS) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(quantile_rows(), values)
def test_scores_are_never_negative(crowd, outcome):
    quantiles, _ = crowd
    assert (pinball(outcome, quantiles, LEVELS) >= 0).all()
    assert (wis(outcome, quantiles, LEVELS) >= 0).all()


@given(quantile_rows(), values)
def test_wis_mirrors_when_the_quantity_is_negated(crowd, outcome):
    quantiles, _ = crowd
    mirrored = wis(-outcome, -quantiles[:, ::-1], LEVELS)
    assert mirrored == pytest.approx(wis(outcome, quantiles, LEVELS), rel=1e-9, abs=1e-9)


def test_wis_of_many_levels_is_the_continuous_ranked_probability_score():
    levels = (np.arange(2000) + 0.5) / 2000
    closed_form = 2.5 * (2 * norm.cdf(2.5) - 1) + 2 * norm.pdf(2.5) - 1 / np.sqrt(np.pi)
    assert wis(2.5, norm.ppf(levels), levels) == pytest.approx(closed_form, abs=1e-4)


def test_the_true_quantiles_have_the_best_expected_wis():
    outcomes = norm.ppf((np.arange(4000) + 0.5) / 4000)

    def expected(quantiles):
        return wis(outcomes, np.tile(quantiles, (outcomes.size, 1)), LEVELS).mean()

    honest = norm.ppf(LEVELS)
    for other in (honest + 0.2, honest - 0.2, honest * 1.3, honest * 0.7):
        assert expected(honest) < expected(other)


def test_one_certain_value_scores_its_absolute_error():
    assert wis(3.0, [5.0] * 5, LEVELS) == pytest.approx(2.0)


def test_hitting_a_quantile_costs_a_positive_zero():
    assert np.copysign(1, pinball(1.0, [1.0], [0.5])) == 1


def test_a_missing_forecast_scores_nan_and_the_others_do_not():
    assert np.isnan(wis(0.0, [[np.nan] * 5, QUANTILES], LEVELS)).tolist() == [True, False]
    assert np.isnan(interval(0.0, [np.nan, 0.0], [1.0, 1.0], alpha=0.1)).tolist() == [True, False]


def test_shapes_follow_the_forecasts():
    quantiles = np.zeros((2, 3, 5))
    assert pinball(0.0, quantiles, LEVELS).shape == (2, 3, 5)
    assert wis(np.zeros((2, 3)), quantiles, LEVELS).shape == (2, 3)
    assert np.shape(wis(0.0, quantiles[0, 0], LEVELS)) == ()


@pytest.mark.parametrize(
    ("outcome", "quantiles", "levels", "message"),
    [
        (0.0, [1.0, 0.0], [0.25, 0.75], "^quantiles must not decrease"),
        (0.0, [0.0, 1.0], [0.75, 0.25], "^levels must rise strictly"),
        (0.0, [0.0, 1.0], [0.5], "^quantiles must hold 1 quantiles"),
        (np.nan, [0.0, 1.0], [0.25, 0.75], "^outcome must be finite"),
        ([0.0, 1.0], [[0.0, 1.0]] * 3, [0.25, 0.75], r"^outcome must be one value or have shape \(3,\)"),
    ],
)
def test_wrong_arguments_are_refused_by_name(outcome, quantiles, levels, message):
    for score in (pinball, wis):
        with pytest.raises(ValueError, match=message):
            score(outcome, quantiles, levels)


@pytest.mark.parametrize(
    ("lower", "upper", "alpha", "message"),
    [
        (1.0, 0.0, 0.1, "^upper must have the shape of lower and not lie below it"),
        ([0.0, 0.0], [1.0], 0.1, "^upper must have the shape of lower"),
        (0.0, 1.0, 0.0, "^alpha must lie between 0 and 1, got 0.0"),
        (0.0, 1.0, 90, "^alpha must lie between 0 and 1, got 90"),
    ],
)
def test_a_wrong_interval_is_refused_by_name(lower, upper, alpha, message):
    with pytest.raises(ValueError, match=message):
        interval(0.5, lower, upper, alpha)
