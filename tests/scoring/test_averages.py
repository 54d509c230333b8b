"""Weighted mean, median and trimmed mean: worked values and what holds for any crowd."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import trim_mean

from scoring.pools.averages import counted_out, mean, median, trimmed_mean, variance, weighted_quantiles
from tests.scoring.crowds import values, weighted
from tests.scoring.reference_implementations import trimmed_mean_by_hand

AVERAGES = [mean, median, trimmed_mean]

#: Forecasts with their mean, median and mean after dropping one of seven at each end, from SciPy.
SEVEN = [0.1, 0.2, 0.35, 0.5, 0.55, 0.7, 0.97]
ZEROS = [0.0, 0.0, 0.02, 0.05, 0.1, 0.3, 1.0]


def test_the_mean_and_median_of_published_cases():
    assert mean(SEVEN) == pytest.approx(0.48142857142857143)
    assert mean(SEVEN, weight=np.arange(1, 8)) == pytest.approx(0.6175)
    assert median(SEVEN) == 0.5
    assert mean(ZEROS) == pytest.approx(0.21)
    assert median(ZEROS) == 0.05


@pytest.mark.parametrize(("crowd", "expected"), [(SEVEN, 0.46), (ZEROS, 0.094)])
def test_cutting_one_person_at_each_end_is_the_trimmed_mean_of_scipy(crowd, expected):
    assert trimmed_mean(crowd, cut=1 / 7) == pytest.approx(expected)


def test_a_fractional_cut_keeps_part_of_the_person_on_its_edge():
    kept = [0.2, 1.0, 1.0, 0.2]
    assert trimmed_mean([0.0, 10.0, 20.0, 60.0]) == pytest.approx(mean([0.0, 10.0, 20.0, 60.0], kept))


def test_an_uncut_trimmed_mean_is_the_mean():
    assert trimmed_mean(SEVEN, cut=0.0) == pytest.approx(mean(SEVEN))


@pytest.mark.parametrize(
    ("value", "weight", "expected"),
    [
        ([1.0, 2.0], None, 1.5),
        ([2.0, 1.0, 4.0, 3.0], None, 2.5),
        ([1.0, 2.0, 3.0], [1, 1, 2], 2.5),
        ([1.0, 2.0, 3.0], [1, 1, 2.001], 3.0),
        ([1.0, 2.0, 3.0], [1, 1, 1.999], 2.0),
        ([5.0, 1.0], [3, 1], 5.0),
        ([7.0], [0.2], 7.0),
        ([0.1] * 3 + [0.9] * 3, [0.1, 0.2, 0.3, 0.3, 0.2, 0.1], 0.5),
    ],
)
def test_the_weighted_median_is_the_midpoint_only_at_exactly_half_the_weight(value, weight, expected):
    assert median(value, weight) == pytest.approx(expected, abs=1e-12)


def test_the_last_person_holds_every_share_up_to_one():
    assert weighted_quantiles([1.0, 2.0], [1 - 1e-13, 1e-13]).tolist() == [2.0, 1.0]


def test_quantiles_keep_the_shape_that_is_asked_for_and_lose_no_small_number():
    assert weighted_quantiles([0.1, 0.2, 0.4, 0.9], [[0.25], [0.6]], [1, 1, 1, 1]).tolist() == [
        [pytest.approx(0.15)],
        [0.4],
    ]
    assert median([5e-324]) == 5e-324
    for share in (0, 1, np.nan):
        with pytest.raises(ValueError, match=r"^share must"):
            weighted_quantiles([0.5], share)


def test_the_variance_is_that_of_the_people_themselves():
    assert variance([1.0, 3.0, 5.0], [1, 2, 1]) == pytest.approx(2.0)
    assert variance([0.7]) == 0.0


@given(weighted(values))
def test_averages_stay_between_the_lowest_and_the_highest(crowd):
    value, weight = crowd
    for average in AVERAGES:
        assert value.min() <= average(value, weight) <= value.max()


@given(weighted(values), st.randoms())
def test_the_order_of_people_does_not_matter(crowd, random):
    value, weight = crowd
    order = list(range(value.size))
    random.shuffle(order)
    for average in (*AVERAGES, variance):
        shuffled = average(value[order], weight[order])
        assert shuffled == pytest.approx(average(value, weight), rel=1e-9, abs=1e-6)


@given(weighted(values), st.sampled_from([1e-3, 7.0, 1e6]))
def test_only_the_proportions_of_the_weights_matter(crowd, scale):
    value, weight = crowd
    for average in (mean, trimmed_mean, variance):
        assert average(value, weight * scale) == pytest.approx(average(value, weight), rel=1e-9, abs=1e-6)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 4)), min_size=1, max_size=12))
def test_a_whole_weight_counts_as_so_many_people(rows):
    value, weight = np.array(rows, dtype=float).T
    repeated = np.repeat(value, weight.astype(int))
    for average in (*AVERAGES, variance):
        assert average(value, weight) == pytest.approx(average(repeated), abs=1e-9)
    assert median(value, weight) == np.median(repeated)


@given(weighted(values))
def test_the_trimmed_mean_is_its_reading_by_hand(crowd):
    value, weight = crowd
    by_hand = trimmed_mean_by_hand(value.tolist(), weight.tolist())
    assert trimmed_mean(value, weight) == pytest.approx(by_hand, rel=1e-9, abs=1e-6)


@given(weighted(values), st.integers(0, 25))
def test_who_is_missing_or_has_no_weight_changes_nothing(crowd, at):
    value, weight = crowd
    at = min(at, value.size)
    missing, zero = np.insert(value, at, np.nan), np.insert(value, at, 12345.0)
    for average in (*AVERAGES, variance):
        assert average(missing, np.insert(weight, at, 9.0)) == average(value, weight)
        assert average(zero, np.insert(weight, at, 0.0)) == average(value, weight)


def test_where_nobody_has_weight_all_count_alike():
    for average in (*AVERAGES, variance):
        assert average([1.0, 2.0, 6.0], [0, 0, 0]) == average([1.0, 2.0, 6.0])


@given(weighted(values), values.map(abs))
def test_raising_a_value_never_lowers_an_average(crowd, rise):
    value, weight = crowd
    higher = value.copy()
    higher[0] += rise
    for average in AVERAGES:
        assert average(higher, weight) >= average(value, weight) - 1e-6


@pytest.mark.parametrize("average", [*AVERAGES, variance])
@pytest.mark.parametrize(
    ("value", "weight", "message"),
    [
        ([], None, "^values must have one axis and one person or more"),
        ([[0.5]], None, "^values must have one axis"),
        ([np.nan], None, "^values must hold one person or more who is not missing"),
        ([np.inf], None, "^values must be finite or NaN"),
        ([0.5], [-1.0], "^weight must be 0 or more"),
        ([0.5, np.nan], [1.0, np.nan], "^weight must be finite"),
        ([0.5], [1.0, 1.0], r"^weight must have shape \(1,\)"),
    ],
)
def test_wrong_crowds_are_refused_by_name(average, value, weight, message):
    with pytest.raises(ValueError, match=message):
        average(value, weight)


@pytest.mark.parametrize("cut", [-0.1, 0.5, 1.0])
def test_a_cut_leaves_a_middle(cut):
    with pytest.raises(ValueError, match=r"^cut must be at least 0 and below 0.5, got"):
        trimmed_mean([0.5], cut=cut)


@pytest.mark.parametrize(
    ("people", "cut", "rounded", "down"),
    [(7, 0.1, 1, 0), (5, 0.1, 0, 0), (15, 0.1, 2, 1), (10, 0.2, 2, 2), (100, 0.29, 29, 29), (2, 0.4, 0, 0)],
)
def test_whole_people_are_counted_out_rounded_or_down(people, cut, rounded, down):
    assert counted_out(people, cut, "round") == rounded
    assert counted_out(people, cut, "floor") == down


def test_counting_people_ignores_what_those_who_go_weigh():
    assert trimmed_mean([0, 1, 2, 3, 90], [9, 1, 1, 1, 9], cut=0.2, edge="floor") == pytest.approx(2.0)


def test_counting_weights_those_who_stay():
    assert trimmed_mean([0, 1, 2, 3, 90], [1, 1, 1, 2, 1], cut=0.2, edge="round") == pytest.approx(9 / 4)


@given(st.lists(values, min_size=1, max_size=30), st.floats(0, 0.49))
def test_rounding_down_is_the_trimmed_mean_of_scipy(people, cut):
    own = trimmed_mean(people, cut=cut, edge="floor")
    if (
        abs(len(people) * cut - round(len(people) * cut)) > 1e-9
    ):  # at a whole number SciPy's is at rounding's mercy
        assert own == pytest.approx(trim_mean(people, cut), abs=1e-6)


@given(weighted(values), st.sampled_from(["round", "floor"]), st.randoms())
def test_counted_cuts_stay_inside_and_forget_the_order(crowd, edge, random):
    value, weight = crowd
    order = list(range(value.size))
    random.shuffle(order)
    own = trimmed_mean(value, weight, 0.2, edge)
    assert value.min() <= own <= value.max()
    assert trimmed_mean(value[order], weight[order], 0.2, edge) == pytest.approx(own, rel=1e-9, abs=1e-6)


def test_the_edge_is_one_of_three():
    with pytest.raises(ValueError, match=r"^edge must be fraction, round or floor, got 'up'"):
        trimmed_mean([0.5], edge="up")


def test_many_threads_make_the_same_bits() -> None:
    """The linear algebra library adds up long vectors in as many parts as it has threads."""
    asked = (
        "import numpy as np; from scoring.pools.averages import mean, variance, trimmed_mean as trimmed\n"
        "values, weights = np.random.default_rng(1).random((2, 100_001))\n"
        "print(*(one(values, weights).hex() for one in (mean, variance, trimmed)))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", asked],
            env=os.environ | dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), threads),
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(found) == 1
