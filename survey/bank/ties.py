"""Reads what ties questions together: events, relations, scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from ..i18n.locale import gettext as _
from ..models import RELATION_KINDS
from .content import Axis, Event, Leaf, Question, Relation, Scenario
from .tables import Table

#: Kinds whose answers are probabilities of events.
KINDS_WITH_EVENTS = ("binary", "choice", "ordered", "ladder")
#: Axes of a scenario tree: two make branches; each more doubles what is drawn.
FEWEST_AXES, MOST_AXES = 2, 6
#: How many events each kind of relation has: fewest and most.
_EVENTS = {"implies": (2, 2), "equals": (2, 2), "excludes": (2, 99), "partition": (2, 99), "total": (1, 1)}


@dataclass(frozen=True)
class Shape:
    """What an event must know of its question."""

    kind: str
    options: tuple[str, ...]


Shapes = Mapping[str, Shape]


def read_event(table: Table, shapes: Shapes) -> Event:
    """An event: the question it is about, some of its options, and whether it holds."""
    table.only(("question", "options", "holds"))
    question, holds = table.text("question"), table.truth("holds", True)
    options = tuple(table.items("options", str, "option keys"))
    if question and question not in shapes:
        table.fault("question", _("there is no question %(key)s", key=repr(question)))
    elif question and shapes[question].options:
        _check_options(table, shapes[question], options)
        # In the question's order, as the store gives them back.
        options = tuple(option for option in shapes[question].options if option in options)
    return Event(question, options, holds)


def _check_options(table: Table, shape: Shape, options: tuple[str, ...]) -> None:
    if shape.kind not in KINDS_WITH_EVENTS:
        table.fault("question", _("a question of kind %(kind)s has no events", kind=shape.kind))
        return
    for option in options:
        if option not in shape.options:
            known = ", ".join(shape.options)
            table.fault(
                "options", _("there is no option %(key)s; known are %(known)s", key=repr(option), known=known)
            )
    if shape.kind == "ladder" and len(options) > 1:
        table.fault("options", "an event of a ladder has one deadline: the later ones hold the earlier ones")


def read_relations(structure: Table, shapes: Shapes) -> tuple[Relation, ...]:
    """All declared relations, in their order."""
    relations: dict[str, Relation] = {}
    for table in structure.tables("relation", required=False):
        key = table.name("key", relations)
        relations.setdefault(key, _relation(table, key, shapes))
    return tuple(relations.values())


def _relation(table: Table, key: str, shapes: Shapes) -> Relation:
    table.only(("key", "kind", "events", "pair"))
    kind = table.choice("kind", RELATION_KINDS)
    events = tuple(read_event(event, shapes) for event in table.tables("events"))
    pair = read_pair(table, "pair", shapes) if kind == "total" else None
    if kind != "total" and "pair" in table:
        table.fault("pair", "only a relation of kind total names a pair")
    fewest, most = _EVENTS.get(kind, (0, 99))
    if not fewest <= len(events) <= most and table.is_sound("events"):
        wanted = str(fewest) if fewest == most else f"{fewest} or more"
        table.fault("events", f"{kind} is about {wanted} events, got {len(events)}")
    if pair is None and len(events) > 1 and len({event.question for event in events}) == 1:
        table.fault("events", "all are of one question: what a kind says by itself is not declared")
    return Relation(key, kind, events, pair, table.line)


def read_pair(table: Table, key: str, shapes: Shapes) -> str:
    """The key of a question of kind pair."""
    pair = table.text(key)
    if pair and (pair not in shapes or shapes[pair].kind not in ("pair", "")):
        table.fault(key, _("there is no conditional pair %(key)s", key=repr(pair)))
    return pair


def read_scenarios(structure: Table, questions: tuple[Question, ...], shapes: Shapes) -> tuple[Scenario, ...]:
    """All scenario trees, in their order."""
    conditions = {question.key: question.given for question in questions}
    scenarios: dict[str, Scenario] = {}
    for table in structure.tables("scenario", required=False):
        table.only(("key", "axes", "leaves", "also"))
        key = table.name("key", scenarios)
        axes = _axes(table, shapes, conditions)
        asides = _asides(table, shapes, [axis.key for axis in axes])
        # Of scenarios that cannot be read as they are a gap would be told that may be none.
        faults = len(table.source.faults)
        leaves = _leaves(table, [axis.key for axis in axes])
        if len(table.source.faults) == faults:
            _refuse_gaps(table, leaves)
        scenarios.setdefault(key, Scenario(key, axes + asides, leaves))
    return tuple(scenarios.values())


def _axes(table: Table, shapes: Shapes, conditions: Mapping[str, Event | None]) -> tuple[Axis, ...]:
    axes: list[Axis] = []
    for axis in table.tables("axes"):
        axis.only(("key", "event", "given"))
        key = axis.name("key", [other.key for other in axes])
        event = read_event(axis.table("event"), shapes)
        pair = read_pair(axis, "given", shapes) if axes else None
        if pair is None and "given" in axis:
            axis.fault("given", _("the first axis is the root, it is given nothing"))
        condition = conditions.get(pair) if pair else None
        if condition and condition != axes[0].event:
            sentence = _("%(pair)s is not conditional on the root, %(root)s", pair=pair, root=axes[0].event)
            axis.fault("given", sentence)
        axes.append(Axis(key, event, pair))
    if not FEWEST_AXES <= len(axes) <= MOST_AXES and table.is_sound("axes"):
        limits = {"fewest": FEWEST_AXES, "most": MOST_AXES, "count": len(axes)}
        table.fault(
            "axes", _("must have %(fewest)s to %(most)s axes, has %(count)s", **limits), len(axes) < 2
        )
    return tuple(axes)


def _asides(table: Table, shapes: Shapes, axes: list[str]) -> tuple[Axis, ...]:
    also = table.table("also", required=False)
    for key in also.content:
        if key in axes:
            also.fault(key, f"{key} is an axis already")
    return tuple(
        Axis(key, read_event(also.table(key), shapes), None, "aside")
        for key in also.content
        if key not in axes
    )


def _leaves(table: Table, axes: list[str]) -> tuple[Leaf, ...]:
    leaves: dict[str, Leaf] = {}
    for leaf in table.tables("leaves"):
        key = leaf.name("key", leaves)
        leaf.only(("key", *axes), _("there is no such axis"))
        holds = {axis: leaf.truth(axis) for axis in axes if axis in leaf}
        leaves.setdefault(key, Leaf(key, holds))
    return tuple(leaves.values())


def _refuse_gaps(table: Table, leaves: tuple[Leaf, ...]) -> None:
    """Every future is in exactly one scenario: their chances are told as parts of one whole."""
    named = list(dict.fromkeys(axis for leaf in leaves for axis in leaf.holds))
    if not leaves:
        table.fault("leaves", _("has no scenario yet: two or more, one for every future"), is_gap=True)
        return
    if not named:
        # One that holds nothing open is of every future: there is nothing that it could be told from.
        sentence = _("has no event by which one future is told from another: two scenarios or more")
        table.fault("leaves", sentence, is_gap=True)
        return
    # So many are refused already, and each doubles the futures that are looked through.
    if len(named) > MOST_AXES:
        return
    for states in product((True, False), repeat=len(named)):
        future = dict(zip(named, states, strict=True))
        held = [leaf.key for leaf in leaves if leaf.holds.items() <= future.items()]
        if len(held) == 1:
            continue
        words = ", ".join(
            _("%(axis)s comes true", axis=axis) if holds else _("%(axis)s does not", axis=axis)
            for axis, holds in future.items()
        )
        sentence = _("no scenario is of the future in which %(future)s", future=words)
        if held:
            both = {"future": words, "scenarios": ", ".join(held)}
            sentence = _("%(scenarios)s are all of the future in which %(future)s", **both)
        table.fault("leaves", sentence)
        return
