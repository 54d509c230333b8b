"""What each person counted did, one row a person: read whole once, and after that of those who have done more.

Acts are only ever appended, and erased with their person alone. How many each person has made tells therefore who has
done more: also where an act is committed late, or an id of before an erasure is given once more.
"""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..models import (
    GROUPING_KINDS,
    BackgroundAnswer,
    BackgroundQuestion,
    Participant,
    Skip,
    Submission,
    Survey,
)
from .eligibility import counted

#: A background question and an option of it, by their keys.
Group = tuple[str, str]
#: How many acts, skips and answers about themselves somebody has made.
Made = tuple[int, int, int]


class PersonActs(NamedTuple):
    """One person, as far as they are counted.

    Attributes
    ----------
    forecast, skipped
        Ids of the questions forecast, and of those skipped and never forecast, with spaces between: people alike
        share a text, and are counted by it.
    finished
        The day by which these had been answered.
    last
        When they did anything.
    """

    made: Made
    joined: datetime
    forecast: str = ""
    skipped: str = ""
    finished: date | None = None
    last: datetime | None = None
    groups: tuple[Group, ...] = ()

    @property
    def answered(self) -> int:
        """How many questions were forecast or skipped."""
        return len(self.forecast.split()) + len(self.skipped.split())


#: Of so many who have done more each is named to the store; of more it reads everybody.
MOST_NAMED = 500


def person_acts(session: Session, survey: Survey, known: Mapping[int, PersonActs]) -> dict[int, PersonActs]:
    """Everybody who is counted now, by id.

    Parameters
    ----------
    known
        What this returned before; only those who have come, or have done more since, are read.
    """
    made = _made(session, survey)
    news = [person for person, acts in made.items() if person not in known or known[person].made != acts]
    some = news if len(news) <= MOST_NAMED else None
    read = _read(session, survey, made, some) if news else {}
    return {person: read.get(person) or known[person] for person in made if person in read or person in known}


def _made(session: Session, survey: Survey) -> dict[int, Made]:
    """How many acts each person counted has made; indexes alone answer it."""
    acts = (
        select(Submission.participant_id.label("person"), func.count().label("count"))
        .group_by(Submission.participant_id)
        .subquery()
    )
    query = (
        select(
            Participant.id,
            func.coalesce(acts.c.count, 0),
            *(
                select(func.count()).where(table.participant_id == Participant.id).scalar_subquery()
                for table in (Skip, BackgroundAnswer)
            ),
        )
        .outerjoin(acts, acts.c.person == Participant.id)
        .where(counted(survey))
    )
    return {person: (acts, skips, said) for person, acts, skips, said in session.execute(query)}


def _read(
    session: Session, survey: Survey, made: Mapping[int, Made], some: Collection[int] | None
) -> dict[int, PersonActs]:
    groups = _groups(session, survey, some)
    return {
        person: PersonActs(
            made[person],
            joined,
            forecast or "",
            skipped or "",
            # SQLite's `date` gives text, PostgreSQL's a date.
            date.fromisoformat(str(finished)) if finished else None,
            last,
            tuple(groups.get(person, ())),
        )
        for person, joined, forecast, skipped, finished, last in session.execute(_acts(survey, some))
        if person in made
    }


def _acts(survey: Survey, some: Collection[int] | None) -> Select[*tuple[Any, ...]]:
    forecasts, skips = _forecasts(survey, some).subquery(), _skips(survey, some).subquery()
    return (
        select(
            Participant.id,
            Participant.joined_at,
            forecasts.c.questions,
            skips.c.questions,
            func.date(_later(_at_first.received_at, skips.c.finished)),
            _later(_at_last.received_at, skips.c.last),
        )
        .outerjoin(forecasts, forecasts.c.person == Participant.id)
        .outerjoin(_at_first, _at_first.id == forecasts.c.first)
        .outerjoin(_at_last, _at_last.id == forecasts.c.last)
        .outerjoin(skips, skips.c.person == Participant.id)
        .where(_among(survey, some))
    )


