"""Running sums that lose no digits."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scoring.timeline.running import running_sum

terms = st.lists(st.floats(-1e9, 1e9), max_size=60)


@given(terms)
def test_sums_are_those_of_exact_fractions(drawn):
    total = running_sum(np.array(drawn, dtype=float)).values()
    largest = max(map(abs, drawn), default=0.0)
    for count in range(len(drawn) + 1):
        exact = sum(map(Fraction, drawn[:count]), Fraction(0))
        assert abs(Fraction(float(total[count])) - exact) <= abs(exact) * 2.0**-51 + largest * 2.0**-80


@given(terms, st.data())
def test_differences_are_as_exact_as_sums(drawn, data):
    first = data.draw(st.integers(0, len(drawn)))
    last = data.draw(st.integers(first, len(drawn)))
    total = running_sum(np.array(drawn, dtype=float))
    found = total.difference(np.array([first]), np.array([last]))[0]
    exact = math.fsum(drawn[first:last])
    assert abs(found - exact) <= abs(exact) * 1e-15 + max(map(abs, drawn), default=0.0) * 2.0**-80


def test_what_comes_and_goes_leaves_nothing_behind():
    random = np.random.default_rng(3)
    come = random.normal(scale=1e6, size=200_000)
    total = running_sum(np.concatenate((come, [1e-9], -come)))
    assert abs(total.values()[-1] - 1e-9) < 1e-18
    assert np.cumsum(np.concatenate((come, [1e-9], -come)))[-1] - 1e-9 != 0


def test_nothing_sums_to_zero():
    assert running_sum(np.empty(0)).values().tolist() == [0.0]
    assert running_sum(np.zeros(3)).values().tolist() == [0.0] * 4


def test_very_small_and_very_large_terms():
    for scale in (1e-300, 1e300):
        total = running_sum(np.array([1.0, -1.0, 0.5]) * scale)
        assert total.values().tolist() == [0.0, scale, 0.0, scale / 2]
