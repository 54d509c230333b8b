"""A store that reads and takes no write: readiness says so, the log says why, nothing starts on it."""

import sqlite3
from collections.abc import Callable, Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event

from survey.server.http import NotReady, check_ready
from survey.store import health
from survey.store.engine import db
from tests.survey.web.visitor import Visitor

Break = Callable[[], None]
#: What each database says to a write it can't take.
REFUSALS: dict[str, Exception] = {
    "sqlite": sqlite3.OperationalError("attempt to write a read-only database"),
    "postgresql": psycopg.errors.ReadOnlySqlTransaction("cannot execute UPDATE in a read-only transaction"),
}


@pytest.fixture
def broken(app: Flask) -> Iterator[Break]:
    """Lets every write be refused from then on, as a disk does that is full or mounted read-only."""
    with app.app_context():
        engine = db.engine

    refusal = REFUSALS[engine.dialect.name]

    def refuse(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().split()[0] in ("INSERT", "UPDATE", "DELETE"):
            raise refusal

    def break_it() -> None:
        health._tried.clear()
        event.listen(engine, "before_cursor_execute", refuse)

    health._tried.clear()
    yield break_it
    if event.contains(engine, "before_cursor_execute", refuse):
        event.remove(engine, "before_cursor_execute", refuse)
    health._tried.clear()


def test_readiness_tries_a_write_and_says_in_the_log_why_it_was_refused(
    app: Flask, broken: Break, caplog: pytest.LogCaptureFixture
) -> None:
    assert app.test_client().get("/readyz").status_code == 200
    broken()
    assert app.test_client().get("/readyz").status_code == 503
    assert "read-only" in caplog.text


def test_nothing_starts_on_it_and_the_sentence_says_what_to_look_for(app: Flask, broken: Break) -> None:
    broken()
    with pytest.raises(NotReady, match=r"takes no writes.*read-only"):
        check_ready(app)


def test_the_first_refusal_of_an_answer_is_in_the_log_without_what_was_said(
    app: Flask, broken: Break, caplog: pytest.LogCaptureFixture
) -> None:
    person = Visitor(app.test_client()).join()
    form = person.open("leaders-meet")
    broken()
    app.config.update(PROPAGATE_EXCEPTIONS=False, TESTING=False)
    answer = person.post(
        "q/leaders-meet", form | {"p-yes": "37.25", "format": "percent", "rationale": "A canary."}
    )
    assert answer.status_code == 503
    assert "37.25" in answer.text and "A canary." in answer.text
    assert "read-only" in caplog.text
    assert "canary" not in caplog.text and "37.25" not in caplog.text


def test_it_is_tried_every_few_seconds_at_most(
    app: Flask, broken: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []
    monkeypatch.setattr(health, "_try_to_write", lambda: tries.append(1) or "")
    for _look in range(5):
        assert app.test_client().get("/readyz").status_code == 200
    assert len(tries) == 1
