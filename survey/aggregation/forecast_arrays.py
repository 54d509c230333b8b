"""Store to NumPy arrays: the only reader of forecasts in bulk."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, ScalarSelect, Select, Text, cast, func, select
from sqlalchemy.orm import Session

from ..models import (
    GROUPING_KINDS,
    BackgroundAnswer,
    BackgroundQuestion,
    Forecast,
    Participant,
    Question,
    QuestionVersion,
    Round,
    Submission,
    Survey,
)
from ..store.engine import connection_of
from .eligibility import eligible, first_days, readers, scored
from .noise import moved
from .question_specs import spec_of
from .specification import Floats, ForecastArrays, GroupChoice, Groups, QuestionSpec

#: So many rows are Python objects at a time; whatever else is there of a question are arrays.
CHUNK = 20_000


def crowd_answers(
    session: Session, question: Question, among: Select[int] | None = None, as_of: date | None = None
) -> ForecastArrays:
    """Answers that may enter the published crowd of a question: those that are eligible, or some people's of them.

    Where people can be made up they are moved by noise, and of the day as of which they count: nothing that is
    computed of a crowd knows what anybody there said.

    Parameters
    ----------
    among
        Selects the ids of the people to read; default everybody.
    as_of
        The UTC day at whose end they are to count, see `eligibility.counted`; by default now. No answer is left out
        for being later.
    """
    return _entering(session, question, eligible(question.survey, as_of), among)


def crowd_answers_of(session: Session, questions: Sequence[Question]) -> dict[int, ForecastArrays]:
    """As `crowd_answers` of each of some questions of one survey, by id of the question: in one statement.

    For pages that tell of every question of a small crowd: all rows are Python objects at once.
    """
    if not questions:
        return {}
    rows: dict[int, list[Any]] = {question.id: [] for question in questions}
    query = _numbers_of(rows).where(eligible(questions[0].survey))
    for row in connection_of(session).execute(query):
        rows[row.question].append(row)
    return {question.id: _entered(question, _pivoted(question, rows[question.id])) for question in questions}


def reader_answers(session: Session, question: Question, as_of: date | None = None) -> ForecastArrays:
    """Answers of those who came after published results: what may be told beside the crowd, moved as its answers are.

    Parameters
    ----------
    as_of
        As `crowd_answers` has it.
    """
    return _entering(session, question, readers(question.survey, as_of))


def _entering(
    session: Session, question: Question, who: ColumnElement[bool], among: Select[int] | None = None
) -> ForecastArrays:
    """Answers as they enter published figures."""
    some = [] if among is None else [Participant.id.in_(among)]
    return _entered(question, _read(session, question, who, *some))


def _entered(question: Question, read: tuple[ForecastArrays, NDArray[np.int64]]) -> ForecastArrays:
    answers, joined = read
    day, values = entering(question, answers.participant, answers.day, joined, answers.values)
    return replace(answers, day=day, values=values)


def entering(
    question: Question,
    participant: NDArray[np.int64],
    day: NDArray[np.int64],
    joined: NDArray[np.int64],
    values: Floats,
) -> tuple[NDArray[np.int64], Floats]:
    """As of which days answers that are eligible enter the published crowd, and as what; arrays as of one row each.

    Parameters
    ----------
    participant, day, joined : shape (m,)
        Who gave each, on which day, and on which they had joined, in days since 1970-01-01.
    values : shape (m, k)
        What was said, by the columns of the question; NaN where nothing was.
    """
    key = question.survey.noise_key
    if key is None:
        return day, values
    return first_days(day, joined), moved(spec_of(question), key, question.key, participant, values)


def all_answers(session: Session, question: Question, among: Select[int] | None = None) -> ForecastArrays:
    """Every answer of the people who are scored, as it was said; or of some of them, as `crowd_answers` has it."""
    some = [] if among is None else [Participant.id.in_(among)]
    answers, _joined = _read(session, question, scored(question.survey), *some)
    return answers


def eligible_people(session: Session, question: Question, as_of: date) -> NDArray[np.int64]:
    """Ids of the people whose answers may enter the published crowd of a question as of a day."""
    query = (
        select(Submission.participant_id)
        .distinct()
        .join(Participant)
        .where(Submission.question_id == question.id, eligible(question.survey, as_of))
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
            func.date(BackgroundAnswer.answered_at),
            cast(BackgroundAnswer.value, Text),
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
    rows = connection_of(session).execute(query).all()
    days = _day_numbers([row[2] for row in rows]).tolist()
    # Thousands of people chose from a handful of answers: each is read once, and not for everybody.
    chosen = {text: _chosen(text) for text in {row[3] for row in rows}}
    return Groups(
        tuple(
            GroupChoice(person, key, day, chosen[text])
            for (person, key, _, text), day in zip(rows, days, strict=True)
        ),
        _entries(session, survey),
    )


def _chosen(text: str | None) -> tuple[str, ...]:
    """The keys in a stored answer; none in one that was taken back."""
    value = None if text is None else json.loads(text)
    return tuple(value) if isinstance(value, list) else ()


def _entries(session: Session, survey: Survey) -> dict[str, dict[int, int]]:
    """Who came which way, and on which UTC day; those that were erased left out."""
    query = select(Participant.entry, Participant.id, func.date(Participant.joined_at)).where(
        Participant.survey_id == survey.id, Participant.erased_on.is_(None)
    )
    rows = connection_of(session).execute(query).all()
    days = _day_numbers([row[2] for row in rows]).tolist()
    found: dict[str, dict[int, int]] = {}
    for (entry, person, _), day in zip(rows, days, strict=True):
        found.setdefault(entry, {})[person] = day
    return dict(sorted(found.items()))


def _day_numbers(dates: Sequence[Any]) -> NDArray[np.int64]:
    """Days since 1970-01-01 of what the database's `date` gives: dates, or their text."""
    return np.array(dates, dtype="datetime64[D]").astype(np.int64)


