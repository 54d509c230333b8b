"""How a survey is going: counts of people and of their acts, for those who run it. No forecast is read here.

Counted are the people the crowd may hold: no insiders, nobody who was erased, simulated people in a
simulation alone. "Answered" means a forecast or "I can't judge this".
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate

from sqlalchemy.orm import Session

from .. import clock
from ..models import (
    Question,
    Survey,
)
from .participation_counts import participation_counts
from .publications import questions_due


@dataclass(frozen=True)
class Response:
    """How many people did what."""

    joined: int
    answered: int
    answered_all: int
    active: int


#: Days on which a count changed, and what it then was, oldest first.
CountsByDay = list[tuple[date, int]]


@dataclass(frozen=True)
class Progress:
    """Joined and answered everything, cumulative by UTC day."""

    joined: CountsByDay
    answered_all: CountsByDay


def response(session: Session, survey: Survey) -> Response:
    """How many people joined, answered anything, answered everything, and were here this week."""
    people = participation_counts(session, survey).people
    return Response(
        joined=sum(one.people for one in people),
        answered=sum(one.people for one in people if one.answered),
        answered_all=sum(one.people for one in people if one.finished),
        active=sum(one.people for one in people if one.active),
    )


def progress(session: Session, survey: Survey) -> Progress:
    """How both counts grew, by day."""
    people = participation_counts(session, survey).people
    return Progress(
        _cumulative((one.joined, one.people) for one in people),
        _cumulative((one.finished, one.people) for one in people if one.finished),
    )


def answered_by_question(session: Session, survey: Survey) -> dict[int, int]:
    """How many people answered each question, by its id; questions nobody answered are left out."""
    answered = dict(participation_counts(session, survey).forecast)
    for question, skipped in skipped_by_question(session, survey).items():
        answered[question] = answered.get(question, 0) + skipped
    return answered


def skipped_by_question(session: Session, survey: Survey) -> dict[int, int]:
    """How many people skipped each question and never forecast it, by its id."""
    return dict(participation_counts(session, survey).skipped)


def completion_by_group(session: Session, survey: Survey) -> dict[tuple[str, str], float]:
    """The share of opened questions that each group has answered, 0 to 1, by question about the person and option.

    Groups of fewer people than the survey's cell are left out: a share of few tells who.
    """
    opened = sum(question.opens_at <= clock.now(session) for question in survey.questions)
    return {
        group: answered / (opened * people)
        for group, (people, answered) in participation_counts(session, survey).groups.items()
        if opened and people >= survey.cell
    }


def completion(questions: Sequence[Question], answered: dict[int, int], joined: int, now: datetime) -> float:
    """The share of opened questions that those who joined have answered, 0 to 1."""
    opened = [question for question in questions if question.opens_at <= now]
    asked = len(opened) * joined
    return sum(answered.get(question.id, 0) for question in opened) / asked if asked else 0.0


def questions_to_publish(session: Session, survey: Survey) -> list[Question]:
    """The questions with enough new answers by the end of yesterday for a publication."""
    return questions_due(session, survey.questions, clock.last_day(session))


def _cumulative(by_day: Iterable[tuple[date, int]]) -> CountsByDay:
    """Days on which anything happened, with how often it had happened by their end."""
    counts: Counter[date] = Counter()
    for day, count in by_day:
        counts[day] += count
    days = sorted(counts)
    return list(zip(days, accumulate(counts[day] for day in days), strict=True))
