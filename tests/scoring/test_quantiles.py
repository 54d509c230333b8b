"""Scores of quantile forecasts: worked values, the identity behind the weighted interval score, propriety.

Then quantiles that cross.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import norm

from scoring.quantiles import crossing, crps_quantiles, interval, pinball, rearrange, wis
from tests.scoring import propriety
from tests.scoring.crowds import LEVELS, quantile_rows, values
from tests.skips import examples

#: Rows of four numbers in no order, most of which cross.
unsorted = arrays.arrays(float, (3, 4), elements=st.floats(-100, 100))

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
        (1.0, 0.0, 0.1, "^upper must not lie below lower, got 0.0"),
        ([0.0, 0.0], [1.0], 0.1, r"^upper must be one value or have shape \(2,\) as lower has"),
        (0.0, 1.0, 0.0, "^alpha must lie between 0 and 1, got 0.0"),
        (0.0, 1.0, 90, "^alpha must lie between 0 and 1, got 90"),
    ],
)
def test_a_wrong_interval_is_refused_by_name(lower, upper, alpha, message):
    with pytest.raises(ValueError, match=message):
        interval(0.5, lower, upper, alpha)


@given(quantile_rows(), values)
def test_wis_is_the_mean_over_the_levels_of_twice_the_pinball_loss_and_crps_the_same(crowd, outcome):
    quantiles, _ = crowd
    slow = [
        sum(2 * pinball(outcome, row, LEVELS)[level] for level in range(len(LEVELS))) / len(LEVELS)
        for row in quantiles
    ]
    assert wis(outcome, quantiles, LEVELS) == pytest.approx(slow, rel=1e-12, abs=1e-9)
    assert crps_quantiles(outcome, quantiles, LEVELS).tolist() == wis(outcome, quantiles, LEVELS).tolist()


def test_crps_of_quantiles_depends_on_where_the_levels_are():
    """The caveat of its docstring: levels that crowd in the middle see less of a far miss."""
    middle, wide = [0.45, 0.5, 0.55], [0.05, 0.5, 0.95]
    scores = [crps_quantiles(4.0, norm.ppf(levels), levels) for levels in (middle, wide)]
    exact = 4 * (2 * norm.cdf(4) - 1) + 2 * norm.pdf(4) - 1 / np.sqrt(np.pi)
    assert abs(scores[0] - scores[1]) > 0.5
    assert all(abs(score - exact) > 0.05 for score in scores)


@settings(max_examples=examples(20))  # each is a search of its own
@given(level=st.floats(0.05, 0.95), mean=st.floats(-5, 5), deviation=st.floats(0.5, 4))
def test_a_search_for_the_best_quantile_finds_the_belief(level, mean, deviation):
    outcomes = mean + deviation * norm.ppf((np.arange(2000) + 0.5) / 2000)

    def penalty(said):
        return pinball(outcomes, np.full((outcomes.size, 1), said), [level]).mean()

    found = propriety.best_numbers(lambda x: penalty(x[0]), [mean])
    assert found[0] == pytest.approx(mean + deviation * norm.ppf(level), abs=0.02 * deviation)


@settings(max_examples=examples(10))  # each is a search of its own
@given(alpha=st.floats(0.05, 0.6))
def test_a_search_for_the_best_interval_finds_the_central_one(alpha):
    outcomes = norm.ppf((np.arange(2000) + 0.5) / 2000)

    def penalty(ends):
        low, high = np.sort(ends)
        return interval(outcomes, np.full(2000, low), np.full(2000, high), alpha).mean()

    found = propriety.best_numbers(penalty, [-0.5, 0.7])
    assert np.sort(found) == pytest.approx([norm.ppf(alpha / 2), -norm.ppf(alpha / 2)], abs=0.02)


def test_a_search_for_the_best_wis_finds_all_quantiles_at_once():
    outcomes = norm.ppf((np.arange(1000) + 0.5) / 1000)

    def penalty(moves):
        quantiles = np.cumsum(np.append(moves[0], np.exp(moves[1:])))
        return wis(outcomes, np.tile(quantiles, (1000, 1)), [0.25, 0.5, 0.75]).mean()

    found = propriety.best_numbers(penalty, [-0.3, -1.0, -0.1])
    assert np.cumsum(np.append(found[0], np.exp(found[1:]))) == pytest.approx(
        norm.ppf([0.25, 0.5, 0.75]), abs=0.02
    )


@given(unsorted)
def test_crossing_is_0_just_where_the_values_do_not_decrease(rows):
    assert ((crossing(rows) > 0) == (np.diff(rows, axis=1) < 0).any(axis=1)).all()
    assert (crossing(rearrange(rows)) == 0).all()


@given(unsorted, values)
def test_rearranging_never_raises_the_loss(rows, outcome):
    levels = np.array([0.1, 0.4, 0.5, 0.9])
    above = outcome - rows
    crossed = np.where(above < 0, (levels - 1) * above, levels * above).sum(axis=1)
    mended = pinball(outcome, rearrange(rows), levels).sum(axis=1)
    assert (mended <= crossed + 1e-9 * np.abs(crossed) + 1e-9).all()


@given(quantile_rows())
def test_rearranging_leaves_quantiles_that_rise_as_they_are(crowd):
    assert rearrange(crowd[0]).tolist() == crowd[0].tolist()


def test_the_depth_of_a_crossing_counts_from_the_highest_value_before():
    assert crossing([1.0, 5.0, 4.0, 2.0, 9.0]) == 3.0


def test_a_missing_forecast_crosses_by_nan_and_stays_missing():
    rows = [[np.nan, np.nan], [2.0, 1.0]]
    assert np.array_equal(crossing(rows), [np.nan, 1.0], equal_nan=True)
    assert np.array_equal(rearrange(rows), [[np.nan, np.nan], [1.0, 2.0]], equal_nan=True)


@pytest.mark.parametrize("rule", [crossing, rearrange])
@pytest.mark.parametrize(
    ("quantiles", "message"),
    [
        (1.0, "^quantiles must hold one value or more on its last axis"),
        ([], "^quantiles must hold one value or more"),
        ([1.0, np.nan], "^quantiles must be NaN for all levels or for none"),
        ([1.0, np.inf], "^quantiles must be finite or NaN"),
    ],
)
def test_wrong_quantiles_to_mend_are_refused_by_name(rule, quantiles, message):
    with pytest.raises(ValueError, match=message):
        rule(quantiles)
