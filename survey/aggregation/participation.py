"""How a survey is going: counts of people and of their acts, for those who run it. No forecast is read here.

Counted are the people the crowd may hold: no insiders, nobody who was erased, simulated people in a
simulation alone. "Answered" means a forecast or "I can't judge this".
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Select, Subquery, func, select, union_all
from sqlalchemy.orm import Session

from .. import clock
from ..models import Participant, Question, Skip, Submission, Survey
from ..store.lifecycle import current_resolutions
from .eligibility import counted
from .publications import questions_due

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Response:
    """How many people did what."""

    joined: int
    answered: int
    answered_all: int
    active: int


#: Days on which a count changed, and what it then was, oldest first.
Counts = list[tuple[date, int]]


@dataclass(frozen=True)
class Progress:
    """Joined and answered everything, cumulative by UTC day."""

    joined: Counts
    answered_all: Counts


def response(session: Session, survey: Survey) -> Response:
    """How many people joined, answered anything, answered everything, and were here this week."""
    acts = _acts(survey).subquery()
    recent = select(func.count(acts.c.person.distinct())).where(acts.c.at >= clock.now(session) - WEEK)
    return Response(
        joined=session.scalar(select(func.count()).select_from(Participant).where(counted(survey))) or 0,
        answered=session.scalar(select(func.count(acts.c.person.distinct()))) or 0,
        answered_all=len(_finished(session, survey)),
        active=session.scalar(recent) or 0,
    )


def progress(session: Session, survey: Survey) -> Progress:
    """How both counts grew, by day."""
    joined = session.scalars(select(Participant.joined_at).where(counted(survey)))
    return Progress(_cumulative(joined), _cumulative(_finished(session, survey)))


def answered_by_question(session: Session, survey: Survey) -> dict[int, int]:
    """How many people answered each question, by its id; questions nobody answered are left out."""
    acts = _acts(survey).subquery()
    query = select(acts.c.question, func.count(acts.c.person.distinct())).group_by(acts.c.question)
    return dict(session.execute(query).all())


def completion(questions: Sequence[Question], answered: dict[int, int], joined: int, now: datetime) -> float:
    """The share of opened questions that those who joined have answered, 0 to 1."""
    opened = [question for question in questions if question.opens_at <= now]
    asked = len(opened) * joined
    return sum(answered.get(question.id, 0) for question in opened) / asked if asked else 0.0


def questions_to_publish(session: Session, survey: Survey) -> list[Question]:
    """The questions with enough new answers by the end of yesterday for a publication."""
    return questions_due(session, survey.questions, clock.now(session).date() - timedelta(days=1))


def _acts(survey: Survey) -> Any:
    """Every answer and skip of those who are counted: person, question, at."""
    parts: list[Select[*tuple[Any, ...]]] = [
        select(table.participant_id.label("person"), table.question_id.label("question"), moment.label("at"))
        .join(Participant, Participant.id == table.participant_id)
        .where(counted(survey))
        for table, moment in ((Submission, Submission.received_at), (Skip, Skip.skipped_at))
    ]
    return union_all(*parts)


def _finished(session: Session, survey: Survey) -> list[datetime]:
    """When each person who has answered everything they could did so."""
    acts = _acts(survey).subquery()
    first: Subquery = (
        select(acts.c.person, acts.c.question, func.min(acts.c.at).label("first"))
        .group_by(acts.c.person, acts.c.question)
        .subquery()
    )
    query = (
        select(Participant.joined_at, func.count(), func.max(first.c.first))
        .join(first, first.c.person == Participant.id)
        .group_by(Participant.id, Participant.joined_at)
    )
    ends = _ends(session, survey)
    return [
        last
        for joined, answered, last in session.execute(query)
        if answered >= sum(end > joined for end in ends)
    ]


def _ends(session: Session, survey: Survey) -> list[datetime]:
    """When each opened question stopped, or will stop, taking answers."""
    now = clock.now(session)
    return [
        min([question.closes_at, survey.closes_at, *_resolved_as_a_whole(session, question)])
        for question in survey.questions
        if question.opens_at <= now
    ]


def _resolved_as_a_whole(session: Session, question: Question) -> list[datetime]:
    return [made.resolved_at for made in current_resolutions(session, question) if made.option_id is None]


def _cumulative(moments: Iterable[datetime]) -> Counts:
    """Days on which anything happened, with how often it had happened by their end."""
    by_day = sorted(Counter(moment.date() for moment in moments).items())
    totals = accumulate(count for _day, count in by_day)
    return [(day, total) for (day, _count), total in zip(by_day, totals, strict=True)]
