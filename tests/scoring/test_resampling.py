"""Bootstrap: no hidden chance, whole units, pairs kept together, and intervals of the right width."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation import resampling
from scoring.evaluation.resampling import bootstrap, bootstrap_difference, bootstrap_mean

scores = st.lists(st.floats(-5, 5), min_size=1, max_size=20)


def ends(interval):
    return [interval.low, interval.high]


@given(scores, st.integers(0, 99))
def test_an_interval_holds_no_more_than_the_scores_do(values, seed):
    interval = bootstrap_mean(values, generator=seed, draws=50)
    assert interval.estimate == pytest.approx(np.mean(values), abs=1e-12)
    assert min(values) - 1e-9 <= interval.low <= interval.high <= max(values) + 1e-9
    assert interval.units == len(values)


def test_the_draws_are_those_of_all_resamples():
    """Three scores have 27 equally likely resamples; the interval's ends are quantiles of their means."""
    values = [0.0, 1.0, 10.0]
    means = [np.mean(each) for each in itertools.product(values, repeat=3)]
    interval = bootstrap_mean(values, generator=1, level=0.8, draws=40_000)
    expected = np.quantile(means, [0.1, 0.9])
    assert ends(interval) == pytest.approx(expected, abs=0.35)


def test_whole_units_are_drawn():
    """Two units: each draw is one of them twice or both once, so means take three values alone."""
    low, high = ends(bootstrap_mean([0, 0, 0, 9, 9], unit=[4, 4, 4, 7, 7], generator=1, level=0.9))
    assert (low, high) == (0.0, 9.0)
    middle = bootstrap_mean([0, 0, 0, 9, 9], unit=[4, 4, 4, 7, 7], generator=1, level=0.4)
    assert (middle.low, middle.high) == (3.6, 3.6)
    assert middle.units == 2


def test_clusters_widen_the_interval_and_single_rows_do_not_know_it():
    """Ten people with the same score twenty times each are ten observations, not two hundred."""
    values = np.repeat(np.linspace(0, 1, 10), 20)
    by_row = bootstrap_mean(values, generator=1)
    by_person = bootstrap_mean(values, unit=np.repeat(np.arange(10), 20), generator=1)
    assert np.diff(ends(by_person)) == pytest.approx(np.diff(ends(by_row)) * np.sqrt(20), rel=0.15)


def test_units_of_one_row_are_rows():
    values = np.linspace(0, 1, 12) ** 2
    assert ends(bootstrap_mean(values, generator=5)) == ends(
        bootstrap_mean(values, unit=np.arange(12) + 100, generator=5)
    )


def test_the_interval_has_the_width_of_the_normal_one():
    values = np.random.default_rng(3).normal(size=400)
    low, high = ends(bootstrap_mean(values, generator=1, draws=8000))
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.05)


def test_the_interval_holds_the_true_mean_about_as_often_as_it_says():
    random = np.random.default_rng(6)

    def holds():
        interval = bootstrap_mean(random.normal(size=60), generator=random, draws=300)
        return interval.low <= 0 <= interval.high

    assert np.mean([holds() for _ in range(300)]) == pytest.approx(0.95, abs=0.04)


def test_paired_differences_cancel_what_both_find_hard():
    random = np.random.default_rng(2)
    hard = random.random(200)
    first, second = hard + random.normal(0, 0.01, 200), hard + 0.02 + random.normal(0, 0.01, 200)
    paired = bootstrap_difference(first, second, generator=1)
    assert paired.high < 0
    assert paired.estimate == pytest.approx(np.mean(first - second))
    unpaired = bootstrap_difference(first, np.roll(second, 1), generator=1)
    assert unpaired.low < 0 < unpaired.high


def test_a_pair_with_a_missing_score_is_dropped():
    whole = bootstrap_difference([0.1, 0.4], [0.3, 0.2], generator=1)
    gaps = bootstrap_difference([0.1, np.nan, 0.4, 0.5], [0.3, 0.1, 0.2, np.nan], generator=1)
    assert gaps == whole


@pytest.mark.parametrize("at_once", [True, False])
def test_any_figure_of_the_people_can_be_drawn(at_once):
    crowd = np.linspace(0.1, 0.9, 15)
    low, high = bootstrap(crowd, lambda p: np.median(p, axis=0), generator=1, draws=400, at_once=at_once)
    assert 0.1 <= low < 0.5 < high <= 0.9


