"""Hypothesis strategies: crowds of forecasts, and histories of who submitted when."""

import numpy as np
from hypothesis import strategies as st

probabilities = st.floats(0.0, 1.0)
weights = st.floats(1 / 3, 1.0)
values = st.floats(-1e6, 1e6)

LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]


@st.composite
def weighted(draw, each, most=25):
    """Values of one person or more, with a weight for each."""
    people = draw(st.integers(1, most))
    drawn = draw(st.lists(each, min_size=people, max_size=people))
    return np.array(drawn), np.array(draw(st.lists(weights, min_size=people, max_size=people)))


@st.composite
def shares(draw, most=12):
    """Probabilities (n, K) whose rows sum to 1, with a weight for each person."""
    people, options = draw(st.integers(1, most)), draw(st.integers(2, 5))
    row = st.lists(st.floats(0.001, 1.0), min_size=options, max_size=options)
    drawn = np.array(draw(st.lists(row, min_size=people, max_size=people)))
    weight = np.array(draw(st.lists(weights, min_size=people, max_size=people)))
    return drawn / drawn.sum(axis=1, keepdims=True), weight


@st.composite
def quantile_rows(draw, most=12):
    """Quantiles (n, 5) at LEVELS, equal ones among them, with a weight for each person."""
    people = draw(st.integers(1, most))
    number = st.one_of(st.integers(-5, 5).map(float), st.floats(-1000.0, 1000.0).map(lambda x: round(x, 3)))
    row = st.lists(number, min_size=5, max_size=5).map(sorted)
    drawn = draw(st.lists(row, min_size=people, max_size=people))
    return np.array(drawn), np.array(draw(st.lists(weights, min_size=people, max_size=people)))


@st.composite
def histories(draw, what=None, most=40):
    """(person, day, what) in order of submission: few people and days, so that they often meet."""
    each = what if what is not None else st.sampled_from([True, True, True, False])
    days = sorted(draw(st.lists(st.integers(-2, 9), max_size=most)))
    return [(draw(st.integers(0, 6)), day, draw(each)) for day in days]


def columns(history, dtype):
    """Person, day and the third column of a history as arrays."""
    person, day, what = zip(*history, strict=True) if history else ((), (), ())
    return np.array(person, dtype=int), np.array(day, dtype=int), np.array(what, dtype=dtype)
