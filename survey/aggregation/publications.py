"""Publications: the figures of a question fixed as of a UTC day; which there are, and whether the next is due."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from datetime import date, timedelta
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from .. import clock
from ..models import Participant, Publication, Question, Submission, Survey
from ..store.engine import connection_of
from ..store.newest import Newest
from ..store.once import recall
from .eligibility import counts_between, eligible
from .forecast_arrays import crowd_answers, crowd_answers_of, reader_answers, said_groups
from .question_specs import spec_of
from .rules import Figures
from .segments import ALL, MIN_CHANGED, READERS_WAY, crowd_figures, readers_figures
from .specification import ForecastArrays, Groups, QuestionSpec

#: Where people can be made up, fewer than so many are told anew so many days later at the earliest.
FEW, DAYS_BETWEEN = 100, 7
#: Figures of this moment rest on no fewer people: below five there is no headline.
LIVE_CELL = 5
#: So many publications are objects at a time where all of them are read.
FEW_AT_ONCE = 10


@dataclass(frozen=True)
class DatedFigures:
    """Figures of a question by segment, and the UTC day at whose end they stood; `live`: so far today."""

    as_of: date
    figures: Figures
    live: bool = False


def publications(session: Session, question: Question, as_of: date | None = None) -> list[Publication]:
    """What was published of a question, oldest first; up to a day where one is given."""
    told = publications_of(session, [question])[question.id]
    return [one for one in told if as_of is None or one.as_of <= as_of]


def each_publication(session: Session, question: Question, as_of: date) -> Iterator[Publication]:
    """What was published of a question up to a day, oldest first, a few in memory at a time.

    For files of all days: figures of a year of them are larger than the answers they are made of.
    """
    query = (
        select(Publication)
        .where(Publication.question_id == question.id, Publication.as_of <= as_of)
        .order_by(Publication.as_of)
    )
    with session.scalars(query.execution_options(yield_per=FEW_AT_ONCE)) as found:
        yield from found


def publications_of(session: Session, questions: Iterable[Question]) -> dict[int, list[Publication]]:
    """What was published of several questions, oldest first, by id of the question: in one statement."""
    ids = [question.id for question in questions]
    known = recall(session, publications_of)
    missing = [one for one in ids if one not in known]
    if missing:
        # Of those without any that is known too, and not asked again.
        known |= {one: [] for one in missing}
        query = select(Publication).where(Publication.question_id.in_(missing)).order_by(Publication.as_of)
        for publication in session.scalars(query):
            known[publication.question_id].append(publication)
    return {one: known[one] for one in ids}


#: Put together once: every forecast of a question that has been published asks it.
_last = (
    select(Publication.as_of, Publication.figures)
    .where(Publication.question_id == bindparam("question"))
    .order_by(Publication.as_of.desc())
    .limit(1)
)


def last_publication(session: Session, question: Question) -> DatedFigures | None:
    """The last publication of a question alone: what `publications` tells is read whole, and grows by the day."""
    found = connection_of(session).execute(_last, {"question": question.id}).one_or_none()
    return DatedFigures(found.as_of, found.figures) if found else None


_told_backwards = (
    select(Publication.as_of, Publication.figures)
    .where(Publication.question_id == bindparam("question"))
    .order_by(Publication.as_of.desc())
)


def told_backwards(session: Session, question: Question) -> Generator[tuple[date, Figures]]:
    """Days and figures of what was published of a question, the newest first: no more are read than are taken.

    What was told last of a segment mostly stands in the last publication; all of them grow by the day.
    """
    with connection_of(session).execute(_told_backwards, {"question": question.id}) as found:
        yield from found


def how_often_told(session: Session, question: Question) -> int:
    """How many publications of a question there are."""
    query = select(func.count()).select_from(Publication).where(Publication.question_id == question.id)
    return session.scalar(query) or 0


#: Put together once: every page of a crowd asks it.
_by_then = (
    select(Publication.question_id, func.max(Publication.as_of).label("as_of"))
    .where(
        Publication.question_id.in_(bindparam("questions", expanding=True)),
        Publication.as_of <= bindparam("day"),
    )
    .group_by(Publication.question_id)
    .subquery()
)
_figures_by_then = select(Publication.question_id, Publication.figures).join(
    _by_then, and_(Publication.question_id == _by_then.c.question_id, Publication.as_of == _by_then.c.as_of)
)


def figures_on(session: Session, survey: Survey, ids: Set[int], as_of: date) -> dict[int, Figures]:
    """Figures of everybody as they stood at a day's end, by id of the question; in a live survey those of now."""
    if is_live(survey):
        questions = [question for question in survey.questions if question.id in ids]
        load_figures_now(session, questions)
        return {question.id: figures_now(session, question).figures[ALL] for question in questions}
    known = recall(session, publications_of)
    if ids <= known.keys():
        # A page of many questions has read them all.
        last = {one: [made for made in known[one] if made.as_of <= as_of][-1:] for one in ids}
        return {one: made.figures[ALL] for one, told in last.items() for made in told}
    asked = {"questions": [*ids], "day": as_of}
    told = connection_of(session).execute(_figures_by_then, asked)
    return {question: figures[ALL] for question, figures in told}


