"""Acknowledged means stored, once: the write unit, its queue and its settings."""

import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, nullcontext, suppress
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import ReusedKey, StoreUnavailable
from survey.models import Base, IncoherenceFigures, Participant, Submission, Theme
from survey.security import browser_sessions
from survey.services import forecast_submit
from survey.store.constraints import RACES
from survey.store.engine import WriterQueue, db, writer_queues
from survey.store.health import unsafe_settings
from survey.store.transaction import ATTEMPTS, _may_pass, transaction
from tests.factories import numbers, on, say, say_and_read, someone, the_question, the_survey

pytestmark = pytest.mark.store


def person_id(app: Flask) -> int:
    with app.app_context():
        return transaction(lambda session: someone(session).id)


def test_the_settings_are_those_under_which_nothing_is_lost(app: Flask) -> None:
    with app.app_context():
        assert unsafe_settings(db.engine) == []


def test_a_weaker_setting_is_found(app: Flask) -> None:
    with app.app_context():
        weaken = {"sqlite": "PRAGMA synchronous=NORMAL", "postgresql": "SET synchronous_commit = off"}
        connection = db.engine.raw_connection()
        connection.cursor().execute(weaken[db.engine.dialect.name])
        connection.commit()
        connection.close()
        assert len(unsafe_settings(db.engine)) == 1


def test_the_same_act_twice_is_stored_once_with_the_same_receipt(session: Session) -> None:
    person, question = someone(session), the_question(session, "leaders-meet")
    first = say_and_read(session, person, question, 0.3, key="one")
    again = say_and_read(session, person, question, 0.3, key="one")
    assert first.id == again.id
    assert session.scalar(text("SELECT count(*) FROM submission")) == 1


def test_the_same_key_with_another_body_is_refused_and_the_first_kept(session: Session) -> None:
    person, question = someone(session), the_question(session, "leaders-meet")
    say(session, person, question, 0.3, key="one")
    with pytest.raises(ReusedKey):
        say(session, person, question, 0.4, key="one")
    stored = session.scalars(select(Submission)).one()
    assert stored.forecasts[0].value == 0.3


def test_twins_in_parallel_make_one_submission(app: Flask) -> None:
    person = person_id(app)
    start = threading.Barrier(8)

    def send() -> int:
        with app.app_context():
            start.wait()
            return transaction(lambda session: submit(session, person, "the same key"))

    with ThreadPoolExecutor(8) as pool:
        receipts = {future.result() for future in [pool.submit(send) for _ in range(8)]}
    assert len(receipts) == 1


def test_writers_in_parallel_leave_dense_revisions(app: Flask) -> None:
    person = person_id(app)

    def send(_: int) -> int:
        with app.app_context():
            return transaction(lambda session: submit(session, person, uuid.uuid4().hex))

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(send, range(24)))
    with app.app_context():
        revisions = list(db.session.scalars(select(Submission.revision).order_by(Submission.revision)))
    assert len(set(receipts)) == 24
    assert revisions == list(range(1, 25))


