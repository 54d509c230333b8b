"""Moved answers: by how much, what stays in order, and that those drawn together again are spread as people are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.special import expit, logit

from scoring.perturbation import (
    LEAST,
    SHIFT,
    WIDTH,
    calmed_chances,
    calmed_quantiles,
    moved_chances,
    moved_ladder,
    moved_options,
    moved_quantiles,
)

CHANCE = st.floats(0.001, 0.999)
NOISE = st.floats(-3, 3)


@given(CHANCE, NOISE)
def test_a_chance_moves_by_the_noise_in_log_odds(chance: float, noise: float) -> None:
    moved = moved_chances([chance], [noise])
    assert logit(moved)[0] - logit(chance) == pytest.approx(SHIFT * noise, abs=1e-6)


def test_what_is_certain_is_taken_to_be_nearly_so_and_what_was_not_said_stays_so() -> None:
    assert moved_chances([0.0, 1.0, np.nan], [0.0, 0.0, 0.0]) == pytest.approx(
        [LEAST, 1 - LEAST, np.nan], nan_ok=True
    )


@given(arrays.arrays(float, 4, elements=st.floats(0.01, 1)), arrays.arrays(float, 4, elements=NOISE))
def test_two_options_move_apart_by_the_difference_of_their_noise(
    weights: np.ndarray, noise: np.ndarray
) -> None:
    shares = weights / weights.sum()
    moved = moved_options(shares, noise)
    assert moved.sum() == pytest.approx(1)
    assert np.diff(np.log(moved) - np.log(shares)) == pytest.approx(SHIFT * np.diff(noise), abs=1e-9)


@given(arrays.arrays(float, 3, elements=st.floats(0, 1)), arrays.arrays(float, 4, elements=NOISE))
def test_a_ladder_rises_still_also_one_that_fell(chances: np.ndarray, noise: np.ndarray) -> None:
    moved = moved_ladder(chances, noise)
    assert (np.diff(moved) > 0).all() and moved[0] > 0 and moved[-1] < 1


def test_a_date_that_fell_is_taken_for_the_one_before() -> None:
    assert moved_ladder([0.4, 0.1], [0.0, 0.0, 0.0]) == pytest.approx(
        moved_ladder([0.4, 0.4], [0.0, 0.0, 0.0])
    )
    assert moved_ladder([0.4, 0.1], [0.0, 0.0, 0.0]) == pytest.approx([0.4, 0.4], abs=2 * LEAST)


def test_a_ladder_of_one_date_moves_as_two_options_do() -> None:
    assert moved_ladder([[0.3]], [[0.4, -1.0]])[0] == pytest.approx(
        moved_options([0.3, 0.7], [0.4, -1.0])[:1]
    )


@given(arrays.arrays(float, 3, elements=st.floats(1, 99), unique=True), NOISE, NOISE)
def test_quantiles_keep_their_order_their_median_moves_and_their_distances_grow_together(
    values: np.ndarray, place: float, width: float
) -> None:
    said = np.sort(values)
    moved = moved_quantiles([said], [[place, width]], 0, 100, middle=1)[0]
    before, after = logit(said / 100), logit(np.clip(moved / 100, 1e-15, 1 - 1e-15))
    assert after[1] - before[1] == pytest.approx(SHIFT * place, abs=1e-6)
    if np.abs(after).max() < 15:  # farther out a double of the range has no digits left for the distance
        assert np.diff(after) == pytest.approx(np.diff(before) * np.exp(WIDTH * width), rel=1e-5, abs=1e-7)


def test_people_drawn_together_are_spread_as_they_were_before_the_noise() -> None:
    rng = np.random.default_rng(5)
    said = expit(-0.5 + 0.9 * rng.standard_normal(400_000))
    moved = moved_chances(said, rng.standard_normal(said.size))
    wide, narrow = (np.std(logit(one)) for one in (moved, calmed_chances(moved)))
    assert wide == pytest.approx(np.hypot(0.9, SHIFT), rel=0.02)
    # A variance is taken from a variance: of what is left a hundredth is an error of the quartiles.
    assert narrow == pytest.approx(0.9, rel=0.02)
    assert np.median(calmed_chances(moved)) == pytest.approx(np.median(moved))


def test_quantiles_drawn_together_keep_each_persons_own_width() -> None:
    rng = np.random.default_rng(6)
    median = 1.1 * rng.standard_normal(20_000)
    said = 100 * expit(median[:, None] + np.array([-0.4, 0.0, 0.4]))
    noise = np.stack((rng.standard_normal(median.size), np.zeros(median.size)), axis=1)
    calmed = logit(calmed_quantiles(moved_quantiles(said, noise, 0, 100, middle=1), 0, 100, middle=1) / 100)
    assert np.std(calmed[:, 1]) == pytest.approx(1.1, rel=0.03)
    # Some stand at the ends, where a width has no room.
    assert np.median(calmed[:, 2] - calmed[:, 1]) == pytest.approx(0.4, rel=0.01)


@pytest.mark.parametrize(("lower", "upper"), [(5, 5), (9, 1), (0, np.inf), (np.nan, 1)])
def test_a_range_without_room_is_refused(lower: float, upper: float) -> None:
    with pytest.raises(ValueError, match="upper - lower"):
        moved_quantiles([[1.0, 2.0, 3.0]], [[0.0, 0.0]], lower, upper, middle=1)
    with pytest.raises(ValueError, match="upper - lower"):
        calmed_quantiles([[1.0, 2.0, 3.0]], lower, upper, middle=1)


@pytest.mark.parametrize("value", [[1.0, 2.0, 3.0], 5.0, [[[1.0]]]])
def test_quantiles_of_one_person_are_a_row_of_a_table(value: object) -> None:
    with pytest.raises(ValueError, match="value must have a row for each person"):
        calmed_quantiles(value, 0, 10, middle=0)  # type: ignore[arg-type]
