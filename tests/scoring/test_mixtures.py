"""Pools of quantile forecasts: worked values, the CDF behind the linear pool, what holds for any crowd."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools import mixtures
from scoring.pools.mixtures import linear_pool, nearest_pool, vincent_mean, vincent_median
from tests.scoring.crowds import LEVELS, quantile_rows

POOLS = [vincent_mean, vincent_median, linear_pool, nearest_pool]
QUARTERS = [0.25, 0.5, 0.75]


def cdf_by_hand(quantiles, value, side):
    """One person's CDF at a value, or just before it: straight lines, tails as steep as what is beside."""
    q05, q25, _, q75, q95 = quantiles
    knots = [q05 - (q25 - q05) / 4, *quantiles, q95 + (q95 - q75) / 4]
    heights = [0, *LEVELS, 1]
    height = 0.0
    for left, right, low, high in zip(knots, knots[1:], heights, heights[1:], strict=False):
        if right < value or (right == value and side == "right"):
            height = high
        elif left < value:
            height = low + (high - low) * (value - left) / (right - left)
    return height


def mixture_by_hand(quantiles, weight, value, side):
    parts = [w * cdf_by_hand(row, value, side) for row, w in zip(quantiles, weight, strict=True)]
    return sum(parts) / sum(weight)


@given(quantile_rows(most=8))
def test_the_linear_pool_inverts_the_mean_of_the_cdfs(crowd):
    quantiles, weight = crowd
    for level, value in zip(LEVELS, linear_pool(quantiles, LEVELS, weight), strict=True):
        room = 1e-7 * (1 + abs(value))
        assert mixture_by_hand(quantiles, weight, value - room, "left") <= level + 1e-9
        assert mixture_by_hand(quantiles, weight, value + room, "right") >= level - 1e-9


@pytest.mark.parametrize("pool", POOLS)
def test_one_person_is_the_crowd(pool):
    assert pool([[1.0, 2.0, 4.0, 8.0, 9.0]], LEVELS) == pytest.approx([1.0, 2.0, 4.0, 8.0, 9.0])


