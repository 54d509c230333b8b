"""Store to NumPy arrays: the only reader of forecasts in bulk."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select
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
from ..store.engine import connection_of
from .eligibility import eligible, scored
from .question_specs import spec_of
from .specification import ForecastArrays, GroupChoice, Groups

#: So many rows are Python objects at a time; whatever else is there of a question are arrays.
CHUNK = 20_000


def crowd_answers(session: Session, question: Question, among: Select[int] | None = None) -> ForecastArrays:
    """Answers that may enter the published crowd of a question: those that are eligible, or some people's of them.

    Parameters
    ----------
    among
        Selects the ids of the people to read; default everybody.
    """
    query = _records(question).where(eligible(question.survey))
    return _read(session, question, query if among is None else query.where(Participant.id.in_(among)))


def all_answers(session: Session, question: Question) -> ForecastArrays:
    """Every answer of the people who are scored."""
    return _read(session, question, _records(question).where(scored(question.survey)))


def eligible_people(session: Session, question: Question) -> NDArray[np.int64]:
    """Ids of the people whose answers may enter the published crowd of a question."""
    query = (
        select(Submission.participant_id)
        .distinct()
        .join(Participant)
        .where(Submission.question_id == question.id, eligible(question.survey))
    )
    return np.array(session.scalars(query).all(), dtype=np.int64)


def said_groups(session: Session, survey: Survey) -> Groups:
    """The groups people of a survey put themselves in, and those they are in by their way of entry.

    Only what offers answers to choose from forms groups. Who has said nothing, has taken it back or was erased is in
    none.
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
        ),
        _entries(session, survey),
    )


def _entries(session: Session, survey: Survey) -> dict[str, frozenset[int]]:
    """Who came which way, those that were erased left out."""
    query = select(Participant.entry, Participant.id).filter_by(survey_id=survey.id, erased_on=None)
    found: dict[str, set[int]] = {}
    for entry, person in session.execute(query):
        found.setdefault(entry, set()).add(person)
    return {entry: frozenset(people) for entry, people in sorted(found.items())}


def _records(question: Question) -> Any:
    """One row for each number, so that one statement sees all of one moment; heads repeat, and are read once."""
    return (
        select(
            Submission.id,
            Submission.participant_id,
            func.date(Submission.received_at),
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
    spec = spec_of(question)
    columns = spec.columns
    column_of = _column_indices(question.options, columns)
    chunks = connection_of(session).execute(query).partitions(CHUNK)
    submission, participant, day, active, version, number, owner, column, value = (
        np.concatenate(parts)
        for parts in zip(_nothing(), *(_arrays(rows, column_of) for rows in chunks), strict=True)
    )
    # A submission whose rows lie in two chunks has its head twice.
    first = _firsts(submission)
    values = np.full((int(first.sum()), len(columns)), np.nan)
    known = column >= 0
    values[(np.cumsum(_firsts(owner)) - 1)[known], column[known]] = value[known]
    return ForecastArrays(
        columns=columns,
        participant=participant[first],
        day=day[first],
        active=active[first],
        version=version[first],
        round=number[first],
        values=values,
        open_until=np.array([spec.open_until[key] for key, _ in columns], dtype=np.float64),
    )


def _arrays(rows: Sequence[Any], column_of: Mapping[tuple[int, str], int]) -> tuple[NDArray[Any], ...]:
    """Some rows of `_records`: the head of each submission once, then every number with the submission it is of.

    -1 and NaN stand where a row holds no number that the question asks for.
    """
    submission, participant, day, action, version, number, option, part, value = zip(*rows, strict=True)
    owner = np.array(submission, dtype=np.int64)
    first = _firsts(owner)

    def heads(column: Iterable[Any]) -> list[Any]:
        return list(compress(column, first))

    return (
        owner[first],
        np.array(heads(participant), dtype=np.int64),
        np.array(heads(day), dtype="datetime64[D]").astype(np.int64),
        np.array([act != "withdraw" for act in heads(action)], dtype=bool),
        np.array(heads(version), dtype=np.int64),
        np.array(heads(number), dtype=np.int64),
        owner,
        np.array([column_of.get(place, -1) for place in zip(option, part, strict=True)], dtype=np.int64),
        np.array(value, dtype=np.float64),
    )


def _nothing() -> tuple[NDArray[Any], ...]:
    """The columns of `_arrays` without a row: their types, where nobody has answered."""
    whole, truth = np.empty(0, dtype=np.int64), np.empty(0, dtype=bool)
    return (whole, whole, whole, truth, whole, whole, whole, whole, np.empty(0))


def _column_indices(
    options: Sequence[Option], columns: Sequence[tuple[str, str]]
) -> dict[tuple[int, str], int]:
    ids = {option.key: option.id for option in options}
    return {(ids[key], part): index for index, (key, part) in enumerate(columns)}


def _firsts(owner: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Marks each owner's first row, rows of a person or of a submission standing together."""
    return np.asarray(np.diff(owner, prepend=-1) != 0)
