"""The scenario tree: its leaves, its sums, and bounds that hold without assuming independence."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.scenarios import Axis, conjunction_bounds, joint, leaf_bounds, leaves
from tests.scoring.crowds import probabilities

branches = st.tuples(*[probabilities] * 5)

#: A worked coherent answer: ceasefire, guarantee with and without one, clash with and without one.
WORKED = (0.25, 0.24, 0.04, 0.0290, 0.042027)


def test_a_leaf_is_the_product_along_its_path():
    tree = leaves(*WORKED)
    assert tree.of({"c": True, "g": True, "e": True}) == pytest.approx(0.25 * 0.24 * 0.029)
    assert tree.of({"c": False, "g": True, "e": False}) == pytest.approx(0.75 * 0.04 * (1 - 0.042027))


def test_sums_over_leaves_are_what_total_probability_says():
    tree = leaves(*WORKED)
    assert tree.of({"g": True}) == pytest.approx(0.09)
    assert tree.of({"e": True}) == pytest.approx(0.03877, abs=1e-6)
    assert tree.of({"c": True, "g": False}) == pytest.approx(0.25 * 0.76)
    assert tree.of({"c": False}) == pytest.approx(0.75)


@given(branches)
def test_the_leaves_sum_to_1(tree):
    assert leaves(*tree).of({}) == pytest.approx(1)
    assert leaves(*tree).probability.shape == (2, 2, 2)


@given(branches)
def test_leaves_lie_within_their_bounds(tree):
    low, high = leaf_bounds(*tree)
    point = leaves(*tree).probability
    assert (low - 1e-12 <= point).all()
    assert (point <= high + 1e-12).all()


@given(branches)
def test_in_each_branch_the_bounds_are_those_of_two_marginals(tree):
    c, g_if_c, _, e_if_c, _ = tree
    low, high = leaf_bounds(*tree)
    assert low[1, 1, 1] == pytest.approx(c * max(0, g_if_c + e_if_c - 1), abs=1e-12)
    assert high[1, 1, 1] == pytest.approx(c * min(g_if_c, e_if_c), abs=1e-12)
    assert low[1, 0, 1] == pytest.approx(c * max(0, e_if_c - g_if_c), abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4).filter(lambda cells: sum(cells) > 0))
def test_no_joint_distribution_leaves_the_bounds_of_its_marginals(cells):
    _, second, first, both = np.array(cells) / sum(cells)
    low, high = conjunction_bounds(min(first + both, 1.0), min(second + both, 1.0))
    assert low - 1e-12 <= both <= high + 1e-12


def test_both_bounds_can_be_reached():
    nested, apart = conjunction_bounds(0.3, 0.5), conjunction_bounds(0.7, 0.5)
    assert nested.high == pytest.approx(0.3)
    assert nested.low == 0
    assert apart.low == pytest.approx(0.2)


def test_bounds_of_three_events():
    low, high = conjunction_bounds(0.9, 0.8, 0.7)
    assert (low, high) == pytest.approx((0.4, 0.7))


def test_bounds_from_marginals_alone_are_wider_than_with_a_branch():
    tree = leaves(*WORKED)
    scenario = tree.of({"c": True, "g": True})
    low, high = conjunction_bounds(scenario, tree.of({"e": True}))
    within = leaf_bounds(*WORKED)
    assert low <= within.low[1, 1, 1]
    assert high >= within.high[1, 1, 1]


def test_bounds_of_many_people_at_once():
    low, high = conjunction_bounds([0.3, 0.7], [0.5, 0.5])
    assert low == pytest.approx([0.0, 0.2])
    assert high == pytest.approx([0.3, 0.5])


def test_an_axis_may_depend_on_several_in_any_order():
    table = np.array([[0.1, 0.2], [0.3, 0.4]])  # [b, a]
    axes = [Axis("a", 0.5), Axis("b", 0.25), Axis("z", table, given=("b", "a"))]
    tree = joint(axes)
    for a, b in product([False, True], repeat=2):
        part = 0.5 * (0.25 if b else 0.75)
        assert tree.of({"a": a, "b": b, "z": True}) == pytest.approx(part * table[int(b), int(a)])


def test_an_axis_given_nothing_is_independent_of_the_others():
    tree = joint([Axis("a", 0.25), Axis("b", 0.5)])
    assert tree.probability == pytest.approx(np.array([[0.375, 0.375], [0.125, 0.125]]))


def test_a_chain_of_four_axes_keeps_its_names():
    chain = [Axis("a", 0.5)] + [Axis(n, [0.1, 0.9], given=(m,)) for m, n in zip("abc", "bcd", strict=True)]
    tree = joint(chain)
    assert tree.names == ("a", "b", "c", "d")
    assert tree.of(dict.fromkeys("abcd", True)) == pytest.approx(0.5 * 0.9**3)


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ([Axis("a", 0.5), Axis("a", 0.5)], "^axes must have different names, got 'a' twice"),
        ([Axis("a", [0.5, 0.5], given=("b",))], "^given of axis 'a' must name axes before it"),
        ([Axis("a", 0.5), Axis("b", [[0.5] * 2] * 2, given=("a", "a"))], "^given of axis 'b' must name"),
        ([Axis("a", [0.5, 0.5])], r"^probability of axis 'a' must have shape \(\), got \(2,\)"),
        ([Axis("a", 0.5), Axis("b", 0.5, given=("a",))], r"^probability of axis 'b' must have shape \(2,\)"),
        ([Axis("a", 1.5)], "^probability of axis 'a' must lie between 0 and 1, got 1.5"),
    ],
)
def test_wrong_axes_are_refused_by_name(axes, message):
    with pytest.raises(ValueError, match=message):
        joint(axes)


@pytest.mark.parametrize("at", range(5))
@pytest.mark.parametrize("function", [leaves, leaf_bounds])
def test_a_wrong_branch_is_refused_by_name(function, at):
    name = ["c", "g_if_c", "g_if_not_c", "e_if_c", "e_if_not_c"][at]
    values = dict.fromkeys(["c", "g_if_c", "g_if_not_c", "e_if_c", "e_if_not_c"], 0.5)
    with pytest.raises(ValueError, match=f"^{name} must lie between 0 and 1, got -0.5"):
        function(**{**values, name: -0.5})
    with pytest.raises(ValueError, match=f"^{name} must be a single probability"):
        function(**{**values, name: [0.5, 0.5]})


def test_a_state_of_an_unknown_axis_is_refused():
    with pytest.raises(ValueError, match=r"^states must name axes of \['c', 'g', 'e'\], got \['h'\]"):
        leaves(*WORKED).of({"h": True})


def test_bounds_need_events_of_one_shape():
    with pytest.raises(ValueError, match=r"^probabilities must be of one event or more"):
        conjunction_bounds()
    with pytest.raises(ValueError, match=r"^probabilities\[1\] must have shape \(\), got \(2,\)"):
        conjunction_bounds(0.5, [0.5, 0.5])
    with pytest.raises(ValueError, match=r"^probabilities\[1\] must lie between 0 and 1"):
        conjunction_bounds(0.5, 1.5)
