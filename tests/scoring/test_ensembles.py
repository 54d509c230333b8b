"""Scores of samples and of named distributions: slow forms, integrals, propriety, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import integrate, stats

from scoring.ensembles import crps_beta, crps_ensemble, crps_lognormal, crps_normal, energy, variogram
from tests.scoring import propriety
from tests.skips import examples

numbers = st.floats(-1000, 1000)
members = st.lists(numbers, min_size=2, max_size=15)
clouds = st.integers(2, 8).flatmap(
    lambda m: arrays.arrays(float, st.tuples(st.just(m), st.integers(1, 4)), elements=st.floats(-50, 50))
)


def crps_slowly(outcome, ensemble, fair):
    """The definition, pair by pair."""
    count = len(ensemble)
    pairs = sum(abs(one - other) for one in ensemble for other in ensemble)
    return sum(abs(x - outcome) for x in ensemble) / count - pairs / (2 * count * (count - fair))


def energy_slowly(outcome, ensemble, fair):
    count = len(ensemble)
    pairs = sum(np.linalg.norm(one - other) for one in ensemble for other in ensemble)
    miss = sum(np.linalg.norm(x - outcome) for x in ensemble) / count
    return miss - pairs / (2 * count * (count - fair))


def crps_by_integral(outcome, distribution, low, high):
    """The integral that defines the score, in two parts, for a distribution of SciPy."""
    below = integrate.quad(lambda x: distribution.cdf(x) ** 2, low, outcome, limit=200)[0]
    return below + integrate.quad(lambda x: distribution.sf(x) ** 2, outcome, high, limit=200)[0]


@given(members, numbers, st.booleans())
def test_crps_by_sorting_is_the_double_loop(ensemble, outcome, fair):
    expected = crps_slowly(outcome, ensemble, fair)
    assert crps_ensemble(outcome, ensemble, fair=fair) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(members, numbers)
def test_crps_is_the_integral_between_the_steps_of_the_sample(ensemble, outcome):
    edges = np.sort([*ensemble, outcome])
    middle = (edges[1:] + edges[:-1]) / 2
    step = np.mean(np.array(ensemble)[:, np.newaxis] <= middle, axis=0)
    expected = np.sum(np.diff(edges) * (step - (outcome <= middle)) ** 2)
    assert crps_ensemble(outcome, ensemble) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(members, numbers)
def test_the_order_of_members_does_not_matter_and_the_plain_form_is_never_negative(ensemble, outcome):
    assert crps_ensemble(outcome, ensemble[::-1]) == crps_ensemble(outcome, ensemble)
    assert crps_ensemble(outcome, ensemble) >= -1e-9
    assert crps_ensemble(outcome, ensemble, fair=True) <= crps_ensemble(outcome, ensemble) + 1e-9


@given(members, numbers, st.floats(0.01, 100), numbers)
def test_crps_follows_unit_and_origin(ensemble, outcome, unit, origin):
    moved = crps_ensemble(outcome * unit + origin, np.multiply(ensemble, unit) + origin)
    assert moved == pytest.approx(unit * crps_ensemble(outcome, ensemble), rel=1e-7, abs=1e-7)


def test_large_origins_cost_no_digits():
    assert crps_ensemble(1e9 + 2, [1e9 + 1, 1e9 + 3]) == 0.5


def test_one_member_scores_its_absolute_error():
    assert crps_ensemble(3.0, [5.0]) == 2.0


def test_crps_is_vectorised_over_leading_axes():
    rng = np.random.default_rng(3)
    ensemble, outcome = rng.normal(size=(2, 3, 7)), rng.normal(size=(2, 3))
    found = crps_ensemble(outcome, ensemble)
    assert found.shape == (2, 3)
    assert found[1, 2] == pytest.approx(crps_slowly(outcome[1, 2], ensemble[1, 2], fair=False))
    assert crps_ensemble(0.0, ensemble).shape == (2, 3)
    assert np.shape(crps_ensemble(0.0, ensemble[0, 0])) == ()


def test_the_fair_form_scores_the_distribution_behind_a_small_sample():
    draws = np.random.default_rng(11).normal(size=(200_000, 2))
    behind = crps_normal(0.7, 0.0, 1.0)
    assert crps_ensemble(0.7 + np.zeros(200_000), draws, fair=True).mean() == pytest.approx(behind, abs=0.01)
    assert crps_ensemble(0.7 + np.zeros(200_000), draws).mean() > behind + 0.2


@settings(max_examples=examples(20))  # each is a search of its own
@given(st.sampled_from([0.1, 0.3, 0.45, 0.55, 0.8, 0.9]))
def test_a_search_for_the_best_sample_of_one_finds_the_median(share):
    """Of two outcomes 0 and 1, a sample of one point can only say the likelier."""
    found = propriety.best_numbers(
        lambda x: share * crps_ensemble(1.0, x) + (1 - share) * crps_ensemble(0.0, x), [0.4]
    )
    assert found[0] == pytest.approx(float(share > 0.5), abs=1e-4)


@given(members, st.lists(st.floats(-5, 5), min_size=15, max_size=15))
def test_no_other_sample_beats_the_one_the_outcome_is_drawn_from(truth, moves):
    other = np.add(truth, moves[: len(truth)])

    def expected(said):
        return crps_ensemble(truth, np.tile(said, (len(truth), 1))).mean()

    assert expected(truth) <= expected(other) + 1e-9


@given(clouds, st.booleans())
def test_energy_by_a_loop_over_members_is_the_double_loop(cloud, fair):
    expected = energy_slowly(cloud[0] + 1, cloud, fair)
    assert energy(cloud[0] + 1, cloud, fair=fair) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(members, numbers, st.booleans())
def test_energy_in_one_dimension_is_crps(ensemble, outcome, fair):
    column = np.array(ensemble)[:, np.newaxis]
    expected = crps_ensemble(outcome, ensemble, fair=fair)
    assert energy([outcome], column, fair=fair) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(clouds, st.integers(0, 99))
def test_no_other_cloud_beats_the_one_the_outcome_is_drawn_from(cloud, seed):
    """Propriety of energy and variogram score, with each member in turn as the outcome."""
    other = cloud + np.random.default_rng(seed).normal(size=cloud.shape)
    rules = [energy, variogram] if cloud.shape[1] > 1 else [energy]
    for rule in rules:
        honest, moved = (rule(cloud, np.tile(said, (len(cloud), 1, 1))).mean() for said in (cloud, other))
        assert honest <= moved + 1e-9 * (1 + abs(moved))


def test_variogram_by_hand_counts_each_pair_twice():
    assert variogram([0.0, 4.0, 4.0], [[0.0, 1.0, 1.0]], order=0.5) == 2 * (1 + 1 + 0)


def test_variogram_sees_a_wrong_dependence_and_not_a_common_bias():
    rng = np.random.default_rng(5)
    alike = np.repeat(rng.normal(size=(500, 1)), 2, axis=1)
    apart = rng.normal(size=(500, 2))
    outcome = [0.3, 0.3]
    assert variogram(outcome, alike) < 0.01 < variogram(outcome, apart)
    assert variogram(outcome, alike + 9) == pytest.approx(variogram(outcome, alike))


def test_weights_pick_the_pairs_of_the_variogram():
    cloud, outcome = [[0.0, 1.0, 9.0]], [0.0, 4.0, 0.0]
    one = np.zeros((3, 3))
    one[0, 1] = 2.0
    assert variogram(outcome, cloud, weight=one) == 2.0
    assert variogram(outcome, cloud, weight=np.ones((3, 3))) == variogram(outcome, cloud)


def test_scores_of_points_are_vectorised_and_take_one_outcome_for_all():
    clouds = np.random.default_rng(2).normal(size=(2, 3, 6, 4))
    for rule in (energy, variogram):
        assert rule(np.zeros(4), clouds).shape == (2, 3)
        each = rule(np.zeros((2, 3, 4)), clouds)
        assert each[1, 1] == pytest.approx(rule(np.zeros(4), clouds[1, 1]))
        assert np.shape(rule(np.zeros(4), clouds[0, 0])) == ()


@settings(max_examples=examples(25))  # each takes two integrals
@given(st.floats(-3, 3), st.floats(0.2, 5), st.floats(-20, 20))
def test_crps_of_a_normal_is_its_integral(mean, deviation, outcome):
    expected = crps_by_integral(outcome, stats.norm(mean, deviation), mean - 60, mean + 60)
    assert crps_normal(outcome, mean, deviation) == pytest.approx(expected, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(("location", "scale"), [(0.0, 1.0), (1.0, 0.4), (-1.0, 0.7)])
@pytest.mark.parametrize("outcome", [-2.0, 0.0, 0.1, 1.0, 12.0])
def test_crps_of_a_lognormal_is_its_integral(location, scale, outcome):
    expected = crps_by_integral(outcome, stats.lognorm(scale, scale=np.exp(location)), -2.0, 400.0)
    assert crps_lognormal(outcome, location, scale) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_an_outcome_of_0_is_below_a_lognormal_however_small_its_values_are():
    """There the score is the mean less half of the mean difference, all of size exp(-9)."""
    expected = 2 * np.exp(-8.5) * stats.norm.sf(1 / np.sqrt(2))
    assert crps_lognormal(0.0, -9.0, 1.0) == pytest.approx(expected, rel=1e-12)
    assert crps_lognormal(-1e-4, -9.0, 1.0) == pytest.approx(expected + 1e-4, rel=1e-12)


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (2.0, 5.0), (0.5, 0.7), (30.0, 10.0)])
@pytest.mark.parametrize("outcome", [-0.5, 0.0, 0.2, 0.75, 1.0, 2.0])
def test_crps_of_a_beta_is_its_integral_inside_and_outside(a, b, outcome):
    expected = crps_by_integral(outcome, stats.beta(a, b), -0.5, 2.0)
    assert crps_beta(outcome, a, b) == pytest.approx(expected, rel=1e-5, abs=1e-6)


@settings(max_examples=examples(10))  # each is a search of its own
@given(st.floats(-3, 3), st.floats(0.5, 3))
def test_a_search_for_the_best_normal_finds_the_belief(mean, deviation):
    outcomes = mean + deviation * stats.norm.ppf((np.arange(4000) + 0.5) / 4000)

    def penalty(said):
        return crps_normal(outcomes, np.full(4000, said[0]), np.exp(said[1])).mean()

    found = propriety.best_numbers(penalty, [0.0, 0.0])
    assert found == pytest.approx([mean, np.log(deviation)], abs=0.01)


def test_a_search_for_the_best_lognormal_and_beta_finds_the_belief():
    level = (np.arange(4000) + 0.5) / 4000
    for rule, belief, quantile in (
        (crps_lognormal, [0.5, 0.4], lambda m, s: stats.lognorm.ppf(level, s, scale=np.exp(m))),
        (crps_beta, [2.0, 3.0], lambda a, b: stats.beta.ppf(level, a, b)),
    ):
        outcomes = quantile(*belief)

        def penalty(said, rule=rule, outcomes=outcomes):
            return rule(outcomes, np.full(4000, said[0]), np.exp(said[1])).mean() if said[0] > 0 else 1e9

        found = propriety.best_numbers(penalty, [1.0, 0.0])
        assert [found[0], np.exp(found[1])] == pytest.approx(belief, rel=0.02)


def test_a_large_sample_of_a_normal_scores_as_the_normal():
    sample = stats.norm.ppf((np.arange(5000) + 0.5) / 5000)
    assert crps_ensemble(1.3, sample) == pytest.approx(crps_normal(1.3, 0.0, 1.0), abs=1e-3)


def test_missing_forecasts_score_nan_and_the_others_do_not():
    nan = np.nan
    assert np.isnan(crps_ensemble(0.0, [[nan, nan], [1.0, 2.0]])).tolist() == [True, False]
    assert np.isnan(energy([0.0], [[[nan], [nan]], [[1.0], [2.0]]])).tolist() == [True, False]
    assert np.isnan(variogram([0.0, 0.0], [[[nan] * 2], [[1.0, 2.0]]])).tolist() == [True, False]
    for closed_form in (crps_normal, crps_lognormal, crps_beta):
        assert np.isnan(closed_form(0.5, [nan, 1.0], 1.0)).tolist() == [True, False]


@pytest.mark.parametrize(
    ("outcome", "ensemble", "fair", "message"),
    [
        (0.0, [1.0], True, "^ensemble must have two members or more for the fair form, got 1"),
        (0.0, [], False, r"^ensemble must have shape S \+ \(m,\) with one member or more"),
        (0.0, 1.0, False, r"^ensemble must have shape S \+ \(m,\)"),
        (0.0, [1.0, np.nan], False, "^ensemble must be NaN for all members or for none"),
        (np.nan, [1.0, 2.0], False, "^outcome must be finite"),
        ([0.0, 1.0], [[1.0, 2.0]] * 3, False, r"^outcome must be one value or have shape \(3,\)"),
        (0.0, ["a"], False, "^ensemble must be real numbers"),
        (True, [1.0], False, "^outcome must be real numbers"),
    ],
)
def test_wrong_arguments_of_crps_are_refused_by_name(outcome, ensemble, fair, message):
    with pytest.raises(ValueError, match=message):
        crps_ensemble(outcome, ensemble, fair=fair)


@pytest.mark.parametrize("rule", [energy, variogram])
@pytest.mark.parametrize(
    ("outcome", "ensemble", "message"),
    [
        ([0.0, 0.0], [1.0, 2.0], r"^ensemble must have shape S \+ \(m, D\)"),
        (0.0, [[1.0, 2.0]], r"^outcome must have shape \(2,\)"),
        ([0.0], [[1.0, 2.0]], r"^outcome must have shape \(2,\)"),
        ([[0.0, 0.0]], np.zeros((3, 4, 2)), r"^outcome must have shape \(3, 2\) or \(2,\)"),
        ([0.0, 0.0], [[1.0, np.nan]], "^ensemble must be NaN for all members or for none"),
    ],
)
def test_wrong_points_are_refused_by_name(rule, outcome, ensemble, message):
    with pytest.raises(ValueError, match=message):
        rule(outcome, ensemble)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"order": 0.0}, "^order must be positive and finite, got 0.0"),
        ({"weight": np.ones((3, 3))}, r"^weight must be 0 or more, of shape \(2, 2\)"),
        ({"weight": -np.ones((2, 2))}, r"^weight must be 0 or more, of shape \(2, 2\)"),
    ],
)
def test_wrong_settings_of_the_variogram_are_refused_by_name(more, message):
    with pytest.raises(ValueError, match=message):
        variogram([0.0, 0.0], [[1.0, 2.0]], **more)


def test_a_variogram_of_one_quantity_is_refused():
    with pytest.raises(ValueError, match=r"^outcome must hold two quantities or more, got 1"):
        variogram([0.0], [[1.0], [2.0]])


@pytest.mark.parametrize(
    ("rule", "arguments", "message"),
    [
        (crps_normal, (0.0, 0.0, 0.0), "^deviation must be positive, got 0.0"),
        (crps_normal, (0.0, [0.0, 1.0], [1.0] * 3), r"^deviation must be one value or have shape \(2,\)"),
        (crps_lognormal, (1.0, 0.0, -1.0), "^scale must be positive, got -1.0"),
        (crps_lognormal, (np.nan, 0.0, 1.0), "^outcome must be finite"),
        (crps_beta, (0.5, 0.0, 1.0), "^a must be positive, got 0.0"),
        (crps_beta, (0.5, 1.0, 0.0), "^b must be positive, got 0.0"),
    ],
)
def test_wrong_distributions_are_refused_by_name(rule, arguments, message):
    with pytest.raises(ValueError, match=message):
        rule(*arguments)
