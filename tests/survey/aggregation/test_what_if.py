"""What if: an event set to another chance moves the joint as Bayes and Jeffrey have it, by hand."""

import numpy as np
import pytest

from scoring.scenarios import leaves
from survey.aggregation.scenarios import (
    Chances,
    chances,
    joint_tree,
    leaf_bounds_of,
    network_of,
    rejoined,
    unfinished_tree,
    what_if,
)
from survey.aggregation.specification import EventSpec, PairSpec, ScenarioSpec

TRUCE, PACT, CLASH = (EventSpec(key, ("yes",), True) for key in ("truce", "pact", "clash"))
SPEC = ScenarioSpec(
    axes={"truce": TRUCE, "pact": PACT, "clash": CLASH},
    pairs={key: PairSpec(f"{key}-if", {False: "no", True: "yes"}, TRUCE) for key in ("pact", "clash")},
    asides={},
    leaves={
        "both": {"truce": True, "pact": True},
        "one": {"truce": True, "pact": False},
        "none": {"truce": False},
    },
)
TOLD = {
    "truce": {"yes": 0.25},
    "pact": {"yes": 0.09},
    "clash": {"yes": 0.04},
    "pact-if": {"yes": 0.24, "no": 0.04},
    "clash-if": {"yes": 0.029, "no": 0.042},
}


def told() -> Chances:
    return rejoined(SPEC, chances(SPEC, TOLD, []), {})


def test_leaves_are_the_products_of_the_told_edges_and_sum_to_one() -> None:
    made = told()
    ends = [states for states in made.nodes if len(states) == 3]
    assert sum(made.nodes[states].value for states in ends) == pytest.approx(1, abs=1e-12)
    assert sum(made.leaves.values()) == pytest.approx(1, abs=1e-12)
    assert made.nodes[(True, False, True)].value == pytest.approx(0.25 * 0.76 * 0.029, abs=1e-15)


def test_a_root_that_is_set_moves_all_else_by_total_probability() -> None:
    now = joint_tree(SPEC, told(), {}).leaves()
    then = what_if(now, {"truce": 0.4})
    assert then.of({"clash": True}) == pytest.approx(0.4 * 0.029 + 0.6 * 0.042, abs=1e-15)
    assert then.of({"truce": True, "pact": True}) == pytest.approx(0.4 * 0.24, abs=1e-15)


def test_an_event_that_is_set_to_yes_moves_the_root_by_bayes() -> None:
    then = what_if(joint_tree(SPEC, told(), {}).leaves(), {"pact": 1.0})
    by_hand = 0.25 * 0.24 / (0.25 * 0.24 + 0.75 * 0.04)
    assert then.of({"truce": True}) == pytest.approx(by_hand, abs=1e-15)
    assert then.of({"clash": True}) == pytest.approx(by_hand * 0.029 + (1 - by_hand) * 0.042, abs=1e-15)


def test_what_has_no_chance_is_refused() -> None:
    now = leaves(0.5, 0.0, 0.0, 0.5, 0.5)
    with pytest.raises(ValueError):
        what_if(now, {"g": 1.0})


def test_a_trial_is_still_a_network_over_the_root() -> None:
    then = what_if(joint_tree(SPEC, told(), {}).leaves(), {"pact": 0.5, "clash": 0.25})
    np.testing.assert_allclose(network_of(then).leaves().probability, then.probability, atol=1e-12)


def test_an_unanswered_branch_gives_bounds_and_no_figure() -> None:
    said = {**TOLD, "clash-if": {"yes": 0.029}}
    tree = unfinished_tree(SPEC, said, {})
    low, high = leaf_bounds_of(tree)
    # 4 % in all, 2.9 % of a quarter with a truce: what is left lies without one, with a pact or not.
    assert low[0, :, 1].sum() <= 0.04 - 0.25 * 0.029 <= high[0, :, 1].sum()
    assert high[0, 1, 1] == pytest.approx(0.75 * 0.04, abs=1e-9)
    assert low[1, 1, 1] == pytest.approx(0, abs=1e-9) and high[1, 1, 1] == pytest.approx(
        0.25 * 0.029, abs=1e-9
    )
    assert (low <= high + 1e-12).all()
