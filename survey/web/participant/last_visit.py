"""When somebody was last here, and what changed since: for the page of themes and for one's own forecasts.

No visit is stored with anybody's answers. The day of the last one, never the time, stands in the browser's own
signed cookie; on another device the last day on which they answered or skipped stands in for it, or the day they
joined. Each is known already, and none of it is sent to anybody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import session as browser
from sqlalchemy import func, select

from ... import clock, disclosure
from ...disclosure import Viewer
from ...models import Participant, Question, QuestionVersion, Resolution, Skip, Submission, Survey
from ...store.engine import db
from ..identity import SEEN


@dataclass(frozen=True)
class Since:
    """The last visit: its day, and the moment from which on something is news."""

    day: date
    moment: datetime


@dataclass(frozen=True)
class WhatChanged:
    """What is new to one person, in the order of the survey; published is what they may see of others."""

    since: date
    opened: list[Question]
    versions: list[QuestionVersion]
    resolved: list[Question]
    published: list[tuple[Question, date]]

    @property
    def anything(self) -> bool:
        """Whether there is news at all."""
        return bool(self.opened or self.versions or self.resolved or self.published)


def last_visit(survey: Survey, person: Participant) -> Since:
    """The last day before today on which this person was here; the day they joined where there is none.

    It is told whole: what came on that day after the visit is news, so what came before it is told once more.
    """
    today = clock.now(db.session).date()
    known = [person.joined_at.date(), _day_before(survey, today), _last_act(person, today)]
    day = max(one for one in known if one is not None)
    return Since(day, max(clock.day_start(day), person.joined_at))


def what_changed(survey: Survey, person: Participant, since: Since) -> WhatChanged:
    """Questions, versions, outcomes and publications that came since."""
    now, questions = clock.now(db.session), survey.questions
    published = disclosure.published_since(db.session, Viewer(participant=person), survey, since.day)
    resolved = _resolved_since(survey, since)
    return WhatChanged(
        since.day,
        [question for question in questions if _came(question) > since.moment and question.opens_at <= now],
        [
            question.version
            for question in questions
            if question.version.number > 1 and _published(question.version) > since.moment
        ],
        [question for question in questions if question.id in resolved],
        [(question, published[question.id]) for question in questions if question.id in published],
    )


def _day_before(survey: Survey, today: date) -> date | None:
    """The day of the visit before today's, as the browser remembers it; it notes today for the next one."""
    newest, before = _remembered(browser.get(SEEN, {}).get(survey.slug, []))
    if newest != today:
        newest, before = today, newest
        days = [str(newest), str(before) if before else ""]
        browser[SEEN] = {**browser.get(SEEN, {}), survey.slug: days}
    return before


def _remembered(days: Sequence[str]) -> tuple[date | None, date | None]:
    found = [date.fromisoformat(day) if day else None for day in days]
    newest, before = found if len(found) == 2 else (None, None)
    return newest, before


def _last_act(person: Participant, today: date) -> date | None:
    """The last day before today on which this person answered or skipped."""
    start = clock.day_start(today)
    moments = [
        db.session.scalar(select(func.max(at)).where(who == person.id, at < start))
        for who, at in (
            (Submission.participant_id, Submission.received_at),
            (Skip.participant_id, Skip.skipped_at),
        )
    ]
    return max((moment.date() for moment in moments if moment is not None), default=None)


def _came(question: Question) -> datetime:
    """When a question could first be seen and answered."""
    first = min(_published(version) for version in question.versions if version.published_at)
    return max(question.opens_at, first)


def _published(version: QuestionVersion) -> datetime:
    if version.published_at is None:
        raise ValueError(f"version {version.number} must be published, it is a draft")
    return version.published_at


def _resolved_since(survey: Survey, since: Since) -> set[int]:
    query = select(Resolution.question_id).where(
        Resolution.survey_id == survey.id, Resolution.resolved_at > since.moment
    )
    return set(db.session.scalars(query))