@pytest.mark.parametrize("pool", POOLS)
@given(row=quantile_rows(most=1), people=st.integers(1, 9))
def test_people_who_agree_are_the_crowd(pool, row, people):
    quantiles = np.tile(row[0], (people, 1))
    assert pool(quantiles, LEVELS) == pytest.approx(row[0][0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("pool", POOLS)
@given(crowd=quantile_rows())
def test_pools_stay_among_the_people_and_never_decrease(pool, crowd):
    quantiles, weight = crowd
    pooled = pool(quantiles, LEVELS, weight)
    assert (pooled >= quantiles.min(axis=0)).all()
    assert (pooled <= quantiles.max(axis=0)).all()
    assert (np.diff(pooled) >= 0).all()


@pytest.mark.parametrize("pool", POOLS)
@given(crowd=quantile_rows(), random=st.randoms())
def test_the_order_of_people_does_not_matter(pool, crowd, random):
    quantiles, weight = crowd
    order = list(range(len(weight)))
    random.shuffle(order)
    shuffled, plain = pool(quantiles[order], LEVELS, weight[order]), pool(quantiles, LEVELS, weight)
    assert shuffled == pytest.approx(plain, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("pool", POOLS)
@given(crowd=quantile_rows())
def test_pools_mirror_when_the_quantity_is_negated(pool, crowd):
    quantiles, weight = crowd
    mirrored = pool(-quantiles[:, ::-1], LEVELS, weight)
    assert -mirrored[::-1] == pytest.approx(pool(quantiles, LEVELS, weight), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("pool", POOLS)
def test_a_change_of_unit_changes_nothing_else(pool):
    quantiles = np.array([[1.0, 2.0, 4.0, 8.0, 9.0], [0.0, 3.0, 5.0, 6.0, 20.0], [2.0, 2.0, 7.0, 9.0, 9.5]])
    scaled = pool(1000 * quantiles + 20_000, LEVELS)
    assert scaled == pytest.approx(1000 * pool(quantiles, LEVELS) + 20_000)


def test_vincent_averages_go_level_by_level():
    quantiles = [[0, 2, 4], [2, 6, 10], [4, 7, 100]]
    assert vincent_mean(quantiles, QUARTERS) == pytest.approx([2, 5, 38])
    assert vincent_mean(quantiles, QUARTERS, weight=[2, 1, 1]) == pytest.approx([1.5, 4.25, 29.5])
    assert vincent_median(quantiles, QUARTERS) == pytest.approx([2, 6, 10])


def test_disagreement_widens_the_linear_pool_and_not_the_vincent_mean():
    apart = [[0, 1, 2], [10, 11, 12]]
    assert np.ptp(linear_pool(apart, QUARTERS)) == pytest.approx(10)
    assert np.ptp(vincent_mean(apart, QUARTERS)) == pytest.approx(2)


def test_the_middle_of_two_who_share_nothing_is_the_midpoint_of_the_gap():
    assert linear_pool([[0, 1, 2], [100, 101, 102]], QUARTERS)[1] == pytest.approx((3 + 99) / 2)


def test_the_linear_pool_of_shifted_uniforms_is_known():
    # Uniform on [0, 4] and [2, 6]: half the density on [0, 2], all of it on [2, 4], half on [4, 6].
    assert linear_pool([[1, 2, 3], [3, 4, 5]], QUARTERS) == pytest.approx([2, 3, 4])


def test_someone_certain_is_a_jump_of_the_pool():
    certain, vague = [5.0] * 5, [0.0, 4.0, 5.0, 6.0, 10.0]
    assert linear_pool([certain, vague], LEVELS) == pytest.approx([1.0, 5.0, 5.0, 5.0, 9.0])


def test_weights_move_the_linear_pool_towards_the_heavier():
    quantiles = [[0, 1, 2], [10, 11, 12]]
    assert linear_pool(quantiles, QUARTERS, weight=[3, 1])[1] < 3
    assert linear_pool(quantiles, QUARTERS, weight=[1, 3])[1] > 9


def test_a_bound_of_the_question_is_never_crossed():
    at_zero = [[0.0, 0.0, 0.0, 1.0, 5.0], [0.0, 0.0, 2.0, 8.0, 9.0], [0.0, 1.0, 2.0, 3.0, 9.0]]
    assert (linear_pool(at_zero, LEVELS) >= 0).all()


def test_the_nearest_three_of_five_make_the_pool():
    middle = [[2.0, 3.0, 4.0], [3.0, 4.0, 5.0], [4.0, 5.0, 6.0]]
    crowd = [[-9.0, 0.0, 9.0], *middle, [50.0, 99.0, 999.0]]
    assert nearest_pool(crowd, QUARTERS) == pytest.approx(linear_pool(middle, QUARTERS))


def test_the_person_on_the_edge_counts_in_part():
    crowd = [[0.0, 1.0, 2.0], [9.0, 10.0, 11.0], [11.0, 12.0, 13.0], [99.0, 100.0, 101.0]]
    # 60 % of four people are 2.4. The median is 11: two people at distance 1, then two fifths of the next.
    expected = linear_pool(crowd[:3], QUARTERS, weight=[0.4, 1.0, 1.0])
    assert nearest_pool(crowd, QUARTERS) == pytest.approx(expected)


def test_people_equally_far_away_share_what_fits():
    crowd = [[0.1, 0.1, 0.1], [0.2, 0.2, 0.2], [0.3, 0.3, 0.3]]
    # 1.8 people fit: the one in the middle and two fifths of each neighbour. 0.3 - 0.2 is not 0.2 - 0.1.
    expected = linear_pool(crowd, QUARTERS, weight=[0.4, 1.0, 0.4])
    assert nearest_pool(crowd, QUARTERS) == pytest.approx(expected)


def test_nearness_goes_by_weight():
    crowd = [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0], [49.0, 50.0, 51.0]]
    assert nearest_pool(crowd, QUARTERS, weight=[1.0, 1.0, 8.0]) == pytest.approx([49.0, 50.0, 51.0])


def test_far_off_people_are_outside_the_nearest_pool():
    honest = [[float(k), k + 1.0, k + 2.0, k + 3.0, k + 4.0] for k in range(9)]
    wild = [[1e9, 2e9, 3e9, 4e9, 5e9]]
    assert nearest_pool(honest + wild, LEVELS).max() < 13
    assert vincent_mean(honest + wild, LEVELS).max() > 1e8


def test_a_crowd_of_thousands_is_pooled():
    random = np.random.default_rng(3)
    quantiles = np.sort(random.normal(size=(5000, 5)), axis=1)
    assert np.isfinite(linear_pool(quantiles, LEVELS)).all()


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize(
    ("quantiles", "levels", "weight", "message"),
    [
        ([[3.0, 2.0, 1.0]], QUARTERS, None, "^quantiles must not decrease"),
        ([1.0, 2.0, 3.0], QUARTERS, None, "^quantiles must have two axes"),
        ([[1.0, 2.0]], QUARTERS, None, "^quantiles must hold 3 quantiles"),
        ([[1.0, np.nan, 3.0]], QUARTERS, None, "^quantiles must be NaN for all quantiles or for none"),
        ([[np.nan] * 3], QUARTERS, None, "^quantiles must hold one person or more who is not missing"),
        (np.empty((0, 3)), QUARTERS, None, "^quantiles must have two axes and one person or more"),
        ([[1.0, 2.0, 3.0]], [0.25, 0.25, 0.75], None, "^levels must rise strictly"),
        ([[1.0, 2.0, 3.0]], QUARTERS, [-1.0], "^weight must be 0 or more"),
    ],
)
def test_wrong_crowds_are_refused_by_name(pool, quantiles, levels, weight, message):
    with pytest.raises(ValueError, match=message):
        pool(quantiles, levels, weight)


@pytest.mark.parametrize("pool", POOLS)
def test_abstaining_and_having_no_weight_are_absence(pool):
    rows = [[1.0, 2.0, 3.0], [np.nan] * 3, [2.0, 4.0, 9.0], [70.0, 80.0, 90.0]]
    assert pool(rows, QUARTERS, [1, 5, 2, 0]).tolist() == pool([rows[0], rows[2]], QUARTERS, [1, 2]).tolist()


def test_a_linear_pool_needs_two_levels_and_the_nearest_a_median():
    with pytest.raises(ValueError, match=r"^levels must be two or more for a linear pool"):
        linear_pool([[1.0]], [0.5])
    with pytest.raises(ValueError, match=r"^levels must hold 0.5 .*got \[0.25, 0.75\]"):
        nearest_pool([[1.0, 2.0]], [0.25, 0.75])


@given(st.integers(0, 10**6), st.sampled_from([1e-14, 1e-6, 1.0, 1e6]), st.booleans())
def test_where_a_level_is_looked_for_first_changes_nothing_of_what_is_found(
    seed: int, width: float, heaped: bool
) -> None:
    """Slopes of people who are all but certain drown those of the others in the sum that says where to look."""
    random = np.random.default_rng(seed)
    spread = np.where(random.random((40, 1)) < 0.5, width, 1.0)
    rows = np.sort(random.normal(size=(40, 1)) + spread * random.normal(size=(40, 5)), axis=1)
    mixture = mixtures._Mixture.of(
        np.round(rows, 1) if heaped else rows, np.array(LEVELS), random.uniform(0.3, 1, 40)
    )
    found = mixture.quantiles(np.array(LEVELS)).tolist()
    for looked in (mixture, mixture._mirrored):
        looked.__dict__["_nearly"] = np.zeros(looked._places.size)
    assert mixture.quantiles(np.array(LEVELS)).tolist() == found
