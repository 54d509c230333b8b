"""Fingerprint of a survey: changes with whatever its pages may say to somebody it does not know.

The rows themselves where they may be changed in place (settings, words, scenarios): no list of acts that change
something can then forget one, nor one that is done by hand. Of what is only ever appended (`models.append_only`),
the last id; of the clock, the day, and how many of the moments at which something opens or closes have passed.
"""

from functools import reduce
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    ScalarSelect,
    Text,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Session

from .. import clock
from ..models import (
    Condition,
    ConsentText,
    ConsentVersion,
    Event,
    EventOption,
    Option,
    OptionText,
    Publication,
    Question,
    QuestionVersion,
    Relation,
    RelationEvent,
    Resolution,
    Scenario,
    ScenarioAxis,
    ScenarioLeaf,
    ScenarioText,
    Survey,
    SurveyText,
    Theme,
    ThemeText,
    VersionText,
)
from ..models.base import Moment

Facts = tuple[object, ...]

#: Between cells and for an empty one, between rows; no text of the bank keeps them. One parameter for all cells of
#: the statement: filling in hundreds costs more than reading them.
CELL: BindParameter[str] = bindparam("cell", "\x1f")
NOTHING: BindParameter[str] = bindparam("nothing", "\x1d")
ROW = "\x1e"

SURVEY = select(Survey.id).where(Survey.slug == bindparam("slug")).correlate(None).scalar_subquery()
NOW = bindparam("now", type_=Moment)


def _rows(table: type[DeclarativeBase], *parents: type[DeclarativeBase]) -> ScalarSelect[str]:
    """Every cell of a survey's rows, as one text; `parents` lead to the table that knows its survey."""
    columns = table.__table__.columns
    cells: list[ColumnElement[str]] = [func.coalesce(cast(column, Text), NOTHING) for column in columns]
    row = reduce(lambda left, right: left.concat(CELL).concat(right), cells)
    return _of_survey(func.aggregate_strings(row, ROW), table, *parents)


def _of_survey(
    value: ColumnElement[Any], table: type[DeclarativeBase], *parents: type[DeclarativeBase]
) -> ScalarSelect[Any]:
    source: FromClause = table.__table__
    for parent in parents:
        source = source.join(parent.__table__)
    known_by = Survey.id if table is Survey else (parents[-1] if parents else table).__table__.c.survey_id
    return select(value).select_from(source).where(known_by == SURVEY).correlate(None).scalar_subquery()


def _passed(column: Any, table: type[DeclarativeBase], *parents: type[DeclarativeBase]) -> ScalarSelect[int]:
    """How many of these moments have passed."""
    return _of_survey(func.count().filter(column <= NOW), table, *parents)


FACTS: dict[str, ScalarSelect[Any]] = {
    "survey": _rows(Survey),
    "words of the survey": _rows(SurveyText),
    "themes": _rows(Theme),
    "words of themes": _rows(ThemeText, Theme),
    "questions": _rows(Question),
    "options": _rows(Option, Question),
    "labels of options": _rows(OptionText, Option, Question),
    # By their count: a draft's row gets its day once, and becomes another version without a new id.
    "versions": _of_survey(func.count(QuestionVersion.published_at), QuestionVersion, Question),
    "languages": _of_survey(func.count(), VersionText, QuestionVersion, Question),
    "consents": _rows(ConsentVersion),
    "words of consents": _rows(ConsentText, ConsentVersion),
    "events": _rows(Event),
    "options of events": _rows(EventOption, Event),
    "conditions": _rows(Condition),
    "relations": _rows(Relation),
    "events of relations": _rows(RelationEvent, Relation),
    "scenarios": _rows(Scenario),
    "axes": _rows(ScenarioAxis),
    "leaves": _rows(ScenarioLeaf, Scenario),
    "words of scenarios": _rows(ScenarioText, Scenario),
    "publications": _of_survey(func.max(Publication.id), Publication),
    "resolutions": _of_survey(func.max(Resolution.id), Resolution),
    "opening": _passed(Survey.opens_at, Survey),
    "closing": _passed(Survey.closes_at, Survey),
    "questions opening": _passed(Question.opens_at, Question),
    "questions closing": _passed(Question.closes_at, Question),
    "questions due": _passed(Question.resolves_at, Question),
    "options closing": _passed(Option.closes_at, Option, Question),
}


#: Whether figures of this moment may be shown to anybody: they change with every answer.
LIVE = _of_survey(
    (Survey.publication == "live")
    & (Survey.reveal.in_(("always", "after close")) | Survey.readers.in_(("always", "after close"))),
    Survey,
)
STATEMENT = select(LIVE, *FACTS.values())


def fingerprint(session: Session, slug: str) -> Facts | None:
    """What a page for strangers depends on; None where that is every answer, and where there is no such survey."""
    live, *facts = session.execute(STATEMENT, {"slug": slug, "now": clock.now(session)}).one()
    return None if live is None or live else (*facts, clock.now(session).date())
