"""Lifecycle of questions, read from facts and the clock: open, closed, resolved; answered by whom."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..models import Option, Participant, Question, Resolution, Skip, Submission


def open_options(session: Session, question: Question, moment: datetime | None = None) -> list[Option]:
    """The options that take answers at `moment`, by default now: not past their close, and not resolved."""
    moment = moment or clock.now(session)
    if not question.survey.is_open(moment):
        return []
    resolved = {resolution.option_id for resolution in current_resolutions(session, question)}
    if None in resolved:
        return []
    return [option for option in question.asked(moment) if option.id not in resolved]


def is_over(session: Session, question: Question) -> bool:
    """Whether a question can no longer be answered."""
    return clock.now(session) >= question.opens_at and not open_options(session, question)


def current_resolutions(session: Session, question: Question) -> list[Resolution]:
    """The resolutions that stand: those no other supersedes."""
    made = list(
        session.scalars(select(Resolution).filter_by(question_id=question.id).order_by(Resolution.id))
    )
    superseded = {resolution.supersedes_id for resolution in made}
    return [resolution for resolution in made if resolution.id not in superseded]


def answered_questions(session: Session, participant: Participant) -> set[int]:
    """Ids of the questions this person has ever answered."""
    query = select(Submission.question_id).filter_by(participant_id=participant.id)
    return set(session.scalars(query))


def skipped_questions(session: Session, participant: Participant) -> set[int]:
    """Ids of the questions this person said they cannot judge."""
    return set(session.scalars(select(Skip.question_id).filter_by(participant_id=participant.id)))


#: Kinds of which each option comes out by itself, at a time of its own.
IN_PARTS = ("ladder", "pair")


class QuestionState(StrEnum):
    """Where a question stands."""

    EARLY = "early"
    OPEN = "open"
    CLOSED = "closed"
    AWAITING = "awaiting resolution"
    RESOLVED = "resolved"


def state_of(session: Session, question: Question) -> QuestionState:
    """Where a question stands now."""
    if not unresolved(session, question):
        return QuestionState.RESOLVED
    if overdue(session, question):
        return QuestionState.AWAITING
    if open_options(session, question):
        return QuestionState.OPEN
    return QuestionState.EARLY if clock.now(session) < question.opens_at else QuestionState.CLOSED


def unresolved(session: Session, question: Question) -> list[Option | None]:
    """The rungs or branches without an outcome; for other kinds [None] where the question has none."""
    resolved = {resolution.option_id for resolution in current_resolutions(session, question)}
    if question.kind in IN_PARTS:
        return [option for option in question.options if option.id not in resolved]
    return [] if resolved else [None]


def overdue(session: Session, question: Question) -> list[Option | None]:
    """What should have an outcome by now: rungs past their deadline, others past the question's."""
    now = clock.now(session)
    return [
        part
        for part in unresolved(session, question)
        if now >= (part.closes_at if part is not None and part.closes_at else question.resolves_at)
    ]
