"""Background tasks: each is done by one worker, once, and told of; cancelled, resumed after a kill, forgotten."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import SurveyError
from survey.export import bundle
from survey.export.files import BUNDLE, FILES, unpacked
from survey.export.tables import TABLES
from survey.models import EventLog, Participant, Snapshot, SnapshotFile, SnapshotPiece, Survey, Task, User
from survey.server import worker
from survey.services import snapshots, task_progress, task_work, tasks
from survey.services.erasure import erase
from survey.services.own_tasks import own_task
from survey.services.snapshots import finished, frozen_file
from survey.services.task_work import Busy, ask_snapshot, run
from survey.services.tasks import MOST_CLAIMS, QUIET, Stopped, TaskClaim
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY, database_after
from tests.factories import on, say, someone, the_question, the_survey
from tests.survey.outcomes import member

FIRST, SECOND = list(FILES)[:2]


def answered(session: Session) -> None:
    """An analyst, an owner, and somebody who answered two days ago."""
    with clock.at(on(18)):
        say(session, someone(session), the_question(session, "leaders-meet"), 0.37)
    for role in ("analyst", "owner"):
        member(session, role, f"{role}@example.org")


database = database_after(answered)


@pytest.fixture(autouse=True)
def each_sign_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sign of life is left out for coming too soon after the last."""
    monkeypatch.setattr(task_progress, "EVERY", 0)


@pytest.fixture
def empty_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot whose tables are empty: what happens to its task does not hang on what is in them."""
    empty = [replace(table, rows=lambda *_asked: iter(()), written=None) for table in TABLES]
    monkeypatch.setattr(bundle, "TABLES", empty)


def the_user(session: Session, role: str = "analyst") -> User:
    return session.scalars(select(User).filter_by(email=f"{role}@example.org")).one()


def asked(role: str | None = "analyst") -> int:
    """A snapshot that is asked for; its task's number."""

    def ask(session: Session) -> int:
        user = the_user(session, role) if role else None
        return ask_snapshot(session, the_survey(session), user).id

    return transaction(ask)


def the_task(session: Session, number: int) -> Task:
    session.expire_all()
    return session.get_one(Task, number)


def taken(number: int) -> TaskClaim | None:
    return transaction(partial(tasks.claim, number=number))


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def readable(session: Session) -> list[int]:
    """The numbers of the snapshots that can be read."""
    session.rollback()
    return [one.number for one in session.scalars(finished(the_survey(session)))]


