"""What holds for every pool of one probability from each person, and for those that it holds for."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from scoring.pools import averages, windows
from scoring.pools.catalog import METHODS
from tests.scoring.crowds import probabilities, weighted

ALONE = {key: method.function for key, method in METHODS.items() if method.runs_alone}

#: They push outwards: the result may be outside the people.
OUTWARD = {"first_edition", "extremized", "neyman_roughgarden", "karmarkar", "beta_pool"}
INSIDE = ALONE.keys() - OUTWARD
#: Of one person they give something else than what that person said.
CHANGE_ONE = {"first_edition", "extremized", "karmarkar", "beta_pool"}
#: Yes and no are not mirror images: a product of probabilities, and the lowest of windows equally small.
ONE_SIDED = {"geometric_mean", "densest_mean"}
#: They count people: two who say the same are more than one who weighs twice.
COUNT_PEOPLE = {"parley", "parley_open", "first_edition", "neyman_roughgarden", "densest_mean", "soften_mean"}

#: Far enough from 0 and 1 that no bound of a method is reached.
ordinary = st.floats(0.02, 0.98)
counts = st.lists(st.tuples(st.integers(1, 19), st.integers(1, 4)), min_size=1, max_size=9)

EVERY = pytest.mark.parametrize("pool", ALONE.values(), ids=ALONE)


def of(names):
    return pytest.mark.parametrize("pool", [ALONE[key] for key in sorted(names)], ids=sorted(names))


@EVERY
@given(weighted(probabilities))
def test_every_pool_gives_a_probability(pool, crowd):
    value = pool(*crowd)
    assert type(value) is float
    assert 0 <= value <= 1


@EVERY
@given(weighted(probabilities), st.randoms())
def test_the_order_of_people_does_not_matter(pool, crowd, random):
    probability, weight = crowd
    order = list(range(probability.size))
    random.shuffle(order)
    assert pool(probability[order], weight[order]) == pytest.approx(pool(probability, weight), abs=1e-9)


@EVERY
@given(weighted(probabilities), st.integers(0, 25), probabilities)
def test_abstaining_and_having_no_weight_are_absence(pool, crowd, at, said):
    probability, weight = crowd
    at, expected = min(at, probability.size), pool(*crowd)
    assert pool(np.insert(probability, at, np.nan), np.insert(weight, at, 5.0)) == expected
    assert pool(np.insert(probability, at, said), np.insert(weight, at, 0.0)) == expected


@EVERY
@given(weighted(probabilities))
def test_where_nobody_has_weight_all_count_alike(pool, crowd):
    probability, _ = crowd
    assert pool(probability, np.zeros(probability.size)) == pool(probability)


@EVERY
@given(weighted(ordinary), st.sampled_from([0.125, 4.0]))
def test_only_the_proportions_of_the_weights_matter(pool, crowd, scale):
    probability, weight = crowd
    assert pool(probability, weight * scale) == pytest.approx(pool(probability, weight), abs=1e-9)


@of(INSIDE)
@given(weighted(ordinary))
def test_averages_stay_among_the_people(pool, crowd):
    assert crowd[0].min() - 1e-12 <= pool(*crowd) <= crowd[0].max() + 1e-12


@of(OUTWARD)
def test_pushing_outwards_leaves_the_people(pool):
    assert pool([0.79, 0.8, 0.81, 0.79, 0.8, 0.81, 0.79, 0.8, 0.81]) > 0.815


@of(ALONE.keys() - CHANGE_ONE)
@given(ordinary)
def test_of_one_person_it_is_what_they_said(pool, said):
    assert pool([said]) == pytest.approx(said, abs=1e-12)


@of(CHANGE_ONE)
def test_not_of_every_pool(pool):
    assert abs(pool([0.8]) - 0.8) > 0.01


#: Two who say the same but for the last bit: of 0.98 that bit is no more, and they say just the same.
LAST_BIT = (np.array([0.5, 0.02, np.nextafter(0.02, 1)]), np.array([1.0, 1.0, 0.5]))


@of(ALONE.keys() - ONE_SIDED)
@given(weighted(ordinary))
@example(LAST_BIT)
def test_the_chance_of_no_is_the_rest(pool, crowd):
    probability, weight = crowd
    assume(abs(averages.mean(probability, weight) - 0.5) > 1e-9)
    assert pool(1 - probability, weight) == pytest.approx(1 - pool(probability, weight), abs=1e-9)


@of(ONE_SIDED)
def test_not_of_those_with_a_side(pool):
    crowd = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    assert abs(pool(1 - crowd) - (1 - pool(crowd))) > 0.01


@of(ALONE.keys() - COUNT_PEOPLE)
@given(counts)
def test_a_whole_weight_counts_as_so_many_people(pool, rows):
    twentieths, weight = np.array(rows).T
    probability = twentieths / 20
    assert pool(probability, weight) == pytest.approx(pool(np.repeat(probability, weight)), abs=1e-9)


@of(COUNT_PEOPLE)
def test_not_where_people_are_counted(pool):
    crowd, weight = np.array([0.5, 0.6, 0.7, 0.8]), [1, 1, 1, 9]
    assert abs(pool(crowd, weight) - pool(np.repeat(crowd, weight))) > 0.005


@of(ALONE.keys() - {"densest_mean", "soften_mean"})
@given(weighted(probabilities), probabilities)
def test_raising_a_forecast_never_lowers_the_crowds(pool, crowd, other):
    probability, weight = crowd
    higher = probability.copy()
    higher[0] = max(higher[0], other)
    assert pool(higher, weight) >= pool(probability, weight) - 1e-9


@of({"densest_mean", "soften_mean"})
def test_it_may_where_a_side_is_left_out(pool):
    lower, higher = {
        # A third person who moves away from two that are close brings two others closer.
        windows.densest_mean: ([0.55, 0.6, 0.9], [0.55, 0.95, 0.9]),
        # The mean passes one half, and the highest goes instead of the lowest.
        windows.soften_mean: ([0.2, 0.4, 0.89], [0.2, 0.45, 0.89]),
    }[pool]
    before, after = pool(lower, cut=0.34), pool(higher, cut=0.34)
    assert (after < before) is (pool is windows.soften_mean)


@EVERY
@pytest.mark.parametrize(
    ("probability", "weight", "message"),
    [
        ([], None, "must have one axis and one person or more"),
        (0.5, None, "must have one axis"),
        ([[0.5, 0.5]], None, "must have one axis"),
        ([np.nan], None, "must hold one person or more who is not missing"),
        (["0.5"], None, "must be real numbers"),
        ([True, False], None, "must be real numbers"),
        ([np.inf], None, "must be finite or NaN"),
        ([0.5], [-1.0], "^weight must be 0 or more"),
        ([0.5], [1.0, 1.0], r"^weight must have shape \(1,\)"),
        ([0.5], [np.nan], "^weight must be finite"),
    ],
)
def test_wrong_crowds_are_refused_by_name(pool, probability, weight, message):
    with pytest.raises(ValueError, match=message):
        pool(probability, weight)


@of(ALONE.keys() - {"mean", "median", "trimmed_mean"})
@pytest.mark.parametrize("value", [-0.001, 1.000005, 50])
def test_what_is_no_probability_is_refused(pool, value):
    with pytest.raises(ValueError, match=r"^probability must lie between 0 and 1, got"):
        pool([0.5, value])


def test_averages_take_any_numbers():
    assert averages.mean([50, 150]) == averages.median([50, 150]) == averages.trimmed_mean([50, 150]) == 100