def test_one_draw_at_a_time_and_all_at_once_see_people_alike():
    crowd = np.random.default_rng(1).random((9, 3))
    one = bootstrap(crowd, lambda p: p.mean(axis=0), generator=1, draws=6000, at_once=False)
    all_of_them = bootstrap(crowd, lambda p: p.mean(axis=0), generator=1, draws=6000)
    assert np.shape(one) == np.shape(all_of_them) == (2, 3)
    assert np.array(one) == pytest.approx(np.array(all_of_them), abs=1e-12)


def test_whole_people_are_drawn():
    """With rows that sum to 1 every drawn mean sums to 1: nobody's options are mixed with another's."""
    crowd = np.random.default_rng(1).dirichlet([1, 1, 1], size=9)
    sums = bootstrap(crowd, lambda p: p.mean(axis=0).sum(axis=-1), generator=1)
    assert sums == pytest.approx((1, 1), abs=1e-12)


def test_portions_do_not_change_what_is_drawn(monkeypatch):
    values = np.linspace(0, 1, 30) ** 2

    def both():
        of_people = bootstrap(values, lambda p: p.mean(axis=0), generator=1)
        return bootstrap_mean(values, generator=1), of_people

    before = both()
    monkeypatch.setattr(resampling, "PORTION", 100)
    assert both() == before


def test_the_same_seed_gives_the_same_interval_and_another_another():
    values = np.linspace(0, 1, 30) ** 2
    assert bootstrap_mean(values, generator=1) == bootstrap_mean(values, generator=np.random.default_rng(1))
    assert bootstrap_mean(values, generator=1) != bootstrap_mean(values, generator=2)


def test_no_chance_comes_from_elsewhere():
    state = np.random.get_state()[1].tolist()
    bootstrap_mean([0.1, 0.5, 0.7], generator=1)
    assert np.random.get_state()[1].tolist() == state


@given(scores, st.randoms(use_true_random=False))
def test_names_of_units_do_not_matter(values, random):
    unit = [random.randrange(4) for _ in values]
    renamed = [10 * each - 7 for each in unit]
    one, other = (bootstrap_mean(values, unit=each, generator=1, draws=20) for each in (unit, renamed))
    assert one == other


FUNCTIONS = [
    lambda **settings: bootstrap_mean([0.1, 0.2], **settings),
    lambda **settings: bootstrap_difference([0.1, 0.2], [0.2, 0.2], **settings),
    lambda **settings: bootstrap([0.1, 0.2], lambda p: p.mean(axis=0), **settings),
]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        *[
            ({"generator": seed}, r"^generator must be a numpy Generator or a seed")
            for seed in (None, True, -1, 1.0)
        ],
        *[({"level": level}, r"^level must") for level in (0, 1, 95, np.nan, "0.9", [0.9])],
        *[({"draws": draws}, r"^draws must be") for draws in (0, 10.5, True, [3])],
    ],
)
def test_wrong_settings_are_refused_by_name(function, settings, message):
    with pytest.raises(ValueError, match=message):
        function(**{"generator": 1, **settings})


def test_chance_must_be_passed_in():
    with pytest.raises(TypeError, match="generator"):
        bootstrap_mean([0.1, 0.2])


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        ([], None, r"^value must hold one number or more that is not missing, got 0 rows"),
        ([np.nan, np.nan], None, r"^value must hold one number or more that is not missing, got 2 rows"),
        ([np.inf], None, r"^value must be finite or NaN"),
        (["1"], None, r"^value must be real numbers"),
        ([[0.5]], None, r"^value must have one axis"),
        ([0.5, 0.6], [1], r"^unit must be as long as value, 2, got 1"),
        ([0.5, 0.6], [1.0, 2.0], r"^unit must be whole numbers"),
    ],
)
def test_wrong_rows_are_refused_by_name(value, unit, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_mean(value, unit=unit, generator=1)


def test_pairs_of_different_number_are_refused():
    with pytest.raises(ValueError, match=r"^second must be as long as first, 2, got 1"):
        bootstrap_difference([0.5, 0.6], [0.5], generator=1)


@pytest.mark.parametrize("value", [0.5, [], [0.5], [[0.5, 0.5]]])
def test_a_crowd_of_one_has_no_interval(value):
    with pytest.raises(ValueError, match=r"^value must have two people or more on its first axis, got shape"):
        bootstrap(value, lambda p: p.mean(axis=0), generator=1)


def test_at_once_is_a_truth_value():
    with pytest.raises(ValueError, match=r"^at_once must be True or False"):
        bootstrap([0.1, 0.2], lambda p: p.mean(axis=0), generator=1, at_once=1)