@pytest.fixture
def during(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen between the first file and the second."""

    def arrange(happens: Callable[[], object]) -> None:
        def rows(*_asked: object) -> Iterator[tuple[None, ...]]:
            happens()
            yield from ()

        second = replace(TABLES[1], rows=rows, written=None)
        monkeypatch.setattr(bundle, "TABLES", [TABLES[0], second, *TABLES[2:]])

    return arrange


def apart(app: Flask, work: Callable[[Session], object]) -> None:
    """Somebody else does something, in a session of their own."""
    with app.app_context():
        transaction(work)


def test_a_snapshot_is_made_with_its_files_and_its_task_says_so(session: Session) -> None:
    number, seen = asked(), list[tuple[str, float]]()
    waiting = the_task(session, number)
    assert (waiting.state, waiting.asked_at, waiting.share) == ("waiting", TODAY, 0.0)
    assert readable(session) == []
    assert run(number, lambda step, share: seen.append((step, share)))
    done = the_task(session, number)
    assert (done.state, done.result, done.share, done.ended_at) == ("done", 1, 1.0, TODAY)
    assert readable(session) == [1]
    assert session.scalars(select(SnapshotFile.name)).all() == [BUNDLE]
    entry = session.scalars(select(EventLog).filter_by(act="freeze snapshot")).one()
    assert entry.detail == {"number": 1, "as_of": "2026-11-21", "k": 5}
    shares = [share for _step, share in seen]
    assert {step for step, _share in seen} > FILES.keys()
    assert shares == sorted(shares) and 0 < shares[-1] < 1
    # Over is over: nobody can begin it again.
    assert not run(number) and taken(number) is None


@pytest.mark.store
def test_of_workers_that_claim_one_task_at_once_one_gets_it(app: Flask, session: Session) -> None:
    number, start = asked(), threading.Barrier(4)
    session.rollback()

    def one(_: int) -> bool:
        with app.app_context():
            start.wait()
            return taken(number) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [False, False, False, True]


@pytest.mark.store
@pytest.mark.usefixtures("empty_files")
def test_one_person_has_one_task_also_where_they_ask_at_once(app: Flask, session: Session) -> None:
    start = threading.Barrier(4)
    session.rollback()

    def one(place: int) -> int:
        with app.app_context():
            start.wait()
            return asked("owner" if place == 3 else "analyst")

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(one, range(4)))
    assert len(set(numbers[:3])) == 1
    assert numbers[3] != numbers[0]
    run(numbers[0])
    assert asked() not in numbers


def test_who_waits_for_another_surveys_snapshot_is_told_so(session: Session) -> None:
    from survey.bank.loading import load_bank

    other = transaction(lambda session: load_bank(session, "ukraine", slug="elsewhere").id)
    asked()

    def elsewhere(session: Session) -> None:
        ask_snapshot(session, session.get_one(Survey, other), the_user(session))

    with pytest.raises(Busy) as refused:
        transaction(elsewhere)
    assert isinstance(refused.value, SurveyError) and "Nothing was begun" in refused.value.sentence
    assert count(session, Task) == 1


def test_what_is_cancelled_between_two_files_leaves_nothing(
    app: Flask,
    session: Session,
    during: Callable[[Callable[[], object]], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    number = asked()
    during(lambda: apart(app, lambda theirs: tasks.cancel(theirs, theirs.get_one(Task, number))))
    assert not run(number)
    assert the_task(session, number).state == "cancelled"
    assert (count(session, Snapshot), count(session, SnapshotFile)) == (0, 0)
    assert session.scalar(select(EventLog).filter_by(act="freeze snapshot")) is None
    # Nobody takes what was asked for as a fault.
    assert "Traceback" not in caplog.text
    again = transaction(lambda session: tasks.cancel(session, session.get_one(Task, number)))
    assert not again


@pytest.mark.store
def test_what_is_cancelled_while_its_pieces_are_kept_leaves_none(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "PIECE", 1_000)
    number, pieces = asked(), list[int]()

    def shown(step: str, _share: float) -> None:
        if step == "keep" and not pieces:
            apart(app, lambda theirs: pieces.append(count(theirs, SnapshotPiece)))
            apart(app, lambda theirs: tasks.cancel(theirs, theirs.get_one(Task, number)))

    assert not run(number, shown)
    assert pieces[0] > 0, "there was something to be left lying"
    session.rollback()
    assert [count(session, one) for one in (Snapshot, SnapshotFile, SnapshotPiece)] == [0, 0, 0]


def test_what_was_cancelled_before_it_began_is_not_begun(session: Session) -> None:
    number = asked()
    assert transaction(lambda session: tasks.cancel(session, session.get_one(Task, number)))
    assert not run(number)
    assert tasks.claimable(session, "snapshot") == []


def test_a_fault_keeps_nothing_and_is_found_in_the_log_by_its_reference(
    session: Session, during: Callable[[Callable[[], object]], None], caplog: pytest.LogCaptureFixture
) -> None:
    during(lambda: 1 / 0)
    number = asked()
    assert not run(number)
    failed = the_task(session, number)
    assert (failed.state, failed.fault, count(session, Snapshot)) == ("failed", "broken", 0)
    assert failed.reference and failed.reference in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.store
@pytest.mark.usefixtures("empty_files")
def test_an_erasure_meanwhile_keeps_nothing(
    app: Flask, session: Session, during: Callable[[Callable[[], object]], None]
) -> None:
    number = asked()
    during(lambda: apart(app, lambda theirs: erase(theirs, theirs.scalars(select(Participant)).one())))
    assert not run(number)
    assert (the_task(session, number).fault, count(session, Snapshot)) == ("erased", 0)


@pytest.mark.store
@pytest.mark.usefixtures("empty_files")
def test_a_number_is_given_once_also_where_one_before_was_cancelled(session: Session) -> None:
    first, second = asked("analyst"), asked("owner")
    mine = taken(first)
    assert mine is not None
    transaction(partial(task_work._begun, mine=mine))
    assert run(second)
    transaction(lambda session: tasks.cancel(session, session.get_one(Task, first)))
    assert readable(session) == [2]
    assert run(asked("analyst"))
    assert readable(session) == [2, 3]


@pytest.mark.store
@pytest.mark.usefixtures("empty_files")
def test_a_worker_that_was_silent_too_long_is_replaced_and_can_write_no_more(session: Session) -> None:
    number = asked()
    silent = taken(number)
    assert silent is not None
    with clock.at(TODAY + QUIET):
        assert taken(number) is None
    with clock.at(TODAY + QUIET + timedelta(seconds=1)):
        assert tasks.claimable(session, "snapshot") == [number]
        assert run(number)
    for write in (tasks.tell, tasks.finish, tasks.fail):
        more = {tasks.tell: ("", 0.5), tasks.finish: (1,), tasks.fail: ("broken",)}[write]
        with pytest.raises(Stopped):
            transaction(lambda session: write(session, silent, *more))  # noqa: B023
    assert readable(session) == [1]


def test_a_sign_of_life_keeps_a_task_from_being_taken(session: Session) -> None:
    number = asked()
    mine = taken(number)
    assert mine is not None
    with clock.at(TODAY + QUIET):
        transaction(partial(tasks.tell, mine=mine, step=FIRST, share=0.5))
    with clock.at(TODAY + QUIET + timedelta(minutes=1)):
        assert taken(number) is None
    assert (the_task(session, number).step, the_task(session, number).share) == (FIRST, 0.5)


KILLED = """
import os, signal, sys
from dataclasses import replace
from datetime import datetime
from survey import clock, create_app
from survey.export import bundle
from survey.services import task_work

def hang(*asked):
    print("between two files", flush=True)
    signal.pause()
    yield ()

bundle.TABLES = [bundle.TABLES[0], replace(bundle.TABLES[1], rows=hang, written=None)]
with clock.at(datetime.fromisoformat(sys.argv[2])), create_app(doors=False).app_context():
    task_work.run(int(sys.argv[1]))
"""


@pytest.mark.store
def test_what_a_killed_worker_had_begun_is_finished_by_the_next(
    app: Flask, session: Session, database: str
) -> None:
    number, settings = asked(), app.config["PARLEY"]
    session.rollback()
    environment = {
        **os.environ,
        "PARLEY_DATABASE_URL": database,
        "PARLEY_INSTANCE": str(settings["INSTANCE"]),
        "PARLEY_SECRET_KEY": settings["SECRET_KEY"],
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(number), TODAY.isoformat()],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    with worker:
        assert worker.stdout.readline() == "between two files\n"
        assert the_task(session, number).state == "running"
        # It lives: nobody takes its task away.
        assert taken(number) is None
        session.rollback()
        worker.send_signal(signal.SIGKILL)
    assert count(session, SnapshotFile) == 0
    session.rollback()
    # No minute is waited for: the process is known to be gone.
    assert tasks.claimable(session, "snapshot") == [number]
    assert run(number)
    made = session.scalars(select(Snapshot)).one()
    assert (made.number, the_task(session, number).claims) == (1, 2)
    assert session.scalars(select(SnapshotFile.name)).all() == [BUNDLE]
    assert b"leaders-meet" in b"".join(unpacked(frozen_file(session, made, "questions.csv", settings)))


def test_what_was_begun_in_vain_again_and_again_is_given_up(session: Session) -> None:
    number = asked()
    for begun in range(MOST_CLAIMS):
        with clock.at(TODAY + begun * 2 * QUIET):
            assert taken(number) is not None
    with clock.at(TODAY + MOST_CLAIMS * 2 * QUIET):
        assert taken(number) is None
    assert (the_task(session, number).state, the_task(session, number).fault) == ("failed", "abandoned")
    assert tasks.claimable(session, "snapshot") == []


def test_a_worker_that_is_told_to_stop_gives_its_task_back(session: Session) -> None:
    number = asked()
    for _stopped in range(MOST_CLAIMS + 1):
        assert taken(number) is not None
        transaction(partial(tasks.give_back, number=number, process=os.getpid()))
    assert (the_task(session, number).state, the_task(session, number).claims) == ("waiting", 0)


@pytest.mark.parametrize(("stands_in", "left"), [("exit 3", "failed"), ("exec sleep 60", "waiting")])
def test_a_process_that_cannot_begin_is_not_started_for_ever_and_one_that_hangs_is_stopped_with_the_worker(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stands_in: str, left: str
) -> None:
    number, over = asked(), threading.Event()
    session.rollback()
    program, started = tmp_path / "python", tmp_path / "started"
    program.write_text(f"#!/bin/sh\necho $$ >> {started}\n{stands_in}\n")
    program.chmod(0o755)
    monkeypatch.setattr(worker.sys, "executable", str(program))
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.01)
    thread = threading.Thread(target=worker.keep_working, args=(app, over))
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not started.exists() or the_task(session, number).state != left:
            assert time.monotonic() < deadline
            session.rollback()
            time.sleep(0.05)
    finally:
        over.set()
        thread.join(30)
    assert not thread.is_alive()
    assert len(started.read_text().split()) == (MOST_CLAIMS if left == "failed" else 1)
    assert the_task(session, number).state == left
    assert (tasks.claimable(session, "snapshot") == []) == (left == "failed")


@pytest.mark.usefixtures("empty_files")
def test_what_is_over_is_forgotten_after_a_month_and_the_snapshot_stays(session: Session) -> None:
    number = asked()
    run(number)
    with own_task("letters") as told:
        told("news", 0.5)
        told.result = 3
    waits = asked()
    for after, left in ((timedelta(days=2), [number, waits]), (timedelta(days=31), [waits])):
        with clock.at(TODAY + after):
            transaction(tasks.forget_old)
        assert list(session.scalars(select(Task.id).order_by(Task.id))) == left
    assert readable(session) == [1]


class TestOwnTasks:
    """What the system does by itself stands in the same list."""

    def test_there_is_a_row_only_where_there_was_something_to_do(self, session: Session) -> None:
        for steps in ((), ("news",)):
            with own_task("letters") as told:
                for step in steps:
                    told(step, 0.0)
                told.result = 0
            session.rollback()
            assert count(session, Task) == 0
        with own_task("letters") as told:
            told("news", 0.5)
            assert session.scalars(select(Task.state)).one() == "running"
            told.result = 3
        session.expire_all()
        task = session.scalars(select(Task)).one()
        assert (task.kind, task.state, task.result, task.by_id) == ("letters", "done", 3, None)

    def test_what_did_not_go_well_is_said_to_have_failed(self, session: Session) -> None:
        with pytest.raises(ZeroDivisionError), own_task("publish") as told:
            told("ukraine", 0.0)
            _ = 1 / 0
        assert session.scalars(select(Task.state)).one() == "failed"

    @pytest.mark.store
    def test_one_of_two_hosts_publishes_and_both_may_send(self, app: Flask, session: Session) -> None:
        with own_task("publish") as here, app.app_context():
            assert here.begin()
            with own_task("publish") as there:
                assert not there.begin()
                there("ukraine", 0.5)
            here.result = 1
        assert session.scalars(select(Task.state)).all() == ["done"]


def test_the_queue_names_nobody_who_answers() -> None:
    """Who asked is an account of those who run the survey; of participants nothing leads into the table."""
    ways = {key.column.table.name for key in Task.__table__.foreign_keys}
    assert ways == {"survey", "user", "snapshot"}


def test_snapshots_that_are_being_made_are_kept_apart_by_their_task(session: Session) -> None:
    number = asked()
    mine = taken(number)
    assert mine is not None
    transaction(partial(task_work._begun, mine=mine))
    assert (count(session, Snapshot), readable(session)) == (1, [])
    assert snapshots.freeze(session, the_survey(session), task_work.current_app.config["PARLEY"]).number == 2


def test_a_worker_runs_what_was_asked_for_in_a_process_apart(
    app: Flask, session: Session, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, number, over = app.config["PARLEY"], asked(), threading.Event()
    session.rollback()
    for name, value in {
        "PARLEY_DATABASE_URL": database,
        "PARLEY_INSTANCE": str(settings["INSTANCE"]),
        "PARLEY_SECRET_KEY": settings["SECRET_KEY"],
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.05)
    thread = threading.Thread(target=worker.keep_working, args=(app, over))
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while the_task(session, number).state != "done":
            assert time.monotonic() < deadline, the_task(session, number).state
            session.rollback()
            time.sleep(0.1)
        assert f":{os.getpid()}:" not in (the_task(session, number).worker or "")
    finally:
        over.set()
        thread.join()
    assert readable(session) == [1]
    db.session.rollback()
