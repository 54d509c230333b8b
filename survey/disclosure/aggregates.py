"""What is shown of one question's crowd: its publications, or in a live survey the figures of this moment."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from ..aggregation.publications import (
    DatedFigures,
    current_figures,
    is_live,
    last_publication,
    load_figures_now,
    publications,
    publications_of,
)
from ..aggregation.rounded_aggregates import Shown, shown_part
from ..aggregation.segments import ALL
from ..models import READERS_ENTRY, Publication, Question, Survey
from ..store.engine import connection_of
from ..store.lifecycle import loaded_questions
from .access import Denial, Viewer, denial_reason, last_day_told, may_see, seen_among


def get_aggregate(
    session: Session,
    viewer: Viewer,
    question: Question,
    *,
    segment: str = ALL,
    as_of: date | None = None,
) -> Shown | Denial:
    """What this viewer is shown of a question's crowd.

    Parameters
    ----------
    segment
        A part of the crowd, as `segments` names it; withheld where it, or everybody else, is too few.
    as_of
        Picks the last publication not after it; default the last there is.

    Returns
    -------
    Shown or Denial
        A denial as well where nothing was published.
    """
    # Before anything of others is read: how long an answer takes must not tell how many they are.
    hidden = denial_reason(session, viewer, question)
    if hidden is not None:
        return hidden
    until = _until(session, viewer, question, as_of)
    told = current_figures(session, question, until, with_groups=segment != ALL)
    return Denial.UNPUBLISHED if told is None else _shown(question, told, segment)


def get_segments(session: Session, viewer: Viewer, question: Question) -> dict[str, Shown]:
    """Every segment of the crowd this viewer is shown now, by name; none where they may not see the crowd."""
    if not may_see(session, viewer, question):
        return {}
    told = current_figures(session, question, _until(session, viewer, question), with_groups=True)
    if told is None:
        return {}
    found = {name: _shown(question, told, name) for name in told.figures if name != ALL}
    return {name: shown for name, shown in found.items() if isinstance(shown, Shown)}


def _until(session: Session, viewer: Viewer, question: Question, as_of: date | None = None) -> date | None:
    """The day asked for, or the last one that this viewer is told of where that is before it."""
    last = last_day_told(session, viewer, question)
    return min(as_of or last, last) if last else as_of


def sees_figures(session: Session, viewer: Viewer, question: Question) -> bool:
    """Whether this viewer is shown any figures of a question, or had seen the survey's results before they joined.

    Each forecast notes it, so the cheapest comes first.
    """
    if viewer.participant is not None and viewer.participant.entry == READERS_ENTRY:
        return True
    if is_live(question.survey):
        return isinstance(get_aggregate(session, viewer, question), Shown)
    if not _is_published(session, question) or not may_see(session, viewer, question):
        return False
    # Of the last alone: an act on a question with a long history does not pay for it.
    told = last_publication(session, question)
    return told is not None and isinstance(_shown(question, told, ALL), Shown)


#: Put together once: every forecast asks it.
_any_published = select(Publication.id).where(Publication.question_id == bindparam("question")).limit(1)


def _is_published(session: Session, question: Question) -> bool:
    connection = connection_of(session)
    return connection.scalar(_any_published, {"question": question.id}) is not None


def history(session: Session, viewer: Viewer, question: Question, *, segment: str = ALL) -> list[Shown]:
    """Every publication of a question this viewer is shown, oldest first; days between are never filled in.

    Of a segment, each time it was told anew.
    """
    if not may_see(session, viewer, question):
        return []
    told = [
        _shown(question, DatedFigures(one.as_of, one.figures), segment)
        for one in publications(session, question, _until(session, viewer, question))
    ]
    # A segment that was not told anew stands in several publications, with the day it is of.
    return list({shown.as_of: shown for shown in told if isinstance(shown, Shown)}.values())


def published_since(session: Session, viewer: Viewer, survey: Survey, day: date) -> dict[int, date]:
    """The last publication that tells of this day or a later one, by id of the question, where they may be seen.

    What was published before the end of that day tells of earlier ones.
    """
    query = (
        select(Publication.question_id, func.max(Publication.as_of))
        .where(Publication.survey_id == survey.id, Publication.as_of >= day)
        .group_by(Publication.question_id)
    )
    found = dict(session.execute(query).all())
    return {
        question.id: found[question.id]
        for question in loaded_questions(session, found)
        if may_see(session, viewer, question)
    }


def _shown(question: Question, told: DatedFigures, segment: str) -> Shown | Denial:
    part = told.figures.get(segment)
    if not part or not part["options"]:
        return Denial.UNPUBLISHED
    return shown_part(question, part, told.as_of, told.live)


def load_publications(session: Session, questions: Iterable[Question]) -> None:
    """Read what was published of several questions at once, for a page that tells of each."""
    publications_of(session, questions)


def load_aggregates(session: Session, viewer: Viewer, questions: Iterable[Question]) -> None:
    """Read what this viewer is shown of several questions of a survey at once, for a page that tells of each.

    In a live survey also the figures of this moment, of those questions alone whose crowd they may see.
    """
    asked = list(questions)
    load_publications(session, asked)
    if asked and is_live(asked[0].survey):
        # Nothing is computed for whoever may not see it: the time a page takes would grow with the crowd.
        seen = seen_among(session, viewer, asked[0].survey, {question.id for question in asked})
        load_figures_now(session, [question for question in asked if question.id in seen])
