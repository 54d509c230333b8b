"""Publishing: fixing what the crowd says at the end of a UTC day that is over."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.forecast_arrays import ForecastArrays, Groups, crowd_answers, said_groups
from ..aggregation.segments import ALL, MIN_CHANGED, crowd_figures
from ..models import Participant, Publication, Question, Survey
from .audit_log import record


def publish(session: Session, survey: Survey, as_of: date | None = None) -> list[Publication]:
    """Publish every question of a survey that is due, as of the end of a day that is over.

    Parameters
    ----------
    as_of
        The UTC day; default yesterday.

    Returns
    -------
    list
        The publications made; none where nothing is due.

    Raises
    ------
    ValueError
        Where the day is not over yet.
    """
    day = closed_day(session, as_of)
    groups = said_groups(session, survey)
    made = [publish_question(session, question, day, groups) for question in survey.questions]
    published = [publication for publication in made if publication is not None]
    if published:
        keys = [publication.question.key for publication in published]
        record(session, survey, "publish", {"as_of": day.isoformat(), "questions": keys})
    return published


def closed_day(session: Session, as_of: date | None = None) -> date:
    """The UTC day, default yesterday; ValueError where it is not over yet."""
    today = clock.now(session).date()
    day = as_of or today - timedelta(days=1)
    if day >= today:
        raise ValueError(f"as_of must be a day that is over, before {today}, got {day}")
    return day


def publish_question(
    session: Session, question: Question, as_of: date, groups: Groups | None = None
) -> Publication | None:
    """Publish one question where its survey's rules say that it is due; None where not.

    `groups` are those its people put themselves in, read here where they are not given.
    """
    told = _told(session, question)
    last = told[-1] if told else None
    if last is not None and last.as_of >= as_of:
        return None
    answers = crowd_answers(session, question).until(clock.date_number(as_of))
    if not _is_due(question, answers, last, as_of):
        return None
    figures = crowd_figures(
        question,
        answers,
        said_groups(session, question.survey) if groups is None else groups,
        clock.date_number(as_of),
        question.survey.minimum_cell,
        [(publication.as_of, publication.figures) for publication in told],
        _last_erased(session, question.survey),
    )
    if not figures[ALL]["options"]:
        return None
    publication = Publication(
        survey_id=question.survey_id,
        question_id=question.id,
        number=1 + len(told),
        as_of=as_of,
        published_at=clock.now(session),
        people=figures[ALL]["people"],
        figures=figures,
    )
    session.add(publication)
    session.flush()
    return publication


def _told(session: Session, question: Question) -> Sequence[Publication]:
    """What was published of a question, oldest first."""
    query = select(Publication).filter_by(question_id=question.id).order_by(Publication.as_of)
    return session.scalars(query).all()


def _last_erased(session: Session, survey: Survey) -> date | None:
    return session.scalar(select(func.max(Participant.erased_on)).filter_by(survey_id=survey.id))


def _is_due(question: Question, answers: ForecastArrays, last: Publication | None, as_of: date) -> bool:
    if question.survey.publication == "live":
        return False
    if question.survey.publication == "at close" and clock.day_start(as_of) < question.closes_at - timedelta(
        days=1
    ):
        return False
    if last is None:
        return True
    since = answers.day > clock.date_number(last.as_of)
    return bool(np.unique(answers.participant[since]).size >= MIN_CHANGED)
