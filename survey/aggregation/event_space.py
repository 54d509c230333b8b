"""Event space of a survey: how its questions hang together, as `scoring.coherence` reads it.

Numbers and dates have no events that anything could be declared of: they stay outside. Read as columns: a page that
tells of one question asks for it too, and needs nothing else of the others.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, get_args

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from scoring import coherence
from scoring.coherence import EventSpace
from scoring.coherence.declarations import QuestionKind

from ..models import Condition, Event, EventOption, Option, Question, Relation, RelationEvent, Survey
from ..store.engine import connection_of
from ..store.once import once

#: Each option as often as there are events that it belongs to.
_options = (
    select(Question.key, Question.kind, Condition.event_id, Option.key, Event.id, Event.holds)
    .join(Option, Option.question_id == Question.id)
    .outerjoin(Condition, Condition.question_id == Question.id)
    .outerjoin(EventOption, EventOption.option_id == Option.id)
    .outerjoin(Event, Event.id == EventOption.event_id)
    .where(Question.survey_id == bindparam("survey"), Question.kind.in_(get_args(QuestionKind)))
    .order_by(Question.position, Option.position, Event.id)
)
_pair = aliased(Question)
_relations = (
    select(Relation.key, Relation.kind, _pair.key, RelationEvent.event_id)
    .join(RelationEvent, RelationEvent.relation_id == Relation.id)
    .outerjoin(_pair, _pair.id == Relation.pair_id)
    .where(Relation.survey_id == bindparam("survey"))
    .order_by(Relation.position, RelationEvent.position)
)


@once
def event_space_of(session: Session, survey: Survey) -> EventSpace:
    """All coherent forecasts of a survey's questions, as its declared relations leave them.

    Raises
    ------
    scoring.coherence.Contradiction, scoring.coherence.ImpossibleState
        Where the declarations can't stand together; a draft with such is not opened.
    """
    connection, asked = connection_of(session), {"survey": survey.id}
    rows = connection.execute(_options, asked).all()
    events = {
        event: coherence.Event(question, tuple(options), holds)
        for (event, question, holds), options in _by_first((row[4], row[0], row[5], row[3]) for row in rows)
    }
    questions = tuple(
        # An option of several events is still one.
        coherence.Question(key, kind, tuple(dict.fromkeys(options)), events[given] if given else None)
        for (key, kind, given), options in _by_first(row[:4] for row in rows)
    )
    relations = tuple(
        coherence.Relation(key, kind, tuple(events[event] for event in ids), pair)
        for (key, kind, pair), ids in _by_first(connection.execute(_relations, asked))
    )
    return _space(questions, relations)


# Found from what is declared alone, so that nothing stale is ever read: a survey that is changed is another key.
@lru_cache(maxsize=16)
def _space(
    questions: tuple[coherence.Question, ...], relations: tuple[coherence.Relation, ...]
) -> EventSpace:
    return EventSpace.of(questions, relations)


def _by_first(rows: Iterable[Any]) -> Iterable[tuple[Any, list[Any]]]:
    """Rows in order, those that differ in their last cell alone together: what they share, and their last cells."""
    found: dict[Any, list[Any]] = {}
    for *shared, last in rows:
        found.setdefault(tuple(shared), []).append(last)
    return found.items()