def test_with_more_writers_than_connections_none_waits_for_itself(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn is taken with a connection in hand: who has neither would wait for one who has the other."""
    person = person_id(app)

    def fresh() -> int:
        with app.app_context():
            return transaction(lambda session: submit(session, person, uuid.uuid4().hex))

    def reading_before() -> int:
        with app.app_context():
            db.session.get_one(Participant, person)
            return transaction(lambda session: submit(session, person, uuid.uuid4().hex), keep=True)

    with app.app_context(), ExitStack() as taken, ThreadPoolExecutor(6) as pool:
        engine = db.engine
        monkeypatch.setattr(engine.pool, "_timeout", 5)
        for _ in range(engine.pool.size() + engine.pool._max_overflow - 1):
            taken.enter_context(engine.connect())
        queue = writer_queues.get(str(engine.url.database))
        with queue.turn() if queue else nullcontext():
            sent = []
            for one in (fresh, fresh, fresh, reading_before, reading_before, reading_before):
                sent.append(pool.submit(one))
                time.sleep(0.05)
        assert sorted(one.result() for one in sent) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("holder", ["a thread of this process", "another process"])
@pytest.mark.parametrize("database", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True)
def test_a_writer_waits_for_the_turn_before_sqlite_is_asked(app: Flask, holder: str) -> None:
    """Nobody holds the database's own lock meanwhile: without the turn, the writer would be done at once."""
    person, done = person_id(app), threading.Event()

    def write() -> None:
        with app.app_context():
            transaction(lambda session: submit(session, person, "waits"))
        done.set()

    with app.app_context():
        queue = writer_queues[str(db.engine.url.database)]
    # Another object has a lock of its own for threads, as another process has: the file's is all they share.
    other = queue if holder == "a thread of this process" else WriterQueue(queue._path)
    with ThreadPoolExecutor(1) as pool:
        with other.turn():
            sent = pool.submit(write)
            assert not done.wait(0.3)
        sent.result()
    assert done.is_set()


def submit(session: Session, person: int, key: str) -> int:
    participant = session.get_one(Participant, person)
    question = the_question(session, "leaders-meet")
    answer = forecast_submit.ForecastInput(
        key=key, entries=numbers(session, question), input_format="percent", language="en"
    )
    return forecast_submit.submit(session, participant, question, answer).revision


def failing(times: int) -> tuple[list[int], Callable[[Session], str]]:
    calls: list[int] = []

    def work(session: Session) -> str:
        calls.append(len(calls))
        if len(calls) <= times:
            raise OperationalError("SELECT", {}, Exception("database is locked"))
        return "done"

    return calls, work


def test_what_fails_in_passing_is_tried_again_as_a_whole(app: Flask) -> None:
    calls, work = failing(2)
    with app.app_context():
        assert transaction(work) == "done"
    assert len(calls) == 3


def test_what_keeps_failing_becomes_a_sentence_with_a_status(app: Flask) -> None:
    _, work = failing(100)
    with app.app_context(), pytest.raises(StoreUnavailable) as failure:
        transaction(work)
    assert failure.value.status == 503


def test_an_error_of_our_own_is_not_tried_again(app: Flask) -> None:
    calls: list[int] = []

    def work(session: Session) -> None:
        calls.append(1)
        someone(session)
        raise ValueError("ours")

    with app.app_context():
        with pytest.raises(ValueError, match="ours"):
            transaction(work)
        assert db.session.scalar(text("SELECT count(*) FROM participant")) == 0
    assert calls == [1]


def test_a_twin_that_was_faster_is_tried_again(app: Flask) -> None:
    calls: list[int] = []

    def work(session: Session) -> int:
        calls.append(1)
        person = someone(session)
        if len(calls) == 1:
            someone(session, join_key=person.join_key)
        return person.id

    with app.app_context():
        assert transaction(work)
        assert db.session.scalar(text("SELECT count(*) FROM participant")) == 1
    assert len(calls) == 2


def same_theme(session: Session) -> None:
    survey = the_survey(session)
    session.add(Theme(survey_id=survey.id, key=survey.themes[0].key, position=99))
    session.flush()


def too_small_a_cell(session: Session) -> None:
    the_survey(session).minimum_cell = 1
    session.flush()


@pytest.mark.parametrize(
    ("fault", "name"),
    [(same_theme, "uq_theme_survey_id_key"), (too_small_a_cell, "ck_survey_cell_not_too_small")],
)
def test_a_violation_that_is_no_race_is_an_error_at_once_and_named(
    app: Flask, caplog: pytest.LogCaptureFixture, fault: Callable[[Session], None], name: str
) -> None:
    calls: list[int] = []

    def work(session: Session) -> None:
        calls.append(1)
        fault(session)

    with app.app_context(), pytest.raises(IntegrityError):
        transaction(work)
    assert len(calls) == 1
    assert name in caplog.text


def test_every_race_is_a_constraint_of_the_tables() -> None:
    named = {constraint.name for table in Base.metadata.tables.values() for constraint in table.constraints}
    assert named >= RACES.keys()


def signing_out(session: Session) -> None:
    browser_sessions.end_session(session, "a browser")


def fixing_incoherence(session: Session) -> None:
    survey, day = the_survey(session), on(21).date()
    if session.scalar(select(IncoherenceFigures).filter_by(survey_id=survey.id, as_of=day)) is None:
        moment = clock.now(session)
        session.add(IncoherenceFigures(survey_id=survey.id, as_of=day, published_at=moment, figures={}))
        session.flush()


@pytest.mark.parametrize("work", [signing_out, fixing_incoherence])
def test_who_looks_first_and_then_writes_finds_what_a_twin_has_written(
    app: Flask, monkeypatch: pytest.MonkeyPatch, work: Callable[[Session], None]
) -> None:
    both, now = threading.Barrier(2), clock.now

    def when_both_have_looked(session: Session | None = None) -> datetime:
        # Asked between looking and writing. On SQLite one is waited for in vain: the other has the turn.
        with suppress(threading.BrokenBarrierError):
            both.wait(0.3)
        return now(session)

    def act(_place: int) -> None:
        with app.app_context():
            transaction(work)

    monkeypatch.setattr(clock, "now", when_both_have_looked)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(act, range(2))) == [None, None]


@pytest.mark.sqlite
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_write_unit_on_sqlite_holds_the_write_lock_before_it_reads(app: Flask) -> None:
    """Whoever begins as a reader and writes later may find that another has written since."""

    def another_begins(session: Session) -> None:
        session.scalar(select(Theme.id).limit(1))
        with closing(sqlite3.connect(str(db.engine.url.database), timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")

    with app.app_context(), pytest.raises(sqlite3.OperationalError, match="locked"):
        transaction(another_begins)


class Broken(Exception):
    """What a driver raises, by its SQLSTATE."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__()
        self.sqlstate = sqlstate


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "57P01", "57P03", "08006"])
def test_a_conflict_a_deadlock_a_lock_and_a_restart_are_passing(state: str) -> None:
    assert _may_pass(OperationalError("", {}, Broken(state)))


@pytest.mark.parametrize("state", ["42601", "22003", "53100"])
def test_a_fault_of_the_statement_and_a_full_disk_are_not(state: str) -> None:
    assert not _may_pass(OperationalError("", {}, Broken(state)))


def test_who_gives_up_does_not_wait_once_more(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[int] = []

    def refused(_session: Session) -> None:
        raise OperationalError("", {}, Broken("55P03"))

    monkeypatch.setattr("survey.store.transaction._wait", waited.append)
    with app.app_context(), pytest.raises(StoreUnavailable):
        transaction(refused)
    assert waited == [*range(ATTEMPTS - 1)]
