"""What is shown of one question's crowd: its publications, or for some the figures of this moment."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.aggregates import Figures
from ..aggregation.forecast_arrays import Groups, crowd_answers, said_groups
from ..aggregation.segments import ALL, crowd_figures
from ..models import Publication, Question, Survey
from ..store.lifecycle import loaded_questions
from ..store.once import recall
from .access import Denial, Viewer, denial_reason, may_see, sees_live
from .rounded_aggregates import Shown, shown_part

#: Live figures of an organizer rest on no fewer people: below five there is no headline.
LIVE_CELL = 5


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
    Shown or Hidden
        Hidden as well where nothing was published.
    """
    hidden = denial_reason(session, viewer, question)
    if hidden is not None:
        return hidden
    if as_of is None and sees_live(viewer, question):
        return _live(session, question, segment)
    told = publications(session, question, as_of)
    if not told:
        return Denial.UNPUBLISHED
    return _shown(question, told[-1].figures, told[-1].as_of, segment)


def get_segments(session: Session, viewer: Viewer, question: Question) -> dict[str, Shown]:
    """Every segment of the crowd this viewer is shown now, by name; none where they may not see the crowd."""
    if not may_see(session, viewer, question):
        return {}
    live = sees_live(viewer, question)
    if live:
        today = clock.now(session).date()
        figures = _figures_now(session, question, today, said_groups(session, question.survey))
    else:
        told = publications(session, question)
        today, figures = (told[-1].as_of, told[-1].figures) if told else (date.min, {})
    found = {name: _shown(question, figures, today, name, live) for name in figures if name != ALL}
    return {name: shown for name, shown in found.items() if isinstance(shown, Shown)}


def sees_figures(session: Session, viewer: Viewer, question: Question) -> bool:
    """Whether this viewer is shown any figures of a question; each forecast notes it, so the cheapest comes first."""
    published = select(Publication.id).filter_by(question_id=question.id).limit(1)
    if not sees_live(viewer, question) and session.scalar(published) is None:
        return False
    return isinstance(get_aggregate(session, viewer, question), Shown)


def history(session: Session, viewer: Viewer, question: Question, *, segment: str = ALL) -> list[Shown]:
    """Every publication of a question this viewer is shown, oldest first; days between are never filled in.

    Of a segment, each time it was told anew.
    """
    if not may_see(session, viewer, question):
        return []
    told = [
        _shown(question, publication.figures, publication.as_of, segment)
        for publication in publications(session, question)
    ]
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


def publications(session: Session, question: Question, as_of: date | None = None) -> Sequence[Publication]:
    """What was published of a question, oldest first; up to a day where one is given."""
    told = publications_of(session, [question])[question.id]
    return [one for one in told if as_of is None or one.as_of <= as_of]


def load_publications(session: Session, questions: Iterable[Question]) -> None:
    """Read what was published of several questions at once, for a page that tells of each."""
    publications_of(session, questions)


def publications_of(session: Session, questions: Iterable[Question]) -> dict[int, list[Publication]]:
    """What was published of several questions, oldest first, by id of the question: in one statement."""
    ids = [question.id for question in questions]
    known = recall(session, publications_of)
    missing = [one for one in ids if one not in known]
    if missing:
        known |= {one: [] for one in missing}
        query = select(Publication).where(Publication.question_id.in_(missing)).order_by(Publication.as_of)
        for publication in session.scalars(query):
            known[publication.question_id].append(publication)
    return {one: known[one] for one in ids}


def _live(session: Session, question: Question, segment: str) -> Shown | Denial:
    today = clock.now(session).date()
    # Nobody's groups are read for the figures of everybody.
    groups = said_groups(session, question.survey) if segment != ALL else Groups()
    return _shown(question, _figures_now(session, question, today, groups), today, segment, live=True)


def _figures_now(session: Session, question: Question, today: date, groups: Groups) -> Figures:
    answers = crowd_answers(session, question)
    return crowd_figures(question, answers, groups, clock.date_number(today), LIVE_CELL)


def _shown(
    question: Question, figures: Figures, as_of: date, segment: str, live: bool = False
) -> Shown | Denial:
    part = figures.get(segment)
    return shown_part(question, part, as_of, live) if part and part["options"] else Denial.UNPUBLISHED
