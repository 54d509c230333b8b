"""Store to NumPy arrays: the only reader of forecasts in bulk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..models import (
    GROUPING_KINDS,
    BackgroundAnswer,
    BackgroundQuestion,
    Forecast,
    Option,
    Participant,
    Question,
    QuestionVersion,
    Round,
    Submission,
    Survey,
)
from .eligibility import eligible, scored


@dataclass(frozen=True)
class ForecastArrays:
    """What was said to one question: one row for each submission, by person and then revision.

    Attributes
    ----------
    columns
        `(option key, part)` of each column of `values`.
    participant
        Id of the participant, shape (m,).
    day
        UTC day of receipt, in days since 1970-01-01, shape (m,).
    active
        False for a withdrawal, shape (m,).
    version, round
        Numbers of the question's version and of the round, shape (m,).
    values
        Shape (m, k); NaN where the option was not asked any more, or for a withdrawal.
    open_until
        Last day on which each column could be answered, shape (k,): a withdrawal leaves a closed rung alone.
    """

    columns: tuple[tuple[str, str], ...]
    participant: NDArray[np.int64]
    day: NDArray[np.int64]
    active: NDArray[np.bool_]
    version: NDArray[np.int64]
    round: NDArray[np.int64]
    values: NDArray[np.float64]
    open_until: NDArray[np.float64]

    def where(self, kept: NDArray[np.bool_]) -> "ForecastArrays":
        """The rows for which `kept` is true."""
        return replace(
            self,
            participant=self.participant[kept],
            day=self.day[kept],
            active=self.active[kept],
            version=self.version[kept],
            round=self.round[kept],
            values=self.values[kept],
        )

    def until(self, day: int) -> "ForecastArrays":
        """What had been received by the end of a UTC day."""
        return self.where(self.day <= day)

    def of_option(self, key: str) -> list[int]:
        """Indices of an option's columns."""
        return [index for index, (option, _) in enumerate(self.columns) if option == key]


@dataclass(frozen=True)
class GroupChoice:
    """One answer of somebody about themselves: on which day they put themselves in which groups."""

    participant: int
    question: str
    day: int
    options: tuple[str, ...]


@dataclass(frozen=True)
class Groups:
    """What people said about themselves, by person, question and then revision."""

    said: tuple[GroupChoice, ...] = ()

    def at(self, day: int) -> Mapping[tuple[str, str], frozenset[int]]:
        """Who was in which group at the end of a UTC day: keys of question and option to ids of people."""
        last = {(one.participant, one.question): one for one in self.said if one.day <= day}
        found: dict[tuple[str, str], set[int]] = {}
        for one in last.values():
            for option in one.options:
                found.setdefault((one.question, option), set()).add(one.participant)
        return {group: frozenset(people) for group, people in found.items()}


def crowd_answers(session: Session, question: Question) -> ForecastArrays:
    """Answers that may enter the published crowd of a question: those of the people who are eligible."""
    return _read(session, question, _records(question).where(eligible(question)))


def all_answers(session: Session, question: Question) -> ForecastArrays:
    """Every answer of the people who are scored."""
    return _read(session, question, _records(question).where(scored(question.survey)))


def said_groups(session: Session, survey: Survey) -> Groups:
    """The groups people of a survey put themselves in; only what offers answers to choose from forms groups.

    Who has said nothing, has taken it back or was erased is in none.
    """
    query = (
        select(
            BackgroundAnswer.participant_id,
            BackgroundQuestion.key,
            BackgroundAnswer.answered_at,
            BackgroundAnswer.value,
        )
        .join(BackgroundQuestion, BackgroundQuestion.id == BackgroundAnswer.background_question_id)
        .join(Participant, Participant.id == BackgroundAnswer.participant_id)
        .where(
            BackgroundAnswer.survey_id == survey.id,
            BackgroundQuestion.kind.in_(GROUPING_KINDS),
            Participant.erased_on.is_(None),
        )
        .order_by(BackgroundAnswer.participant_id, BackgroundQuestion.position, BackgroundAnswer.revision)
    )
    return Groups(
        tuple(
            GroupChoice(
                person, key, clock.day_number(answered), tuple(value) if isinstance(value, list) else ()
            )
            for person, key, answered, value in session.execute(query)
        )
    )


def columns_of(question: Question) -> tuple[tuple[str, str], ...]:
    """The numbers a full answer to the question has: option and part, in order."""
    parts = [f"q{level:g}" for level in question.quantile_levels] or ["p"]
    return tuple((option.key, part) for option in question.options for part in parts)


def _records(question: Question) -> Any:
    return (
        select(
            Submission.id,
            Submission.participant_id,
            Submission.received_at,
            Submission.action,
            QuestionVersion.number,
            Round.number,
            Forecast.option_id,
            Forecast.part,
            Forecast.value,
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .join(QuestionVersion, QuestionVersion.id == Submission.question_version_id)
        .join(Round, Round.id == Submission.round_id)
        .outerjoin(Forecast, Forecast.submission_id == Submission.id)
        .where(Submission.question_id == question.id)
        .order_by(Submission.participant_id, Submission.revision)
    )


def _read(session: Session, question: Question, query: Any) -> ForecastArrays:
    records = session.execute(query).all()
    columns = columns_of(question)
    column_of = _column_indices(question.options, columns)
    first_of = {record.id: place for place, record in reversed(list(enumerate(records)))}
    order = {
        submission: place for place, submission in enumerate(dict.fromkeys(record.id for record in records))
    }
    heads = [records[first_of[submission]] for submission in order]
    values = np.full((len(order), len(columns)), np.nan)
    for record in records:
        column = column_of.get((record.option_id, record.part))
        if column is not None:
            values[order[record.id], column] = record.value
    return ForecastArrays(
        columns=columns,
        participant=np.array([head.participant_id for head in heads], dtype=np.int64),
        day=np.array([clock.day_number(head.received_at) for head in heads], dtype=np.int64),
        active=np.array([head.action != "withdraw" for head in heads], dtype=bool),
        version=np.array([head[4] for head in heads], dtype=np.int64),
        round=np.array([head[5] for head in heads], dtype=np.int64),
        values=values,
        open_until=_open_until(question, columns),
    )


def _column_indices(
    options: Sequence[Option], columns: Sequence[tuple[str, str]]
) -> dict[tuple[int, str], int]:
    ids = {option.key: option.id for option in options}
    return {(ids[key], part): index for index, (key, part) in enumerate(columns)}


def _open_until(question: Question, columns: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
    closes = {option.key: option.closes_at or question.closes_at for option in question.options}
    return np.array([clock.day_number(closes[key]) - 1.0 for key, _ in columns])
