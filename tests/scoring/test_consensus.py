"""How much a crowd agrees: values by hand, what weights and missing people do, the warnings made good."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.consensus.dispersion import bimodality, entropy, options_spread, spread, two_groups
from tests.scoring.crowds import probabilities, shares, weighted

crowds = weighted(probabilities)
whole_weights = st.lists(st.tuples(probabilities, st.integers(1, 4)), min_size=2, max_size=10)
different = st.lists(st.integers(0, 40).map(lambda n: n / 40), min_size=2, max_size=15).filter(
    lambda values: len(set(values)) > 1
)


def test_spread_by_hand():
    found = spread([0.2, 0.5, 0.8, 0.5])
    log_odds = math.log(4)
    assert (found.people, found.effective) == (4, 4.0)
    assert (found.mean, found.median) == pytest.approx((0.5, 0.5))
    assert found.deviation == pytest.approx(math.sqrt(0.18 / 4))
    assert found.log_odds_deviation == pytest.approx(log_odds / math.sqrt(2))
    assert found.quartile_range == pytest.approx(0.65 - 0.35)
    assert found.log_odds_quartile_range == pytest.approx(log_odds)
    assert found.gap == pytest.approx(0, abs=1e-12)


def test_people_who_say_the_same_have_no_spread():
    found = spread([0.3, 0.3, 0.3])
    assert (found.deviation, found.quartile_range, found.log_odds_deviation) == pytest.approx((0, 0, 0))
    assert found.gap == pytest.approx(0, abs=1e-12)


def test_the_gap_has_the_sign_of_the_mean_less_the_geometric_mean_of_odds():
    assert spread([0.01, 0.5, 0.5]).gap > 0.1
    assert spread([0.99, 0.5, 0.5]).gap < -0.1


def test_log_odds_see_a_difference_near_0_that_probabilities_hide():
    near, middle = spread([0.01, 0.02]), spread([0.5, 0.51])
    assert near.deviation == pytest.approx(middle.deviation)
    assert near.log_odds_deviation > 10 * middle.log_odds_deviation


def test_the_clip_bounds_the_log_odds_and_nothing_else():
    wide, narrow = spread([0.0, 1.0], clip=0.001), spread([0.0, 1.0], clip=0.1)
    assert wide.log_odds_deviation == pytest.approx(math.log(999))
    assert narrow.log_odds_deviation == pytest.approx(math.log(9))
    assert wide.deviation == narrow.deviation == 0.5


@given(crowds)
def test_the_order_of_people_does_not_matter_and_only_proportions_of_weights_do(crowd):
    given_, weight = crowd
    one, other = spread(given_, weight), spread(given_[::-1], 7 * weight[::-1])
    for name in vars(one):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9, abs=1e-7), name


@given(whole_weights)
def test_a_whole_weight_is_so_many_equal_people(rows):
    given_, count = (list(column) for column in zip(*rows, strict=True))
    one, many = spread(given_, count), spread(np.repeat(given_, count))
    for name in set(vars(one)) - {"people", "effective"}:
        assert getattr(one, name) == pytest.approx(getattr(many, name), rel=1e-9, abs=1e-7), name


@given(crowds)
def test_the_quartile_range_is_that_of_numpy_where_all_weigh_the_same(crowd):
    low, high = np.quantile(crowd[0], [0.25, 0.75], method="averaged_inverted_cdf")
    assert spread(crowd[0]).quartile_range == pytest.approx(high - low, abs=1e-12)


@given(crowds)
def test_spread_mirrors_when_yes_and_no_are_exchanged(crowd):
    given_, weight = crowd
    one, other = spread(given_, weight), spread(1 - given_, weight)
    assert other.gap == pytest.approx(-one.gap, abs=1e-9)
    assert other.deviation == pytest.approx(one.deviation, abs=1e-7)
    assert other.log_odds_deviation == pytest.approx(one.log_odds_deviation, abs=1e-6)


@given(crowds)
def test_the_square_of_the_deviation_is_what_the_crowd_gains_over_its_members(crowd):
    """The diversity prediction theorem, for the outcome yes."""
    given_, weight = crowd
    found = spread(given_, weight)
    own = np.average((given_ - 1) ** 2, weights=weight)
    assert (found.mean - 1) ** 2 == pytest.approx(own - found.deviation**2, abs=1e-9)


def test_effective_number_falls_with_unequal_weights():
    assert spread([0.1, 0.5, 0.9], [1, 0.5, 0.5]).effective == pytest.approx(4 / 1.5)


def test_missing_people_and_weights_of_0_are_left_out_and_all_0_counts_all():
    expected = spread([0.2, 0.6])
    assert spread([0.2, np.nan, 0.6]) == expected
    assert spread([0.2, np.nan, 0.6], [1, 5, 1]) == expected
    assert spread([0.2, 0.9, 0.6], [1, 0, 1]) == expected
    assert spread([0.2, 0.6], [0, 0]) == expected


def test_entropy_by_hand():
    assert entropy([0.5, 0.25, 0.25]) == pytest.approx(1.5 * math.log(2))
    assert entropy([[1.0, 0.0], [0.5, 0.5]]) == pytest.approx([0, math.log(2)])


@given(shares())
def test_entropy_lies_between_0_and_that_of_equal_probabilities(crowd):
    found = entropy(crowd[0])
    assert found.shape == (len(crowd[0]),)
    assert ((found >= 0) & (found <= math.log(crowd[0].shape[1]) + 1e-12)).all()
    assert found == pytest.approx(stats.entropy(crowd[0], axis=1), abs=1e-9)


def test_entropy_of_a_missing_forecast_is_nan_and_its_shape_is_that_of_the_forecasts():
    assert np.isnan(entropy([[np.nan, np.nan], [0.5, 0.5]])).tolist() == [True, False]
    assert entropy(np.full((2, 3, 4), 0.25)).shape == (2, 3)


@given(shares())
def test_the_crowds_indecision_is_its_members_own_and_their_disagreement(crowd):
    given_, weight = crowd
    found = options_spread(given_, weight)
    share, mean = weight / weight.sum(), np.average(given_, axis=0, weights=weight)
    assert found.crowd == pytest.approx(found.own + found.divergence, abs=1e-9)
    assert 0 <= found.divergence <= math.log(given_.shape[1]) + 1e-9
    from_the_mean = share @ stats.entropy(given_, np.tile(mean, (len(given_), 1)), axis=1)
    assert found.divergence == pytest.approx(from_the_mean, abs=1e-9)


def test_decided_people_who_differ_and_undecided_ones_have_the_same_crowd_and_are_told_apart():
    differ, undecided = options_spread(np.eye(3)), options_spread(np.full((3, 3), 1 / 3))
    assert differ.crowd == pytest.approx(undecided.crowd) == pytest.approx(math.log(3))
    assert (differ.own, differ.divergence) == pytest.approx((0, math.log(3)))
    assert (undecided.own, undecided.divergence) == pytest.approx((math.log(3), 0))
    assert differ.deviation == pytest.approx([math.sqrt(2) / 3] * 3)


def test_missing_rows_and_weights_of_0_are_left_out_of_the_spread_over_options():
    rows = [[0.2, 0.8], [np.nan, np.nan], [0.5, 0.5], [1.0, 0.0]]
    found, expected = options_spread(rows, [1, 1, 1, 0]), options_spread([[0.2, 0.8], [0.5, 0.5]])
    assert found.people == expected.people == 2
    assert found.divergence == expected.divergence


def test_bimodality_by_hand():
    """Skewness 0; the corrected excess kurtosis of five even steps is -1.2."""
    assert bimodality([1, 2, 3, 4, 5]) == pytest.approx(1 / (-1.2 + 3 * 16 / 6))


def test_bimodality_corrects_skewness_and_kurtosis_for_small_samples():
    """For 0, 0, 0, 0, 1: central moments m2 = 4/25, m3 = 12/125, m4 = 52/625 and the corrections of n = 5."""
    skewness = (12 / 125) / (4 / 25) ** 1.5 * math.sqrt(5 * 4) / 3
    kurtosis = 4 / (3 * 2) * (6 * ((52 / 625) / (4 / 25) ** 2 - 3) + 6)
    assert bimodality([0, 0, 0, 0, 1]) == pytest.approx((skewness**2 + 1) / (kurtosis + 3 * 16 / 6))


@given(st.integers(2, 60))
def test_two_equal_camps_reach_the_bound_of_the_docstring(half):
    n = 2 * half
    found = bimodality([0.1] * half + [0.9] * half)
    assert found == pytest.approx((n - 2) * (n - 3) / (n**2 - 1))
    assert (found > 5 / 9) == (n >= 10)


def test_bimodality_of_large_samples_is_that_of_the_distribution():
    level = (np.arange(20_000) + 0.5) / 20_000
    assert bimodality(level) == pytest.approx(5 / 9, abs=1e-3)
    assert bimodality(stats.norm.ppf(level)) == pytest.approx(1 / 3, abs=0.01)


def test_one_lopsided_camp_exceeds_the_mark_too():
    """The caveat of the docstring: an exponential has one mode and (2² + 1) / (6 + 3) = 5/9."""
    level = (np.arange(2000) + 0.5) / 2000
    assert bimodality(stats.chi2.ppf(level, 1)) > 5 / 9


@given(st.lists(st.integers(0, 9), min_size=4, max_size=12), st.floats(0.1, 9), st.floats(-5, 5))
def test_bimodality_follows_no_unit_and_no_origin(values, unit, origin):
    if len(set(values)) > 1:
        moved = np.multiply(values, unit) + origin
        assert bimodality(moved) == pytest.approx(bimodality(values), rel=1e-6)


def test_bimodality_is_nan_where_all_say_the_same_and_leaves_missing_people_out():
    assert math.isnan(bimodality([0.1 + 0.2, 0.3, 0.3, 0.3]))
    assert bimodality([1, 2, np.nan, 3, 4, 5]) == bimodality([1, 2, 3, 4, 5])


def split_slowly(values, weight):
    """The least variance inside two groups, over every cut."""
    values, weight = np.array(values), np.array(weight, float)

    def inside(who):
        center = np.average(values[who], weights=weight[who])
        return weight[who] @ (values[who] - center) ** 2

    cuts = np.unique(values)[:-1]
    least = min(inside(values <= cut) + inside(values > cut) for cut in cuts)
    return 1 - least / inside(np.ones(len(values), bool))


@given(different, st.data())
def test_two_groups_are_the_best_of_all_cuts(values, data):
    weight = data.draw(st.lists(st.floats(0.2, 1), min_size=len(values), max_size=len(values)))
    found = two_groups(values, weight)
    assert found.explained == pytest.approx(split_slowly(values, weight), abs=1e-9)
    below = np.array(values) <= found.cut
    assert found.lower == pytest.approx(np.average(np.array(values)[below], weights=np.array(weight)[below]))
    assert found.upper == pytest.approx(
        np.average(np.array(values)[~below], weights=np.array(weight)[~below])
    )
    assert found.lower_share == pytest.approx(np.array(weight)[below].sum() / np.sum(weight))


def test_two_camps_are_found_whatever_their_sizes():
    found = two_groups([0.1, 0.12, 0.9, 0.91, 0.92, 0.88])
    assert (found.cut, found.lower_share) == (0.12, pytest.approx(1 / 3))
    assert found.explained > 0.99


def test_a_crowd_without_camps_is_split_as_well():
    """The caveat of the docstring."""
    level = (np.arange(4000) + 0.5) / 4000
    assert two_groups(level).explained == pytest.approx(0.75, abs=1e-3)
    assert two_groups(stats.norm.ppf(level)).explained == pytest.approx(2 / math.pi, abs=2e-3)


def test_large_origins_cost_the_split_no_digits():
    assert two_groups([1e9, 1e9 + 1, 1e9 + 9, 1e9 + 10]).cut == 1e9 + 1


def test_two_groups_leave_missing_people_and_weights_of_0_out():
    assert two_groups([0.1, np.nan, 0.9, 0.5], [1, 1, 1, 0]) == two_groups([0.1, 0.9])


@pytest.mark.parametrize(
    ("call", "arguments", "message"),
    [
        (spread, ([np.nan, np.nan],), "^probability must hold one person or more"),
        (spread, ([],), "^probability must have one axis and one person or more"),
        (spread, ([0.5, 1.000005],), "^probability must lie between 0 and 1"),
        (spread, ([[0.5, 0.5]],), "^probability must have one axis"),
        (spread, ([0.5, 0.5], [1]), r"^weight must have shape \(2,\)"),
        (spread, ([0.5, 0.5], [1, -1]), "^weight must be 0 or more"),
        (spread, ([True, False],), "^probability must be real numbers"),
        (options_spread, ([[0.5, 0.4]],), "^probability must sum to 1"),
        (options_spread, ([0.5, 0.5],), "^probability must have two axes"),
        (entropy, ([0.5, 0.500005],), "^probability must sum to 1"),
        (entropy, (0.5,), "^probability must hold two or more options"),
        (
            bimodality,
            ([1, 2, 3, np.nan],),
            "^values must hold four people or more who are not missing, got 3",
        ),
        (bimodality, ([[1, 2, 3, 4]],), "^values must have one axis"),
        (two_groups, ([0.5, 0.5, np.nan],), "^values must hold two different values or more"),
        (two_groups, ([0.5, np.inf],), "^values must be finite or NaN"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, arguments, message):
    with pytest.raises(ValueError, match=message):
        call(*arguments)


@pytest.mark.parametrize("clip", [0.0, 0.5, -0.1, math.nan])
def test_a_clip_that_keeps_nothing_or_everything_is_refused(clip):
    with pytest.raises(ValueError, match=r"^clip must lie above 0 and below 0.5"):
        spread([0.5], clip=clip)
