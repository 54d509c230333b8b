"""Counts of people and of their acts: few statements, and none anew while nothing has come since."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, Select, Text, and_, case, cast, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from .. import clock
from ..models import (
    GROUPING_KINDS,
    BackgroundAnswer,
    BackgroundQuestion,
    Participant,
    Question,
    Skip,
    Submission,
    Survey,
)
from ..store.lifecycle import current_resolutions
from ..store.once import once
from .eligibility import counted

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ParticipationCounts:
    """What is counted of a survey, in one reading."""

    people: list["PeopleAlike"]
    forecast: Mapping[int, int]
    skipped: Mapping[int, int]
    groups: Mapping[tuple[str, str], tuple[int, int]]


#: By store and survey: what was counted last, and of what. Acts are only ever appended, so that the last of them and
#: how many are near it tell whether they are the same; people are few, and are looked at each time.
_kept: WeakKeyDictionary[Engine, dict[int, tuple[object, ParticipationCounts]]] = WeakKeyDictionary()
#: Who was here in the last week is told to so many seconds.
FRESH = 600
#: So many ids up to the last are counted: one is taken before the commit, so that a lower one may come to be later.
NEAR = 10_000


@once
def participation_counts(session: Session, survey: Survey) -> ParticipationCounts:
    """The counts of now; those of before where nothing has come since."""
    known = _kept.setdefault(session.get_bind().engine, {})
    seen = _fingerprint(session, survey)
    if survey.id not in known or known[survey.id][0] != seen:
        found = ParticipationCounts(
            _people(session, survey),
            _forecast_by_question(session, survey),
            _skipped_by_question(session, survey),
            _by_group(session, survey),
        )
        known[survey.id] = (seen, found)
    return known[survey.id][1]


def _fingerprint(session: Session, survey: Survey) -> object:
    """What the counts rest on: the last acts, skips and answers about themselves, who counts, when questions end."""
    newest = select(func.max(Submission.id)).scalar_subquery()
    near = (Submission.id > newest - NEAR, func.max(Submission.id))
    skips = (Skip.survey_id == survey.id, func.max(Skip.skipped_at))
    said = (BackgroundAnswer.survey_id == survey.id, func.max(BackgroundAnswer.answered_at))
    people = (counted(survey), func.sum(Participant.id))
    looks = [
        select(value).where(where).scalar_subquery()
        for where, last in (near, skips, said, people)
        for value in (func.count(), last)
    ]
    at = select(Submission.received_at).where(Submission.id == newest).scalar_subquery()
    found = session.execute(select(at, *looks)).one()
    moment = int(clock.now(session).timestamp()) // FRESH
    return moment, tuple(_ends(session, survey)), tuple(found)


class PeopleAlike(NamedTuple):
    """People alike: the day they joined, the day by which they had answered everything, whether they answered."""

    joined: date
    finished: date | None
    answered: bool
    active: bool
    people: int


#: The first forecast on a question, and whether it was skipped too: the index of people, questions and revisions
#: answers what is asked of them alone, so that times are read of one act a person and not of all.
_first = aliased(Submission, name="first")
_at_first, _at_last = aliased(Submission, name="at_first"), aliased(Submission, name="at_last")


def _is_same(submission: type[Submission], skip: type[Skip]) -> ColumnElement[bool]:
    """The first forecast of a person on the question they skipped."""
    return and_(
        submission.participant_id == skip.participant_id,
        submission.question_id == skip.question_id,
        submission.revision == 1,
    )


def _skipped_by_question(session: Session, survey: Survey) -> dict[int, int]:
    query = (
        select(Skip.question_id, func.count())
        .join(Participant, Participant.id == Skip.participant_id)
        .outerjoin(_first, _is_same(_first, Skip))
        .where(counted(survey), _first.id.is_(None))
        .group_by(Skip.question_id)
    )
    return dict(session.execute(query).all())


def _by_group(session: Session, survey: Survey) -> dict[tuple[str, str], tuple[int, int]]:
    """How many people are in each group, and how many questions they answered together."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for key, value, people, questions in session.execute(_said_about_themselves(survey)):
        chosen = json.loads(value) if value else None
        for option in chosen if isinstance(chosen, list) else ():
            before = found.get((key, option), (0, 0))
            found[key, option] = (before[0] + people, before[1] + int(questions))
    return found


def _forecast_by_question(session: Session, survey: Survey) -> dict[int, int]:
    query = (
        select(_first.question_id, func.count())
        .join(Participant, Participant.id == _first.participant_id)
        .where(counted(survey), _first.revision == 1)
        .group_by(_first.question_id)
    )
    return dict(session.execute(query).all())


