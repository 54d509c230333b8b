"""A long export reads no more than it writes, and holds no more than it is about to write."""

import gc
import weakref
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from survey.aggregation import publications
from survey.export import forecasts
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
