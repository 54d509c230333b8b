"""The migration goes up and down on both databases and says exactly what the models say."""

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Base, Participant, append_only
from survey.services import accounts, audit_log
from survey.store.alembic import alembic
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import on, say, someone, the_question, the_survey

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("app")]


def triggers() -> set[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[db.engine.dialect.name]
    with db.engine.connect() as connection:
        return set(connection.scalars(text(query)))


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_tables_are_those_of_the_models(app: Flask) -> None:
    with app.app_context():
        assert tables() == set(Base.metadata.tables)
        assert alembic.compare_metadata() == []


def test_a_missing_column_would_be_noticed(app: Flask) -> None:
    with app.app_context():
        transaction(lambda session: session.execute(text("ALTER TABLE snapshot DROP COLUMN manifest_hash")))
        assert alembic.compare_metadata() != []


def definitions() -> dict[str, str]:
    """What each trigger does, as the database has it."""
    query = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, pg_get_triggerdef(pg_trigger.oid) || prosrc FROM pg_trigger"
        " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal",
    }
    rows = db.session.execute(text(query[db.engine.dialect.name]))
    return {name: " ".join(words.split()) for name, words in rows}


def test_the_triggers_are_those_of_the_list(app: Flask) -> None:
    """Each does what the list's own would: a migration keeps the rules of its day, the last word is the list's."""
    with app.app_context():
        assert triggers() == append_only.names()
        made = definitions()
        append_only.create(db.session.connection())
        assert made == definitions()


def test_down_and_up_again_leaves_the_same_schema(app: Flask) -> None:
    with app.app_context():
        alembic.downgrade("base")
        assert tables() == set()
        assert triggers() == set()
        alembic.upgrade()
        assert tables() == set(Base.metadata.tables)
        assert triggers() == append_only.names()
        assert alembic.compare_metadata() == []


def test_words_that_named_nobody_are_emptied_and_an_owners_are_kept(app: Flask) -> None:
    words = text("SELECT language, organizer FROM survey_text ORDER BY language")
    with app.app_context():
        alembic.downgrade("20261128_files_of_snapshots")
        before = {row.language: row.organizer for row in db.session.execute(words)}
        assert "belong here" in before["en"] and "мають стояти" in before["uk"]
        db.session.execute(text("UPDATE survey_text SET organizer = 'Інститут' WHERE language = 'uk'"))
        db.session.commit()
        alembic.upgrade()
        assert {row.language: row.organizer for row in db.session.execute(words)} == {
            "en": "",
            "uk": "Інститут",
        }
        db.session.rollback()


def test_whoever_refused_every_kind_of_email_gets_no_reminder_either(app: Flask) -> None:
    kinds = ("opening", "clarification", "closing", "resolved", "corrected")
    with app.app_context():
        people = transaction(lambda session: [someone(session).id, someone(session).id])
        alembic.downgrade("20261202_snapshot_options")
        refused, chose = (
            [{"id": person, "kind": kind} for kind in some]
            for person, some in zip(people, (kinds, kinds[1:]), strict=True)
        )
        row = text("INSERT INTO notice_choice (participant_id, kind, way) VALUES (:id, :kind, 'none')")
        transaction(lambda session: session.execute(row, refused + chose))
        alembic.upgrade()
        new = text("SELECT participant_id, way FROM notice_choice WHERE kind = 'stale'")
        assert [tuple(row) for row in db.session.execute(new)] == [(people[0], "none")]
        db.session.rollback()


def test_insiders_of_before_are_dated_by_the_log_or_else_by_when_they_joined(app: Flask) -> None:
    def made(session: Session) -> list[int]:
        user = accounts.create_user(session, "olena@example.org")
        with clock.at(on(16)):
            people = [
                someone(session, user_id=user.id),
                someone(session, insider_since=on(16)),
                someone(session),
            ]
        for slipped_in in ({}, {"user": [1]}):
            audit_log.record(session, the_survey(session), "grant", slipped_in)
        for day, role in ((20, "analyst"), (21, "organizer")):
            with clock.at(on(day)):
                accounts.grant(session, user, the_survey(session), role)
        return [person.id for person in people]

    with app.app_context():
        people = transaction(made)
        alembic.downgrade("20261203_reminders")
        inside = text("SELECT insider FROM participant WHERE id = :id")
        assert [bool(db.session.scalar(inside, {"id": one})) for one in people] == [True, True, False]
        db.session.rollback()
        alembic.upgrade()
        since = [db.session.get_one(Participant, one).insider_since for one in people]
        assert since == [on(20), on(16), None]
        db.session.rollback()


def test_going_down_refuses_while_there_are_answers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        transaction(lambda session: say(session, someone(session), the_question(session, "leaders-meet")))
        with pytest.raises(RuntimeError, match="1 submissions would be lost and nothing was changed"):
            alembic.downgrade("base")
        assert db.session.scalar(text("SELECT count(*) FROM submission")) == 1
        db.session.rollback()
        monkeypatch.setenv("PARLEY_FORGET_ANSWERS", "yes")
        alembic.downgrade("base")
        assert tables() == set()
