"""Joint scenarios: leaves, bounds that an independent program agrees with, what-if, samples, files."""

import csv
import io
from itertools import product
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.optimize import linprog

from scoring import Axis, Joint, leaf_bounds
from scoring.coherence import (
    Tree,
    condition,
    leaves_csv,
    set_events,
    systematic_samples,
    tree_bounds,
    xmlbif,
)

NAN = float("nan")


def random_tree(random, axes=4, missing=0.0):
    """Each event is given up to two earlier ones."""
    found = []
    for at in range(axes):
        given = tuple(
            f"e{other}" for other in sorted(random.choice(at, min(at, int(random.integers(0, 3))), False))
        )
        chance = random.random((2,) * len(given))
        found.append(Axis(f"e{at}", np.where(random.random(chance.shape) < missing, np.nan, chance), given))
    return Tree(tuple(found))


def bank_tree(g=(0.04, 0.24), e=(0.042, 0.029), chances=None):
    return Tree((Axis("c", 0.25), Axis("g", g, ("c",)), Axis("e", e, ("c",))), chances or {})


def test_leaves_sum_to_one_and_are_products_of_their_edges():
    random = np.random.default_rng(1)
    for _ in range(100):
        tree = random_tree(random)
        leaves = tree.leaves()
        assert leaves.probability.sum() == pytest.approx(1, abs=1e-12)
        for states in product((0, 1), repeat=4):
            edges = 1.0
            for axis, holds in zip(tree.axes, states, strict=True):
                chance = axis.probability[tuple(states[tree.names.index(name)] for name in axis.given)]
                edges *= chance if holds else 1 - chance
            assert leaves.probability[states] == pytest.approx(edges, abs=1e-15)


def by_another_program(tree, leaf, sign):
    """Written anew: over the same leaves, by another solver, with P(event, given) from sums over indices."""
    shape = (2,) * len(tree.axes)
    rows, limit = [np.ones(shape)], [1]
    for name, chance in tree.chances.items():
        row = np.zeros(shape)
        np.moveaxis(row, tree.names.index(name), 0)[1] = 1
        rows, limit = [*rows, row], [*limit, chance]
    for at, axis in enumerate(tree.axes):
        for given in product((0, 1), repeat=len(axis.given)):
            value = np.asarray(axis.probability)[given]
            if np.isnan(value):
                continue
            row = np.zeros(shape)
            for cell in product((0, 1), repeat=len(shape)):
                if all(
                    cell[tree.names.index(name)] == holds
                    for name, holds in zip(axis.given, given, strict=True)
                ):
                    row[cell] = cell[at] - value
            rows, limit = [*rows, row], [*limit, 0]
    aim = np.zeros(shape)
    aim[leaf] = sign
    found = linprog(aim.ravel(), A_eq=np.reshape(rows, (len(rows), -1)), b_eq=limit, method="highs-ds")
    return sign * found.fun


def test_bounds_are_those_of_an_independent_program_and_hold_the_leaves():
    random = np.random.default_rng(2)
    for _ in range(6):
        tree = random_tree(random, axes=3, missing=0.3)
        low, high = tree_bounds(tree)
        for leaf in product((0, 1), repeat=3):
            assert low[leaf] == pytest.approx(by_another_program(tree, leaf, 1), abs=1e-9)
            assert high[leaf] == pytest.approx(by_another_program(tree, leaf, -1), abs=1e-9)
        whole = random_tree(random, axes=3)
        low, high = tree_bounds(whole)
        leaves = whole.leaves().probability
        assert ((low - 1e-9 <= leaves) & (leaves <= high + 1e-9)).all()


def test_bounds_of_a_condition_and_two_events_are_those_of_frechet():
    low, high = tree_bounds(bank_tree())
    known = leaf_bounds(0.25, 0.24, 0.04, 0.029, 0.042)
    assert low == pytest.approx(known.low, abs=1e-9) and high == pytest.approx(known.high, abs=1e-9)


def test_an_unanswered_pair_leaves_the_bounds_of_the_chance_beside_it():
    low, high = tree_bounds(bank_tree(e=(NAN, NAN), chances={"e": 0.03877}))
    scenario = 0.25 * 0.24
    assert (low[1, 1, 1], high[1, 1, 1]) == pytest.approx((max(0, scenario + 0.03877 - 1), 0.03877), abs=1e-9)
    with pytest.raises(ValueError, match=r"must be real|lie between|got nan"):
        bank_tree(e=(NAN, NAN)).leaves()


