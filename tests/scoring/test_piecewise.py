"""Distributions between points: values by hand, inverses, the exact score against integrals, propriety."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from scoring import ensembles
from scoring.piecewise import crps_piecewise, evaluate, from_quantiles, invert
from tests.scoring import propriety
from tests.skips import examples

#: A forecast on an open question: a tenth below 0, a jump at 2, a stretch of nothing, a fifth above 10.
VALUES, PROBABILITIES = [0.0, 2.0, 2.0, 6.0, 10.0], [0.1, 0.3, 0.5, 0.5, 0.8]


@st.composite
def forecasts(draw, closed=False):
    """Points of one forecast, jumps and flat stretches among them, on a coarse grid so that they meet."""
    count = draw(st.integers(2, 7))
    value = sorted(draw(st.lists(st.integers(-8, 8), min_size=count, max_size=count)))
    chance = sorted(draw(st.lists(st.integers(0, 20), min_size=count, max_size=count)))
    if closed:
        chance[0], chance[-1] = 0, 20
    return np.array(value, float), np.array(chance) / 20


outcomes = st.one_of(st.integers(-10, 10).map(float), st.floats(-12, 12))


def crps_by_integral(outcome, values, probabilities, low, high):
    """The integral of the squared difference on each stretch without a corner."""
    cuts = np.unique(np.clip([low, high, outcome, *values], low, high))
    total = 0.0
    for left, right in pairwise(cuts):
        happened = float(outcome <= left)
        total += integrate.fixed_quad(
            lambda x, o=happened: (evaluate(x, values, probabilities) - o) ** 2, left, right, n=4
        )[0]
    return total


def test_evaluate_by_hand():
    found = evaluate([-1, 0, 1, 2, 4, 6, 8, 10, 11], VALUES, PROBABILITIES)
    assert found == pytest.approx([0, 0.1, 0.2, 0.5, 0.5, 0.5, 0.65, 0.8, 1])


def test_invert_by_hand():
    found = invert([0, 0.1, 0.2, 0.4, 0.5, 0.65, 0.8, 0.9, 1], VALUES, PROBABILITIES)
    assert found == pytest.approx([0, 0, 1, 2, 2, 8, 10, 10, 10])


def test_crps_by_hand():
    inside = crps_piecewise(1.0, [0.0, 2.0], [0.0, 1.0])
    assert inside == pytest.approx(2 * (1 / 3) * 0.5**2)
    assert crps_piecewise(-1.0, [0.0, 2.0], [0.0, 1.0]) == pytest.approx(1 + 2 / 3)
    assert crps_piecewise(4.0, [0.0, 2.0], [0.0, 1.0]) == pytest.approx(2 + 2 / 3)
    assert crps_piecewise([2.0, 5.0], [[3.0], [3.0]], [1.0]).tolist() == [1.0, 2.0]


@given(forecasts(), outcomes)
def test_crps_is_its_integral(forecast, outcome):
    expected = crps_by_integral(outcome, *forecast, low=-15, high=15)
    assert crps_piecewise(outcome, *forecast) == pytest.approx(expected, abs=1e-9)


@given(forecasts(), outcomes)
def test_censored_crps_is_the_integral_between_the_ends(forecast, outcome):
    values, probabilities = forecast
    expected = crps_by_integral(outcome, values, probabilities, low=values[0], high=values[-1])
    assert crps_piecewise(outcome, values, probabilities, censored=True) == pytest.approx(expected, abs=1e-9)


@given(forecasts(), outcomes)
def test_the_censored_form_only_leaves_out_the_distance_to_the_ends(forecast, outcome):
    values, probabilities = forecast
    beyond = max(values[0] - outcome, outcome - values[-1], 0)
    whole = crps_piecewise(outcome, values, probabilities)
    assert whole - crps_piecewise(outcome, values, probabilities, censored=True) == pytest.approx(
        beyond, abs=1e-12
    )
    end = np.clip(outcome, values[0], values[-1])
    assert crps_piecewise(outcome, values, probabilities, censored=True) == crps_piecewise(
        end, values, probabilities
    )


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=8), outcomes)
def test_jumps_alone_score_as_the_sample_that_they_are(sample, outcome):
    sample = np.sort(np.array(sample, float))
    steps = np.arange(len(sample) + 1) / len(sample)
    values, probabilities = np.repeat(sample, 2), np.repeat(steps, 2)[1:-1]
    expected = ensembles.crps_ensemble(outcome, sample)
    assert crps_piecewise(outcome, values, probabilities) == pytest.approx(expected, abs=1e-9)


@given(forecasts(), outcomes)
def test_point_masses_at_open_bounds_score_as_jumps_there(forecast, outcome):
    values, probabilities = forecast
    jumps = np.concatenate(([values[0]], values, [values[-1]]))
    chances = np.concatenate(([0.0], probabilities, [1.0]))
    assert crps_piecewise(outcome, jumps, chances) == pytest.approx(
        crps_piecewise(outcome, values, probabilities), abs=1e-12
    )


@given(forecasts(), st.floats(0.001, 0.999))
def test_invert_gives_the_lowest_value_that_reaches_the_level(forecast, level):
    values, probabilities = forecast
    found = float(invert(level, values, probabilities))
    assert values[0] <= found <= values[-1]
    if level <= probabilities[-1]:
        assert evaluate(found + 1e-9, values, probabilities) >= level - 1e-9
    if found > values[0]:
        assert evaluate(found - 1e-6, values, probabilities) <= level + 1e-9


@given(forecasts(closed=True))
def test_evaluate_undoes_invert_where_the_distribution_has_no_jump(forecast):
    values, probabilities = forecast
    values = values + 0.01 * np.arange(len(values))  # no two values alike, no jump
    level = np.linspace(0, 1, 21)
    assert evaluate(invert(level, values, probabilities), values, probabilities) == pytest.approx(
        level, abs=1e-9
    )


@given(forecasts(), st.lists(st.floats(-12, 12), min_size=2, max_size=8))
def test_evaluate_never_decreases_and_stays_between_0_and_1(forecast, places):
    found = evaluate(np.sort(places), *forecast)
    assert (np.diff(found) >= -1e-12).all()
    assert ((found >= 0) & (found <= 1)).all()


@given(forecasts(), outcomes, st.floats(0.1, 10), st.floats(-100, 100))
def test_crps_follows_unit_and_origin(forecast, outcome, unit, origin):
    values, probabilities = forecast
    moved = crps_piecewise(outcome * unit + origin, values * unit + origin, probabilities)
    assert moved == pytest.approx(unit * crps_piecewise(outcome, values, probabilities), rel=1e-7, abs=1e-7)


@settings(max_examples=examples(6))  # each is a search of its own
@given(st.lists(st.floats(0.05, 1), min_size=4, max_size=4), st.booleans())
def test_a_search_for_the_best_probabilities_finds_the_belief(parts, censored):
    """Four points at fixed values; the outcome is drawn from the belief, beyond the open ends too."""
    values = np.array([0.0, 1.0, 3.0, 4.0])
    belief = np.cumsum(parts)[:-1] / np.sum(parts)
    belief = np.append(belief, 0.5 + belief[-1] / 2)
    level = (np.arange(1000) + 0.5) / 1000
    drawn = invert(level, values, belief)

    def penalty(moves):
        said = np.cumsum(np.exp(moves)) / (1 + np.exp(moves).sum())
        return crps_piecewise(drawn, np.tile(values, (1000, 1)), said, censored=censored).mean()

    start = np.log(np.diff(np.append(0.0, [0.2, 0.4, 0.6, 0.8])) / 0.2)
    moves = propriety.best_numbers(penalty, start)
    assert np.cumsum(np.exp(moves)) / (1 + np.exp(moves).sum()) == pytest.approx(belief, abs=0.01)


@given(forecasts(), forecasts())
def test_no_other_forecast_beats_the_one_the_outcome_is_drawn_from(belief, other):
    drawn = invert((np.arange(400) + 0.5) / 400, *belief)

    def expected(values, probabilities):
        return crps_piecewise(drawn, np.tile(values, (400, 1)), probabilities).mean()

    assert expected(*belief) <= expected(*other) + 1e-3


def test_functions_are_vectorised_over_leading_axes():
    values = np.array(VALUES) + np.arange(6).reshape(2, 3, 1)
    probabilities = np.broadcast_to(PROBABILITIES, values.shape)
    assert evaluate(3.0, values, PROBABILITIES).shape == (2, 3)
    assert evaluate([3.0, 4.0], values, probabilities).shape == (2, 3, 2)
    assert invert([0.2, 0.4, 0.6, 0.8], values, PROBABILITIES).shape == (2, 3, 4)
    scores = crps_piecewise(np.full((2, 3), 3.0), values, probabilities)
    assert scores.shape == (2, 3)
    assert scores[1, 2] == pytest.approx(crps_piecewise(3.0, values[1, 2], PROBABILITIES))
    assert (
        np.shape(crps_piecewise(3.0, VALUES, PROBABILITIES))
        == np.shape(evaluate(3.0, VALUES, PROBABILITIES))
        == ()
    )


def test_each_forecast_may_have_probabilities_of_its_own():
    found = evaluate(1.0, [[0.0, 2.0], [0.0, 2.0]], [[0.0, 1.0], [0.5, 0.9]])
    assert found == pytest.approx([0.5, 0.7])


def test_missing_forecasts_give_nan_and_the_others_do_not():
    rows = [[np.nan, np.nan], [0.0, 1.0]]
    for found in (
        crps_piecewise(0.5, rows, [0.0, 1.0]),
        crps_piecewise(5.0, rows, [0.0, 1.0], censored=True),
        evaluate(0.5, rows, [0.0, 1.0]),
        invert(0.5, rows, [0.0, 1.0]),
    ):
        assert np.isnan(found).tolist() == [True, False]


def test_quantiles_become_points_with_the_closed_bounds_added():
    values, probabilities = from_quantiles([[2.0, 5.0], [np.nan, np.nan]], [0.25, 0.75], lower=0, upper=10)
    assert np.array_equal(values, [[0, 2, 5, 10], [np.nan] * 4], equal_nan=True)
    assert probabilities.tolist() == [0, 0.25, 0.75, 1]
    open_values, open_probabilities = from_quantiles([2.0, 5.0], [0.25, 0.75])
    assert (open_values.tolist(), open_probabilities.tolist()) == ([2.0, 5.0], [0.25, 0.75])
    assert from_quantiles([2.0, 5.0], [0.25, 0.75], upper=5.0)[1].tolist() == [0.25, 0.75, 1.0]


@given(st.floats(0, 10))
def test_points_from_quantiles_give_the_quantiles_back(outcome):
    quantiles, levels = [1.0, 4.0, 9.0], [0.1, 0.5, 0.9]
    points = from_quantiles(quantiles, levels, lower=0.0, upper=10.0)
    assert invert(levels, *points) == pytest.approx(quantiles)
    assert crps_piecewise(outcome, *points) == crps_piecewise(outcome, *points, censored=True)


@pytest.mark.parametrize(
    ("values", "probabilities", "message"),
    [
        ([1.0, 0.0], [0.0, 1.0], "^values must not decrease on the last axis"),
        ([0.0, 1.0], [0.6, 0.5], "^probabilities must not decrease on the last axis"),
        ([0.0, 1.0], [0.0, 1.000005], "^probabilities must lie between 0 and 1"),
        ([0.0, 1.0], [0.0, np.nan], "^probabilities must be finite"),
        ([0.0, np.nan], [0.0, 1.0], "^values must be NaN for all points of a forecast or for none"),
        ([0.0, 1.0], [0.5], r"^probabilities must have shape \(2,\)"),
        ([[0.0, 1.0]] * 3, [[0.0, 1.0]], r"^probabilities must have shape \(3, 2\) or \(2,\)"),
        ([], [], "^values must hold one point or more"),
        (1.0, 0.5, "^values must hold one point or more"),
        (["a"], [0.5], "^values must be real numbers"),
    ],
)
def test_wrong_points_are_refused_by_name(values, probabilities, message):
    for call in (evaluate, invert, crps_piecewise):
        with pytest.raises(ValueError, match=message):
            call(0.5, values, probabilities)


@pytest.mark.parametrize(
    ("call", "argument", "message"),
    [
        (evaluate, [[0.5]], "^at must be one value or have one axis"),
        (evaluate, np.nan, "^at must be finite"),
        (invert, 1.000005, "^level must lie between 0 and 1"),
        (invert, [[0.5]], "^level must be one value or have one axis"),
        (crps_piecewise, np.nan, "^outcome must be finite"),
    ],
)
def test_wrong_places_are_refused_by_name(call, argument, message):
    with pytest.raises(ValueError, match=message):
        call(argument, [0.0, 1.0], [0.0, 1.0])


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"lower": 3.0}, "^lower must be one value, not above the lowest quantile, got 3.0"),
        ({"upper": 4.0}, "^upper must be one value, not below the highest quantile, got 4.0"),
        ({"lower": np.nan}, "^lower must be finite"),
    ],
)
def test_quantiles_beyond_a_closed_bound_are_refused(bounds, message):
    with pytest.raises(ValueError, match=message):
        from_quantiles([2.0, 5.0], [0.25, 0.75], **bounds)
