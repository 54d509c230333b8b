"""Everything stored about oneself: all of it, nothing of anybody else, and nothing forgotten."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.export.own_data import NOT_TOLD, TOLD, columns_told
from survey.i18n.markdown import bank_text
from survey.models import (
    BackgroundAnswer,
    BackgroundQuestion,
    Base,
    Invitation,
    Notice,
    Participant,
    RationaleMark,
    Submission,
)
from survey.notifications import contacts
from survey.services import moderation
from tests.factories import on, say_and_read, someone, the_question, the_survey

from ..visitor import Visitor, words

KEY = "leaders-meet"


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody who has joined and answered."""
    visitor = Visitor(client).join()
    visitor.answers("binary", rationale="A reason of mine, canary-1")
    return visitor


def test_the_consent_stands_there_as_it_was_read(visitor: Visitor, session: Session) -> None:
    body = the_survey(session).consent.text("en").body
    assert "**" in body or "\n- " in body
    page = visitor.get("mine/data").text
    assert str(bank_text(body)) in page
    assert "canary-1" in page and "**" not in words(page)


def person_of(session: Session) -> Participant:
    session.rollback()
    return session.scalars(select(Participant).order_by(Participant.id)).first()  # type: ignore[return-value]


def fill(session: Session, person: Participant) -> None:
    """A row of this person in every table that can hold one, each with a word of its own."""
    survey, question = person.survey, the_question(session, KEY)
    other = someone(session)
    act = say_and_read(session, other, question, 0.9, rationale="Of somebody else, foreign-1")
    own = session.scalars(select(Submission).filter_by(participant_id=person.id)).one()
    asked = BackgroundQuestion(survey_id=survey.id, key="canary-field", kind="text", position=99)
    session.add(asked)
    session.flush()
    session.add_all(
        [
            RationaleMark(
                submission_id=act.id,
                act="report",
                participant_id=person.id,
                reason="canary-2",
                made_at=on(22),
            ),
            RationaleMark(
                submission_id=own.id,
                act="report",
                participant_id=other.id,
                reason="foreign-2",
                made_at=on(22),
            ),
            RationaleMark(submission_id=own.id, act="hide", participant_id=person.id, made_at=on(22)),
            BackgroundAnswer(
                participant_id=person.id,
                background_question_id=asked.id,
                revision=1,
                survey_id=survey.id,
                value="canary-3",
                answered_at=on(22),
            ),
            Invitation(
                survey_id=survey.id,
                token_hash="h" * 64,
                batch="canary-4",
                created_at=on(20),
                expires_at=on(30),
                used_at=on(22),
                participant_id=person.id,
            ),
            Notice(
                survey_id=survey.id,
                participant_id=person.id,
                kind="closing",
                about="question canary-5",
                question_id=question.id,
                due_at=on(22),
            ),
        ]
    )
    moderation.ask(session, person, the_question(session, "cyber"), "What is an attack? canary-6")
    contacts.leave_address(session, person, "canary-7@example.org", 7)
    contacts.choose(session, person, {"closing": "digest"})
    session.commit()


def file_of(visitor: Visitor) -> dict[str, Any]:
    answer = visitor.get("mine/data.json")
    assert answer.status_code == 200
    told: dict[str, Any] = json.loads(answer.data)
    return told


def test_the_file_holds_what_was_given(visitor: Visitor, session: Session) -> None:
    told = file_of(visitor)
    assert told["survey"]["address"] == "ukraine"
    (act,) = told["submissions"]
    assert (act["question"], act["action"], act["rationale"]) == (KEY, "new", "A reason of mine, canary-1")
    assert [(one["option"], one["value"], one["entered"]) for one in act["forecasts"]] == [
        ("yes", 0.125, "12,5")
    ]
    (consent,) = told["consents"]
    assert consent["version"] == 1
    assert consent["text"] == the_survey(session).consent.text("en").body


