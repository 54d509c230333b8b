"""A store without an application, empty or with the tiny bank in it, copied from one that is made once."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import StaticPool, create_engine, select
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import load_bank
from survey.models import Base, Survey, append_only
from tests.conftest import TODAY

from . import tiny


def open_store(connection: sqlite3.Connection) -> Session:
    """A session on one SQLite connection, with foreign keys kept."""
    connection.execute("PRAGMA foreign_keys=ON")
    return Session(create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool))


@pytest.fixture(scope="session")
def empty_store() -> Iterator[sqlite3.Connection]:
    """Every table, constraint and trigger, and no row; only to copy from."""
    connection = sqlite3.connect(":memory:")
    with open_store(connection) as session:
        Base.metadata.create_all(session.connection())
        append_only.create(session.connection())
        session.commit()
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def loaded_store(
    empty_store: sqlite3.Connection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    """The tiny bank, loaded at the moment of the tests; only to copy from."""
    connection = sqlite3.connect(":memory:")
    empty_store.backup(connection)
    with open_store(connection) as session, clock.at(TODAY):
        load_bank(session, tiny.write(tmp_path_factory.mktemp("loaded") / "tiny"))
        session.commit()
    yield connection
    connection.close()


@pytest.fixture
def store(empty_store: sqlite3.Connection) -> Iterator[Session]:
    """An empty store in memory; for rules that know no database."""
    connection = sqlite3.connect(":memory:")
    empty_store.backup(connection)
    with open_store(connection) as session:
        yield session
    connection.close()


@pytest.fixture
def survey(store: Session, loaded_store: sqlite3.Connection) -> Survey:
    """The survey of the tiny bank, in the store."""
    copy = store.connection().connection.driver_connection
    assert isinstance(copy, sqlite3.Connection)
    loaded_store.backup(copy)
    return store.scalars(select(Survey)).one()


@pytest.fixture
def tiny_bank(tmp_path: Path) -> Path:
    """The folder of the tiny bank, free to be edited."""
    return tiny.write(tmp_path / "tiny")
