"""How fast forecasts fade, and how many people a weighted crowd is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools.weights import (
    FLOOR,
    by_age,
    by_later_forecasts,
    by_rank,
    effective_number,
    fade,
    newest,
    product,
)
from tests.scoring.crowds import weights

days = st.lists(st.integers(0, 50).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1)


def test_a_forecast_of_the_last_day_weighs_1():
    assert fade([3], [3]).tolist() == [1.0]


def test_one_of_ten_who_comes_back_multiplies_the_fading_part_by_81_hundredths():
    assert fade([10, 1], [10, 10]) == pytest.approx([1 / 3 + 2 / 3 * 0.81, 1])


def test_fading_multiplies_over_days():
    assert fade([10, 1, 2], [10, 10, 12])[0] == pytest.approx(1 / 3 + 2 / 3 * 0.9**2 * (11 / 12) ** 4)


def test_a_day_without_a_forecast_fades_nobody():
    assert fade([5, 0, 0], [5, 5, 4]).tolist() == [1.0, 1.0, 1.0]


def test_a_forecast_never_fades_below_a_third():
    assert fade([10] * 200, [10] * 200)[0] == pytest.approx(FLOOR, abs=1e-12)


def test_a_day_on_which_nobody_is_left_is_allowed():
    assert fade([1, 0, 1], [1, 0, 1])[-1] == 1.0


def test_no_days_have_no_weights():
    assert fade(np.array([], dtype=int), np.array([], dtype=int)).shape == (0,)


@given(days)
def test_newer_forecasts_never_weigh_less(counts):
    weight = fade(*zip(*counts, strict=True))
    assert (np.diff(weight) >= 0).all()
    assert (weight >= FLOOR).all()
    assert weight[-1] == 1.0


@given(days)
def test_days_without_a_forecast_may_be_left_out(counts):
    weight = fade(*zip(*counts, strict=True))
    busy = [at for at, (fresh, _) in enumerate(counts) if fresh or at == len(counts) - 1]
    shorter = fade(*zip(*[counts[at] for at in busy], strict=True))
    assert shorter == pytest.approx(weight[busy], abs=1e-12)


@pytest.mark.parametrize(
    ("fresh", "active", "message"),
    [
        ([3], [2], r"^fresh must lie between 0 and active, got \[3\] of \[2\]"),
        ([-1], [2], "^fresh must lie between 0 and active"),
        ([1.5], [2], "^fresh must be whole numbers"),
        ([1], [2.0], "^active must be whole numbers"),
        ([1], [2, 2], "^active must be as long as fresh, 1, got 2"),
        (1, 2, "^fresh must have one axis"),
    ],
)
def test_wrong_counts_are_refused_by_name(fresh, active, message):
    with pytest.raises(ValueError, match=message):
        fade(fresh, active)


@pytest.mark.parametrize("people", [1, 2, 7, 1000])
def test_equal_weights_are_worth_everyone(people):
    assert effective_number(np.full(people, 0.4)) == pytest.approx(people)


@given(st.lists(weights, min_size=1), st.sampled_from([1e-200, 1e-6, 3.0, 1e200]))
def test_the_effective_number_lies_between_1_and_n_on_any_scale(weight, scale):
    number = effective_number(weight)
    assert 1 - 1e-9 <= number <= len(weight) + 1e-9
    assert effective_number(np.array(weight) * scale) == pytest.approx(number)


@pytest.mark.parametrize("weight", [[], [-1.0, 2.0], [np.nan], [[1.0]], 1.0])
def test_wrong_weights_are_refused_by_name(weight):
    with pytest.raises(ValueError, match=r"^weight must"):
        effective_number(weight)


def test_who_has_no_weight_is_nobody_unless_all_have_none():
    assert effective_number([1.0, 0.0, 1.0]) == effective_number([1.0, 1.0]) == 2.0
    assert effective_number([0.0, 0.0, 0.0]) == 3.0


times = st.lists(st.integers(-20, 20), max_size=30)


class TestByRank:
    def test_it_is_the_formula_of_metaculus(self):
        assert by_rank([1, 2, 3]) == pytest.approx(np.exp(np.sqrt([1, 2, 3]) - np.sqrt(3)))

    @pytest.mark.parametrize("people", [0, 1, 2])
    def test_up_to_two_weigh_alike(self, people):
        assert by_rank(np.arange(people)).tolist() == [1.0] * people

    def test_the_last_tenth_of_a_thousand_has_four_fifths_of_the_weight(self):
        weight = by_rank(np.arange(1000))
        assert round(100 * weight[900:].sum() / weight.sum()) == 81

    def test_the_same_time_is_the_same_weight(self):
        assert len(set(by_rank([5, 5, 5, 5]))) == 1
        middle = np.exp(np.sqrt([1, 3, 3, 3, 5]) - np.sqrt(5))
        assert by_rank([1, 7, 7, 7, 9]) == pytest.approx(middle)

    @given(times, st.randoms())
    def test_it_follows_the_time_and_not_the_order(self, when, random):
        weight = dict(zip(when, by_rank(np.array(when, dtype=int)), strict=True))
        shuffled = random.sample(when, len(when))
        assert by_rank(np.array(shuffled, dtype=int)) == pytest.approx([weight[at] for at in shuffled])
        assert sorted(weight.values()) == [weight[at] for at in sorted(weight)]


class TestDecay:
    @given(st.lists(st.floats(0, 100), max_size=20), st.floats(0.1, 100))
    def test_one_half_life_more_halves_the_weight(self, age, half_life):
        age = np.array(age)
        assert by_age(age + half_life, half_life) == pytest.approx(by_age(age, half_life) / 2)

    def test_a_very_old_forecast_does_not_count(self):
        assert by_age([0, 10_000], 1).tolist() == [1.0, 0.0]

    def test_quiet_time_fades_nobody_where_forecasts_are_the_clock(self):
        assert by_later_forecasts([1, 2, 3], 2).tolist() == by_later_forecasts([1, 2, 9000], 2).tolist()

    def test_those_at_the_same_time_fade_alike(self):
        assert by_later_forecasts([1, 1, 2], 1).tolist() == [0.5, 0.5, 1.0]

    @given(times, st.floats(0.5, 50))
    def test_it_counts_who_came_later(self, when, half_life):
        later = [sum(other > own for other in when) for own in when]
        expected = by_age(np.array(later, dtype=int), half_life)
        assert by_later_forecasts(np.array(when, dtype=int), half_life) == pytest.approx(expected)

    @pytest.mark.parametrize("half_life", [0, -1.0, np.inf, np.nan])
    def test_a_half_life_is_above_0(self, half_life):
        for call in (by_age, by_later_forecasts):
            with pytest.raises(ValueError, match=r"^half_life must be above 0 and finite, got"):
                call([1.0], half_life)

    def test_an_age_is_not_negative(self):
        with pytest.raises(ValueError, match=r"^age must be 0 or more, got -1"):
            by_age([-1.0, 2.0], 1)


class TestNewest:
    @pytest.mark.parametrize(("share", "kept"), [(0.2, 2), (0.21, 3), (0.01, 1), (1, 10), (0.3, 3)])
    def test_the_share_is_rounded_up(self, share, kept):
        assert newest(np.arange(10), share).tolist() == [0.0] * (10 - kept) + [1.0] * kept

    def test_who_ties_with_the_oldest_kept_stays_too(self):
        assert newest([1, 2, 2, 3], 0.5).tolist() == [0.0, 1.0, 1.0, 1.0]

    def test_nobody_has_no_weights(self):
        assert newest(np.array([]), 0.5).shape == (0,)

    @pytest.mark.parametrize("share", [0, -0.1, 1.1, np.nan])
    def test_a_share_is_above_0_and_at_most_1(self, share):
        with pytest.raises(ValueError, match=r"^share must be above 0 and at most 1, got"):
            newest([1, 2], share)


class TestProduct:
    def test_weights_are_multiplied_person_by_person(self):
        assert product([1, 2], [0.5, 0.25], [1, 0]).tolist() == [0.5, 0.0]
        assert product([3, 4]).tolist() == [3.0, 4.0]

    @pytest.mark.parametrize(
        ("sets", "message"),
        [
            ((), "^weights must be one set or more"),
            (([1, 2], [1]), r"^weights\[1\] must have shape \(2,\)"),
            (([1, 2], [1, -1]), r"^weights\[1\] must be 0 or more"),
            (([1, np.nan],), r"^weights\[0\] must be finite"),
            ((2.0,), r"^weights\[0\] must have one axis"),
        ],
    )
    def test_wrong_sets_are_refused_by_name(self, sets, message):
        with pytest.raises(ValueError, match=message):
            product(*sets)


@pytest.mark.parametrize(
    "call", [by_rank, lambda time: by_later_forecasts(time, 1), lambda time: newest(time, 1)]
)
@pytest.mark.parametrize("time", [["2024"], [True], [np.nan], [[1.0]], 1.0])
def test_wrong_times_are_refused_by_name(call, time):
    with pytest.raises(ValueError, match=r"^time must"):
        call(time)