def test_every_word_of_oneself_is_in_it_and_none_of_others(visitor: Visitor, session: Session) -> None:
    fill(session, person_of(session))
    text = visitor.get("mine/data.json").text
    for number in range(1, 8):
        assert f"canary-{number}" in text, number
    assert "foreign" not in text


def test_the_page_says_the_same(visitor: Visitor, session: Session) -> None:
    fill(session, person_of(session))
    page = words(visitor.get("mine/data").text)
    for number in range(1, 8):
        assert f"canary-{number}" in page, number
    assert "foreign" not in page


def test_the_file_is_kept_by_nobody_on_the_way_and_named_for_the_survey_and_the_day(visitor: Visitor) -> None:
    headers = visitor.get("mine/data.json").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Disposition"] == "attachment; filename=parley-ukraine-2026-11-22.json"


def test_a_protected_survey_tells_days_alone(client: FlaskClient, session: Session) -> None:
    the_survey(session).protected = True
    session.commit()
    visitor = Visitor(client).join()
    visitor.answers("binary")
    told = file_of(visitor)
    assert told["participant"]["joined_at"] == told["submissions"][0]["received_at"] == "2026-11-22"


def test_before_erasing_the_file_is_offered(visitor: Visitor) -> None:
    assert "/s/ukraine/mine/data" in visitor.get("erase").text


# ---- Nothing is forgotten


def personal_tables() -> set[str]:
    """The tables with rows of one person."""
    marks = {"participant_id", "submission_id"}
    return {"participant"} | {
        name for name, table in Base.metadata.tables.items() if marks & set(table.columns.keys())
    }


def unaccounted(told: dict[str, tuple[str, ...]], not_told: dict[str, str]) -> set[str]:
    """Columns of personal tables that are neither given nor left out for a reason."""
    named = {f"{table}.{column}" for table, columns in told.items() for column in columns} | set(not_told)
    there = {
        f"{name}.{column.name}" for name in personal_tables() for column in Base.metadata.tables[name].columns
    }
    return there - named


def test_every_column_about_a_person_is_given_or_left_out_for_a_reason() -> None:
    assert unaccounted(TOLD, NOT_TOLD) == set()
    assert all(NOT_TOLD.values())


def test_a_new_table_or_column_is_noticed() -> None:
    without_table = {name: columns for name, columns in TOLD.items() if name != "unclear"}
    assert "unclear.text" in unaccounted(without_table, NOT_TOLD)
    assert unaccounted(TOLD, {**NOT_TOLD} | {}) == set()
    reasons = {name: why for name, why in NOT_TOLD.items() if name != "contact.nonce"}
    assert unaccounted(TOLD, reasons) == {"contact.nonce"}


def test_what_is_said_to_be_given_is(visitor: Visitor, session: Session) -> None:
    """The list alone proves nothing: each table's columns are looked for in the file."""
    person = person_of(session)
    fill(session, person)
    told = file_of(visitor)
    parts = {
        "participant": told["participant"],
        "consent": told["consents"][0],
        "invitation": told["invitation"][0],
        "submission": told["submissions"][0],
        "forecast": told["submissions"][0]["forecasts"][0],
        "rationale_mark": told["submissions"][0]["marks"][0],
        "unclear": told["questions_asked"][0],
        "background_answer": told["background"][0],
        "contact": told["contact"],
        "notice_choice": told["letter_choices"][0],
        "notice": told["letters"][0],
    }
    for table, part in parts.items():
        assert set(TOLD[table]) <= set(part), table
    assert set(TOLD) - set(parts) == {
        "rationale",
        "skip",
        "score",
        "api_token",
        "leaderboard_name",
        "kept_clash",
    }


def test_a_column_that_is_not_told_is_not_in_a_row(app: Flask, session: Session) -> None:
    with clock.at(on(20)):
        person = someone(session)
    assert set(columns_told(person, protected=False)) == set(TOLD["participant"])
