"""Scenarios as the crowd's door showed them: the bar, the tree, their table, and whether the ways agree."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from .. import charts, disclosure
from ..aggregation.question_specs import scenario_of
from ..aggregation.scenarios import Chance, chances
from ..charts import Branch, Chart, Leaf
from ..clock import day_date
from ..disclosure import Denial, ShownScenarios, Viewer
from ..i18n.formatting import day, number, percent
from ..i18n.locale import gettext as _
from ..models import Question, Scenario, ScenarioAxis, ScenarioLeaf, ScenarioText, Survey

#: Colours of the leaves in their order, and of the last axis.
COLOURS = ("blue", "sky", "grey")
CLASH = "vermilion"


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
    edge: str = ""
    edge_title: str = ""


@dataclass(frozen=True)
class ToldScenarios:
    """A scenario tree as its page tells it."""

    people: int
    as_of: date
    title: str
    tree: Chart
    columns: list[str]
    rows: list[list[str]]
    routes: list[tuple[str, list[tuple[str, str]], str]]
    asides: list[str]


def front_scenarios(session: Session, viewer: Viewer, survey: Survey, language: str) -> ToldFront | None:
    """The first scenario tree of a survey: with figures where this viewer may see them, else its words."""
    if not survey.scenarios:
        return None
    scenario = survey.scenarios[0]
    words = scenario.text(language)
    leaves = [_leaf(scenario, place, leaf, language) for place, leaf in enumerate(scenario.leaves)]
    seen = disclosure.get_scenarios(session, viewer, scenario)
    if isinstance(seen, Denial):
        return ToldFront(words, leaves)
    last = scenario.tree[-1]
    no, yes = seen.chances.given[last.key]
    return ToldFront(
        words,
        [
            ToldLeaf(leaf.colour, leaf.words, percent(seen.chances.leaves[stored.key]))
            for leaf, stored in zip(leaves, scenario.leaves, strict=True)
        ],
        bar=_bar(scenario, seen, leaves),
        people=seen.people,
        as_of=seen.as_of,
        edge=_(
            "%(yes)s if the first comes true (%(root)s), %(no)s if it does not, %(overall)s overall.",
            yes=percent(yes),
            root=scenario.text(language, f"axis:{scenario.tree[0].key}").title,
            no=percent(no),
            overall=percent(seen.chances.routes[last.key][scenario_of(scenario).pairs[last.key].key]),
        ),
        edge_title=scenario.text(language, f"axis:{last.key}").title,
    )


def even_scenarios(scenario: Scenario) -> ShownScenarios:
    """Made-up chances for a tree that nobody has answered yet: every event as likely as not, in every branch."""
    spec = scenario_of(scenario)
    told: dict[str, dict[str, dict[str, object]]] = {}
    events = [*spec.axes.values(), *spec.asides.values()]
    shares = [
        (event.question, option, 0.5 / len(event.options)) for event in events for option in event.options
    ]
    shares += [(pair.key, option, 0.5) for pair in spec.pairs.values() for option in pair.sides.values()]
    for question, option, share in shares:
        even: dict[str, object] = {"rule": "parley", "parley": {"value": share}}
        told.setdefault(question, {}).setdefault(option, even)
    return ShownScenarios(day_date(0), 0, chances(spec, told, []))


def told_scenarios(scenario: Scenario, seen: ShownScenarios, language: str) -> ToldScenarios:
    """The tree, its table with bounds, the ways to each event, and what is told beside it."""
    axes = scenario.tree
    names = [axis.event.question.text(language).short for axis in axes]
    return ToldScenarios(
        people=seen.people,
        as_of=seen.as_of,
        title=_title(scenario, seen, language),
        tree=charts.scenario_tree(
            _tree(seen, (), names),
            [_("All futures"), *names],
            title=_("Every branch with its chance"),
            subtitle=_("The height of a branch is its probability"),
        ),
        columns=[*names, _("Point"), _("Bounds")],
        rows=[
            [*(_("yes") if holds else _("no") for holds in states), percent(chance.value), _span(chance)]
            for states, chance in seen.chances.nodes.items()
            if len(states) == len(axes)
        ],
        routes=[_routes(scenario, axis, seen, language) for axis in axes[1:]],
        asides=_asides(scenario, seen, language),
    )


def _asides(scenario: Scenario, seen: ShownScenarios, language: str) -> list[str]:
    """What is told beside the tree, behind the root it is a part of."""
    root = scenario.tree[0]
    whole = (
        f"{scenario.text(language, f'axis:{root.key}').title}: {percent(seen.chances.nodes[(True,)].value)}"
    )
    return [
        f"{whole}; {scenario.text(language, f'axis:{key}').title}: {percent(value)}"
        for key, value in seen.chances.asides.items()
    ]


def _leaf(scenario: Scenario, place: int, leaf: ScenarioLeaf, language: str) -> ToldLeaf:
    return ToldLeaf(COLOURS[min(place, len(COLOURS) - 1)], scenario.text(language, f"leaf:{leaf.key}"))


def _bar(scenario: Scenario, seen: ShownScenarios, leaves: list[ToldLeaf]) -> Chart:
    clashes = [_clash(scenario, leaf, seen) for leaf in scenario.leaves]
    return charts.scenario_bar(
        [
            Leaf(told.words.title, _points(seen.chances.leaves[leaf.key]), told.colour, _points(clash))
            for told, leaf, clash in zip(leaves, scenario.leaves, clashes, strict=True)
        ],
        title=_("The scenarios as the crowd sees them"),
        subtitle=_("Crowd forecast of %(people)s people, %(day)s", people=seen.people, day=day(seen.as_of)),
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


def _tree(seen: ShownScenarios, states: tuple[bool, ...], names: list[str]) -> Branch:
    nodes = seen.chances.nodes
    below = [(*states, holds) for holds in (True, False) if (*states, holds) in nodes]
    if len(states) == len(names) - 1:
        below = below[::-1]
    children = tuple(_tree(seen, further, names) for further in below)
    if not states:
        return Branch(_("All futures"), 100, children=children)
    chance, last = nodes[states], len(states) == len(names)
    colour = CLASH if last and states[-1] else _colour(states)
    return Branch(
        _("yes") if states[-1] else _("no"),
        _points(chance.value),
        colour,
        children,
        low=_points(chance.low) if last else None,
        high=_points(chance.high) if last else None,
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
    key, value = max(seen.chances.leaves.items(), key=lambda leaf: leaf[1])
    return f"{scenario.text(language, f'leaf:{key}').title}: {percent(value)}"


def _span(chance: Chance) -> str:
    return f"{percent(chance.low)} – {percent(chance.high)}"


def _points(value: float) -> float:
    return round(value * 100, 2)
