"""Quasi-identifiers: what people said about themselves, by which somebody who knows them could find their row.

Every question about oneself is one, unless whoever freezes says that nobody is recognized by it. Whoever changed an
answer stands with all of them, as `memberships.csv` tells all. What else is known of a person (how and when they
came, in which language, what they forecast) is none: README.md says so.
"""

import json
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Text, cast, func, select
from sqlalchemy.orm import Session

from ..aggregation.eligibility import ever_eligible
from ..aggregation.publications import publications
from ..aggregation.segments import GROUP
from ..clock import day_end
from ..models import (
    BackgroundAnswer,
    BackgroundQuestion,
    Participant,
    Question,
    Skip,
    Snapshot,
    Submission,
    Survey,
)
from ..store.engine import connection_of
from ..store.once import once
from .diversity import last_forecasts
from .options import options_of
from .suppression import SUPPRESSED, Row, Said, local_suppression


@dataclass(frozen=True)
class Identified:
    """What people said about themselves, by question.

    Attributes
    ----------
    keys
        Of the questions, in their order.
    rows
        Each person's answers to them, by id.
    """

    keys: tuple[str, ...]
    rows: dict[int, tuple[Said, ...]]


@dataclass(frozen=True)
class Released:
    """What is told of that: each person's row, its blanks as `SUPPRESSED`."""

    keys: tuple[str, ...]
    rows: dict[int, Row]

    def withheld(self, person: int, key: str) -> bool:
        """Whether a person's answer to a question is."""
        row = self.rows.get(person)
        return row is not None and key in self.keys and row[self.keys.index(key)] == SUPPRESSED

    def blanks_of(self, person: int) -> list[str]:
        """Keys of the questions whose answers are withheld of a person."""
        row = self.rows.get(person, ())
        return [key for key, said in zip(self.keys, row, strict=False) if said == SUPPRESSED]

    @property
    def partly_withheld(self) -> Set[str]:
        """Keys of the questions with a blank: of their groups no figure can be computed from the rows."""
        return {
            key
            for row in self.rows.values()
            for key, said in zip(self.keys, row, strict=True)
            if said == SUPPRESSED
        }


def acted(survey_id: int, as_of: date) -> Any:
    """Selects the people of a snapshot, by id: those who had answered or skipped a question by the end of a day."""
    before = day_end(as_of)
    acts = select(Submission.participant_id).where(
        Submission.survey_id == survey_id, Submission.received_at < before
    )
    skips = select(Skip.participant_id).where(Skip.survey_id == survey_id, Skip.skipped_at < before)
    return acts.union(skips)


def identified(
    session: Session, survey: Survey, as_of: date, not_identifying: Sequence[str] = ()
) -> Identified:
    """What the people of a snapshot of that day had said about themselves."""
    asked = select(BackgroundQuestion.id, BackgroundQuestion.key).filter_by(survey_id=survey.id)
    asked = asked.where(BackgroundQuestion.key.not_in(not_identifying)).order_by(BackgroundQuestion.position)
    keys: dict[int, str] = dict(session.execute(asked).all())
    everybody = select(Participant.id).filter_by(survey_id=survey.id, erased_on=None)
    everybody = everybody.where(Participant.id.in_(acted(survey.id, as_of)))
    said: dict[int, defaultdict[int, list[str]]] = {
        one: defaultdict(list) for one in session.scalars(everybody)
    }
    answers = (
        select(
            BackgroundAnswer.participant_id,
            BackgroundAnswer.background_question_id,
            cast(BackgroundAnswer.value, Text),
        )
        .where(
            BackgroundAnswer.survey_id == survey.id,
            BackgroundAnswer.answered_at < day_end(as_of),
        )
        .order_by(BackgroundAnswer.participant_id, BackgroundAnswer.revision)
    )
    for person, question, value in connection_of(session).execute(answers):
        if person in said:
            said[person][question].append(_as_said(value))
    return Identified(
        tuple(keys.values()),
        {person: tuple(tuple(of[number]) for number in keys) for person, of in said.items()},
    )


@lru_cache(10_000)
def _as_said(value: str | None) -> str:
    """An answer as the database has it, as one text whatever the database: of a few that all give, one object."""
    return json.dumps(json.loads(value or "null"), sort_keys=True)


@once
def released(session: Session, snapshot: Snapshot) -> Released:
    """What a snapshot tells of what its people said about themselves, by its options."""
    options = options_of(snapshot)
    found = identified(session, snapshot.survey, snapshot.as_of, options.not_identifying)
    if not options.suppresses:
        return Released(found.keys, local_suppression(found.rows, options.k))
    totals = _totals(session, snapshot.survey, snapshot.as_of, found.keys)
    are_diverse = (
        last_forecasts(session, snapshot.survey, snapshot.as_of).are_diverse(options.l_diversity)
        if options.l_diversity > 1
        else None
    )
    return Released(found.keys, local_suppression(found.rows, options.k, totals, are_diverse))


def _totals(
    session: Session, survey: Survey, as_of: date, keys: Sequence[str]
) -> list[tuple[int, frozenset[int]]]:
    """The groups whose figures were published: of each question and day the place of theirs, and who had answered.

    Sets of people are most of what is in memory meanwhile: those of a day are one for all its groups, and one
    question is read after the other.
    """
    found = []
    for question in survey.questions:
        told = {
            (key, date.fromisoformat(part["as_of"]) if "as_of" in part else one.as_of)
            for one in publications(session, question, as_of)
            for name, part in one.figures.items()
            for key in keys
            # With the blank behind it: `age` is how `age-group` begins too.
            if name.startswith(f"{GROUP} {key} ")
        }
        if told:
            answered = _answered_by(session, question, {last for _key, last in told})
            found += [(keys.index(key), answered[last]) for key, last in sorted(told)]
    return found


def _answered_by(session: Session, question: Question, days: Set[date]) -> dict[date, frozenset[int]]:
    """By day, the people who had answered a question by its end, and did not work on the survey by then."""
    first_answers = (
        select(
            Submission.participant_id,
            func.min(func.date(Submission.received_at, type_=Date)),
            func.min(func.date(Participant.insider_since, type_=Date)),
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .where(Submission.question_id == question.id, ever_eligible(question.survey))
        .group_by(Submission.participant_id)
    )
    first_days = connection_of(session).execute(first_answers).all()
    return {
        last: frozenset(person for person, day, gone in first_days if day <= last < (gone or date.max))
        for last in days
    }
