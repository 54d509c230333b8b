"""From the figures of several questions to the chances of scenarios: a tree along its root's two branches.

The first axis is the root. Every other axis takes its chance on both sides of the root from a conditional pair.
Two axes together need an assumption: that they are independent once the root is known. The bounds need none.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from scoring.coherence import Tree, condition, set_events, tree_bounds
from scoring.scenarios import Axis, Bounds, Joint, conjunction_bounds, joint

from .rounding import rounded_probability
from .specification import EventSpec, PairSpec, Said, ScenarioSpec, TotalSpec

#: Events whose outcome is known, to whether they came true.
Known = Mapping[EventSpec, bool]
NOTHING: Known = {}
#: An axis' chance without and with the root; None on the side that is known not to come about.
Given = tuple[float | None, float | None]


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
        Key of an axis to its chance if the root does not hold, and if it does; None where that is known to be
        idle.
    routes
        Key of an axis that is open to its chance by each way there is to it: asked directly (None), or by a
        pair's key.
    asides
        Key of an event told beside the tree to its chance.
    """

    nodes: dict[tuple[bool, ...], Chance]
    leaves: dict[str, float]
    given: dict[str, Given]
    routes: dict[str, dict[str | None, float]]
    asides: dict[str, float]

    def through(self, change: Callable[[float], float]) -> "Chances":
        """Every figure changed, such as rounded."""
        return Chances(
            {states: chance.through(change) for states, chance in self.nodes.items()},
            {key: change(value) for key, value in self.leaves.items()},
            {key: (_changed(change, no), _changed(change, yes)) for key, (no, yes) in self.given.items()},
            {key: {way: change(value) for way, value in ways.items()} for key, ways in self.routes.items()},
            {key: change(value) for key, value in self.asides.items()},
        )


def _changed(change: Callable[[float], float], value: float | None) -> float | None:
    return None if value is None else change(value)


def chances(
    scenario: ScenarioSpec,
    told: Said,
    totals: Sequence[TotalSpec],
    known: Known = NOTHING,
    news: Collection[EventSpec] = (),
) -> Chances:
    """All chances of a scenario tree, given what is known of its events.

    Parameters
    ----------
    told
        Chances of every question that `options_of` names, and of the pairs and conditions of `totals`.
    totals
        Relations of total probability that lead to an axis' event by another pair.
    known
        Events whose outcome is known: each has the probability 1 or 0, and the rest is conditional on it.
    news
        Those of them that became known after the day of the figures. The people could not know, so the tree
        is conditioned on them; figures given afterwards are conditional on them already.
    """
    root, *others = scenario.axes
    chance = event_chance(scenario.axes[root], told, known)
    side = known.get(scenario.axes[root])
    given = {key: _given(scenario, key, told, known, news, side) for key in others}
    after = {key: known[scenario.axes[key]] for key in others if scenario.axes[key] in news}
    tree = _Tree.of(root, chance, given, after)
    if tree is None:
        # What came out had no chance at all: there is nothing to condition on.
        return chances(scenario, told, totals, known)
    # The ways are not conditioned on news: beside a tree that is, they would be figures of another day.
    ways = {} if after else _ways(scenario, chance, told, totals, known)
    return Chances(
        nodes=tree.nodes(),
        leaves={key: tree.chance(holds) for key, holds in scenario.leaves.items()},
        given=given,
        routes=ways,
        asides={
            key: event_chance(event, told, known)
            for key, event in scenario.asides.items()
            if event in known or _is_told(event, told)
        },
    )


def rejoined(scenario: ScenarioSpec, told: Chances, known: Mapping[str, bool]) -> Chances:
    """The same chances with nodes and leaves multiplied anew from the edges as they are told, rounded.

    So whoever has the edges has the leaves, which sum to 1, and a trial begins where the page stands.
    """
    edges = joint_tree(scenario, told, known)
    given = {axis.name: _pair(axis) for axis in edges.axes[1:]}
    tree = _Tree.of(edges.axes[0].name, float(np.asarray(edges.axes[0].probability)), given, {})
    assert tree is not None  # Without news there is nothing that could have had no chance.
    # What is known to be is 1, not nearly so.
    leaves = {key: round(tree.chance(holds), 15) for key, holds in scenario.leaves.items()}
    return replace(told, nodes=tree.nodes(), leaves=leaves)