def _people(session: Session, survey: Survey) -> list[PeopleAlike]:
    """Everybody who is counted, those alike together: the store counts, so that ten thousand are a few rows."""
    forecasts, skips = _forecasts(survey).subquery(), _skips(survey).subquery()
    answered = func.coalesce(forecasts.c.count, 0) + func.coalesce(skips.c.count, 0)
    finished = _later(_at_first.received_at, skips.c.finished)
    last = _later(_at_last.received_at, skips.c.last)
    asked = case(*_still_open(session, survey), else_=0)
    kinds = (
        func.date(Participant.joined_at),
        case((answered >= asked, func.date(finished)), else_=None),
        answered > 0,
        func.coalesce(last >= clock.now(session) - WEEK, false()),
    )
    query = (
        select(*kinds, func.count())
        .outerjoin(forecasts, forecasts.c.person == Participant.id)
        .outerjoin(_at_first, _at_first.id == forecasts.c.first)
        .outerjoin(_at_last, _at_last.id == forecasts.c.last)
        .outerjoin(skips, skips.c.person == Participant.id)
        .where(counted(survey))
        .group_by(*kinds)
    )
    return [
        PeopleAlike(_day(joined), _day(done) if done else None, bool(some), bool(here), people)
        for joined, done, some, here, people in session.execute(query)
    ]


def _day(value: object) -> date:
    """A day as either database gives it."""
    return date.fromisoformat(str(value))


def _later(one: Any, other: Any) -> ColumnElement[Any]:
    """The later of two moments, either of which may be missing."""
    return case((or_(one.is_(None), other > one), other), else_=one)


def _still_open(session: Session, survey: Survey) -> list[tuple[ColumnElement[bool], int]]:
    """How many questions took answers after somebody had joined, as cases of when that was."""
    ends = sorted(_ends(session, survey))
    first = {end: place for place, end in reversed(list(enumerate(ends)))}
    never: list[tuple[ColumnElement[bool], int]] = [(false(), 0)]
    return [(Participant.joined_at < end, len(ends) - place) for end, place in sorted(first.items())] or never


def _forecasts(survey: Survey) -> Select[*tuple[Any, ...]]:
    """Of each person: how many questions they forecast and never skipped, the last first of these, the last act.

    Acts by id, which ascend for one person: each was stored under that person's lock.
    """
    first = and_(Submission.revision == 1, Skip.participant_id.is_(None))
    return (
        select(
            Submission.participant_id.label("person"),
            func.count().filter(first).label("count"),
            func.max(Submission.id).filter(first).label("first"),
            func.max(Submission.id).label("last"),
        )
        .outerjoin(
            Skip,
            and_(
                Skip.participant_id == Submission.participant_id, Skip.question_id == Submission.question_id
            ),
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .where(counted(survey))
        .group_by(Submission.participant_id)
    )


def _skips(survey: Survey) -> Select[*tuple[Any, ...]]:
    """Of each person: questions skipped, when the last of them was first skipped or forecast, the last skip."""
    earlier = case((_first.received_at < Skip.skipped_at, _first.received_at), else_=Skip.skipped_at)
    return (
        select(
            Skip.participant_id.label("person"),
            func.count().label("count"),
            func.max(earlier).label("finished"),
            func.max(Skip.skipped_at).label("last"),
        )
        .join(Participant, Participant.id == Skip.participant_id)
        .outerjoin(_first, _is_same(_first, Skip))
        .where(counted(survey))
        .group_by(Skip.participant_id)
    )


def _said_about_themselves(survey: Survey) -> Select[*tuple[Any, ...]]:
    """What stands of what people chose about themselves: key, choice as JSON, people, questions they answered."""
    newer = aliased(BackgroundAnswer)
    replaced = exists().where(
        newer.participant_id == BackgroundAnswer.participant_id,
        newer.background_question_id == BackgroundAnswer.background_question_id,
        newer.revision > BackgroundAnswer.revision,
    )
    forecast = (
        select(_first.participant_id.label("person"), func.count().label("count"))
        .where(_first.revision == 1)
        .group_by(_first.participant_id)
        .subquery()
    )
    skips = (
        select(Skip.participant_id.label("person"), func.count().label("count"))
        .outerjoin(_at_first, _is_same(_at_first, Skip))
        .where(_at_first.id.is_(None))
        .group_by(Skip.participant_id)
        .subquery()
    )
    value = cast(BackgroundAnswer.value, Text)
    answered = func.coalesce(forecast.c.count, 0) + func.coalesce(skips.c.count, 0)
    return (
        select(BackgroundQuestion.key, value, func.count(), func.sum(answered))
        .select_from(BackgroundAnswer)
        .join(BackgroundQuestion, BackgroundQuestion.id == BackgroundAnswer.background_question_id)
        .join(Participant, Participant.id == BackgroundAnswer.participant_id)
        .outerjoin(forecast, forecast.c.person == Participant.id)
        .outerjoin(skips, skips.c.person == Participant.id)
        .where(counted(survey), BackgroundQuestion.kind.in_(GROUPING_KINDS), ~replaced)
        .group_by(BackgroundQuestion.key, value)
    )


def _ends(session: Session, survey: Survey) -> list[datetime]:
    """When each opened question stopped, or will stop, taking answers."""
    now = clock.now(session)
    return [
        min([question.closes_at, survey.closes_at, *_resolved_as_a_whole(session, question)])
        for question in survey.questions
        if question.opens_at <= now
    ]


def _resolved_as_a_whole(session: Session, question: Question) -> list[datetime]:
    return [made.resolved_at for made in current_resolutions(session, question) if made.option_id is None]
