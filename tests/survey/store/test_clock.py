"""The application's clock: the database's on PostgreSQL, asked once in a session, and anew under a lock."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey import clock
from survey.store.engine import db
from survey.store.transaction import lock_person_and_question, transaction
from tests.factories import someone, the_question
from tests.survey.web.test_statements import counting

pytestmark = pytest.mark.store


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests hold the clock; these let it go."""
    monkeypatch.setattr(clock, "_fixed", [])


def test_it_goes_on_and_never_back(session: Session) -> None:
    moments = [clock.now(session) for _ in range(50)]
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] < timedelta(minutes=1)


def test_a_session_asks_the_database_once(app: Flask, session: Session) -> None:
    clock.now(session)
    with counting(app) as said:
        for _ in range(10):
            clock.now(session)
    assert said == []


def test_every_write_unit_asks_anew_and_so_does_a_lock(app: Flask, session: Session) -> None:
    asks = 1 if db.engine.dialect.name == "postgresql" else 0
    clock.now(session)

    def work(inside: Session) -> list[int]:
        with counting(app) as said:
            clock.now(inside)
            before = _asked(said)
            person = someone(inside)
            lock_person_and_question(inside, person, the_question(inside, "cyber"))
            clock.now(inside)
            return [before, _asked(said)]

    assert transaction(work) == [asks, 2 * asks]


def _asked(said: list[str]) -> int:
    return sum("clock_timestamp" in statement for statement in said)
