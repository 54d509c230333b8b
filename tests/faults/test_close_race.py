"""A forecast and the close of its question, or an erasure, at once: whoever comes second sees what the first did."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey.errors import AnswersGone, SurveyClosed, SurveyError
from survey.models import Participant, Question, Survey
from survey.services import forecast_precheck, forecast_submit
from survey.services.erasure import erase
from survey.store.engine import db
from survey.store.transaction import lock_person_and_question
from tests.conftest import TODAY

from .racing import QUESTION, join, move_close, stored, submit

pytestmark = [pytest.mark.faults, pytest.mark.store]

SUBMITTERS = 6
ROUNDS = 10
#: Seconds, long enough for a thread to reach the lock it waits for.
MOMENT = 0.4
#: Longer than anything takes here that is not locked out.
PATIENCE = 10.0

Step = Callable[[Session], object]


@contextmanager
def under_way(app: Flask, step: Step) -> Iterator[Callable[[], None]]:
    """A step that was taken and holds its locks; call what is given to commit it."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            # What a write unit says for itself: the only write lock, from the beginning.
            db.session.execute(update(Question).where(Question.id == 0).values(position=0))
        step(db.session)
        yield db.session.commit


def outcome_beside(app: Flask, person: int, step: Step) -> type[SurveyError] | None:
    """What becomes of a forecast that is sent while the step is under way: how it is refused, None where stored."""
    with under_way(app, step) as commit, ThreadPoolExecutor(1) as pool:
        sent = pool.submit(submit, app, person)
        wait_until(lambda: sent.done() or somebody_waits())
        commit()
        return sent.result(timeout=PATIENCE)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def somebody_waits() -> bool:
    """Whether a writer waits for a lock, as PostgreSQL tells; SQLite cannot tell, and is given its moment."""
    if db.engine.dialect.name == "sqlite":
        time.sleep(MOMENT)
        return True
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with db.engine.connect() as other:
        return bool(other.exec_driver_sql(waiting).scalar())


def close_now(session: Session) -> None:
    session.execute(update(Question).where(Question.key == QUESTION).values(closes_at=TODAY))


def close_survey_now(session: Session) -> None:
    session.execute(update(Survey).values(closes_at=TODAY))


def erase_first(session: Session) -> None:
    erase(session, session.scalars(select(Participant)).one())


def test_a_forecast_that_waited_for_the_close_is_late(app: Flask) -> None:
    assert outcome_beside(app, join(app, 1)[0], close_now) is SurveyClosed
    assert stored(app) == 0


def test_a_forecast_that_waited_for_the_close_of_the_survey_is_late(app: Flask) -> None:
    assert outcome_beside(app, join(app, 1)[0], close_survey_now) is SurveyClosed
    assert stored(app) == 0


def test_a_forecast_that_waited_for_an_erasure_leaves_no_trace(app: Flask) -> None:
    assert outcome_beside(app, join(app, 1)[0], erase_first) is AnswersGone
    assert stored(app) == 0


def late_by_hesitation(app: Flask, monkeypatch: pytest.MonkeyPatch, seconds: float) -> int:
    """Forecasts that appear after the close when one hesitates between looking at the clock and its commit."""
    looked, closed = threading.Event(), threading.Event()
    check = forecast_submit._check_open

    def hesitate(*arguments: object) -> object:
        found = check(*arguments)  # type: ignore[arg-type]
        looked.set()
        closed.wait(seconds)
        return found

    monkeypatch.setattr(forecast_submit, "_check_open", hesitate)
    person = join(app, 1)[0]
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(submit, app, person)
        assert looked.wait(PATIENCE)
        move_close(app, TODAY)
        seen = stored(app)
        closed.set()
        assert sent.result(timeout=PATIENCE) is None
    return stored(app) - seen


def test_the_close_waits_for_a_forecast_that_found_it_open(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert late_by_hesitation(app, monkeypatch, MOMENT) == 0


def lock_writers_only(session: Session, participant: Participant, question: Question) -> None:
    """A control: writers lock one another out, and hold no row against those who close or erase."""
    session.execute(select(func.pg_advisory_xact_lock(participant.id, question.id)))


def read_and_lock(
    session: Session, participant: Participant, question: Question, key: str
) -> forecast_precheck.SubmissionContext:
    """A control: the rows are held, and believed to be what they were before they were waited for."""
    found = forecast_precheck.standing(session, participant, question, key)
    lock_person_and_question(session, participant, question)
    return found


@pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
class TestWithAWeakerLock:
    def test_a_forecast_is_stored_after_the_close(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(forecast_submit, "lock_person_and_question", lock_writers_only)
        assert late_by_hesitation(app, monkeypatch, PATIENCE) == 1

    def test_a_forecast_that_waited_is_stored_after_the_close(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(forecast_submit, "lock_person_and_question", lock_writers_only)
        monkeypatch.setattr(forecast_submit, "standing", read_and_lock)
        assert outcome_beside(app, join(app, 1)[0], close_now) is None

    def test_somebody_who_was_erased_leaves_a_trace(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(forecast_submit, "lock_person_and_question", lock_writers_only)
        assert outcome_beside(app, join(app, 1)[0], erase_first) is None
        assert stored(app) == 1


def race(app: Flask, people: list[int]) -> tuple[int, int]:
    """Everybody submits while the question closes: how many were refused, how many appeared after the close."""
    start = threading.Barrier(SUBMITTERS + 1)

    def send(person: int) -> bool:
        start.wait()
        return submit(app, person) is not None

    with ThreadPoolExecutor(SUBMITTERS) as pool:
        sent = [pool.submit(send, person) for person in people]
        start.wait()
        move_close(app, TODAY)
        seen = stored(app)
        refused = sum(future.result(timeout=20) for future in sent)
    return refused, stored(app) - seen


def test_nothing_appears_after_the_close_has_committed(app: Flask) -> None:
    people = join(app, SUBMITTERS)
    outcomes = []
    for _ in range(ROUNDS):
        move_close(app, TODAY + timedelta(days=30))
        outcomes.append(race(app, people))
    assert [late for _refused, late in outcomes] == [0] * ROUNDS
    assert stored(app) == SUBMITTERS * ROUNDS - sum(refused for refused, _late in outcomes)
