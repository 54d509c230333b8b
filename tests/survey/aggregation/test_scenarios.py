"""What is known of a scenario's events has probability 1, and the rest is conditional on it, worked out by hand."""

import pytest

from survey.aggregation.scenarios import Chances, Known, chances, options_of
from survey.aggregation.specification import EventSpec, PairSpec, Said, ScenarioSpec

TRUCE, CLASH, VOTE = (EventSpec(key, ("yes",), True) for key in ("truce", "clash", "vote"))
TREE = ScenarioSpec(
    axes={"truce": TRUCE, "vote": VOTE, "clash": CLASH},
    pairs={
        key: PairSpec(f"{key}-if-truce", {True: "if_yes", False: "if_no"}, TRUCE) for key in ("vote", "clash")
    },
    asides={},
    leaves={"no truce": {"truce": False}, "both": {"truce": True, "clash": True}},
)


def told(**figures: float) -> dict[str, dict[str, float]]:
    """Chances of questions and options; those of a branch end in `_yes` or `_no`."""
    said: dict[str, dict[str, float]] = {}
    for name, value in figures.items():
        key, _, branch = name.partition("_")
        question, option = (f"{key}-if-truce", f"if_{branch}") if branch else (key, "yes")
        said.setdefault(question, {})[option] = value
    return said


BEFORE = told(truce=0.4, clash=0.3, vote=0.5, clash_yes=0.2, clash_no=0.6, vote_yes=0.7, vote_no=0.1)


def found(known: Known, news: tuple[EventSpec, ...] = (), figures: Said = BEFORE) -> Chances:
    return chances(TREE, figures, [], known, news)


def test_after_the_truce_there_is_no_chance_of_none() -> None:
    after = found({TRUCE: True})
    assert after.leaves["no truce"] == 0
    assert after.leaves["both"] == pytest.approx(0.2)
    assert after.nodes[(True,)].value == 1
    assert after.nodes[(True, True, True)].value == pytest.approx(0.7 * 0.2)
    assert after.given["clash"] == (None, 0.2)


def test_without_the_truce_the_other_branch_is_all_there_is() -> None:
    after = found({TRUCE: False})
    assert after.leaves == {"no truce": pytest.approx(1), "both": 0}
    assert after.given["vote"] == (0.1, None)
    assert after.routes["vote"]["vote-if-truce"] == pytest.approx(0.1)


def test_people_who_answered_after_an_outcome_knew_it() -> None:
    after = found({CLASH: True}, figures=told(truce=0.15, vote=0.5, vote_yes=0.7, vote_no=0.1))
    assert after.nodes[(True,)].value == pytest.approx(0.15)
    assert after.leaves["both"] == pytest.approx(0.15)
    assert after.given["clash"] == (1, 1)


def test_figures_of_before_are_conditioned_on_what_came_out_since() -> None:
    """Bayes: 0.4 · 0.2 against 0.6 · 0.6."""
    after = found({CLASH: True}, (CLASH,))
    truce = 0.4 * 0.2 / (0.4 * 0.2 + 0.6 * 0.6)
    assert after.nodes[(True,)].value == pytest.approx(truce)
    assert after.leaves == {"no truce": pytest.approx(1 - truce), "both": pytest.approx(truce)}
    assert after.nodes[(True, True, False)].value == 0
    assert after.routes == {}


def test_bounds_hold_given_what_came_out_since() -> None:
    after = found({CLASH: True}, (CLASH,))
    node = after.nodes[(True, True, True)]
    weight = 0.4 * 0.2 + 0.6 * 0.6
    # Of 70 % and 20 % within the truce at most 20 % are both, and perhaps none.
    assert (node.low, node.high) == (0, pytest.approx(0.4 * 0.2 / weight))
    assert node.low <= node.value <= node.high


@pytest.mark.parametrize(
    "known", [{}, {TRUCE: True}, {TRUCE: False}, {CLASH: False}, {TRUCE: True, VOTE: True}]
)
@pytest.mark.parametrize("after", [False, True])
def test_the_ends_of_the_tree_always_sum_to_1(known: Known, after: bool) -> None:
    tree = found(known, tuple(known) if after else ())
    assert sum(node.value for states, node in tree.nodes.items() if len(states) == 3) == pytest.approx(1)
    assert all(
        node.low <= node.value + 1e-12 and node.value <= node.high + 1e-12 for node in tree.nodes.values()
    )


def test_what_came_out_without_a_chance_is_taken_as_it_is() -> None:
    never = told(truce=0.4, clash=0.0, vote=0.5, clash_yes=0.0, clash_no=0.0, vote_yes=0.7, vote_no=0.1)
    assert found({CLASH: True}, (CLASH,), never).leaves["both"] == pytest.approx(0.4)


def test_of_what_is_known_no_figures_are_needed() -> None:
    assert options_of(TREE, {TRUCE: True}) == {
        "vote": {"yes"},
        "clash": {"yes"},
        "vote-if-truce": {"if_yes"},
        "clash-if-truce": {"if_yes"},
    }
    assert "clash-if-truce" not in options_of(TREE, {CLASH: True})
    assert options_of(TREE, {CLASH: True}, {CLASH})["clash-if-truce"] == {"if_yes", "if_no"}
    assert options_of(TREE, {TRUCE: True, CLASH: True, VOTE: False}) == {}
