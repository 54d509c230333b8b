"""Scenarios as the crowd's door showed them: the bar, the tree, their table, and whether the ways agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import hypot

import numpy as np
from sqlalchemy.orm import Session

from scoring import Axis
from scoring.coherence import Tree

from .. import charts, disclosure
from ..aggregation.question_specs import scenario_of
from ..aggregation.scenarios import Chance, chances, joint_tree
from ..charts import Branch, Chart, Leaf
from ..clock import day_date
from ..disclosure import Denial, ShownScenarios, Viewer
from ..i18n.formatting import day, number, percent, percent_range
from ..i18n.locale import gettext as _
from ..i18n.locale import ngettext
from ..models import Question, Scenario, ScenarioAxis, ScenarioLeaf, ScenarioText, Survey

#: Colours of the leaves in their order, and of the last axis.
COLOURS = ("blue", "sky", "grey")
CLASH = "vermilion"
NOTHING_KNOWN: Mapping[str, bool] = {}
#: Two figures nearer than this are about as likely: people are not asked finer, and their crowd is told in points.
ALIKE = 0.02


@dataclass(frozen=True)
class ToldLeaf:
    """A scenario in words; without a number where the crowd may not be seen."""

    colour: str
    words: ScenarioText
    number: str = ""


@dataclass(frozen=True)
class ToldFront:
    """The scenarios of a front page."""

    words: ScenarioText
    leaves: list[ToldLeaf]
    bar: Chart | None = None
    people: int = 0
    as_of: date | None = None
    title: str = ""
    edge: str = ""
    edge_title: str = ""
    #: What `edge` says of all futures together, where it is not known.
    overall: str = ""
    shares: tuple[tuple[ToldLeaf, float], ...] = ()


@dataclass(frozen=True)
class ToldScenarios:
    """A scenario tree as its page tells it; `colours` are those of the rows of its picture."""

    people: int
    as_of: date
    title: str
    known: list[str]
    tree: Chart
    colours: list[str]
    routes: list[tuple[str, list[tuple[str, str]], str]]
    asides: list[str]


def front_scenarios(
    session: Session, viewer: Viewer, survey: Survey, language: str, as_of: date | None = None
) -> ToldFront | None:
    """The first scenario tree of a survey: with figures where this viewer may see them, else its words.

    With `as_of` as it stood at the end of that day.
    """
    if not survey.scenarios:
        return None
    scenario = survey.scenarios[0]
    words = scenario.text(language)
    leaves = [_leaf(scenario, place, leaf, language) for place, leaf in enumerate(scenario.leaves)]
    seen = disclosure.get_scenarios(session, viewer, scenario, as_of=as_of)
    if isinstance(seen, Denial):
        return ToldFront(words, leaves)
    last = scenario.tree[-1]
    return ToldFront(
        words,
        [
            ToldLeaf(leaf.colour, leaf.words, leaf_chance(stored, seen))
            for leaf, stored in zip(leaves, scenario.leaves, strict=True)
        ],
        bar=_bar(scenario, seen, leaves),
        people=seen.people,
        as_of=seen.as_of,
        title=_title(scenario, seen, language),
        edge=_edge(scenario, seen, language),
        edge_title=scenario.text(language, f"axis:{last.key}").title,
        overall="" if last.key in seen.known else _overall(scenario, seen),
        shares=tuple(
            (leaf, _points(seen.chances.leaves[stored.key]))
            for leaf, stored in zip(leaves, scenario.leaves, strict=True)
        ),
    )


def _edge(scenario: Scenario, seen: ShownScenarios, language: str) -> str:
    """The last axis' event on both sides of the root; overall alone once one of them is known."""
    root, last = scenario.tree[0], scenario.tree[-1]
    if last.key in seen.known:
        return _known_words(seen.known[last.key])
    no, yes = seen.chances.given[last.key]
    overall = _overall(scenario, seen)
    if no is None or yes is None:
        return _("%(chance)s, given what is known.", chance=overall)
    return _(
        "%(yes)s if “%(root)s” comes true, %(no)s if it does not, %(overall)s overall.",
        yes=percent(yes),
        root=scenario.text(language, f"axis:{root.key}").title,
        no=percent(no),
        overall=overall,
    )


