"""Publishing: fixing what the crowd says at the end of a UTC day that is over."""

import logging
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.forecast_arrays import crowd_answers, reader_answers, said_groups
from ..aggregation.publications import how_often_told, questions_due, told_backwards
from ..aggregation.question_specs import spec_of
from ..aggregation.rules import Figures
from ..aggregation.segments import ALL, READERS_WAY, crowd_figures, readers_figures
from ..aggregation.specification import Groups
from ..models import Participant, Publication, Question, Survey
from ..progress import Progress, untold
from ..store.transaction import transaction
from .audit_facts import publication_digest
from .audit_log import record
from .incoherence import publish_incoherence

logger = logging.getLogger(__name__)


def publish_each(
    slugs: Sequence[str], as_of: date | None = None, progress: Progress = untold
) -> dict[str, int]:
    """Publish surveys, each by itself: one that fails is logged, is not in the result, and stops no other."""
    made: dict[str, int] = {}
    for place, slug in enumerate(slugs):
        progress(slug, place / len(slugs))
        try:
            # A unit for each: one that fails takes no other back, and nobody waits for all of them.
            made[slug] = transaction(partial(publish_survey, slug=slug, as_of=as_of))
        except Exception:
            logger.exception("Survey %s was not published; nothing was lost.", slug)
    return made


def publish_survey(session: Session, slug: str, as_of: date | None = None) -> int:
    """Publish one survey as of a day that is over, default yesterday; the number of questions published."""
    survey = session.scalars(select(Survey).filter_by(slug=slug)).one()
    return len(publish(session, survey, as_of))


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
    day = clock.closed_day(session, as_of)
    due = questions_due(session, survey.questions, day)
    groups = said_groups(session, survey) if due else Groups()
    made = [publish_question(session, question, day, groups) for question in due]
    published = [publication for publication in made if publication is not None]
    publish_incoherence(session, survey, day)
    if published:
        digests = {one.question.key: publication_digest(one) for one in published}
        detail = {"as_of": day.isoformat(), "questions": list(digests), "digests": digests}
        # Last: while the log's lock is held nobody in the survey can answer.
        record(session, survey, "publish", detail)
    return published


def publish_question(
    session: Session, question: Question, as_of: date, groups: Groups | None = None
) -> Publication | None:
    """Publish one question that is due; None where too few people answered any one part of it.

    Parameters
    ----------
    groups
        What the people of its survey said of themselves; read where it is not given.
    """
    groups = said_groups(session, question.survey) if groups is None else groups
    answers = crowd_answers(session, question, as_of=as_of).until(clock.date_number(as_of))
    # From the last one backwards, and only so far as a segment asks: there may be a thousand.
    with closing(told_backwards(session, question)) as told:
        figures = crowd_figures(
            spec_of(question),
            answers,
            groups,
            clock.date_number(as_of),
            question.survey.cell,
            told,
            _last_erased(session, question.survey),
        )
    if not figures[ALL]["options"]:
        return None
    if READERS_WAY in groups.entries:
        figures |= _figures_of_readers(session, question, as_of)
    publication = Publication(
        survey_id=question.survey_id,
        question_id=question.id,
        number=1 + how_often_told(session, question),
        as_of=as_of,
        published_at=clock.now(session),
        people=figures[ALL]["people"],
        figures=figures,
    )
    session.add(publication)
    session.flush()
    return publication


def _figures_of_readers(session: Session, question: Question, as_of: date) -> Figures:
    day = clock.date_number(as_of)
    readers = reader_answers(session, question, as_of).until(day)
    with closing(told_backwards(session, question)) as told:
        cell, erased = question.survey.cell, _last_erased(session, question.survey)
        return readers_figures(spec_of(question), readers, day, cell, told, erased)


def _last_erased(session: Session, survey: Survey) -> date | None:
    return session.scalar(select(func.max(Participant.erased_on)).filter_by(survey_id=survey.id))