#: The first forecast on a question, and whether it was skipped too: the index of people, questions and revisions
#: answers what is asked of them alone, so that times are read of one act a person and not of all.
_first = aliased(Submission, name="first")
_at_first, _at_last = aliased(Submission, name="at_first"), aliased(Submission, name="at_last")


def _among(survey: Survey, some: Collection[int] | None) -> ColumnElement[bool]:
    return counted(survey) if some is None else and_(counted(survey), Participant.id.in_(some))


def _later(one: Any, other: Any) -> ColumnElement[Any]:
    """The later of two moments, either of which may be missing."""
    # No `greatest`: SQLite calls it `max`, and gives NULL where either is missing.
    return case((or_(one.is_(None), other > one), other), else_=one)


def _listed(question: Any, which: ColumnElement[bool]) -> ColumnElement[str]:
    """The ids of questions as one text."""
    return func.aggregate_strings(cast(question, Text), " ").filter(which)


def _forecasts(survey: Survey, some: Collection[int] | None) -> Select[*tuple[Any, ...]]:
    """Of each person: questions forecast, the last first of those never skipped, the last act.

    Acts by id, which ascend for one person: each was stored under that person's lock.
    """
    first = Submission.revision == 1
    return (
        select(
            Submission.participant_id.label("person"),
            _listed(Submission.question_id, first).label("questions"),
            func.max(Submission.id).filter(first, Skip.participant_id.is_(None)).label("first"),
            func.max(Submission.id).label("last"),
        )
        .outerjoin(
            Skip,
            and_(
                Skip.participant_id == Submission.participant_id, Skip.question_id == Submission.question_id
            ),
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .where(_among(survey, some))
        .group_by(Submission.participant_id)
    )


def _skips(survey: Survey, some: Collection[int] | None) -> Select[*tuple[Any, ...]]:
    """Of each person: questions skipped alone, when the last was first skipped or forecast, the last skip."""
    earlier = case((_first.received_at < Skip.skipped_at, _first.received_at), else_=Skip.skipped_at)
    is_same = and_(
        _first.participant_id == Skip.participant_id,
        _first.question_id == Skip.question_id,
        _first.revision == 1,
    )
    return (
        select(
            Skip.participant_id.label("person"),
            _listed(Skip.question_id, _first.id.is_(None)).label("questions"),
            func.max(earlier).label("finished"),
            func.max(Skip.skipped_at).label("last"),
        )
        .join(Participant, Participant.id == Skip.participant_id)
        .outerjoin(_first, is_same)
        .where(_among(survey, some))
        .group_by(Skip.participant_id)
    )


def _groups(session: Session, survey: Survey, some: Collection[int] | None) -> dict[int, list[Group]]:
    """The groups that people put themselves in, by what stands of what they chose."""
    newer = aliased(BackgroundAnswer)
    replaced = exists().where(
        newer.participant_id == BackgroundAnswer.participant_id,
        newer.background_question_id == BackgroundAnswer.background_question_id,
        newer.revision > BackgroundAnswer.revision,
    )
    query = (
        select(BackgroundAnswer.participant_id, BackgroundQuestion.key, cast(BackgroundAnswer.value, Text))
        .join(BackgroundQuestion, BackgroundQuestion.id == BackgroundAnswer.background_question_id)
        .join(Participant, Participant.id == BackgroundAnswer.participant_id)
        .where(_among(survey, some), BackgroundQuestion.kind.in_(GROUPING_KINDS), ~replaced)
    )
    found: dict[int, list[Group]] = {}
    options: dict[tuple[str, str | None], list[Group]] = {}
    for person, key, value in session.execute(query):
        if (key, value) not in options:
            chosen = json.loads(value) if value else None
            options[key, value] = [(key, one) for one in chosen] if isinstance(chosen, list) else []
        found.setdefault(person, []).extend(options[key, value])
    return found