def told_tree(
    scenario: ScenarioSpec,
    direct: Said,
    consistent: Said,
    totals: Sequence[TotalSpec],
    known: Known = NOTHING,
    news: Collection[EventSpec] = (),
) -> tuple[Chances, Chances]:
    """A crowd's tree as it is told: unrounded, and as pages show it.

    Parameters
    ----------
    direct
        What people were asked, of which the routes are told: else they would always agree.
    consistent
        The same made consistent, of which all else is.
    totals, known, news
        Of `chances`.
    """
    routes = chances(scenario, direct, totals, known, news).routes
    tree = replace(chances(scenario, consistent, totals, known, news), routes=routes)
    came = {key: known[event] for key, event in scenario.axes.items() if event in known}
    return tree, rejoined(scenario, tree.through(rounded_probability), came)


def joint_tree(scenario: ScenarioSpec, told: Chances, known: Mapping[str, bool]) -> Tree:
    """The Bayesian network that a tree's chances are: its root, and every other axis given the root.

    What is known has the chance 1 or 0 on both sides; a side of the root that did not come about any.
    """
    root, *others = scenario.axes
    # A root of several options is a sum, which rounding may carry above 1.
    axes = [Axis(root, min(told.nodes[(True,)].value, 1.0))]
    for key in others:
        edge = [float(known[key])] * 2 if key in known else list(_filled(told.given[key]))
        axes.append(Axis(key, edge, given=(root,)))
    return Tree(tuple(axes))


def network_of(leaves: Joint) -> Tree:
    """A joint whose other axes are independent given its root, as the network it is: what a trial leaves of a tree.

    An event set to another chance multiplies its own edges alone, so independence given the root stands. A side of
    the root without a chance has no edge of its own: it is told as 0.
    """
    root, *others = leaves.names
    sides = [leaves.of({root: holds}) for holds in (False, True)]

    def edge(name: str) -> list[float]:
        both = zip((False, True), sides, strict=True)
        return [
            min(leaves.of({root: holds, name: True}) / side, 1.0) if side else 0.0 for holds, side in both
        ]

    return Tree((Axis(root, min(sides[1], 1.0)), *(Axis(name, edge(name), given=(root,)) for name in others)))


def _pair(axis: Axis) -> tuple[float, float]:
    no, yes = np.asarray(axis.probability).tolist()
    return no, yes


def unfinished_tree(scenario: ScenarioSpec, told: Said, known: Known) -> Tree:
    """The tree of somebody who has not answered all of it: NaN where a branch has no answer.

    What was said of an event directly stands beside it, as what bounds the leaves (`leaf_bounds_of`).
    """
    root, *others = scenario.axes

    def direct(key: str) -> float:
        event = scenario.axes[key]
        heard = event in known or _is_told(event, told)
        return min(event_chance(event, told, known), 1.0) if heard else float("nan")

    axes = [Axis(root, direct(root))]
    for key in others:
        pair, event = scenario.pairs[key], scenario.axes[key]
        said = told.get(pair.key, {})
        edge = [said.get(pair.sides[holds], float("nan")) for holds in (False, True)]
        axes.append(Axis(key, [float(known[event])] * 2 if event in known else edge, given=(root,)))
    beside = {key: direct(key) for key in others if scenario.axes[key] not in known}
    return Tree(tuple(axes), beside)


def leaf_bounds_of(tree: Tree) -> Bounds:
    """The lowest and highest chance of each leaf; without what stands beside the branches where these contradict."""
    try:
        return tree_bounds(tree)
    except ValueError:
        return tree_bounds(Tree(tree.axes))


def what_if(leaves: Joint, wanted: Mapping[str, float]) -> Joint:
    """The joint if some events had other chances, all else given them as before: Bayes at 0 and 1, Jeffrey between.

    Raises
    ------
    ValueError
        Where an event has no chance to begin with, is certain, or they can't be so together.
    """
    certain = {key: chance == 1 for key, chance in wanted.items() if chance in (0, 1)}
    rest = {key: chance for key, chance in wanted.items() if key not in certain}
    given = condition(leaves, certain) if certain else leaves
    return set_events(given, rest) if rest else given


def options_of(
    scenario: ScenarioSpec, known: Known = NOTHING, news: Collection[EventSpec] = ()
) -> dict[str, set[str]]:
    """The options a scenario tree is computed from, by key of the question: of what is known none are.

    Once the root is known, a pair's other branch is not needed; for `news` see `chances`.
    """
    events = [*scenario.axes.values(), *scenario.asides.values()]
    used = _options([event for event in events if event not in known], [])
    side = known.get(next(iter(scenario.axes.values())))
    for key, pair in scenario.pairs.items():
        event = scenario.axes[key]
        if event not in known or event in news:
            branches = pair.sides.values() if side is None else [pair.sides[side]]
            used.setdefault(pair.key, set()).update(branches)
    return used


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


def event_chance(event: EventSpec, told: Said, known: Known = NOTHING) -> float:
    """The chance of an event: 1 or 0 where known, else what is shown of its option, or the sum of several."""
    if event in known:
        return float(known[event])
    chance = sum(told[event.question][option] for option in event.options)
    return chance if event.holds else 1 - chance


