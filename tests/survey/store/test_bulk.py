"""Rows that are stored by columns: the same rows, and one statement however many there are."""

from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from survey.models import Resolution, Score
from survey.services.resolution import resolve
from survey.store.bulk import insert_columns
from tests.factories import someone, the_question

from ..outcomes import outcome

pytestmark = pytest.mark.store


def test_rows_are_stored_by_columns_with_one_statement_that_is_sent_once(session: Session) -> None:
    made: Resolution = resolve(session, the_question(session, "leaders-meet"), outcome(value=1.0))
    people = [someone(session).id for _ in range(3)]
    same = {
        "resolution_id": made.id,
        "survey_id": made.survey_id,
        "question_id": made.question_id,
        "rule": "brier",
    }
    sent: list[bool] = []

    def note(_connection: Any, _cursor: Any, statement: str, _values: Any, _context: Any, many: bool) -> None:
        if statement.startswith("INSERT INTO score"):
            sent.append(many)

    event.listen(session.connection(), "before_cursor_execute", note)
    own = {
        "participant_id": people,
        "value": [0.1, 0.2, 0.3],
        "coverage": [1.0] * 3,
        "last_day": [0.1, None, 0.5],
    }
    insert_columns(session, Score, same, own)
    insert_columns(session, Score, same, {name: [] for name in own})
    found = session.execute(
        select(Score.participant_id, Score.value, Score.last_day, Score.rule).order_by(Score.participant_id)
    ).all()
    last = zip(people, own["value"], own["last_day"], ["brier"] * 3, strict=True)
    assert [tuple(one) for one in found] == list(last)
    # SQLite steps a prepared statement in the process; PostgreSQL would be sent one for each person.
    assert (True in sent) == (session.get_bind().dialect.name == "sqlite")
