"""A store without an application, empty or with the tiny bank in it, copied from one that is made once."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import load_bank
from survey.models import Base, Survey, append_only
from tests.conftest import TODAY

from . import tiny

#: One for all stores, each of which is a connection: what SQLAlchemy makes of a statement stays with its engine, and
#: to make it anew took half of a test.
ENGINE = create_engine("sqlite://", creator=lambda: sqlite3.connect(":memory:"), poolclass=NullPool)


@contextmanager
def open_store(template: sqlite3.Connection | None = None) -> Iterator[Session]:
    """A session on a SQLite database in memory, a copy of the template, with foreign keys kept."""
    with ENGINE.connect() as connection, Session(connection) as session:
        own = raw(session)
        if template is not None:
            template.backup(own)
        own.execute("PRAGMA foreign_keys=ON")
        yield session


def raw(session: Session) -> sqlite3.Connection:
    """The connection of a store, as SQLite knows it."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection


@pytest.fixture(scope="session")
def empty_store() -> Iterator[sqlite3.Connection]:
    """Every table, constraint and trigger, and no row; only to copy from."""
    with open_store() as session:
        Base.metadata.create_all(session.connection())
        append_only.create(session.connection())
        session.commit()
        yield raw(session)


@pytest.fixture(scope="session")
def loaded_store(
    empty_store: sqlite3.Connection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    """The tiny bank, loaded at the moment of the tests; only to copy from."""
    with open_store(empty_store) as session, clock.at(TODAY):
        load_bank(session, tiny.write(tmp_path_factory.mktemp("loaded") / "tiny"))
        session.commit()
        yield raw(session)


@pytest.fixture
def store(empty_store: sqlite3.Connection) -> Iterator[Session]:
    """An empty store in memory; for rules that know no database."""
    with open_store(empty_store) as session:
        yield session


@pytest.fixture
def survey(store: Session, loaded_store: sqlite3.Connection) -> Survey:
    """The survey of the tiny bank, in the store."""
    loaded_store.backup(raw(store))
    return store.scalars(select(Survey)).one()


@pytest.fixture
def tiny_bank(tmp_path: Path) -> Path:
    """The folder of the tiny bank, free to be edited."""
    return tiny.write(tmp_path / "tiny")
