"""A forecast and the close of its question at the same moment: whoever comes second sees what the first did."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.orm import Session

from survey.actions import answering
from survey.db import db, transaction
from survey.errors import SurveyClosed
from survey.models import Participant, Question, Submission
from tests.conftest import TODAY
from tests.people import numbers, someone, the_question

pytestmark = pytest.mark.faults

QUESTION = "leaders-meet"
SUBMITTERS = 6
ROUNDS = 12


@pytest.fixture
def people(app: Flask) -> list[int]:
    """Ids of people who took part before the race."""
    with app.app_context():
        return transaction(lambda session: [someone(session).id for _ in range(SUBMITTERS)])


def submit(app: Flask, person: int) -> bool:
    """Send a forecast; whether it was stored rather than refused as late."""

    def work(session: Session) -> None:
        participant, question = session.get_one(Participant, person), the_question(session, QUESTION)
        answer = answering.Answer(
            key=uuid.uuid4().hex, entries=numbers(session, question), input_format="percent", language="en"
        )
        answering.submit(session, participant, question, answer)

    with app.app_context():
        try:
            transaction(work)
        except SurveyClosed:
            return False
        return True


def close(session: Session | Connection) -> None:
    """Move the question's close to now; its row is locked until the commit."""
    session.execute(update(Question).where(Question.key == QUESTION).values(closes_at=TODAY))


def reopen(app: Flask, closes_at: object) -> None:
    with app.app_context():
        transaction(
            lambda session: session.execute(
                update(Question).where(Question.key == QUESTION).values(closes_at=closes_at)
            )
        )


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Submission)) or 0


@contextmanager
def a_close_under_way(app: Flask) -> Iterator[Callable[[], None]]:
    """The question is being closed and its row is held; call what is given to commit."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("UPDATE question SET position = position WHERE id = 0")
        close(connection)
        yield connection.commit


def test_a_forecast_that_waits_for_the_close_is_refused(app: Flask, people: list[int]) -> None:
    with a_close_under_way(app) as commit, ThreadPoolExecutor(1) as pool:
        sent = pool.submit(submit, app, people[0])
        time.sleep(0.3)
        assert not sent.done()
        commit()
        assert sent.result(timeout=10) is False
    assert stored(app) == 0
