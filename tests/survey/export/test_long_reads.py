"""A long export reads no more than it writes, and holds no more than it is about to write."""

import gc
import weakref
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from survey.aggregation import publications
from survey.aggregation.segments import GROUP
from survey.export import forecasts, identifying, people
from survey.export.figures import published
from survey.export.snapshots import open_key
from survey.models import Snapshot
from survey.store.engine import db
from tests.conftest import database_after

from .test_forecasts import three_days

database = database_after(three_days)


def test_some_people_are_read_by_their_own_rows(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody's acts on a question, read once for each five hundred people, would be the square of the people."""
    monkeypatch.setattr(forecasts, "PEOPLE_AT_ONCE", 5)
    snapshot = session.scalars(select(Snapshot)).one()
    asked: list[tuple[str, Any]] = []
    is_embedded = db.engine.dialect.name == "sqlite"

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if ("json_each" if is_embedded else "unnest") in statement:
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        rows = list(forecasts.lines(session, snapshot, open_key(snapshot, app.config["PARLEY"])))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(rows) > 100 and len(asked) > 28
    assert gc.isenabled()
    # PostgreSQL chooses by how long a table is, which is short here.
    for statement, parameters in asked[:2] if is_embedded else ():
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        (acts,) = [row[-1] for row in plan if row[-1].startswith("SEARCH submission")]
        assert "(participant_id=? AND question_id=?)" in acts


def test_the_file_is_the_same_however_many_are_read_and_held_at_once(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = session.scalars(select(Snapshot)).one()
    key = open_key(snapshot, app.config["PARLEY"])
    whole = list(forecasts.lines(session, snapshot, key))
    for held, at_once in ((7, 3), (3, 7), (1, 1)):
        monkeypatch.setattr(forecasts, "PEOPLE_HELD", held)
        monkeypatch.setattr(forecasts, "PEOPLE_AT_ONCE", at_once)
        assert list(forecasts.lines(session, snapshot, key)) == whole


@pytest.mark.parametrize(
    ("room", "at_once", "rows_of", "statements"),
    [
        (forecasts, "PEOPLE_AT_ONCE", forecasts.TABLE.lines, 2),
        (people, "AT_ONCE", people.SUBMISSIONS.lines, 1),
        (people, "AT_ONCE", people.PARADATA.lines, 1),
    ],
    ids=["numbers and acts", "acts", "how acts came about"],
)
def test_what_is_read_of_some_people_is_put_together_once(
    app: Flask,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    room: Any,
    at_once: str,
    rows_of: Any,
    statements: int,
) -> None:
    """Put together for each few hundred people of a question, a statement costs more than their rows."""
    monkeypatch.setattr(room, at_once, 5)
    snapshot = session.scalars(select(Snapshot)).one()
    asked: list[Any] = []

    def note(_connection: Any, statement: Any, _many: Any, given: Any, _options: Any) -> None:
        if "people" in given:
            asked.append(statement)

    event.listen(db.engine, "before_execute", note)
    try:
        assert len(list(rows_of(session, snapshot, open_key(snapshot, app.config["PARLEY"])))) > 50
    finally:
        event.remove(db.engine, "before_execute", note)
    assert len(asked) >= 3 * statements
    assert len({id(one) for one in asked}) == statements


def test_who_had_answered_is_in_memory_once_for_all_groups_of_a_day(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = session.scalars(select(Snapshot)).one()
    days = [snapshot.as_of - timedelta(days=1), snapshot.as_of]
    figures = {
        f"{GROUP} {group}": dict[str, Any]() for group in ("region eu", "region ukraine", "fields law")
    }
    told = [SimpleNamespace(as_of=day, figures=figures) for day in days]
    monkeypatch.setattr(identifying, "publications", lambda *_: told)
    totals = identifying._totals(session, snapshot.survey, snapshot.as_of, ("region", "fields"))
    questions = len(snapshot.survey.questions)
    assert [place for place, _behind in totals] == [1, 1, 0, 0] * questions
    assert max(len(behind) for _place, behind in totals) == 12
    # The empty one is one in any case.
    assert len({id(behind) for _place, behind in totals if behind}) == len(days) * sum(
        any(behind for _place, behind in totals[start : start + 4]) for start in range(0, len(totals), 4)
    )


def test_of_all_publications_a_few_are_in_memory(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publications, "FEW_AT_ONCE", 1)
    snapshot = session.scalars(select(Snapshot)).one()
    session.expunge_all()
    snapshot = session.scalars(select(Snapshot)).one()
    alive, most = weakref.WeakSet[Any](), 0
    for _question, one in published(session, snapshot):
        alive.add(one)
        most = max(most, len(alive))
    assert 1 <= most <= 2
