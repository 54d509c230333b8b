"""Lifecycle of questions, read from facts and the clock: from draft to resolved; answered by whom."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.util import identity_key

from .. import clock
from ..models import Option, Participant, Question, Resolution, Skip, Submission
from .engine import connection_of
from .once import once


def open_options(session: Session, question: Question, moment: datetime | None = None) -> list[Option]:
    """The options that take answers at `moment`, by default now: not past their close, and not resolved."""
    moment = moment or clock.now(session)
    if not question.survey.is_open(moment):
        return []
    resolved = {resolution.option_id for resolution in current_resolutions(session, question)}
    if None in resolved:
        return []
    return [option for option in question.asked(moment) if option.id not in resolved]


def first_close(session: Session, question: Question) -> datetime | None:
    """When the first open part of a question stops taking answers; None where none is open."""
    ends = [option.closes_at or question.closes_at for option in open_options(session, question)]
    # A question may close before the deadline of a rung, as it may before its survey.
    return min([*ends, question.ends_at]) if ends else None


def last_open_days(question: Question) -> dict[str, int]:
    """The last UTC day on which each option could be answered, if only for a part of it, by key."""
    ends = {
        # Ends are half-open: what closes at midnight was last open the day before.
        option.id: min(option.closes_at or question.closes_at, question.closes_at) - timedelta(microseconds=1)
        for option in question.options
    }
    for made in question.resolutions:
        if made.option_id is not None:
            ends[made.option_id] = min(ends[made.option_id], made.resolved_at)
    return {option.key: clock.day_number(ends[option.id]) for option in question.options}


def ends_at(session: Session, question: Question) -> datetime:
    """When a question stopped, or will stop, taking answers: its close, its survey's, or its outcome as a whole."""
    made = current_resolutions(session, question)
    return min([question.ends_at, *(one.resolved_at for one in made if one.option_id is None)])


def is_over(session: Session, question: Question) -> bool:
    """Whether a question can no longer be answered."""
    return state_of(session, question) not in NOT_OVER


def current_resolutions(session: Session, question: Question) -> list[Resolution]:
    """The resolutions that stand: those no other supersedes."""
    # What waits to be written expires what was read.
    session.flush()
    superseded = {resolution.supersedes_id for resolution in question.resolutions}
    return [resolution for resolution in question.resolutions if resolution.id not in superseded]


# `Question.resolutions` is for looking alone: nothing adds to it what is stored beside.
@listens_for(Session, "after_flush")
def _read_resolutions_anew(session: Session, _flush: UOWTransaction) -> None:
    for made in session.new:
        if isinstance(made, Resolution):
            question = session.identity_map.get(identity_key(Question, made.question_id))
            if question is not None:
                session.expire(question, ["resolutions"])


def loaded_questions(session: Session, ids: Collection[int]) -> list[Question]:
    """Questions by their ids, in the order of the survey; those the session has loaded are not read again."""
    known = [session.identity_map.get(identity_key(Question, one)) for one in ids]
    if all(known):
        return sorted((one for one in known if one), key=lambda one: one.position)
    return list(session.scalars(select(Question).where(Question.id.in_(ids)).order_by(Question.position)))


#: Put together once: every forecast may ask them.
_answered = select(Submission.question_id).where(Submission.participant_id == bindparam("person")).distinct()
_skipped = select(Skip.question_id).where(Skip.participant_id == bindparam("person"))


@once
def answered_questions(session: Session, participant: Participant) -> set[int]:
    """Ids of the questions this person has ever answered."""
    return set(connection_of(session).scalars(_answered, {"person": participant.id}))


@once
def skipped_questions(session: Session, participant: Participant) -> set[int]:
    """Ids of the questions this person said they cannot judge."""
    return set(connection_of(session).scalars(_skipped, {"person": participant.id}))


#: Kinds of which each option comes out by itself, at a time of its own.
IN_PARTS = ("ladder", "pair")


class QuestionState(StrEnum):
    """Lifecycle state of a question. Whether an outcome is `overdue` is asked apart: an open one's may be."""

    DRAFT = "draft"
    BEFORE_OPENING = "before opening"
    OPEN = "open"
    CLOSED = "closed"
    PARTLY_RESOLVED = "partly resolved"
    RESOLVED = "resolved"
    ANNULLED = "annulled"


NOT_OVER = {QuestionState.DRAFT, QuestionState.BEFORE_OPENING, QuestionState.OPEN}


def state_of(session: Session, question: Question, moment: datetime | None = None) -> QuestionState:
    """The state of a question at `moment`, by default now; whoever says one asks here.

    A ladder whose other rungs take answers is open, whatever some of them came to.
    """
    moment = moment or clock.now(session)
    if question.is_draft:
        return QuestionState.DRAFT
    if open_options(session, question, moment):
        return QuestionState.OPEN
    # Before the times: a question may be annulled ahead of its opening.
    made = current_resolutions(session, question)
    if made and not _without_outcome(question, made):
        annulled = all(resolution.annulled for resolution in made)
        return QuestionState.ANNULLED if annulled else QuestionState.RESOLVED
    if moment < question.begins_at:
        return QuestionState.BEFORE_OPENING
    return QuestionState.PARTLY_RESOLVED if made else QuestionState.CLOSED


def unresolved(session: Session, question: Question) -> list[Option | None]:
    """The rungs or branches without an outcome; for other kinds [None] where the question has none."""
    return _without_outcome(question, current_resolutions(session, question))


def _without_outcome(question: Question, made: Sequence[Resolution]) -> list[Option | None]:
    resolved = {resolution.option_id for resolution in made}
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
