"""The door to all pools, and the register of methods that pages show."""

import numpy as np
import pytest
from hypothesis import given

from scoring import averages, default, mixtures, pools
from tests.scoring.crowds import shares


@given(shares())
def test_means_and_medians_over_options_sum_to_1(crowd):
    assert pools.mean_options(*crowd).sum() == pytest.approx(1)
    assert pools.median_options(*crowd).sum() == pytest.approx(1)


def test_the_medians_of_options_are_divided_by_their_sum():
    rows = [[0.6, 0.3, 0.1], [0.6, 0.1, 0.3], [0.2, 0.2, 0.6]]
    assert pools.median_options(rows) == pytest.approx(np.array([0.6, 0.2, 0.3]) / 1.1)
    assert pools.median_options(rows, weight=[1, 1, 3]) == pytest.approx([0.2, 0.2, 0.6])


def test_medians_that_are_all_0_are_refused():
    with pytest.raises(ValueError, match=r"^probability must leave one option a median above 0"):
        pools.median_options(np.eye(3))


@pytest.mark.parametrize("pool", [pools.mean_options, pools.median_options])
def test_wrong_crowds_over_options_are_refused_by_name(pool):
    with pytest.raises(ValueError, match=r"^probability must sum to 1"):
        pool([[0.5, 0.4]])
    with pytest.raises(ValueError, match=r"^probability must have two axes"):
        pool([0.5, 0.5])
    with pytest.raises(ValueError, match=r"^weight must be positive"):
        pool([[0.5, 0.5]], weight=[0.0])


def test_the_register_opens_with_the_default_and_has_those_that_stand_beside_it():
    assert list(pools.METHODS) == ["parley", "median", "mean"]


@pytest.mark.parametrize("method", pools.METHODS.values(), ids=pools.METHODS)
def test_every_method_says_what_it_does_how_and_where_it_comes_from(method):
    assert method.name
    assert method.words.endswith(".")
    assert method.formula.endswith(".")
    assert method.source.endswith(".")


def test_the_default_says_the_constants_it_uses():
    said = pools.METHODS["parley"].parameters
    assert said == {
        "stretch": 1.3,
        "cut": 0.2,
        "pull": 0.2,
        "lowest": 0.01,
        "highest": 0.99,
        "floor": 1 / 3,
        "nearest": 0.6,
    }


def test_the_door_leads_to_the_rooms():
    assert pools.parley is default.parley
    assert pools.median is averages.median
    assert pools.nearest_pool is mixtures.nearest_pool
    assert all(hasattr(pools, name) for name in pools.__all__)