def _overall(scenario: Scenario, seen: ShownScenarios) -> str:
    return percent(_chance_of(seen, {len(scenario.tree) - 1: True}))


def _chance_of(seen: ShownScenarios, wanted: dict[int, bool]) -> float:
    """The chance that axes, by their place, come out so."""
    # Whole futures alone: a branch inside the tree is the sum of those behind it.
    longest = max(map(len, seen.chances.nodes))
    return sum(
        chance.value
        for states, chance in seen.chances.nodes.items()
        if len(states) == longest and all(states[place] == holds for place, holds in wanted.items())
    )


def _known_words(came: bool) -> str:
    return _("known: yes") if came else _("known: no")


def leaf_chance(leaf: ScenarioLeaf, seen: ShownScenarios) -> str:
    """Its chance; what is known to be, or not to be, has no bound before its percentage."""
    if any(key in seen.known and seen.known[key] != holds for key, holds in leaf.holds.items()):
        return _percent_known(0)
    return (
        _percent_known(100)
        if leaf.holds.items() <= seen.known.items()
        else percent(seen.chances.leaves[leaf.key])
    )


def _percent_known(points: int) -> str:
    """0 or 100 %, which no figure of the crowd is told as."""
    return charts.percent(points)


def even_scenarios(scenario: Scenario) -> ShownScenarios:
    """Made-up chances for a tree that nobody has answered yet: every event as likely as not, in every branch."""
    spec = scenario_of(scenario)
    told: dict[str, dict[str, float]] = {}
    events = [*spec.axes.values(), *spec.asides.values()]
    shares = [
        (event.question, option, 0.5 / len(event.options)) for event in events for option in event.options
    ]
    shares += [(pair.key, option, 0.5) for pair in spec.pairs.values() for option in pair.sides.values()]
    for question, option, share in shares:
        told.setdefault(question, {}).setdefault(option, share)
    return ShownScenarios(day_date(0), 0, chances(spec, told, []))


def told_scenarios(
    scenario: Scenario, seen: ShownScenarios, language: str, beside: ShownScenarios | None = None
) -> ToldScenarios:
    """The tree, its table with bounds, the ways to each event, and what is told beside it.

    With the crowd `beside`, the table is of you and the crowd.
    """
    axes = scenario.tree
    names = [axis.event.question.text(language).short for axis in axes]
    columns = [_("Scenario"), *([_("You"), _("Crowd")] if beside else [_("Point")]), _("Bounds")]
    root = _tree(scenario, seen, (), language, beside)
    return ToldScenarios(
        people=seen.people,
        as_of=seen.as_of,
        title=_title(scenario, seen, language),
        known=[
            f"{scenario.text(language, f'axis:{key}').title} — {_known_words(came)}"
            for key, came in seen.known.items()
        ],
        tree=charts.scenario_tree(
            root,
            [_("All futures"), *names],
            columns,
            title=_("Every branch with its chance"),
            subtitle=_("The height of a branch is its probability"),
        ),
        colours=[leaf.colour for leaf in charts.leaves_of(root)],
        routes=[_routes(scenario, axis, seen, language) for axis in axes if axis.key in seen.chances.routes],
        asides=_asides(scenario, seen, language),
    )


def _may_be(scenario: Scenario, states: tuple[bool, ...], seen: ShownScenarios) -> bool:
    """Whether these states of the first axes are not known to be otherwise."""
    return all(
        seen.known.get(axis.key, holds) == holds for axis, holds in zip(scenario.tree, states, strict=False)
    )


def leaf_words(
    scenario: Scenario, states: Sequence[bool], language: str, known: Mapping[str, bool] = NOTHING_KNOWN
) -> str:
    """One future of the tree: what each of its branches is called, the root's first."""
    return " · ".join(
        _state(scenario, axis, known, holds, language)
        for axis, holds in zip(scenario.tree, states, strict=True)
    )


def _state(
    scenario: Scenario, axis: ScenarioAxis, known: Mapping[str, bool], holds: bool, language: str
) -> str:
    named = scenario.branch(language, axis.key, holds)
    if axis.key in known:
        return _("%(branch)s (known)", branch=named) if named else _known_words(holds)
    return named or (_("yes") if holds else _("no"))