def test_what_is_impossible_has_no_chance_and_contradictions_are_refused():
    tree = Tree((Axis("a", 0.5), Axis("b", 0.5)), impossible=[{"a": True, "b": True}])
    low, high = tree_bounds(tree)
    assert high[1, 1] == 0 and low[1, 0] == pytest.approx(0.5)
    with pytest.raises(ValueError, match=r"^tree must have chances that some distribution has"):
        tree_bounds(Tree((Axis("a", 0.7), Axis("b", 0.7)), impossible=[{"a": True, "b": True}]))


def test_a_set_event_has_its_new_chance_and_leaves_what_is_given_it_as_it_was():
    random = np.random.default_rng(3)
    for _ in range(20):
        leaves = random_tree(random).leaves()
        moved = set_events(leaves, {"e1": 0.3})
        assert moved.of({"e1": True}) == pytest.approx(0.3, abs=1e-12)
        for holds in (True, False):
            before, after = (condition(one, {"e1": holds}).probability for one in (leaves, moved))
            assert after == pytest.approx(before, abs=1e-12)
        both = set_events(leaves, {"e0": 0.6, "e3": 0.2})
        assert both.of({"e0": True}) == pytest.approx(0.6, abs=1e-12)
        assert both.of({"e3": True}) == pytest.approx(0.2, abs=1e-12)


@pytest.mark.parametrize(
    ("chances", "message"),
    [
        ({"e0": 1.0}, "strictly between 0 and 1"),
        ({"nobody": 0.5}, "must name axes"),
        ({"sure": 0.5}, "must leave 'sure'"),
    ],
)
def test_certainties_and_unknown_events_are_refused(chances, message):
    leaves = Tree((Axis("e0", 0.5), Axis("sure", 1.0))).leaves()
    with pytest.raises(ValueError, match=message):
        set_events(leaves, chances)
    with pytest.raises(ValueError, match=r"^known must have had a chance"):
        condition(leaves, {"sure": False})


def test_samples_have_each_leaf_as_often_as_its_chance_to_within_one():
    leaves = random_tree(np.random.default_rng(4)).leaves()
    drawn = systematic_samples(leaves, 1_000, 5)
    counts = np.zeros((2,) * 4)
    np.add.at(counts, tuple(drawn.T.astype(int)), 1)
    assert np.abs(counts - 1_000 * leaves.probability).max() < 1
    assert not np.array_equal(drawn, systematic_samples(leaves, 1_000, 6))


def read_xmlbif(text):
    """Leaves of a network, by what the format says of its tables; nothing of ours is used.

    pgmpy 1.1 reads the same of such a file; it is not asked here, since it would bring thirty packages with it.
    """
    network = ElementTree.fromstring(text.split("\n", 1)[1]).find("NETWORK")
    names = [one.findtext("NAME") for one in network.findall("VARIABLE")]
    assert all(
        [out.text for out in one.findall("OUTCOME")] == ["no", "yes"] for one in network.findall("VARIABLE")
    )
    leaves = np.ones((2,) * len(names))
    for one in network.findall("DEFINITION"):
        given = [name.text for name in one.findall("GIVEN")]
        table = np.array([float(value) for value in one.findtext("TABLE").split()])
        for cell in product((0, 1), repeat=len(names)):
            state = dict(zip(names, cell, strict=True))
            at = 0
            for name in [*given, one.findtext("FOR")]:
                at = 2 * at + state[name]
            leaves[cell] *= table[at]
    return names, leaves


def test_files_read_back_give_the_same_leaves():
    tree = random_tree(np.random.default_rng(6))
    names, leaves = read_xmlbif(xmlbif(tree, "a & b"))
    assert tuple(names) == tree.names
    assert leaves == pytest.approx(tree.leaves().probability, abs=1e-15)
    rows = list(csv.DictReader(io.StringIO(leaves_csv(tree.leaves()))))
    for row in rows:
        states = {name: row[name] == "1" for name in tree.names}
        assert float(row["probability"]) == tree.leaves().of(states)
    assert len(rows) == 16
    with pytest.raises(ValueError, match="got nan"):
        xmlbif(bank_tree(e=(NAN, 0.5)))


def test_an_empty_tree_and_names_that_it_has_not_are_refused():
    with pytest.raises(ValueError, match=r"^axes must be 1 to 10, got 0"):
        Tree(())
    with pytest.raises(ValueError, match=r"^chances and impossible must name axes"):
        bank_tree(chances={"x": 0.5})
    assert isinstance(bank_tree().leaves(), Joint)
