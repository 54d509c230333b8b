"""Counts of people and of their acts: few statements, and none anew while nothing has come since."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from .. import clock
from ..models import BackgroundAnswer, Participant, Skip, Submission, Survey
from ..store.lifecycle import ends_at
from ..store.once import once
from .eligibility import counted
from .person_acts import Group, PersonActs, person_acts


@dataclass(frozen=True)
class ParticipationCounts:
    """What is counted of a survey, in one reading; of groups how many people, and their answers together."""

    people: list["PeopleAlike"]
    forecast: Mapping[int, int]
    skipped: Mapping[int, int]
    groups: Mapping[Group, tuple[int, int]]


class PeopleAlike(NamedTuple):
    """People alike: the day they joined, the day by which they had answered everything, whether they answered."""

    joined: date
    finished: date | None
    answered: bool
    active: bool
    people: int


class _Kept(NamedTuple):
    fingerprint: object
    everybody: Mapping[int, PersonActs]
    counts: ParticipationCounts


#: By store and survey: what was counted last, and of what. Acts are only ever appended, so that the last of them and
#: how many are near it tell whether they are the same; people are few, and are looked at each time.
_kept: WeakKeyDictionary[Engine, dict[int, _Kept]] = WeakKeyDictionary()
#: Who was here in the last week is told to so many seconds.
FRESH = 600
#: So many ids up to the last are counted: one is taken before the commit, so that a lower one may come to be later.
#: What is later still is counted with the next act, or once `FRESH` is over.
NEAR = 10_000


@once
def participation_counts(session: Session, survey: Survey) -> ParticipationCounts:
    """The counts of now: those of before where nothing has come since, else renewed for those who did something."""
    known = _kept.setdefault(session.get_bind().engine, {})
    seen = _fingerprint(session, survey)
    before = known.get(survey.id)
    if before is None or before.fingerprint != seen:
        everybody = person_acts(session, survey, before.everybody if before else {})
        before = known[survey.id] = _Kept(seen, everybody, _counts(session, survey, everybody))
    return before.counts


def _counts(session: Session, survey: Survey, everybody: Mapping[int, PersonActs]) -> ParticipationCounts:
    ends, week = sorted(_ends(session, survey)), clock.now(session) - clock.WEEK
    people: Counter[tuple[date, date | None, bool, bool]] = Counter()
    groups: dict[Group, tuple[int, int]] = {}
    for one in everybody.values():
        answered = one.answered
        # What had stopped before somebody joined was never asked of them.
        done = answered >= len(ends) - bisect_right(ends, one.joined)
        active = one.last is not None and one.last >= week
        people[one.joined.date(), one.finished if done else None, answered > 0, active] += 1
        for group in one.groups:
            before, answers = groups.get(group, (0, 0))
            groups[group] = before + 1, answers + answered
    return ParticipationCounts(
        [PeopleAlike(*alike, count) for alike, count in people.items()],
        _by_question(one.forecast for one in everybody.values()),
        _by_question(one.skipped for one in everybody.values()),
        groups,
    )


def _by_question(listed: Iterable[str]) -> Mapping[int, int]:
    """How many people each question was listed by, by its id."""
    found: Counter[int] = Counter()
    for text, people in Counter(listed).items():
        for question in text.split():
            found[int(question)] += people
    return dict(found)


def _fingerprint(session: Session, survey: Survey) -> object:
    """What the counts rest on: the last acts, skips and answers about themselves, who counts, when questions end."""
    # Of all surveys: an act elsewhere costs a look at who has done more, and the last id is found at once.
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


def _ends(session: Session, survey: Survey) -> list[datetime]:
    """When each opened question stopped, or will stop, taking answers."""
    now = clock.now(session)
    return [ends_at(session, question) for question in survey.questions if question.opens_at <= now]