def _figure(scenario: Scenario, states: tuple[bool, ...], seen: ShownScenarios, value: float) -> str:
    """The chance of a state that may be; 100 % where all of it is known."""
    known = all(axis.key in seen.known for axis in scenario.tree[: len(states)])
    return _percent_known(100) if known else percent(value)


def _asides(scenario: Scenario, seen: ShownScenarios, language: str) -> list[str]:
    """What is told beside the tree, behind the root it is a part of."""
    root = scenario.tree[0]
    told = {root.key: seen.chances.nodes[(True,)].value, **seen.chances.asides}
    words = {
        key: f"{scenario.text(language, f'axis:{key}').title}: "
        f"{_known_words(seen.known[key]) if key in seen.known else percent(value)}"
        for key, value in told.items()
    }
    return [f"{words[root.key]}; {words[key]}" for key in seen.chances.asides]


def colour_of_leaf(place: int) -> str:
    """The colour of a named scenario by its place among them."""
    return COLOURS[min(place, len(COLOURS) - 1)]


def _leaf(scenario: Scenario, place: int, leaf: ScenarioLeaf, language: str) -> ToldLeaf:
    return ToldLeaf(colour_of_leaf(place), scenario.text(language, f"leaf:{leaf.key}"))


def _bar(scenario: Scenario, seen: ShownScenarios, leaves: list[ToldLeaf]) -> Chart:
    clashes = [_clash(scenario, leaf, seen) for leaf in scenario.leaves]
    return charts.scenario_bar(
        [
            Leaf(told.words.title, _points(seen.chances.leaves[leaf.key]), told.colour, _points(clash))
            for told, leaf, clash in zip(leaves, scenario.leaves, clashes, strict=True)
        ],
        title=_("The scenarios as the crowd sees them"),
        subtitle=ngettext(
            "Crowd forecast of %(num)s person, %(day)s",
            "Crowd forecast of %(num)s people, %(day)s",
            seen.people,
            day=day(seen.as_of),
        )
        if seen.people
        else _("All of it is known since %(day)s", day=day(seen.as_of)),
    )


def _clash(scenario: Scenario, leaf: ScenarioLeaf, seen: ShownScenarios) -> float:
    """How much of a named scenario holds the last axis' event."""
    keys = [axis.key for axis in scenario.tree]
    wanted = leaf.holds | {keys[-1]: True}
    return sum(
        chance.value
        for states, chance in seen.chances.nodes.items()
        if len(states) == len(keys)
        and all(wanted.get(key, holds) == holds for key, holds in zip(keys, states, strict=True))
    )


def _tree(
    scenario: Scenario,
    seen: ShownScenarios,
    states: tuple[bool, ...],
    language: str,
    beside: ShownScenarios | None,
) -> Branch:
    """The branches that may be; one that is known says so and has no other beside it."""
    nodes = seen.chances.nodes
    below = [
        further
        for further in ((*states, True), (*states, False))
        if further in nodes and _may_be(scenario, further, seen)
    ]
    depth = len(scenario.tree)
    if len(states) == depth - 1:
        below = below[::-1]
    children = tuple(_tree(scenario, seen, further, language, beside) for further in below)
    if not states:
        return Branch(_("All futures"), 100, children=children)
    chance, last = nodes[states], len(states) == depth
    colour = CLASH if last and states[-1] else _colour(states)
    return Branch(
        _state(scenario, scenario.tree[len(states) - 1], seen.known, states[-1], language),
        _points(chance.value),
        colour,
        children,
        _row(scenario, seen, states, language, beside) if last else (),
    )


def _row(
    scenario: Scenario,
    seen: ShownScenarios,
    states: tuple[bool, ...],
    language: str,
    beside: ShownScenarios | None,
) -> tuple[str, ...]:
    """One future: its name, its chance, the crowd's where that stands beside one's own, the bounds."""
    chance = seen.chances.nodes[states]
    return (
        leaf_words(scenario, states, language, seen.known),
        _figure(scenario, states, seen, chance.value),
        *([_figure(scenario, states, beside, beside.chances.nodes[states].value)] if beside else []),
        _span(chance) if len(seen.known) < len(scenario.tree) else "–",
    )