def is_live(survey: Survey) -> bool:
    """Whether a survey publishes nothing and tells the figures of every moment."""
    return survey.publication == "live"


def dated_figures(session: Session, question: Question, *, with_groups: bool = False) -> list[DatedFigures]:
    """All figures that are told of a question, oldest first: of each publication, in a live survey of now alone."""
    if is_live(question.survey):
        return [figures_now(session, question, with_groups)]
    return [DatedFigures(one.as_of, one.figures) for one in publications(session, question)]


def current_figures(
    session: Session,
    question: Question,
    as_of: date | None = None,
    *,
    with_groups: bool = False,
) -> DatedFigures | None:
    """The figures of now in a live survey; else of the last publication, whoever asks.

    Organizers too wait for the next one: a figure of the moment beside those of the day would differ from them by
    a person or two on most days, and so tell what these said.

    Parameters
    ----------
    as_of
        Picks the last publication not after it: what was published once is never the figures of now.
    """
    if as_of is None and is_live(question.survey):
        return figures_now(session, question, with_groups)
    told = publications(session, question, as_of)
    return DatedFigures(told[-1].as_of, told[-1].figures) if told else None


def figures_now(session: Session, question: Question, with_groups: bool = False) -> DatedFigures:
    """The figures of this moment, whoever is told them; nobody's groups are read for those of everybody."""
    known = recall(session, figures_now)
    asked = question.id, with_groups
    if asked not in known:
        groups = said_groups(session, question.survey) if with_groups else Groups()
        known[asked] = _of_now(session, question, crowd_answers(session, question), groups)
    found: DatedFigures = known[asked]
    return found


def load_figures_now(session: Session, questions: Iterable[Question]) -> None:
    """Have ready what `figures_now` gives of everybody, of several questions of a survey: read in one statement."""
    known = recall(session, figures_now)
    missing = [question for question in questions if (question.id, False) not in known]
    answers = crowd_answers_of(session, missing)
    for question in missing:
        known[question.id, False] = _of_now(session, question, answers[question.id], Groups())


def _of_now(session: Session, question: Question, answers: ForecastArrays, groups: Groups) -> DatedFigures:
    today = clock.now(session).date()
    spec, day = spec_of(question), clock.date_number(today)
    if groups == Groups():
        return DatedFigures(today, _figures_of(spec, answers, day), live=True)
    figures = crowd_figures(spec, answers, groups, day, LIVE_CELL)
    if READERS_WAY in groups.entries:
        figures |= readers_figures(spec, reader_answers(session, question), day, LIVE_CELL)
    return DatedFigures(today, figures, live=True)


#: Figures of everybody by what they are computed from: a page of thirty questions takes a quarter of a second to
#: compute, and since it was looked at last few of them have changed. Some kilobytes each.
_made = Newest[bytes, Figures](most=512)


