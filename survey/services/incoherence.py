"""Fixing how the incoherence of a survey's people is distributed, at the end of a UTC day that is over.

As with publications nothing is made anew before five people have changed: figures that differ by one person's answers
tell what that one said. Where answers are moved by noise nothing is made at all: the noise alone breaks relations.
"""

from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from .. import clock
from ..aggregation.event_space import event_space_of
from ..aggregation.forecast_arrays import crowd_answers
from ..aggregation.incoherence import incoherence_figures
from ..aggregation.publications import people_changed
from ..aggregation.segments import MIN_CHANGED
from ..aggregation.tied_arrays import answers_standing, tied_questions
from ..models import IncoherenceFigures, Question, Relation, Survey


def publish_incoherence(session: Session, survey: Survey, as_of: date) -> IncoherenceFigures | None:
    """Fix how the incoherence of a survey's people is distributed; None where it is not due, or of too few."""
    questions = [] if survey.pilot or survey.guarded else tied_questions(session, survey)
    if not questions or not _is_due(session, survey, questions, as_of):
        return None
    figures = incoherence_figures(
        event_space_of(session, survey),
        answers_standing(session, survey, as_of, partial(crowd_answers, as_of=as_of)),
        survey.cell,
        _told_under(session, survey),
    )
    if figures is None:
        return None
    made = IncoherenceFigures(
        survey_id=survey.id, as_of=as_of, published_at=clock.now(session), figures=figures
    )
    session.add(made)
    session.flush()
    return made


def _told_under(session: Session, survey: Survey) -> dict[str, str]:
    """The key under which each relation is told: those declared in one sentence for several dates are one."""
    query = select(Relation).filter_by(survey_id=survey.id).order_by(Relation.position)
    first: dict[tuple[str, ...], str] = {}
    return {
        one.key: first.setdefault((one.kind, *(text.sentence for text in one.texts)), one.key)
        for one in session.scalars(query.options(selectinload(Relation.texts)))
    }


def _is_due(session: Session, survey: Survey, questions: list[Question], as_of: date) -> bool:
    end = clock.day_end(as_of)
    if survey.publication == "at close" and any(end < question.ends_at for question in questions):
        return False
    last = session.scalar(
        select(IncoherenceFigures.as_of)
        .filter_by(survey_id=survey.id)
        .order_by(IncoherenceFigures.as_of.desc())
        .limit(1)
    )
    if last is not None and last >= as_of:
        return False
    enough = survey.cell if last is None else MIN_CHANGED
    return people_changed(session, survey, {one.id for one in questions}, last, as_of, enough) >= enough