def _is_told(event: EventSpec, told: Said) -> bool:
    return all(option in told.get(event.question, {}) for option in event.options)


def pair_chances(pair: PairSpec, told: Said) -> tuple[float, float]:
    """A pair's chances if its condition does not come true, and if it does."""
    return told[pair.key][pair.sides[False]], told[pair.key][pair.sides[True]]


def _given(
    scenario: ScenarioSpec,
    axis: str,
    told: Said,
    known: Known,
    news: Collection[EventSpec],
    side: bool | None,
) -> Given:
    """An axis' chances on both sides of the root; None on the side that did not come about."""
    event, pair = scenario.axes[axis], scenario.pairs[axis]
    here = {holds: side in (None, holds) for holds in (False, True)}
    if event in known and event not in news:
        fact = float(known[event])
        return fact if here[False] else None, fact if here[True] else None
    no, yes = (told[pair.key][pair.sides[holds]] if here[holds] else None for holds in (False, True))
    return no, yes


@dataclass(frozen=True)
class _Tree:
    """The joint distribution, conditional on axes that came out after its figures were given.

    Attributes
    ----------
    root
        The root's chance before those axes are known.
    given
        Of each other axis the chance without and with the root; any number on a side without a chance.
    after
        Axes that are known since, and how they came out; their chance before that is `weight`.
    """

    joint: Joint
    root: float
    given: dict[str, tuple[float, float]]
    after: Mapping[str, bool]
    weight: float

    @classmethod
    def of(
        cls, root: str, chance: float, given: Mapping[str, Given], after: Mapping[str, bool]
    ) -> "_Tree | None":
        """The tree; None where what came out had no chance."""
        both = {key: _filled(pair) for key, pair in given.items()}
        tree = joint(
            [Axis(root, chance), *(Axis(key, list(pair), given=(root,)) for key, pair in both.items())]
        )
        weight = tree.of(after)
        return cls(tree, chance, both, after, weight) if weight > 0 else None

    def chance(self, states: Mapping[str, bool]) -> float:
        """The chance that these axes come out so, given those that are known."""
        if any(states.get(key, came) != came for key, came in self.after.items()):
            return 0.0
        return self.joint.of({**states, **self.after}) / self.weight

    def nodes(self) -> dict[tuple[bool, ...], Chance]:
        """States of the first axes to their chance, with bounds."""
        names, nodes = self.joint.names, {}
        for length in range(1, len(names) + 1):
            for states in product((True, False), repeat=length):
                named = dict(zip(names, states, strict=False))
                nodes[states] = Chance(self.chance(named), *self._bounds(named))
        return nodes

    def _bounds(self, states: Mapping[str, bool]) -> tuple[float, float]:
        """Bounds within the root's branch: they are equal where at most one other event is named."""
        if any(states.get(key, came) != came for key, came in self.after.items()):
            return 0.0, 0.0
        name, *_others = self.joint.names
        branch = (self.root if states[name] else 1 - self.root) / self.weight
        within = [
            self.given[key][states[name]] if holds else 1 - self.given[key][states[name]]
            for key, holds in {**states, **self.after}.items()
            if key != name
        ]
        low, high = conjunction_bounds(*within) if within else (1.0, 1.0)
        # Rounding may carry the quotient above 1.
        return min(branch * float(low), 1.0), min(branch * float(high), 1.0)


def _filled(given: Given) -> tuple[float, float]:
    """Both sides with a number: one that did not come about has no chance, whatever stands there."""
    no, yes = given
    return (no if no is not None else yes or 0.0), (yes if yes is not None else no or 0.0)


def _ways(
    scenario: ScenarioSpec, root: float, told: Said, totals: Sequence[TotalSpec], known: Known
) -> dict[str, dict[str | None, float]]:
    """The chance of each axis' event that is still open, by each way there is to it."""
    side = known.get(next(iter(scenario.axes.values())))
    found: dict[str, dict[str | None, float]] = {}
    for axis, pair in scenario.pairs.items():
        event = scenario.axes[axis]
        if event in known:
            continue
        ways = found[axis] = {pair.key: _total(root, _filled(_given(scenario, axis, told, known, (), side)))}
        if _is_told(event, told):
            ways = found[axis] = {None: event_chance(event, told), **ways}
        for total in totals:
            if event in total.events:
                condition = event_chance(total.pair.condition, told, known)
                ways[total.pair.key] = _total(condition, pair_chances(total.pair, told))
    return found


def _total(condition: float, given: tuple[float, float]) -> float:
    """Total probability, from the chances without and with the condition."""
    no, yes = given
    return condition * yes + (1 - condition) * no
