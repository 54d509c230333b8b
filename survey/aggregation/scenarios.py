"""From the figures of several questions to the chances of scenarios: a tree along its root's two branches.

The first axis is the root. Every other axis takes its chance on both sides of the root from a conditional pair.
Two axes together need an assumption: that they are independent once the root is known. The bounds need none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from scoring.scenarios import Axis, Joint, conjunction_bounds, joint

from ..models import Event, Question, Relation, Scenario, ScenarioAxis
from .rules import heading

#: Question key to the options of its publication.
Told = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Chance:
    """A chance as a fraction, and the bounds that hold without any assumption."""

    value: float
    low: float
    high: float

    def through(self, change: Callable[[float], float]) -> "Chance":
        """Each of the three changed, such as rounded."""
        return Chance(change(self.value), change(self.low), change(self.high))


@dataclass(frozen=True)
class Chances:
    """What a scenario tree says.

    Attributes
    ----------
    nodes
        States of the first axes (`(True,)`, `(True, False)`, …) to the chance that they come out so.
    leaves
        Key of a named scenario to its chance.
    given
        Key of an axis to its chance if the root does not hold, and if it does.
    routes
        Key of an axis to its chance by each way there is to it: asked directly (None), or by a pair's key.
    asides
        Key of an event told beside the tree to its chance.
    """

    nodes: dict[tuple[bool, ...], Chance]
    leaves: dict[str, float]
    given: dict[str, tuple[float, float]]
    routes: dict[str, dict[str | None, float]]
    asides: dict[str, float]

    def through(self, change: Callable[[float], float]) -> "Chances":
        """Every figure changed, such as rounded."""
        return Chances(
            {states: chance.through(change) for states, chance in self.nodes.items()},
            {key: change(value) for key, value in self.leaves.items()},
            {key: (change(no), change(yes)) for key, (no, yes) in self.given.items()},
            {key: {way: change(value) for way, value in ways.items()} for key, ways in self.routes.items()},
            {key: change(value) for key, value in self.asides.items()},
        )


def chances(scenario: Scenario, told: Told, totals: list[Relation]) -> Chances:
    """All chances of a scenario tree.

    Parameters
    ----------
    told
        Figures of every question of the scenario, and of the pairs and conditions of `totals`.
    totals
        Relations of total probability that lead to an axis' event by another pair.
    """
    root, *others = axes_of(scenario)
    chance = event_chance(root.event, told)
    given = {axis.key: pair_chances(pair_of(axis), told) for axis in others}
    tree = joint(
        [Axis(root.key, chance), *(Axis(key, list(both), given=(root.key,)) for key, both in given.items())]
    )
    return Chances(
        nodes=_nodes(tree, chance, list(given.values())),
        leaves={leaf.key: tree.of(leaf.holds) for leaf in scenario.leaves},
        given=given,
        routes={axis.key: _routes(axis, chance, told, totals) for axis in others},
        asides={axis.key: event_chance(axis.event, told) for axis in scenario.axes if axis.role == "aside"},
    )


def options_used(events: Iterable[Event], pairs: Iterable[Question]) -> dict[Question, set[str]]:
    """The options whose figures events and conditional pairs are computed from, by question."""
    used: dict[Question, set[str]] = {}
    for event in events:
        used.setdefault(event.question, set()).update(option.key for option in event.options)
    for pair in pairs:
        used.setdefault(pair, set()).update(option.key for option in pair.options)
    return used


def options_of(scenario: Scenario) -> dict[Question, set[str]]:
    """The options a scenario tree is computed from, by question."""
    pairs = [axis.pair for axis in scenario.axes if axis.pair is not None]
    return options_used((axis.event for axis in scenario.axes), pairs)


def options_of_total(relation: Relation) -> dict[Question, set[str]]:
    """The options that total probability through a further pair is computed from, by question."""
    pairs = [relation.pair] if relation.pair is not None else []
    conditions = [pair.condition.event for pair in pairs if pair.condition is not None]
    return options_used([*relation.events, *conditions], pairs)


def axes_of(scenario: Scenario) -> list[ScenarioAxis]:
    """The axes of the tree, its root first."""
    return [axis for axis in scenario.axes if axis.role == "axis"]


def pair_of(axis: ScenarioAxis) -> Question:
    """The conditional pair of an axis that is not the root; the bank's checks see to it that there is one."""
    if axis.pair is None:
        raise LookupError(f"axis {axis.key} has no conditional pair")
    return axis.pair


def event_chance(event: Event, told: Told) -> float:
    """The chance of an event: what is shown of its option, or the sum of what is shown of several."""
    options = told[event.question.key]
    chance = sum(heading(options[option.key])["value"] for option in event.options)
    return float(chance if event.holds else 1 - chance)


def pair_chances(pair: Question, told: Told) -> tuple[float, float]:
    """A pair's chances if its condition does not come true, and if it does."""
    by_side = {
        option.given_holds: told[pair.key][option.key]
        for option in pair.options
        if option.key in told[pair.key]
    }
    no, yes = (heading(by_side[side])["value"] for side in (False, True))
    return float(no), float(yes)


def _nodes(tree: Joint, root: float, others: list[tuple[float, float]]) -> dict[tuple[bool, ...], Chance]:
    nodes = {}
    for length in range(1, len(tree.names) + 1):
        for states in product((True, False), repeat=length):
            value = tree.of(dict(zip(tree.names, states, strict=False)))
            nodes[states] = Chance(value, *_bounds(states, root, others))
    return nodes


def _bounds(states: tuple[bool, ...], root: float, others: list[tuple[float, float]]) -> tuple[float, float]:
    """Bounds within the root's branch: they are equal where at most one other event is named."""
    branch = root if states[0] else 1 - root
    within = [
        both[states[0]] if holds else 1 - both[states[0]]
        for holds, both in zip(states[1:], others, strict=False)
    ]
    if not within:
        return branch, branch
    low, high = conjunction_bounds(*within)
    return branch * float(low), branch * float(high)


def _routes(axis: ScenarioAxis, root: float, told: Told, totals: list[Relation]) -> dict[str | None, float]:
    pair = pair_of(axis)
    no, yes = pair_chances(pair, told)
    ways: dict[str | None, float] = {
        None: event_chance(axis.event, told),
        pair.key: root * yes + (1 - root) * no,
    }
    for relation in totals:
        other = relation.pair
        if other is not None and other.condition is not None and axis.event in relation.events:
            no, yes = pair_chances(other, told)
            condition = event_chance(other.condition.event, told)
            ways[other.key] = condition * yes + (1 - condition) * no
    return ways