def _colour(states: tuple[bool, ...]) -> str:
    if not states[0]:
        return "grey"
    return "sky" if len(states) > 1 and not states[1] else "blue"


def _routes(
    scenario: Scenario, axis: ScenarioAxis, seen: ShownScenarios, language: str
) -> tuple[str, list[tuple[str, str]], str]:
    """The ways to one event with their figures, and by how much they differ."""
    ways = seen.chances.routes[axis.key]
    pairs = {question.key: question for question in scenario.survey.questions if question.kind == "pair"}
    rows = [(_way(pairs.get(way or ""), language), percent(value)) for way, value in ways.items()]
    gap = round((max(ways.values()) - min(ways.values())) * 100, 1)
    words = (
        _("The routes agree.")
        if gap == 0
        else _(
            "The routes differ by up to %(gap)s points: they were asked separately, and nothing was "
            "evened out.",
            gap=number(gap),
        )
    )
    return scenario.text(language, f"axis:{axis.key}").title, rows, words


def _way(pair: Question | None, language: str) -> str:
    if pair is None:
        return _("Asked directly")
    return _("By cases: %(title)s", title=pair.text(language).short)


def _title(scenario: Scenario, seen: ShownScenarios, language: str) -> str:
    """The finding: the likeliest scenario, or the two that lie too near each other to tell which it is."""
    first, *others = sorted(scenario.leaves, key=lambda leaf: -seen.chances.leaves[leaf.key])
    one, chance = scenario.text(language, f"leaf:{first.key}").title, leaf_chance(first, seen)
    # A tree under writing may have one scenario so far: there is nothing that it could be likelier than.
    if not others or seen.chances.leaves[first.key] >= 1 or first.holds.items() <= seen.known.items():
        return f"{one}: {chance}"
    second = others[0]
    if _within_chance(scenario, seen, first, second):
        other = scenario.text(language, f"leaf:{second.key}").title
        both = {"one": one, "other": other, "chance": chance, "next": leaf_chance(second, seen)}
        return _("About as likely: “%(one)s” (%(chance)s) and “%(other)s” (%(next)s)", **both)
    return _("%(scenario)s is likeliest: %(chance)s", scenario=one, chance=chance)


def network_of(scenario: Scenario, seen: ShownScenarios) -> Tree:
    """The tree as a Bayesian network over its axes, of the very edges that are shown."""
    spec = scenario_of(scenario)
    return joint_tree(spec, seen.chances, {key: one for key, one in seen.known.items() if key in spec.axes})


def _within_chance(
    scenario: Scenario, seen: ShownScenarios, first: ScenarioLeaf, second: ScenarioLeaf
) -> bool:
    """Whether two scenarios differ by no more than another crowd of this size might have made them differ.

    Each edge is moved by half of its own interval, and what that does to the difference is added up in squares, as of
    figures that err apart from each other (propagation of error). Where no intervals are known, by `ALIKE`.
    """
    tree = network_of(scenario, seen)

    def lead(axes: Sequence[Axis]) -> float:
        leaves = Tree(tuple(axes)).leaves()
        return leaves.of(first.holds) - leaves.of(second.holds)

    apart = lead(tree.axes)
    if not seen.margins:
        return apart < ALIKE
    stepped = (
        [_stepped(axis, side, margin) if axis.name == key else axis for axis in tree.axes]
        for (key, side), margin in seen.margins.items()
    )
    return apart < hypot(*(lead(axes) - apart for axes in stepped))


def _stepped(axis: Axis, side: bool | None, margin: float) -> Axis:
    """An axis with one edge moved to the inside: what depends on it is a line, so that either way tells as much."""
    sides = np.atleast_1d(np.asarray(axis.probability, float)).tolist()
    at = int(side or False)
    sides[at] += margin if sides[at] < 0.5 else -margin
    return replace(axis, probability=sides[0] if side is None else sides)


def _span(chance: Chance) -> str:
    return " – ".join(percent_range(chance.low, chance.high))


def _points(value: float) -> float:
    return round(value * 100, 2)
