"""Bins: where edges belong, what curves and errors hold, how a calibrated forecaster's bins look."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation.reliability import consistency_bars, expected_calibration_error, reliability_curve
from tests.scoring.test_calibration import BAD, columns, questions


def test_bins_are_closed_on_the_right_and_the_first_one_holds_0():
    edges = np.arange(11) / 10
    curve = reliability_curve(np.zeros(11), edges)
    assert curve.count.tolist() == [2] + [1] * 9
    assert curve.forecast.tolist() == [0.05, *edges[2:]]


@pytest.mark.parametrize("bins", [3, 7, 10, 20, 49])
def test_an_edge_belongs_to_the_bin_below_it_however_it_was_computed(bins):
    inner = np.arange(1, bins) / bins
    for edges in (inner, np.linspace(0, 1, bins + 1)[1:-1], np.cumsum(np.full(bins - 1, 1 / bins))):
        curve = reliability_curve(np.zeros(bins - 1), edges, bins=bins)
        assert curve.count.tolist() == [1] * (bins - 1)
        just_above = reliability_curve(np.zeros(2), [edges[0], edges[0] + 1e-9], bins=bins)
        assert just_above.count.tolist() == [1, 1]


def test_bins_closed_on_the_left_give_an_edge_to_the_bin_above_and_1_to_the_last():
    edges = np.arange(11) / 10
    curve = reliability_curve(np.zeros(11), edges, closed="left")
    assert curve.count.tolist() == [1] * 9 + [2]
    assert curve.forecast.tolist() == [*edges[:9], 0.95]
    assert reliability_curve([0, 1], [0.3, 0.1 + 0.2], closed="left").count.tolist() == [2]


@given(questions, st.integers(1, 20))
def test_closing_on_the_left_is_closing_on_the_right_of_the_other_side(rows, bins):
    outcome, probability = columns(rows)
    left = reliability_curve(outcome, probability, bins=bins, closed="left")
    right = reliability_curve(1 - outcome, 1 - probability, bins=bins)
    assert left.count.tolist() == right.count[::-1].tolist()
    assert left.forecast == pytest.approx(1 - right.forecast[::-1])
    assert left.frequency == pytest.approx(1 - right.frequency[::-1])


def test_a_side_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match=r"^closed must be"):
        reliability_curve([1], [0.5], closed="both")


def test_0_1_plus_0_2_lies_where_0_3_does():
    assert reliability_curve([0, 1], [0.3, 0.1 + 0.2]).count.tolist() == [2]


def test_empty_bins_are_left_out_and_all_edges_are_told():
    curve = reliability_curve([0, 1, 1], [0.05, 0.95, 0.96], bins=4)
    assert curve.count.tolist() == [1, 2]
    assert curve.frequency.tolist() == [0.0, 1.0]
    assert curve.edges.tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_quantile_bins_hold_as_many_each():
    curve = reliability_curve(np.zeros(100), np.linspace(0.4, 0.6, 100) ** 2, kind="quantile", bins=5)
    assert curve.count.tolist() == [20] * 5


def test_quantile_bins_merge_where_one_forecast_fills_several():
    curve = reliability_curve([0, 1, 1, 0, 1], [0.5, 0.5, 0.5, 0.5, 0.9], kind="quantile", bins=4)
    assert curve.count.tolist() == [4, 1]


@given(questions, st.integers(1, 20), st.sampled_from(["equal", "quantile"]))
def test_bins_lose_nobody(rows, bins, kind):
    outcome, probability = columns(rows)
    curve = reliability_curve(outcome, probability, bins=bins, kind=kind)
    assert curve.count.sum() == len(rows)
    assert (curve.count * curve.forecast).sum() == pytest.approx(probability.sum())
    assert (curve.count * curve.frequency).sum() == pytest.approx(outcome.sum())
    assert (np.diff(curve.forecast) > 0).all()


@given(questions, st.integers(1, 20), st.randoms(use_true_random=False))
def test_the_order_of_the_questions_does_not_matter(rows, bins, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    before = expected_calibration_error(*columns(rows), bins=bins)
    after = expected_calibration_error(*columns(shuffled), bins=bins)
    assert after.error == pytest.approx(before.error, abs=1e-12)


@given(questions, st.integers(1, 20))
def test_the_calibration_error_is_at_most_the_mean_distance_and_1(rows, bins):
    outcome, probability = columns(rows)
    error = expected_calibration_error(outcome, probability, bins=bins).error
    assert 0 <= error <= np.abs(outcome - probability).mean() + 1e-12 <= 1 + 1e-12
    whole = abs(outcome.mean() - probability.mean())
    assert expected_calibration_error(outcome, probability, bins=1).error == pytest.approx(whole, abs=1e-12)


def test_the_calibration_error_comes_with_what_it_depends_on():
    found = expected_calibration_error([0, 1, 1, np.True_], [0.3, np.nan, 0.7, 0.9], bins=5)
    assert (found.forecasts, found.bins, found.bins_used) == (3, 5, 3)
    assert found.error == pytest.approx((0.3 + 0.3 + 0.1) / 3)


def test_the_calibration_error_of_the_calibrated_is_above_0_and_falls_with_numbers():
    """The caveat of the docstring, seen."""
    random = np.random.default_rng(5)

    def mean_error(n):
        draws = random.random((200, n))
        hits = random.random((200, n)) < draws
        return np.mean([expected_calibration_error(o, p).error for o, p in zip(hits, draws, strict=True)])

    few, many = mean_error(50), mean_error(2000)
    assert few > 0.1
    assert many < few / 4


def test_bars_are_the_binomial_middle():
    bars = consistency_bars([0.5] * 3 + [1.0] * 2, generator=1, level=0.5, draws=4000)
    assert bars.forecast.tolist() == [0.5, 1.0]
    assert (bars.low.tolist(), bars.high.tolist()) == ([1 / 3, 1.0], [2 / 3, 1.0])
    assert bars.count.tolist() == [3, 2]


def test_a_calibrated_forecaster_mostly_stays_within_the_bars_and_a_bad_one_does_not():
    random = np.random.default_rng(2)
    probability = random.random(3000)
    bars = consistency_bars(probability, generator=random, draws=400)

    def inside(outcome):
        found = reliability_curve(outcome, probability).frequency
        return ((bars.low <= found) & (found <= bars.high)).mean()

    assert np.mean([inside(random.random(3000) < probability) for _ in range(100)]) == pytest.approx(
        0.9, abs=0.04
    )
    assert np.mean([inside(random.random(3000) < probability**2) for _ in range(20)]) < 0.4


def test_bars_are_the_same_for_the_same_seed_and_others_for_others():
    probability = np.linspace(0.05, 0.95, 40)
    one, same, other = (consistency_bars(probability, generator=g, draws=20) for g in (3, 3, 4))
    assert one.low.tolist() == same.low.tolist()
    assert one.low.tolist() != other.low.tolist()


@pytest.mark.parametrize("function", [reliability_curve, expected_calibration_error])
@pytest.mark.parametrize(("outcome", "probability", "message"), BAD)
def test_wrong_questions_are_refused_by_name(function, outcome, probability, message):
    with pytest.raises(ValueError, match=message):
        function(outcome, probability)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bins": 0}, "^bins must be one whole number, 1 or more, got 0"),
        ({"bins": 2.5}, "^bins must be whole numbers"),
        ({"bins": True}, "^bins must be whole numbers"),
        ({"kind": "uniform"}, '^kind must be "equal" or "quantile", got \'uniform\''),
    ],
)
def test_wrong_settings_are_refused_by_name(settings, message):
    for function in (reliability_curve, expected_calibration_error):
        with pytest.raises(ValueError, match=message):
            function([0, 1], [0.5, 0.6], **settings)
    with pytest.raises(ValueError, match=message):
        consistency_bars([0.5, 0.6], generator=1, **settings)


@pytest.mark.parametrize("seed", [None, True, -1, 0.5, "1"])
def test_bars_refuse_chance_that_nobody_chose(seed):
    with pytest.raises(ValueError, match=r"^generator must be a numpy Generator or a seed"):
        consistency_bars([0.5, 0.6], generator=seed)