def _figures_of(spec: QuestionSpec, answers: ForecastArrays, day: int) -> Figures:
    """Figures of everybody, kept by their very input, so that nothing stale is ever read."""
    made_of = blake2b(repr((spec, day)).encode())
    for column in fields(answers):
        made_of.update(np.asarray(getattr(answers, column.name)).tobytes())
    key = made_of.digest()
    found = _made.get(key)
    if found is None:
        found = crowd_figures(spec, answers, Groups(), day, LIVE_CELL)
        _made.put(key, found)
    return found


def questions_due(session: Session, questions: Sequence[Question], as_of: date) -> list[Question]:
    """Which questions of a survey are to be published as of a day, by its rules and how many people have changed.

    Counted only, not computed: it may turn out that too few people answered any one part.
    """
    end = clock.day_end(as_of)
    last = _last_published(session, questions)
    open_to = [
        question
        for question in questions
        if not question.survey.pilot
        and (
            question.survey.publication == "batched"
            # Of the day of the close itself: all that came on it is in.
            or (question.survey.publication == "at close" and end >= question.ends_at)
        )
    ]
    late = [
        question
        for question in open_to
        if question.id not in last or earliest_day(question.survey, *last[question.id]) <= as_of
    ]
    changed = _changed(session, late, last, as_of)
    return [
        question
        for question in late
        # The first asks for as many people as a figure rests on, each later one for as many as must have changed.
        if changed.get(question.id, 0) >= (MIN_CHANGED if question.id in last else question.survey.cell)
    ]


class _Last(NamedTuple):
    """Of the last publication of a question: its day, and how many people it was of."""

    as_of: date
    people: int


def earliest_day(survey: Survey, as_of: date, people: int) -> date:
    """The first day of which a question may be published after what was last told of so many people."""
    few = survey.guarded and people < FEW
    return as_of + timedelta(days=DAYS_BETWEEN if few else 1)


def _last_published(session: Session, questions: Sequence[Question]) -> dict[int, _Last]:
    """The last publication of each question that has one, by its id."""
    known = recall(session, publications_of)
    if all(question.id in known for question in questions):
        told = {question.id: known[question.id][-1:] for question in questions}
        return {one: _Last(made.as_of, made.people) for one, made_of in told.items() for made in made_of}
    query = (
        select(Publication.question_id, Publication.as_of, Publication.people)
        .where(Publication.question_id.in_([question.id for question in questions]))
        .order_by(Publication.as_of)
    )
    # They come in order, so that the last of each question is what is kept.
    return {question: _Last(as_of, people) for question, as_of, people in session.execute(query)}


def people_changed(
    session: Session, survey: Survey, ids: Set[int], since: date | None, as_of: date, most: int
) -> int:
    """How many eligible people's answers to any of some questions began to count after a day, up to another.

    Counted up to `most`: of a large crowd the first few tell that something is due.
    """
    people = (
        select(Submission.participant_id)
        .distinct()
        .join(Participant, Participant.id == Submission.participant_id)
        .where(Submission.question_id.in_(ids), eligible(survey, as_of), counts_between(survey, since, as_of))
        .limit(most)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(people)) or 0


def _changed(
    session: Session, questions: Sequence[Question], last: Mapping[int, _Last], as_of: date
) -> dict[int, int]:
    """How many eligible people's answers began to count since the last publication, up to a day, by question.

    Counted up to as many as anything waits for: of a large crowd the first few tell that it is due.
    """
    if not questions:
        return {}
    by_day: dict[date | None, list[int]] = {}
    for question in questions:
        by_day.setdefault(last[question.id].as_of if question.id in last else None, []).append(question.id)
    survey = questions[0].survey
    since = [and_(Question.id.in_(ids), counts_between(survey, day, as_of)) for day, ids in by_day.items()]
    people = (
        select(Submission.participant_id)
        .distinct()
        .join(Participant, Participant.id == Submission.participant_id)
        .where(Submission.question_id == Question.id, eligible(survey, as_of), or_(*since))
        .limit(max(survey.cell, MIN_CHANGED))
        .correlate(Question)
        .subquery()
    )
    count = select(func.count()).select_from(people).scalar_subquery()
    query = select(Question.id, count).where(Question.id.in_([question.id for question in questions]))
    return dict(session.execute(query).all())
