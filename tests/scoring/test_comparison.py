"""Paired tests: they are SciPy's and the papers', they look at nothing but the pairs, and they disagree."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from scoring.evaluation.comparison import diebold_mariano, paired_t, paired_tests, sign_test, wilcoxon

ALL = [paired_t, diebold_mariano, sign_test, wilcoxon]

#: Scores to two decimals, so that ties and equal differences are common.
score = st.integers(0, 200).map(lambda k: k / 100)
pairs = st.lists(st.tuples(score, score), min_size=2, max_size=30)


def columns(rows):
    first, second = zip(*rows, strict=True)
    return np.array(first), np.array(second)


def vary(rows):
    return len({round(a - b, 9) for a, b in rows}) > 1


@given(pairs.filter(vary))
def test_the_t_test_is_scipys(rows):
    first, second = columns(rows)
    theirs, ours = stats.ttest_rel(first, second), paired_t(first, second)
    assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-12)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9, abs=1e-300)
    assert ours.difference == pytest.approx(np.mean(first - second), abs=1e-12)


@given(pairs.filter(vary))
def test_one_step_ahead_diebold_mariano_is_the_t_test(rows):
    first, second = columns(rows)
    ours, students = diebold_mariano(first, second), paired_t(first, second)
    assert ours.statistic == pytest.approx(students.statistic, rel=1e-9, abs=1e-12)
    assert ours.p_value == pytest.approx(students.p_value, rel=1e-9)


def test_diebold_mariano_two_steps_ahead_by_hand():
    gap = np.array([2.0, 3.0, 1.0, -1.0, 0.0, 1.0])
    apart = gap - 1
    gamma_0, gamma_1 = (apart**2).mean(), (apart[1:] * apart[:-1]).sum() / 6
    raw = 1 / math.sqrt((gamma_0 + 2 * gamma_1) / 6)
    corrected = raw * math.sqrt((6 + 1 - 4 + 2 / 6) / 6)
    ours = diebold_mariano(gap, np.zeros(6), horizon=2)
    assert ours.statistic == pytest.approx(corrected)
    assert ours.p_value == pytest.approx(2 * stats.t.sf(corrected, 5))


def test_overlapping_forecasts_look_less_certain_than_independent_ones():
    random = np.random.default_rng(1)
    noise = random.normal(size=203)
    gap = 0.3 + (noise[3:] + noise[2:-1] + noise[1:-2] + noise[:-3]) / 2
    assert diebold_mariano(gap, np.zeros(200), horizon=4).p_value > 5 * paired_t(gap, np.zeros(200)).p_value


def test_the_corrected_test_keeps_its_level_where_errors_overlap_and_the_t_test_does_not():
    random = np.random.default_rng(7)

    def rejects():
        noise = random.normal(size=101)
        gap = noise[1:] + noise[:-1]
        zero = np.zeros(100)
        return diebold_mariano(gap, zero, horizon=2).p_value < 0.05, paired_t(gap, zero).p_value < 0.05

    corrected, students = np.mean([rejects() for _ in range(600)], axis=0)
    assert corrected == pytest.approx(0.06, abs=0.03)
    assert students > 0.12


@given(pairs)
def test_the_sign_test_is_binomial(rows):
    first, second = columns(rows)
    gap = (first - second).round(9)
    better, decided = int((gap < 0).sum()), int((gap != 0).sum())
    ours = sign_test(first, second)
    assert ours.statistic == better
    tail = sum(math.comb(decided, k) for k in range(min(better, decided - better) + 1)) / 2**decided
    assert ours.p_value == pytest.approx(min(1.0, 2 * tail), abs=1e-12)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=9, unique=True), st.data())
def test_small_wilcoxon_tests_are_exact(sizes, data):
    """Every pattern of signs is equally likely under the null: 2^n of them are counted."""
    sign = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(sizes), max_size=len(sizes)))
    ranks = stats.rankdata(sizes)
    total = ranks.sum()
    patterns = np.array([[k >> i & 1 for i in range(len(sizes))] for k in range(2 ** len(sizes))])
    smaller = np.minimum(patterns @ ranks, total - patterns @ ranks)
    gap = np.array(sizes) * sign / 100
    seen = min(ranks[gap > 0].sum(), ranks[gap < 0].sum())
    ours = wilcoxon(gap, np.zeros(len(sizes)))
    assert ours.statistic == seen
    assert ours.p_value == pytest.approx((smaller <= seen).mean(), abs=1e-12)


@given(pairs)
def test_wilcoxon_is_scipys(rows):
    first, second = columns(rows)
    gap = (first - second).round(9)
    assume(gap.any())
    tied = np.unique(np.abs(gap)).size < gap.size or not gap.all()
    theirs = stats.wilcoxon(gap[gap != 0], method="asymptotic" if tied else "exact")
    ours = wilcoxon(first, second)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.pvalue), abs=1e-12)


@given(pairs.filter(vary), st.sampled_from(ALL))
def test_turning_the_pair_round_turns_the_sign_alone(rows, test):
    first, second = columns(rows)
    one, other = test(first, second), test(second, first)
    assert other.difference == pytest.approx(-one.difference, abs=1e-12)
    assert other.p_value == pytest.approx(one.p_value, abs=1e-9)


@given(pairs.filter(vary), st.randoms(use_true_random=False), st.sampled_from(ALL))
def test_the_order_of_the_pairs_does_not_matter(rows, random, test):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    assert test(*columns(shuffled)).p_value == pytest.approx(
        test(*columns(rows)).p_value, rel=1e-6, abs=1e-12
    )


def test_tests_disagree_where_differences_are_skewed():
    """The first is better nearly always, by a little, and much worse a few times."""
    gap = np.array([-0.01 - 0.0001 * k for k in range(40)] + [0.2, 0.3])
    students, sign, ranks = paired_tests(gap, np.zeros(42))
    assert students.p_value > 0.5
    assert max(sign.p_value, ranks.p_value) < 0.001
    assert [test.name for test in (students, sign, ranks)] == ["paired t", "sign", "Wilcoxon"]


@pytest.mark.parametrize("test", ALL)
def test_equal_scores_are_no_evidence(test):
    same = test([0.1, 0.4, 0.9], [0.1, 0.4, 0.9])
    assert (same.difference, same.p_value, same.pairs) == (0.0, 1.0, 3)


@pytest.mark.parametrize("test", [sign_test, wilcoxon])
def test_differences_in_the_last_bit_are_none(test):
    assert test([0.3, 0.3, 0.3], [0.1 + 0.2] * 3).p_value == 1.0


@pytest.mark.parametrize("test", [paired_t, sign_test, wilcoxon])
def test_a_pair_with_a_missing_score_is_dropped(test):
    whole = test([0.1, 0.5, 0.3], [0.2, 0.4, 0.9])
    assert test([0.1, np.nan, 0.5, 0.3, 0.2], [0.2, 0.1, 0.4, 0.9, np.nan]) == whole
    assert whole.pairs == 3


def test_no_test_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for test in ALL:
            test(np.linspace(0, 1, 60), np.full(60, 0.4))


@pytest.mark.parametrize("test", [paired_t, diebold_mariano])
def test_a_constant_difference_shows_no_spread_and_is_refused(test):
    for first in ([0.2, 0.2], [0.1 + 0.2, 0.3], [0.7, 0.4 + 0.3]):
        with pytest.raises(ValueError, match=r"^first and second must differ by more than a constant"):
            test(first, [0.1, 0.1])


def test_a_negative_variance_is_refused():
    gap = np.array([1.0, -1.0, 1.1, -1.0, 1.0])
    with pytest.raises(ValueError, match=r"with a positive variance, got -"):
        diebold_mariano(gap, np.zeros(5), horizon=2)


@pytest.mark.parametrize(
    ("test", "least"), [(paired_t, 2), (diebold_mariano, 2), (sign_test, 1), (wilcoxon, 1)]
)
def test_too_few_pairs_are_refused(test, least):
    with pytest.raises(
        ValueError, match=rf"^first and second must make {least} pairs or more, got {least - 1}"
    ):
        test([0.1] * (least - 1), [0.3] * (least - 1))


def test_a_series_with_a_gap_is_refused():
    with pytest.raises(ValueError, match=r"^first and second must have no missing score, got 1"):
        diebold_mariano([0.1, np.nan, 0.3], [0.3, 0.2, 0.1])


def test_a_horizon_needs_more_pairs():
    with pytest.raises(ValueError, match=r"^first and second must make 4 pairs or more, got 3"):
        diebold_mariano([0.1, 0.5, 0.3], [0.3, 0.2, 0.1], horizon=3)


@pytest.mark.parametrize("horizon", [0, -1, 1.0, True, [1]])
def test_a_wrong_horizon_is_refused(horizon):
    with pytest.raises(ValueError, match=r"^horizon must be"):
        diebold_mariano([0.1, 0.5, 0.3], [0.3, 0.2, 0.1], horizon=horizon)


@pytest.mark.parametrize("test", [*ALL, paired_tests])
@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([0.1, 0.2], [0.1, 0.2, 0.3], r"^second must be as long as first, 2, got 3"),
        ([[0.1, 0.2]], [[0.1, 0.2]], r"^first must have one axis"),
        (["0.1", "0.2"], [0.1, 0.2], r"^first must be real numbers"),
        ([0.1, np.inf], [0.1, 0.2], r"^first must be finite or NaN"),
        ([True, False], [0.1, 0.2], r"^first must be real numbers"),
    ],
)
def test_wrong_pairs_are_refused_by_name(test, first, second, message):
    with pytest.raises(ValueError, match=message):
        test(first, second)
