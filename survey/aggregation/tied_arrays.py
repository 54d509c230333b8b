"""Answers to the questions that hang together, read from the store as they stood at a day's end."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from .. import clock
from ..models import Option, Participant, Question, Resolution, Submission, Survey
from .event_space import event_space_of
from .incoherence import Answer, StandingAnswers, standing_answers, tied_components
from .question_specs import spec_of
from .specification import ForecastArrays

#: `crowd_answers` or `all_answers`.
Reader = Callable[[Session, Question, Select[int] | None], ForecastArrays]


def tied_questions(session: Session, survey: Survey) -> list[Question]:
    """The questions of a survey that hang together with another, in its order."""
    tied = {key for one in tied_components(event_space_of(session, survey)) for key in one.questions}
    return [question for question in survey.questions if question.key in tied]


def answers_standing(
    session: Session, survey: Survey, as_of: date, read: Reader, among: Select[int] | None = None
) -> StandingAnswers:
    """What stood of people's answers to the questions that hang together.

    Parameters
    ----------
    read
        Whose answers count, and as what.
    among
        Selects the ids of the people to read; default everybody.
    """
    questions, day = tied_questions(session, survey), clock.date_number(as_of)
    answers = {one.key: (spec_of(one), read(session, one, among)) for one in questions}
    known = _known(session, survey, as_of)
    return standing_answers(event_space_of(session, survey), answers, day, known)


def answered_tied(session: Session, survey: Survey, as_of: date) -> Select[int]:
    """Selects the ids of the people who had answered any of these questions by the end of a day."""
    ids = [question.id for question in tied_questions(session, survey)]
    return (
        select(Submission.participant_id)
        .join(Participant, Participant.id == Submission.participant_id)
        .where(
            Submission.question_id.in_(ids),
            Submission.received_at < clock.day_end(as_of),
        )
        .distinct()
    )


def _known(session: Session, survey: Survey, as_of: date) -> set[Answer]:
    """What had come out, or was annulled, by the end of a day: of a ladder or pair by option."""
    query = (
        select(Question.key, Option.key)
        .join(Resolution, Resolution.question_id == Question.id)
        .join(
            Option,
            # An outcome of the question as a whole is one of each of its options.
            (Option.id == Resolution.option_id)
            | (Resolution.option_id.is_(None) & (Option.question_id == Question.id)),
        )
        .where(
            Question.survey_id == survey.id,
            Resolution.resolved_at < clock.day_end(as_of),
        )
    )
    return {(key, option) for key, option in session.execute(query)}
