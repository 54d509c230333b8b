"""The interval of a share that was counted: known figures, what it always holds, when it is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from scoring.evaluation.proportions import wilson


@st.composite
def counted(draw):
    count = draw(st.integers(1, 500))
    return draw(st.integers(0, count)), count


def test_7_of_10_by_hand():
    """z = 1.6449: middle 0.65741, half 0.21571."""
    low, high = wilson([0.7], [10])
    assert (low[0], high[0]) == (pytest.approx(0.44170, abs=2e-5), pytest.approx(0.87312, abs=2e-5))


@given(counted(), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_it_is_the_one_of_another_library(found, level):
    came, count = found
    other = binomtest(came, count).proportion_ci(level, method="wilson")
    low, high = wilson([came / count], [count], level)
    assert (low[0], high[0]) == (pytest.approx(other.low, abs=1e-9), pytest.approx(other.high, abs=1e-9))


@given(counted())
def test_it_holds_the_share_and_stays_inside_0_to_1(found):
    came, count = found
    low, high = wilson([came / count], [count])
    assert 0 <= low[0] <= came / count <= high[0] <= 1


def test_nothing_and_everything_have_an_end_of_their_own():
    low, high = wilson([0.0, 1.0], [3, 3])
    assert (low[0], high[1]) == (0.0, 1.0)
    assert high[0] == pytest.approx(1 - low[1])


def test_more_that_was_counted_makes_it_narrower():
    low, high = wilson(np.full(3, 0.5), [4, 40, 400])
    assert (np.diff(high - low) < 0).all()


@pytest.mark.parametrize(
    ("share", "count", "level", "sentence"),
    [
        ([1.2], [3], 0.9, "^share must lie between 0 and 1"),
        ([0.5], [0], 0.9, "^count must have the shape of share and be 1 or more"),
        ([0.5], [3, 3], 0.9, "^count must have the shape of share"),
        ([0.5], [3], 1.0, "^level"),
    ],
)
def test_what_it_cannot_be_made_of_is_refused_by_name(share, count, level, sentence):
    with pytest.raises(ValueError, match=sentence):
        wilson(share, count, level)
