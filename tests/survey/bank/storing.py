"""Looks at the whole store, and puts an answer into it."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import load_bank
from survey.bank.content import Bank
from survey.bank.document import Document, read
from survey.errors import BankError
from survey.models import Base, Forecast, Participant, Question, Submission, Survey


def rows(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    session.flush()
    return {
        table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


def changed_tables(before: dict[str, list[tuple[object, ...]]], session: Session) -> set[str]:
    """Names of the tables that are not as they were."""
    return {name for name, found in rows(session).items() if found != before[name]}


def refusals(store: Session, folder: Path) -> list[str]:
    """What is refused; and the refusal leaves every row as it was."""
    before = rows(store)
    with pytest.raises(BankError) as error:
        load_bank(store, folder)
    assert changed_tables(before, store) == set()
    return error.value.faults


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replace a piece of one file, which must be there once."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def question(session: Session, survey: Survey, key: str) -> Question:
    """A question by its key."""
    return session.scalars(select(Question).filter_by(survey_id=survey.id, key=key)).one()


def join(session: Session, survey: Survey) -> Participant:
    """Somebody joins."""
    person = Participant(survey_id=survey.id, language="en", joined_at=clock.now(session))
    session.add(person)
    session.flush()
    return person


def answer(session: Session, survey: Survey, key: str, person: Participant | None = None) -> Submission:
    """Somebody says 50 % to the first option of a question."""
    person = person or join(session, survey)
    asked = question(session, survey, key)
    submission = Submission(
        survey_id=survey.id,
        participant_id=person.id,
        question_id=asked.id,
        question_version_id=asked.version.id,
        round_id=survey.rounds[0].id,
        revision=1,
        action="new",
        received_at=clock.now(session),
        idempotency_key=f"{key}-1",
        body_hash="",
        input_format="percent",
        language="en",
    )
    session.add(submission)
    session.flush()
    forecast = Forecast(
        submission_id=submission.id,
        option_id=asked.options[0].id,
        part="p",
        survey_id=survey.id,
        question_id=asked.id,
        value=0.5,
        entered="50",
    )
    session.add(forecast)
    session.flush()
    return submission


def whole_bank(document: Document) -> Bank:
    """The bank of a document that has no fault.

    Raises
    ------
    BankError
        With every fault, each with its path.
    """
    reading = read(document)
    if reading.faults:
        raise BankError(reading.faults)
    return reading.bank
