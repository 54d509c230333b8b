"""A connection that breaks after the answer is made: the answer goes out all the same."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey.store.engine import db

from ..postgresql import PostgreSQL

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_is_gone_needs_no_closing(app: Flask, postgresql: PostgreSQL) -> None:
    with app.app_context():
        postgresql.execute(f"SELECT pg_terminate_backend({db.session.scalar(select(func.pg_backend_pid()))})")
    with app.app_context():
        assert db.session.scalar(select(1)) == 1