#: What arrays hold of a submission besides its numbers, in the order in which `_arrays` reads them.
_FACTS = (
    Submission.participant_id,
    # Days alone: what rested on moments could not be computed again from a bundle, which has none.
    func.date(Submission.received_at),
    func.date(Participant.joined_at),
    Submission.action != "withdraw",
    QuestionVersion.number,
    Round.number,
)


def _records(question: Question, columns: Sequence[tuple[str, str]]) -> Any:
    """One row for each submission, with its numbers beside it; one statement, so that it sees all of one moment."""
    # A row for each number would be three times as many, each a Python object with the same facts in it.
    ids = {option.key: option.id for option in question.options}
    return (
        select(
            *_FACTS,
            *(_number(ids[key], part) for key, part in columns),
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .join(QuestionVersion, QuestionVersion.id == Submission.question_version_id)
        .join(Round, Round.id == Submission.round_id)
        .where(Submission.question_id == question.id)
        # Never by time: a clock may step back, and a protected survey keeps days. The revision is the order.
        .order_by(Submission.participant_id, Submission.revision)
    )


def _number(option: int, part: str) -> ScalarSelect[float]:
    """A submission's number for one column, found by the key of its row: a join for each would be too many tables."""
    row = select(Forecast.value).where(
        Forecast.submission_id == Submission.id, Forecast.option_id == option, Forecast.part == part
    )
    return row.correlate(Submission).scalar_subquery()


def _read(
    session: Session, question: Question, *who: ColumnElement[bool]
) -> tuple[ForecastArrays, NDArray[np.int64]]:
    """Answers as they were received, and on which day the author of each had joined."""
    spec = spec_of(question)
    query = _records(question, spec.columns).where(*who)
    chunks = connection_of(session).execute(query).partitions(CHUNK)
    # The first, without a row, has the types of the columns where nobody has answered.
    parts = [_arrays(rows, len(spec.columns)) for rows in ((), *chunks)]
    return _answers(spec, [np.concatenate(part) for part in zip(*parts, strict=True)])


def _answers(spec: QuestionSpec, columns: Sequence[NDArray[Any]]) -> tuple[ForecastArrays, NDArray[np.int64]]:
    """What `_arrays` gives of all rows, by name; and on which day the author of each had joined."""
    participant, day, joined, active, version, number, *values = columns
    answers = ForecastArrays(
        columns=spec.columns,
        participant=participant,
        day=day,
        active=active,
        version=version,
        round=number,
        values=np.column_stack(values),
        open_until=np.array([spec.open_until[key] for key, _ in spec.columns], dtype=np.float64),
    )
    return answers, joined


def _numbers_of(questions: Collection[int]) -> Any:
    """One row for each number of each submission to these questions, one without a number where none was given."""
    return (
        select(
            Submission.question_id.label("question"),
            Submission.id.label("submission"),
            Forecast.option_id.label("option"),
            Forecast.part,
            Forecast.value,
            *_FACTS,
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .join(QuestionVersion, QuestionVersion.id == Submission.question_version_id)
        .join(Round, Round.id == Submission.round_id)
        .outerjoin(Forecast, Forecast.submission_id == Submission.id)
        .where(Submission.question_id.in_(questions))
        .order_by(Submission.question_id, Submission.participant_id, Submission.revision)
    )


def _pivoted(question: Question, rows: Iterable[Any]) -> tuple[ForecastArrays, NDArray[np.int64]]:
    """Rows of `_numbers_of` as `_read` gives them."""
    spec = spec_of(question)
    keys = {option.id: option.key for option in question.options}
    places = {column: place for place, column in enumerate(spec.columns)}
    made: dict[int, list[Any]] = {}
    for _question, submission, option, part, value, *facts in rows:
        numbers = made.setdefault(submission, [*facts, *[np.nan] * len(places)])
        place = places.get((keys.get(option, ""), part))
        if place is not None:
            numbers[len(facts) + place] = value
    return _answers(spec, _arrays(list(made.values()), len(places)))


def _arrays(rows: Sequence[Any], numbers: int) -> list[NDArray[Any]]:
    """Some rows of `_records` by columns, with so many numbers beside each; NaN where one is not there."""
    participant, day, joined, active, version, number, *values = (
        zip(*rows, strict=True) if rows else [()] * (6 + numbers)
    )
    return [
        np.array(participant, dtype=np.int64),
        _day_numbers(day),
        _day_numbers(joined),
        np.array(active, dtype=bool),
        np.array(version, dtype=np.int64),
        np.array(number, dtype=np.int64),
        *(np.array(column, dtype=np.float64) for column in values),
    ]
