"""Shrinkage: worked values, its two ends, and that it does better than what it is made of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.evaluation.difficulty import adjusted_scores
from scoring.evaluation.shrinkage import shrunken, shrunken_scores

known = st.lists(st.tuples(st.floats(-1, 1), st.floats(0.001, 1)), min_size=3, max_size=15)


def by_integration(x, v):
    """Posterior means, standard deviations and shares kept, by quadrature over τ of the model's density."""
    x, v = np.array(x), np.array(v)
    s = np.sqrt(x.size / (1 / v).sum())

    def density(t):
        total = t**2 + v
        mean = np.average(x, weights=1 / total)
        # The estimates' density with μ integrated out, up to constants; the prior of τ is flat.
        return np.prod(stats.norm.pdf(x, mean, np.sqrt(total))) / np.sqrt((1 / total).sum())

    def moments(t):
        total = t**2 + v
        mean, kept = np.average(x, weights=1 / total), t**2 / total
        value = mean + kept * (x - mean)
        return np.array([value, value**2 + kept * v + (1 - kept) ** 2 / (1 / total).sum(), kept])

    points = s * np.tan(np.linspace(0, np.pi / 2, 8_001)[:-1])  # the last of them is far beyond all spreads
    heights = np.array([density(t) for t in points])
    weight = heights * np.gradient(points)
    value, square, kept = np.einsum("t,tij->ij", weight, [moments(t) for t in points]) / weight.sum()
    return value, np.sqrt(square - value**2), kept


@pytest.mark.parametrize(
    ("x", "v"),
    [
        ([0.0, 1.0, 0.4, 0.5], [0.1, 0.1, 0.1, 0.1]),
        ([0.4, 0.6, 0.9, 1.5], [1.0, 3.0, 0.2, 0.3]),
        ([-1.0, 0.0, 0.1, 2.0, 0.4], [0.01, 0.5, 0.3, 0.02, 0.1]),
    ],
)
def test_estimates_and_intervals_are_those_of_the_integral(x, v):
    drawn = shrunken(x, v)
    value, deviation, kept = by_integration(x, v)
    assert drawn.estimate == pytest.approx(value, abs=2e-4)
    assert (drawn.high - drawn.low) / (2 * 1.959963984540054) == pytest.approx(deviation, rel=2e-3)
    assert drawn.kept == pytest.approx(kept, abs=2e-3)


def test_estimates_that_differ_by_luck_alone_nearly_become_the_mean():
    random = np.random.default_rng(1)
    drawn = shrunken(random.normal(0, 1, 2000), np.ones(2000))
    assert (drawn.kept < 0.1).all()
    assert np.std(drawn.estimate) < 0.1


def test_no_interval_is_without_width():
    """With one best spread, which is 0 here, all would be drawn to one point and called certain."""
    drawn = shrunken([0.5, 0.5, 0.5], [1.0, 2.0, 3.0])
    assert drawn.estimate == pytest.approx([0.5, 0.5, 0.5])
    assert (drawn.high - drawn.low > 1).all()


def test_estimates_known_well_stay_where_they_are():
    for variance in (1e-9, 1e-30, 1e-200):
        drawn = shrunken([0.0, 1.0, 3.0, 2.0], [variance] * 4)
        assert drawn.estimate == pytest.approx([0, 1, 3, 2], abs=1e-8)
        assert drawn.spread == pytest.approx(1.5, rel=0.3)


def test_the_spread_of_many_is_found():
    random = np.random.default_rng(2)
    variance = random.uniform(0.1, 1, 5000)
    drawn = shrunken(random.normal(2, 0.5, 5000) + random.normal(0, np.sqrt(variance)), variance)
    assert drawn.spread == pytest.approx(0.5, abs=0.03)
    assert drawn.mean == pytest.approx(2, abs=0.05)


@given(known)
def test_drawn_estimates_stay_among_the_estimates_and_in_their_intervals(rows):
    estimate, variance = np.array(rows).T
    drawn = shrunken(estimate, variance)
    assert ((drawn.kept >= 0) & (drawn.kept <= 1)).all()
    assert (estimate.min() - 1e-9 <= drawn.estimate).all()
    assert (drawn.estimate <= estimate.max() + 1e-9).all()
    assert (drawn.low < drawn.estimate).all()
    assert (drawn.estimate < drawn.high).all()


@given(known)
def test_who_is_known_less_is_drawn_more(rows):
    estimate, variance = np.array(rows).T
    kept = shrunken(estimate, variance).kept
    assert (np.diff(kept[np.argsort(variance)]) <= 1e-12).all()


