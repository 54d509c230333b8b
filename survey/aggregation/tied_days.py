"""What tied questions say together, day by day: the consistent crowd forecast, and the chances of scenarios.

Functions of what was published alone, see `consistent`: whoever has that computes the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scoring.coherence import EventSpace

from ..clock import date_number
from .consistent import made_consistent, put_together, tied_to
from .known_outcomes import KnownEvent
from .rounding import rounded_probability
from .scenarios import Chances, options_of, options_of_total, told_tree
from .specification import EventSpec, ScenarioSpec, TotalSpec

#: What headed the pages, unrounded: question to day to option to chance.
Heads = Mapping[str, Mapping[int, Mapping[str, float]]]
#: The day from which on the outcome of a question or one of its options could be known; annulled ones too.
Over = Mapping[tuple[str, str | None], int]


class ConsistentRow(NamedTuple):
    """A chance made consistent with those it is tied to, at a day's end: unrounded, and as it is shown."""

    day: int
    question: str
    option: str
    value: float
    shown: float


class ChanceRow(NamedTuple):
    """One figure of a tree: `low` and `high` are the bounds of a node; None of all else.

    Attributes
    ----------
    figure
        `node`, `leaf`, `given`, `route` or `aside`, see `Chances`.
    name
        Of a node and of a branch which axes hold, as `axis=yes` joined by `|`; of a route the axis and its pair; else
        the key.
    """

    figure: str
    name: str
    value: float
    low: float | None
    high: float | None
    shown: float
    shown_low: float | None
    shown_high: float | None


class TreeDay(NamedTuple):
    """A scenario tree as it stood at a day's end: unrounded, and as it is shown."""

    day: int
    tree: Chances
    shown: Chances


def consistent_days(space: EventSpace, heads: Heads, over: Over) -> Iterator[ConsistentRow]:
    """The consistent crowd forecast on each day on which a tied question was published.

    What could be known by then is no forecast any more. A question that nothing else is told of is left out: the
    figures of one question always go together.
    """
    for day in _days(space, heads):
        told = told_by(space, heads, over, day)
        for question, options in made_consistent(space, told).items():
            if len(tied_to(space, question) & told.keys()) > 1:
                for option, value in options.items():
                    yield ConsistentRow(day, question, option, value, rounded_probability(value))


def scenario_days(
    scenario: ScenarioSpec,
    totals: Sequence[TotalSpec],
    space: EventSpace,
    heads: Heads,
    over: Over,
    known: Mapping[EventSpec, KnownEvent],
) -> Iterator[TreeDay]:
    """A tree on each day on which all questions that were still open were published.

    Parameters
    ----------
    totals
        Of `further_totals`.
    known
        What came out: of a day that counts which could be known by its end.
    """
    for day in _days(space, heads):
        came = {event: one.came for event, one in known.items() if date_number(one.since) <= day}
        needed = options_of(scenario, came)
        direct = _published(heads, needed, day)
        if not needed or direct is None:
            continue
        ways = []
        for total in totals:
            further = _published(heads, options_of_total(total), day)
            if further is not None:
                direct |= further
                ways.append(total)
        made = made_consistent(space, told_by(space, heads, over, day))
        yield TreeDay(day, *told_tree(scenario, direct, put_together(direct, made), ways, came))


def further_totals(scenario: ScenarioSpec, totals: Sequence[TotalSpec]) -> list[TotalSpec]:
    """Relations of total probability that lead to an event of the tree by a pair that is not in it."""
    events = {*scenario.axes.values()}
    used = {event.question for event in (*events, *scenario.asides.values())}
    used |= {pair.key for pair in scenario.pairs.values()}
    return [one for one in totals if one.pair.key not in used and events.intersection(one.events)]


def events_of(scenario: ScenarioSpec, totals: Sequence[TotalSpec]) -> list[EventSpec]:
    """The events of a tree, and those that its pairs and further ways are conditional on."""
    pairs = [*scenario.pairs.values(), *(total.pair for total in totals)]
    return [*scenario.axes.values(), *scenario.asides.values(), *(pair.condition for pair in pairs)]


def told_by(space: EventSpace, heads: Heads, over: Over, day: int) -> dict[str, dict[str, float]]:
    """What was published last of each question by a day's end, without what could be known by then."""
    found = {}
    for key in dict.fromkeys(key for key, _option in space.answers):
        published = [one for one in heads.get(key, {}) if one <= day]
        # What is not known to be over has a day later than this one.
        if published and over.get((key, None), day + 1) > day:
            told = {
                option: value
                for option, value in heads[key][max(published)].items()
                if over.get((key, option), day + 1) > day
            }
            if told:
                found[key] = told
    return found


def _days(space: EventSpace, heads: Heads) -> list[int]:
    return sorted({day for key, _option in space.answers for day in heads.get(key, {})})


def _published(
    heads: Heads, options: Mapping[str, set[str]], day: int
) -> dict[str, Mapping[str, float]] | None:
    """What was published on a day of some questions; None where something of these options was not."""
    # Of this very day: a tree of two days is one that no crowd had.
    found = {key: heads.get(key, {}).get(day, {}) for key in options}
    return found if all(options[key] <= found[key].keys() for key in options) else None


def chance_rows(scenario: ScenarioSpec, tree: Chances, shown: Chances) -> Iterator[ChanceRow]:
    """All figures of a tree, unrounded and as they are shown."""
    for states, node in tree.nodes.items():
        told = shown.nodes[states]
        name = "|".join(map(_side, scenario.axes, states))
        yield ChanceRow("node", name, node.value, node.low, node.high, told.value, told.low, told.high)
    for figure, name, value, known in _plain(scenario, tree, shown):
        if value is not None and known is not None:
            yield ChanceRow(figure, name, value, None, None, known, None, None)


def _plain(
    scenario: ScenarioSpec, tree: Chances, shown: Chances
) -> Iterator[tuple[str, str, float | None, float | None]]:
    root = next(iter(scenario.axes))
    for key, value in tree.leaves.items():
        yield "leaf", key, value, shown.leaves[key]
    for key, sides in tree.given.items():
        for holds in (True, False):
            yield "given", f"{key}|{_side(root, holds)}", sides[holds], shown.given[key][holds]
    for key, ways in tree.routes.items():
        for way, value in ways.items():
            yield "route", f"{key}|{way or 'direct'}", value, shown.routes[key][way]
    for key, value in tree.asides.items():
        yield "aside", key, value, shown.asides[key]


def _side(axis: str, holds: bool) -> str:
    return f"{axis}={'yes' if holds else 'no'}"
