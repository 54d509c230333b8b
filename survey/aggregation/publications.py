"""Publications: the figures of a question fixed as of a UTC day; which there are, and whether the next is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..models import Participant, Publication, Question, Submission
from .aggregates import Figures
from .eligibility import eligible
from .forecast_arrays import Groups, crowd_answers, said_groups
from .segments import MIN_CHANGED, crowd_figures

#: Figures of this moment rest on no fewer people: below five there is no headline.
LIVE_CELL = 5


@dataclass(frozen=True)
class DatedFigures:
    """Figures of a question by segment, and the UTC day at whose end they stood; `live`: so far today."""

    as_of: date
    figures: Figures
    live: bool = False


def publications(session: Session, question: Question, as_of: date | None = None) -> Sequence[Publication]:
    """What was published of a question, oldest first; up to a day where one is given."""
    query = select(Publication).filter_by(question_id=question.id).order_by(Publication.as_of)
    if as_of is not None:
        query = query.where(Publication.as_of <= as_of)
    return session.scalars(query).all()


def published(session: Session, question: Question, as_of: date | None = None) -> DatedFigures | None:
    """The last publication, or the last not after a day; None where there is none."""
    query = select(Publication).filter_by(question_id=question.id).order_by(Publication.as_of.desc()).limit(1)
    if as_of is not None:
        query = query.where(Publication.as_of <= as_of)
    found = session.scalar(query)
    return DatedFigures(found.as_of, found.figures) if found is not None else None


def figures_now(session: Session, question: Question, *, with_groups: bool = False) -> DatedFigures:
    """The figures of this moment, for live surveys and organizers who may see them; of groups where asked."""
    today = clock.now(session).date()
    groups = said_groups(session, question.survey) if with_groups else Groups()
    answers = crowd_answers(session, question)
    figures = crowd_figures(question, answers, groups, clock.date_number(today), LIVE_CELL)
    return DatedFigures(today, figures, live=True)


def is_due(session: Session, question: Question, last: date | None, as_of: date) -> bool:
    """Whether a question is to be published as of a day, by its survey's rules and how many people have changed.

    Counted only, not computed: it may turn out that too few people answered any one part.

    Parameters
    ----------
    last
        The day of the last publication; None where there is none.
    """
    survey, end = question.survey, clock.day_start(as_of + timedelta(days=1))
    if survey.publication == "live" or (survey.publication == "at close" and end < question.closes_at):
        return False
    if last is None:
        return _changed(session, question, date.min, as_of) >= survey.minimum_cell
    return last < as_of and _changed(session, question, last, as_of) >= MIN_CHANGED


def _changed(session: Session, question: Question, after: date, until: date) -> int:
    """How many people who may be counted said anything after one day, up to the end of another."""
    query = (
        select(func.count(Submission.participant_id.distinct()))
        .join(Participant, Participant.id == Submission.participant_id)
        .where(
            Submission.question_id == question.id,
            eligible(question),
            Submission.received_at < clock.day_start(until + timedelta(days=1)),
        )
    )
    if after > date.min:
        query = query.where(Submission.received_at >= clock.day_start(after + timedelta(days=1)))
    return session.scalar(query) or 0
