"""Order by buckets is the order by comparison, to the last tie; ties are what `numpy.unique` finds."""

import numpy as np
import pytest

from scoring.ordering import BUCKETS, FEW, distinct, lexicographic_order, stable_order

random = np.random.default_rng(20261129)
MANY = 20_000

CROWDS = {
    "even": random.random(MANY),
    "a bell": random.normal(size=MANY),
    "long tails": random.standard_cauchy(MANY),
    "whole percents": random.integers(0, 101, MANY) / 100,
    "one far off": np.append(random.random(MANY), 1e300),
    "all the same": np.full(MANY, 0.25),
    "neighbouring doubles": 0.5 + random.integers(0, 9, MANY) * 2.0**-53,
    "smallest numbers": random.integers(0, 9, MANY) * 5e-324,
    "a span beyond doubles": random.choice([-1.7e308, 0.0, 1.7e308], MANY),
    "zeros of both signs": random.choice([-0.0, 0.0, 1.0], MANY),
    "rising": np.sort(random.random(MANY)),
    "falling": np.sort(random.random(MANY))[::-1],
    "few": random.integers(0, 9, FEW - 1) / 8,
    "one": np.array([0.5]),
    "nobody": np.array([]),
    "some without an end": np.where(random.random(MANY) < 0.3, np.inf, random.random(MANY)),
    "all but one without an end": np.append(np.full(MANY, np.inf), 0.5),
    "both infinities": random.choice([-np.inf, 0.0, 1.0, np.inf], MANY),
}


@pytest.mark.parametrize("name", CROWDS)
def test_the_order_is_that_of_a_stable_comparison_sort(name):
    assert (stable_order(CROWDS[name]) == np.argsort(CROWDS[name], kind="stable")).all()


def test_what_is_no_number_comes_last():
    values = np.where(random.random(MANY) < 0.1, np.nan, random.random(MANY))
    assert (stable_order(values) == np.argsort(values, kind="stable")).all()


def test_the_highest_number_lies_in_the_last_bucket_whatever_rounding_does():
    for highest in random.random(200):
        values = np.linspace(-highest / 3, highest, BUCKETS // 8)
        assert (stable_order(values) == np.arange(values.size)).all()


@pytest.mark.parametrize("name", CROWDS)
def test_ties_are_those_that_numpy_finds(name):
    for found, slow in zip(
        distinct(CROWDS[name]), np.unique(CROWDS[name], return_inverse=True, return_counts=True), strict=True
    ):
        assert np.array_equal(found, slow)


@pytest.mark.parametrize("span", [3, 2_000, 10**6, 2**40])
def test_several_columns_are_ordered_as_by_comparison_of_one_after_the_other(span):
    number, first = random.integers(-span, span, MANY), random.integers(0, 50, MANY) / 8
    second = np.where(random.random(MANY) < 0.3, np.inf, random.random(MANY))
    assert (lexicographic_order(number, first, second) == np.lexsort((second, first, number))).all()
    assert (lexicographic_order(second, number) == np.lexsort((number, second))).all()
