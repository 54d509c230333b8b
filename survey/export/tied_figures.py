"""Tables of what tied questions say together: functions of the publications alone, stored nowhere."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from ..aggregation.event_outcomes import came_out
from ..aggregation.event_space import event_space_of
from ..aggregation.known_outcomes import KnownEvent, event_known
from ..aggregation.question_specs import scenario_of, total_of
from ..aggregation.rules import headings
from ..aggregation.segments import ALL
from ..aggregation.specification import EventSpec
from ..aggregation.tied_days import (
    Over,
    chance_rows,
    consistent_days,
    events_of,
    further_totals,
    scenario_days,
)
from ..clock import date_number, day_date, day_number
from ..models import Snapshot
from .cells import Value
from .columns import OF_QUESTION, QUESTION, SNAPSHOT, STUDY
from .declaration import Column, Table
from .figures import AS_OF, published
from .outcomes import standing_outcomes


def _consistent(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Sequence[Value]]:
    space = event_space_of(session, snapshot.survey)
    for one in consistent_days(space, _heads(session, snapshot), _over(session, snapshot)):
        yield snapshot.survey.slug, snapshot.number, day_date(one.day), *one[1:]


def _scenarios(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Sequence[Value]]:
    survey = snapshot.survey
    space, heads, over = event_space_of(session, survey), _heads(session, snapshot), _over(session, snapshot)
    totals = [total_of(relation) for relation in survey.relations if relation.kind == "total"]
    for scenario in survey.scenarios:
        spec = scenario_of(scenario)
        ways = further_totals(spec, totals)
        known = _known(session, snapshot, events_of(spec, ways))
        for day, tree, shown in scenario_days(spec, ways, space, heads, over, known):
            for row in chance_rows(spec, tree, shown):
                yield survey.slug, snapshot.number, scenario.key, day_date(day), *row


def _heads(session: Session, snapshot: Snapshot) -> dict[str, dict[int, dict[str, float]]]:
    found: dict[str, dict[int, dict[str, float]]] = {}
    for question, one in published(session, snapshot):
        found.setdefault(question.key, {})[date_number(one.as_of)] = headings(one.figures[ALL])
    return found


def _over(session: Session, snapshot: Snapshot) -> Over:
    return {
        (question.key, made.option.key if made.option else None): day_number(made.known_from)
        for question in snapshot.survey.questions
        for made in standing_outcomes(session, snapshot, question)
    }


def _known(session: Session, snapshot: Snapshot, events: Sequence[EventSpec]) -> dict[EventSpec, KnownEvent]:
    questions = {question.key: question for question in snapshot.survey.questions}
    found = {}
    for event in events:
        question = questions[event.question]
        made = [one for one in standing_outcomes(session, snapshot, question) if not one.annulled]
        keys = [option.key for option in question.options]
        known = event_known(question.kind, keys, [came_out(question, one) for one in made], event)
        if known is not None:
            found[event] = known
    return found


CONSISTENT = Table(
    "consistent",
    "One chance of the crowd made consistent with those of the questions it is tied to, as of a day's end.",
    (
        STUDY,
        SNAPSHOT,
        AS_OF,
        QUESTION,
        Column("option_id", "string", "The option's key", required=True),
        Column("value", "number", "Unrounded", required=True),
        Column("shown", "number", "As pages show it", required=True),
    ),
    _consistent,
    key=("as_of", "question_id", "option_id"),
    references=(OF_QUESTION,),
)
SCENARIOS = Table(
    "scenario_chances",
    "One figure of a tree of scenarios, as of a day on which all its open questions were published.",
    (
        STUDY,
        SNAPSHOT,
        Column("scenario_id", "string", "The tree's key", required=True),
        AS_OF,
        Column(
            "figure",
            "string",
            "What it is",
            values={
                "node": "That the first events come out so",
                "leaf": "A named scenario",
                "given": "An event on one side of the root",
                "route": "An event, by one way there is to it",
                "aside": "An event told beside the tree",
            },
            required=True,
        ),
        Column("name", "string", "Its key; of a node which events hold, joined by |", required=True),
        Column("value", "number", "Unrounded", required=True),
        Column("low", "number", "The lowest it can be without assuming independence; of nodes"),
        Column("high", "number", "The highest it can be without assuming independence; of nodes"),
        Column("shown", "number", "As pages show it", required=True),
        Column("shown_low", "number", "The lowest, as pages show it"),
        Column("shown_high", "number", "The highest, as pages show it"),
    ),
    _scenarios,
    key=("scenario_id", "as_of", "figure", "name"),
)
TABLES = (CONSISTENT, SCENARIOS)
