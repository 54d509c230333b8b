"""The mean put through a beta curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta as distribution

from scoring.pools.averages import mean
from scoring.pools.beta import beta_curve, beta_pool
from tests.scoring.crowds import probabilities, weighted

shapes = st.floats(0.2, 20)


@given(weighted(probabilities), shapes, shapes)
def test_it_is_the_distribution_function_at_the_mean(crowd, alpha, beta):
    expected = distribution.cdf(mean(*crowd), alpha, beta)
    assert beta_pool(*crowd, alpha=alpha, beta=beta) == pytest.approx(expected, abs=1e-12)


@given(weighted(probabilities))
def test_both_1_change_nothing(crowd):
    assert beta_pool(*crowd, alpha=1, beta=1) == pytest.approx(mean(*crowd), abs=1e-12)


@given(probabilities, st.floats(1, 20))
def test_equal_ones_above_1_push_outwards(said, shape):
    assert abs(beta_curve(said, shape, shape) - 0.5) >= abs(said - 0.5) - 1e-12


def test_equal_ones_below_1_draw_to_the_middle():
    assert 0.2 < beta_pool([0.2], alpha=0.5, beta=0.5) < 0.5


def test_different_ones_lean_to_a_side():
    assert beta_pool([0.5], alpha=6, beta=3) < 0.5 < beta_pool([0.5], alpha=3, beta=6)


@given(shapes, shapes, st.lists(probabilities, min_size=2, max_size=9))
def test_the_curve_never_falls_and_keeps_its_ends(alpha, beta, values):
    risen = beta_curve(np.sort(values), alpha, beta)
    assert (np.diff(risen) >= 0).all()
    assert beta_curve([0.0, 1.0], alpha, beta).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("said", "expected"), [(0.2, 0.2), (0.5, 0.5), (0.8, 0.8), (0.1, None), (0.9, None)])
def test_means_inside_the_range_left_alone_are_left_alone(said, expected):
    pooled = beta_pool([said], untouched=(0.2, 0.8))
    assert pooled == (said if expected is not None else beta_pool([said]))


@pytest.mark.parametrize("untouched", [(0.8, 0.2), (-0.1, 0.5), (0.5, 1.1), (np.nan, 0.5)])
def test_that_range_is_two_rising_probabilities(untouched):
    with pytest.raises(ValueError, match=r"^untouched must be two probabilities that do not fall, got"):
        beta_pool([0.5], untouched=untouched)


@pytest.mark.parametrize("name", ["alpha", "beta"])
@pytest.mark.parametrize("value", [0, -1, np.inf, np.nan])
def test_alpha_and_beta_are_positive(name, value):
    with pytest.raises(ValueError, match=rf"^{name} must be above 0 and finite, got"):
        beta_pool([0.5], **{name: value})