@given(known, st.floats(-3, 3), st.floats(0.5, 2))
def test_the_scale_of_the_scores_does_not_matter(rows, shift, scale):
    estimate, variance = np.array(rows).T
    one, other = shrunken(estimate, variance), shrunken(shift + scale * estimate, scale**2 * variance)
    assert other.estimate == pytest.approx(shift + scale * one.estimate, abs=1e-9)


@pytest.mark.parametrize(("people", "spread"), [(5, 0.3), (10, 1.0), (40, 0.3), (40, 0.1)])
def test_drawn_estimates_are_nearer_the_truth_and_their_intervals_hold_it(people, spread):
    random = np.random.default_rng(5)
    raw, drawn, held = [], [], []
    for _ in range(200):
        truth, variance = random.normal(0, spread, people), random.uniform(0.01, 0.5, people)
        estimate = truth + random.normal(0, np.sqrt(variance))
        found = shrunken(estimate, variance)
        raw.append(((estimate - truth) ** 2).mean())
        drawn.append(((found.estimate - truth) ** 2).mean())
        held.append(((found.low <= truth) & (truth <= found.high)).mean())
    assert np.mean(drawn) < 0.9 * np.mean(raw)
    assert np.mean(held) > 0.92


def test_who_has_answered_little_does_not_lead():
    """A lucky newcomer has the best mean of one answer; drawn to the mean, the tried one leads."""
    random = np.random.default_rng(1)
    ability = np.linspace(-0.3, 0.3, 10)
    person = np.r_[np.repeat(np.arange(10), 60), 10]
    question = np.r_[np.tile(np.arange(60), 10), 0]
    score = np.r_[ability, 0.0][person] + random.normal(0, 0.3, person.size)
    score[-1] = -0.5
    table = adjusted_scores(person, question, score)
    drawn = shrunken_scores(table)
    assert table.adjusted.argmin() == 10
    assert drawn.estimate.argmin() == 0
    assert drawn.high[10] - drawn.low[10] > 2 * (drawn.high[0] - drawn.low[0])


def test_a_table_is_drawn_by_its_residual_variance_and_counts():
    table = adjusted_scores([0, 0, 1, 1, 2], [7, 8, 7, 8, 8], [0.1, 0.3, 0.6, 0.7, 0.2])
    by_hand = shrunken(table.adjusted, table.residual_variance / np.array([2, 2, 1]), level=0.8)
    drawn = shrunken_scores(table, level=0.8)
    for part in ("estimate", "low", "high", "kept"):
        assert getattr(drawn, part).tolist() == getattr(by_hand, part).tolist()


@pytest.mark.parametrize(
    "rows",
    [([0, 1], [1, 1], [0.1, 0.2]), ([0, 0, 1, 1], [1, 2, 1, 2], [0.5, 0.5, 0.5, 0.5])],
)
def test_a_table_without_a_rest_is_refused(rows):
    with pytest.raises(ValueError, match=r"^table must have a positive residual variance, got (nan|0\.0)"):
        shrunken_scores(adjusted_scores(*rows))


def test_a_table_of_two_people_is_refused():
    with pytest.raises(ValueError, match=r"^estimate must hold three or more, got 2"):
        shrunken_scores(adjusted_scores([1, 1, 2], [1, 1, 1], [0.1, 0.2, 0.5]))


@pytest.mark.parametrize(
    ("estimate", "variance", "settings", "message"),
    [
        ([0.1, 0.2], [0.1, 0.2], {}, r"^estimate must hold three or more, got 2"),
        ([0.1, 0.2], [0.1], {}, r"^variance must be as long as estimate, 2, got 1"),
        ([0.1, 0.2, 0.3], [0.1, 0.1, 0.0], {}, r"^variance must be positive, got 0.0"),
        ([0.1, 0.2, 0.3], [0.1, 0.1, -1.0], {}, r"^variance must be positive, got -1.0"),
        ([0.1, np.nan], [0.1, 0.1], {}, r"^estimate must be finite"),
        ([0.1, 0.2], [0.1, np.inf], {}, r"^variance must be finite"),
        (
            [0.1, 0.2, 0.3],
            [0.1, 0.1, 0.1],
            {"level": 1.0},
            r"^level must lie strictly between 0 and 1, got 1.0",
        ),
    ],
)
def test_wrong_input_is_refused_by_name(estimate, variance, settings, message):
    with pytest.raises(ValueError, match=message):
        shrunken(estimate, variance, **settings)
