"""Order and sharpness: pairs counted by hand, symmetries, how good the interval is, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation.discrimination import area_interval, area_under_curve, forecast_variance, sharpness
from tests.scoring.test_calibration import BAD, columns, questions

both = questions.filter(lambda rows: len({outcome for outcome, _ in rows}) == 2)
two_of_both = questions.filter(lambda rows: 2 <= sum(outcome for outcome, _ in rows) <= len(rows) - 2)


def by_pairs(outcome, probability):
    """Every yes against every no: 1 if above, one half if equal to 12 decimals."""
    p = probability.round(12)
    pairs = [(a > b) + 0.5 * (a == b) for a in p[outcome == 1] for b in p[outcome == 0]]
    return sum(pairs) / len(pairs)


@pytest.mark.parametrize(
    ("outcome", "probability", "area"),
    [
        ([0, 1], [0.2, 0.7], 1.0),
        ([0, 1], [0.7, 0.2], 0.0),
        ([0, 1], [0.5, 0.5], 0.5),
        ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.75),
        ([0, 1], [0.3, 0.1 + 0.2], 0.5),
    ],
)
def test_areas_of_a_few_questions(outcome, probability, area):
    assert area_under_curve(outcome, probability) == area


@given(both)
def test_the_area_is_the_share_of_pairs_in_order(rows):
    outcome, probability = columns(rows)
    assert area_under_curve(outcome, probability) == pytest.approx(by_pairs(outcome, probability), abs=1e-12)


@given(both)
def test_turning_the_questions_round_leaves_the_area(rows):
    outcome, probability = columns(rows)
    area = area_under_curve(outcome, probability)
    assert area_under_curve(1 - outcome, 1 - probability) == pytest.approx(area, abs=1e-12)
    assert area_under_curve(1 - outcome, probability) == pytest.approx(1 - area, abs=1e-12)


@given(both, st.randoms(use_true_random=False))
def test_the_order_of_the_questions_does_not_matter(rows, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    assert area_under_curve(*columns(shuffled)) == pytest.approx(area_under_curve(*columns(rows)), abs=1e-12)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20).map(lambda k: k / 20)), min_size=4, max_size=30)
)
def test_only_the_order_of_forecasts_counts(rows):
    outcome, probability = columns(rows)
    if 0 < outcome.sum() < outcome.size:
        assert area_under_curve(outcome, probability**3) == area_under_curve(outcome, probability)


@given(two_of_both)
def test_the_standard_error_is_that_of_the_shares_of_pairs(rows):
    outcome, probability = columns(rows)
    p = probability.round(12)
    yes, no = p[outcome == 1], p[outcome == 0]
    kernel = (yes[:, None] > no) + 0.5 * (yes[:, None] == no)
    error = np.sqrt(kernel.mean(axis=1).var(ddof=1) / yes.size + kernel.mean(axis=0).var(ddof=1) / no.size)
    interval = area_interval(outcome, probability)
    assert interval.standard_error == pytest.approx(error, abs=1e-12)
    assert 0 <= interval.low <= interval.area <= interval.high <= 1


def test_a_wider_level_makes_a_wider_interval():
    outcome, probability = [0, 1] * 20, np.linspace(0.2, 0.8, 40) ** 2
    narrow, wide = (area_interval(outcome, probability, level=level) for level in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.area < narrow.high < wide.high


def test_the_interval_holds_the_true_area_about_as_often_as_it_says():
    random = np.random.default_rng(8)
    truth = 0.7602499389065233  # Φ(1/√2): normal scores one standard deviation apart

    def holds():
        score = np.concatenate([random.normal(1, 1, 60), random.normal(0, 1, 60)])
        interval = area_interval([1] * 60 + [0] * 60, 1 / (1 + np.exp(-score)))
        return interval.low <= truth <= interval.high

    assert np.mean([holds() for _ in range(600)]) == pytest.approx(0.95, abs=0.025)


def test_an_interval_without_overlap_has_no_width():
    interval = area_interval([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])
    assert (interval.low, interval.area, interval.high, interval.standard_error) == (1.0, 1.0, 1.0, 0.0)


def test_a_missing_forecast_is_dropped_with_its_outcome():
    assert area_under_curve([0, 1, 1], [0.5, 0.7, np.nan]) == 1.0


@pytest.mark.parametrize("outcome", [[1, 1, 1], [0, 0, 0]])
def test_a_single_outcome_has_no_area(outcome):
    with pytest.raises(ValueError, match=r"^outcome must hold both yes and no, 1 of each at least, got"):
        area_under_curve(outcome, [0.2, 0.4, 0.6])


def test_the_outcome_that_only_a_missing_forecast_has_does_not_count():
    with pytest.raises(ValueError, match=r"got 0 yes and 2 no$"):
        area_under_curve([1, 0, 0], [np.nan, 0.4, 0.6])


def test_an_interval_asks_for_two_of_each():
    with pytest.raises(
        ValueError, match=r"^outcome must hold both yes and no, 2 of each at least, got 1 yes"
    ):
        area_interval([1, 0, 0], [0.2, 0.4, 0.6])


@pytest.mark.parametrize("function", [area_under_curve, area_interval])
@pytest.mark.parametrize(("outcome", "probability", "message"), BAD)
def test_wrong_questions_are_refused_by_name(function, outcome, probability, message):
    with pytest.raises(ValueError, match=message):
        function(outcome, probability)


@pytest.mark.parametrize("level", [0, 1, -0.5, np.nan, [0.9, 0.95]])
def test_a_wrong_level_is_refused(level):
    with pytest.raises(ValueError, match=r"^level must"):
        area_interval([0, 1, 0, 1], [0.2, 0.4, 0.6, 0.8], level=level)


def test_sharpness_and_variance_of_a_few_forecasts():
    forecasts = [[0.5, 0.5, 0.5], [0.0, 1.0, 0.5], [0.9, 0.9, np.nan]]
    assert sharpness(forecasts) == pytest.approx([0, 1 / 6, 0.16])
    assert forecast_variance(forecasts) == pytest.approx([0, 1 / 6, 0])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_sharpness_is_variance_and_the_distance_of_the_mean_from_one_half(forecasts):
    expected = forecast_variance(forecasts) + (np.mean(forecasts) - 0.5) ** 2
    assert sharpness(forecasts) == pytest.approx(expected, abs=1e-12)
    assert 0 <= forecast_variance(forecasts) <= sharpness(forecasts) + 1e-12 <= 0.25 + 1e-12


@pytest.mark.parametrize("function", [sharpness, forecast_variance])
def test_leading_axes_are_kept(function):
    assert function(np.full((2, 3, 4), 0.25)).shape == (2, 3)
    assert np.shape(function([0.25, 0.5])) == ()


@pytest.mark.parametrize("function", [sharpness, forecast_variance])
@pytest.mark.parametrize("value", [0.5, [], [np.nan], [[0.5], [np.nan]]])
def test_a_row_without_a_forecast_is_refused(function, value):
    with pytest.raises(ValueError, match=r"^probability must hold a forecast in each row, got shape"):
        function(value)


@pytest.mark.parametrize("function", [sharpness, forecast_variance])
def test_what_is_no_probability_is_refused(function):
    with pytest.raises(ValueError, match=r"^probability must lie between 0 and 1, got 50"):
        function([50, 60])
