"""How fast forecasts fade, and how many people a weighted crowd is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.weights import FLOOR, effective_number, fade
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


@pytest.mark.parametrize("weight", [[], [0.0], [-1.0, 2.0], [np.nan], [[1.0]], 1.0])
def test_wrong_weights_are_refused_by_name(weight):
    with pytest.raises(ValueError, match=r"^weight must"):
        effective_number(weight)
