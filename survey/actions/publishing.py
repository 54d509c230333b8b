"""Publishing: fixing what the crowd says at the end of a UTC day that is over."""

from datetime import date, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..arrays import Answers, crowd_answers
from ..figures import crowd_figures
from ..models import Publication, Question, Survey
from .event_log import record

#: A new publication waits for this many distinct people to have changed since the last.
BATCH = 5


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
    today = clock.now(session).date()
    day = as_of or today - timedelta(days=1)
    if day >= today:
        raise ValueError(f"as_of must be a day that is over, before {today}, got {day}")
    made = [publish_question(session, question, day) for question in survey.questions]
    published = [publication for publication in made if publication is not None]
    if published:
        keys = [publication.question.key for publication in published]
        record(session, survey, "publish", {"as_of": day.isoformat(), "questions": keys})
    return published


def publish_question(session: Session, question: Question, as_of: date) -> Publication | None:
    """Publish one question where its survey's rules say that it is due; None where not."""
    last = session.scalar(
        select(Publication).filter_by(question_id=question.id).order_by(Publication.as_of.desc()).limit(1)
    )
    if last is not None and last.as_of >= as_of:
        return None
    answers = crowd_answers(session, question).until((as_of - clock.EPOCH).days)
    if not _is_due(question, answers, last, as_of):
        return None
    figures = crowd_figures(question, answers, (as_of - clock.EPOCH).days, question.survey.minimum_cell)
    if not figures["all"]["options"]:
        return None
    publication = Publication(
        survey_id=question.survey_id,
        question_id=question.id,
        number=1 + _published(session, question),
        as_of=as_of,
        published_at=clock.now(session),
        people=figures["all"]["people"],
        figures=figures,
    )
    session.add(publication)
    session.flush()
    return publication


def _published(session: Session, question: Question) -> int:
    query = select(func.count()).select_from(Publication).filter_by(question_id=question.id)
    return session.scalar(query) or 0


def _is_due(question: Question, answers: Answers, last: Publication | None, as_of: date) -> bool:
    if question.survey.publication == "live":
        return False
    if question.survey.publication == "at close" and clock.day_start(as_of) < question.closes_at - timedelta(
        days=1
    ):
        return False
    if last is None:
        return True
    since = answers.day > (last.as_of - clock.EPOCH).days
    return bool(np.unique(answers.participant[since]).size >= BATCH)
