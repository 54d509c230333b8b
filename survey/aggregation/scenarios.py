"""From the figures of several questions to the chances of scenarios: a tree along its root's two branches.

The first axis is the root. Every other axis takes its chance on both sides of the root from a conditional pair.
Two axes together need an assumption: that they are independent once the root is known. The bounds need none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from scoring.scenarios import Axis, Joint, conjunction_bounds, joint

from .rules import heading
from .specification import EventSpec, PairSpec, ScenarioSpec, TotalSpec

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


def chances(scenario: ScenarioSpec, told: Told, totals: Sequence[TotalSpec]) -> Chances:
    """All chances of a scenario tree.

    Parameters
    ----------
    told
        Figures of every question of the scenario, and of the pairs and conditions of `totals`.
    totals
        Relations of total probability that lead to an axis' event by another pair.
    """
    root, *_others = scenario.axes
    chance = event_chance(scenario.axes[root], told)
    given = {key: pair_chances(pair, told) for key, pair in scenario.pairs.items()}
    tree = joint([Axis(root, chance), *(Axis(key, list(both), given=(root,)) for key, both in given.items())])
    return Chances(
        nodes=_nodes(tree, chance, list(given.values())),
        leaves={key: tree.of(holds) for key, holds in scenario.leaves.items()},
        given=given,
        routes={key: _routes(scenario, key, chance, told, totals) for key in scenario.pairs},
        asides={key: event_chance(event, told) for key, event in scenario.asides.items()},
    )


def options_of(scenario: ScenarioSpec) -> dict[str, set[str]]:
    """The options a scenario tree is computed from, by key of the question."""
    return _options([*scenario.axes.values(), *scenario.asides.values()], scenario.pairs.values())


def options_of_total(total: TotalSpec) -> dict[str, set[str]]:
    """The options that total probability through a further pair is computed from, by key of the question."""
    return _options([*total.events, total.pair.condition], [total.pair])


def _options(events: Iterable[EventSpec], pairs: Iterable[PairSpec]) -> dict[str, set[str]]:
    used: dict[str, set[str]] = {}
    for event in events:
        used.setdefault(event.question, set()).update(event.options)
    for pair in pairs:
        used.setdefault(pair.key, set()).update(pair.sides.values())
    return used


def event_chance(event: EventSpec, told: Told) -> float:
    """The chance of an event: what is shown of its option, or the sum of what is shown of several."""
    chance = sum(_value(told, event.question, option) for option in event.options)
    return chance if event.holds else 1 - chance


def pair_chances(pair: PairSpec, told: Told) -> tuple[float, float]:
    """A pair's chances if its condition does not come true, and if it does."""
    return _value(told, pair.key, pair.sides[False]), _value(told, pair.key, pair.sides[True])


def _value(told: Told, question: str, option: str) -> float:
    return float(heading(told[question][option])["value"])


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


def _routes(
    scenario: ScenarioSpec, axis: str, root: float, told: Told, totals: Sequence[TotalSpec]
) -> dict[str | None, float]:
    """The chance of an axis' event by each way there is to it."""
    event, pair = scenario.axes[axis], scenario.pairs[axis]
    ways: dict[str | None, float] = {
        None: event_chance(event, told),
        pair.key: _total(root, pair_chances(pair, told)),
    }
    for total in totals:
        if event in total.events:
            condition = event_chance(total.pair.condition, told)
            ways[total.pair.key] = _total(condition, pair_chances(total.pair, told))
    return ways


def _total(condition: float, given: tuple[float, float]) -> float:
    """Total probability, from the chances without and with the condition."""
    no, yes = given
    return condition * yes + (1 - condition) * no
